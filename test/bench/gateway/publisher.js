// The publisher as a process of its own. Arguments: Redis' port and how many users. Told `{ perSecond, seconds }` it
// publishes so many events a second, each for the next user, and says how many each user was sent in all.
import process from 'node:process';
import { setTimeout } from 'node:timers';
import { Redis } from 'ioredis';

const [, , port, users] = process.argv;
const TICK_MS = 10;
const redis = new Redis({ host: '127.0.0.1', port: Number(port) });
const said = new Map();
let turn = 0;
const PAD = 'x'.repeat(120);

function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function publish(pipeline) {
  const uid = `user${turn++ % Number(users)}`;
  const n = said.get(uid) ?? 0;
  said.set(uid, n + 1);
  const head = `{"type": "task.progress_update", "uid": "${uid}", "timestamp": "2025-09-20T11:44:00.123456+00:00"`;
  const payload = `{"task_id": "${PAD}", "status": "running", "n": ${n}, "at": ${nowMs().toFixed(3)}}`;
  pipeline.publish(`user:${uid}`, `${head}, "payload": ${payload}}`);
}

process.on('message', async ({ perSecond, seconds }) => {
  const startMs = nowMs();
  let sent = 0;
  while (sent < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((nowMs() - startMs) / 1000) * perSecond));
    const pipeline = redis.pipeline();
    for (; sent < due; sent++) publish(pipeline);
    await pipeline.exec();
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  process.send({ said: Object.fromEntries(said), tookMs: nowMs() - startMs });
});
