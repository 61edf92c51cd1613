import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/service/servers/free-port.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';
import { pageAt, ROOT } from './page.js';

/** What a reader types in steps 5 and 6, on a machine whose ports are taken by others. */
let redis: TestRedis;
let folder: string;
let port: number;
let env: NodeJS.ProcessEnv;
const started: ChildProcess[] = [];

beforeAll(async () => {
  redis = await startTestRedis({ allowsEverything: true });
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  port = await freePort();
  env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LISTENERS_REDIS_PORT: String(redis.server.port),
  };
});
afterAll(async () => {
  for (const child of started) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await redis.stop();
  await rm(folder, { recursive: true });
});

/** The commands of one block, one a line, without what is said of them. */
function typed(block: string): string[] {
  return block
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').replaceAll('8080', String(port)))
    .filter((line) => line !== '');
}

async function type(line: string): Promise<string> {
  const [, exported] = /^export (.+)$/.exec(line) ?? [];
  if (exported !== undefined) {
    for (const each of exported.split(' ')) {
      const [name = '', value] = each.split(/=(.*)/);
      env[name] = value;
    }
    return '';
  }
  const args = line.replace(/ &$/, '').split(' ').slice(2);
  const program = [join(ROOT, 'dist/service/crossfade.js'), ...args];
  if (!line.endsWith(' &')) return run(program);
  started.push(spawn(process.execPath, program, { cwd: folder, env, stdio: 'ignore' }));
  await waitFor(
    'the publisher answers',
    () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20_000,
  );
  return '';
}

function run(program: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, program, { cwd: folder, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program.join(' ')}: ${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}

describe('given who types what the tutorial says', () => {
  it('finds every command done, the flags file made, and the prefix heard', async () => {
    const { blocks } = pageAt('docs/tutorial.md');
    const [, fifth, sixth] = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const said: string[] = [];
    for (const line of [...typed(fifth ?? ''), ...typed(sixth ?? '')]) said.push(await type(line));
    expect(said).toHaveLength(6);
    expect(said.join('\n')).toMatch(/^ok {5}prefix .*\n(.*\n)*.*Heard notif\.sync/m);
    expect(said.join('\n')).toMatch(/user1: bucket \d+ of 100; compare 0 %, serve 0 %, from file/);
    expect(await readFile(join(folder, 'flags.json'), 'utf8')).toContain('"crossfade-serve"');
  }, 60_000);
});
