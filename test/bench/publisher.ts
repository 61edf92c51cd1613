import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { channelOf, messageOf, type MessageKind } from './messages.js';
import { serve } from './serve.js';

/** What is to be published: `each` messages for every user, the first user first, numbered from `from`. */
export interface Publication {
  readonly port: number;
  readonly kind: MessageKind;
  readonly prefix: string;
  readonly users: number;
  readonly each: number;
  readonly from: number;
  /** messages a second, sent evenly, each by itself; 0: as fast as Redis takes them */
  readonly perSecond: number;
}

const CHUNK_MESSAGES = 200;
const PACED_CHUNK_MESSAGES = 5;
const MOST_UNANSWERED = 4_000;
/** `:1\r\n`, since each channel has one subscriber */
const ANSWER_BYTES = 4;

let socket: Socket | undefined;
let chunks: Buffer[] = [];
let chunkMessages = CHUNK_MESSAGES;

/** The commands are written by hand: a client would cost more than what is measured. */
function command(channel: string, message: string): string {
  return `*3\r\n$7\r\nPUBLISH\r\n$${channel.length}\r\n${channel}\r\n$${message.length}\r\n${message}\r\n`;
}

function prepare({ kind, prefix, users, each, from, perSecond }: Publication): void {
  chunks = [];
  chunkMessages = perSecond === 0 ? CHUNK_MESSAGES : PACED_CHUNK_MESSAGES;
  let text = '';
  let inChunk = 0;
  for (let number = from; number < from + each; number++)
    for (let user = 0; user < users; user++) {
      text += command(channelOf(kind, prefix, user), messageOf(kind, user, number));
      if (++inChunk < chunkMessages) continue;
      chunks.push(Buffer.from(text));
      text = '';
      inChunk = 0;
    }
  if (text !== '') throw new Error(`Publish a multiple of ${chunkMessages} messages.`);
}

async function publish({ port, users, each, perSecond }: Publication): Promise<void> {
  if (socket === undefined) {
    socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
  }
  const target = socket;
  let answered = 0;
  let sent = 0;
  let more: (() => void) | undefined;
  const heed = (answer: Buffer): void => {
    answered += answer.length / ANSWER_BYTES;
    more?.();
  };
  target.on('data', heed);
  const startMs = performance.now();
  for (const chunk of chunks) {
    while (perSecond > 0 && sent > ((performance.now() - startMs) * perSecond) / 1_000)
      await new Promise((resolve) => setImmediate(resolve));
    target.write(chunk);
    sent += chunkMessages;
    while (sent - answered > MOST_UNANSWERED) await new Promise<void>((resolve) => (more = resolve));
  }
  while (answered < users * each) await new Promise<void>((resolve) => (more = resolve));
  target.off('data', heed);
}

serve({ prepare, publish });
