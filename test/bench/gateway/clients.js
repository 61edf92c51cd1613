// A process of WebSocket clients, one for each uid: holds what comes against what must come.
// Arguments: the server's base URL and how many. Told `report` it says what it saw since the last report.
import process from 'node:process';
import { WebSocket } from 'ws';

const [, , base, count] = process.argv;
const AT_ONCE = 200;
const SEEN = /"n": (\d+), "at": ([\d.]+)/;

const next = new Map();
let latencies = [];
let seen = fresh();

function fresh() {
  return { received: 0, lost: 0, again: 0, closed: 0 };
}

function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function hear(uid, text) {
  const [, n, at] = SEEN.exec(text);
  latencies.push(nowMs() - Number(at));
  seen.received++;
  // The first says where it begins: the publisher counts on from one server to the next.
  const expected = next.get(uid) ?? Number(n);
  if (Number(n) < expected) seen.again++;
  else seen.lost += Number(n) - expected;
  next.set(uid, Math.max(expected, Number(n) + 1));
}

function connect(uid) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${base}/ws?uid=${uid}`, { perMessageDeflate: false });
    socket.on('message', (data) => hear(uid, data.toString('latin1')));
    socket.on('open', resolve);
    socket.on('close', () => seen.closed++);
    socket.on('error', (error) => process.send({ error: error.message }));
  });
}

function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

process.on('message', ({ report, expected, before }) => {
  if (!report) return;
  // Whoever has heard less than was said has lost the end.
  for (const [uid, said] of Object.entries(expected)) {
    const heard = next.get(uid) ?? before[uid] ?? 0;
    if (heard < said) seen.lost += said - heard;
    next.set(uid, said);
  }
  const sorted = Float64Array.from(latencies).sort();
  const [p50, p99, max] = [0.5, 0.99, 1].map((q) => quantile(sorted, q));
  process.send({ report: { ...seen, p50, p99, max } });
  latencies = [];
  seen = fresh();
});

for (let first = 0; first < Number(count); first += AT_ONCE) {
  const uids = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => `user${first + i}`);
  await Promise.all(uids.map(connect));
}
process.send({ open: true });
