import type { EventProvider } from 'nestjs-crossfade';

export function readEverything(
  events: EventProvider,
  socket: { send(data: string | Uint8Array): void },
  uid: string,
) {
  const lists = events.stream(uid).subscribe((event) => {
    console.log(event.type, event.source, event.payload);
  });
  const chat = events
    .stream(uid, { chat: { spaceCode: 'space-1', threadKey: 'thread-1' } })
    .subscribe(({ envelope }) => {
      socket.send(JSON.stringify(envelope));
    });
  // Bytes, unparsed where that is possible: the cheapest way to a WebSocket.
  const bytes = events.streamBytes(uid).subscribe((message) => {
    socket.send(message);
  });
  return () => {
    for (const subscription of [lists, chat, bytes]) subscription.unsubscribe();
  };
}
