// What the gateway is held against: ws and ioredis, and nothing else. Argument: Redis' port.
import process from 'node:process';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

const redis = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]) });
const sockets = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });

server.on('connection', (socket, request) => {
  const channel = `user:${request.url.slice(request.url.indexOf('uid=') + 4)}`;
  sockets.set(channel, socket);
  void redis.subscribe(channel);
});
redis.on('message', (channel, text) => sockets.get(channel)?.send(text));
server.on('listening', () => process.send({ port: server.address().port }));
