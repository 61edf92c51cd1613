import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileDecisionLog } from '../../src/coordination/file-decision-log.js';
import { RedisDecisionLog } from '../../src/coordination/redis-decision-log.js';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { decisionLogContract, entry, lookEntry } from '../contracts/decision-log.contract.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';

let redis: TestRedis;
let folder = '';
let logs = 0;
const clock = new SystemClock();

beforeAll(async () => {
  redis = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'crossfade-log-'));
});

afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});

const newPath = (): string => join(folder, `log-${++logs}`);

decisionLogContract('in Redis', () => {
  const prefix = `{test-${++logs}}:`;
  return { open: () => new RedisDecisionLog({ redis: redis.client, prefix }) };
});

decisionLogContract('in a file', () => {
  const path = newPath();
  return { open: () => new FileDecisionLog({ path, clock }) };
});

describe('given a record in Redis with more looks than it keeps', () => {
  it('drops old looks and never anything else', async () => {
    const prefix = `{test-${++logs}}:`;
    const log = new RedisDecisionLog({ redis: redis.client, prefix, keepLooks: 100 });
    await log.append(entry(1, 1));
    for (let sequence = 2; sequence <= 500; sequence++) await log.append(lookEntry(sequence));
    await log.append(entry(501, 1));
    const read = await log.read(1, 1000);
    expect(read[0]).toEqual(entry(1, 1));
    expect(read.at(-1)).toEqual(entry(501, 1));
    expect(read.length).toBeLessThan(500);
    expect((await log.last())?.sequence).toBe(501);
  });
});

describe('given a record in a file', () => {
  it('takes off a line that a crash has torn', async () => {
    const path = newPath();
    const log = new FileDecisionLog({ path, clock });
    await log.append(entry(1, 1));
    await appendFile(path, '{"sequence":2,"atM');
    expect(await log.last()).toEqual(entry(1, 1));
    expect(await log.append(entry(2, 1))).toBe('appended');
    expect(await log.read(1, 10)).toEqual([entry(1, 1), entry(2, 1)]);
  });

  it('is put aside when it has grown, and goes on where it was', async () => {
    const path = newPath();
    const log = new FileDecisionLog({ path, clock, rotateBytes: 500 });
    for (let sequence = 1; sequence <= 6; sequence++)
      expect(await log.append(entry(sequence, 1))).toBe('appended');
    expect(await log.last()).toEqual(entry(6, 1));
    const aside = (await readdir(folder)).filter((name) => name.startsWith(`log-${logs}.`));
    expect(aside.length).toBeGreaterThan(0);
    const lines = (await Promise.all(aside.map((name) => readFile(join(folder, name), 'utf8')))).join('');
    expect(lines).toContain('"sequence":1,');
  });
});
