/* global process, console, setInterval */
// One backend replica as a process of its own, with users on its screens: run by rollout.test.ts, never by hand.
// It plays both sources itself: what it pushes into legacy it publishes on Redis too, unless told to lose it.
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import {
  CROSSFADE_REGISTRY,
  CrossfadeModule,
  EventProvider,
  InProcessSource,
  optionsFromSettings,
  readSettings,
} from '../../dist/index.js';

const { FIRST_USER, USERS, EVERY_MS } = process.env;
const CHAT = { spaceCode: 'sp', threadKey: 'th' };
const legacySource = new InProcessSource();
const settings = readSettings(process.env);
const app = await NestFactory.createApplicationContext(
  CrossfadeModule.forRoot({
    ...optionsFromSettings(settings),
    legacySource,
    compareChats: true,
    comparing: { confirmMs: 500, rules: [{ type: 'chat.message', windowMs: 1000 }] },
    onFailure: (message) => console.error(message),
  }),
  { logger: false, abortOnError: false },
);

const events = app.get(EventProvider);
const uids = Array.from({ length: Number(USERS) }, (_, index) => `user${Number(FIRST_USER) + index}`);
let lastFromRedisMs = 0;
for (const uid of uids) {
  // Users are counted by their own streams, not by their chats.
  events.stream(uid).subscribe();
  events.stream(uid, { chat: CHAT }).subscribe((event) => {
    if (event.source === 'redis') lastFromRedisMs = Date.now();
  });
}

const publisher = new Redis({ host: '127.0.0.1', port: settings.redis.port });
publisher.on('error', () => undefined);
let lossShare = 0;
let isQuiet = false;
let firstLossMs = 0;
let turn = 0;

setInterval(() => {
  if (isQuiet) return;
  const uid = uids[turn % uids.length];
  const id = `${uid}-${turn++}`;
  const payload = {
    space_code: CHAT.spaceCode,
    thread_key: CHAT.threadKey,
    raw_messages: [{ id, content: id, message_type: 'MESSAGE', read: false }],
  };
  const timestamp = new Date().toISOString().replace('Z', '000+00:00');
  legacySource.push(uid, [`chat_${CHAT.spaceCode}_${CHAT.threadKey}`, payload]);
  if (Math.random() < lossShare) {
    firstLossMs ||= Date.now();
    return;
  }
  const text = `{"type": "chat.message", "uid": "${uid}", "timestamp": "${timestamp}", "payload": ${JSON.stringify(payload)}}`;
  publisher.publish(`chat:${uid}:${CHAT.spaceCode}:${CHAT.threadKey}`, text).catch(() => undefined);
}, Number(EVERY_MS));

const registry = app.get(CROSSFADE_REGISTRY);
const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    void registry
      .metrics()
      .then((text) => response.setHeader('content-type', registry.contentType).end(text));
  } else if (request.url?.startsWith('/lose/') === true) {
    lossShare = Number(request.url.slice('/lose/'.length));
    response.end();
  } else if (request.url?.startsWith('/quiet/') === true) {
    isQuiet = request.url === '/quiet/1';
    response.end();
  } else response.end(JSON.stringify({ firstLossMs, lastFromRedisMs }));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));
