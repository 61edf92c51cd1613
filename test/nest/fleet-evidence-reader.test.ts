import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import type { Evidence } from '../../src/domain/evidence.js';
import { readSettings } from '../../src/nest/settings.js';
import { fleetEvidenceFor } from '../../src/nest/tools/rollout-home.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { waitFor } from '../wait-for.js';

const VIEWER = 'viewer-token-of-a-test';
const OPERATOR = 'operator-token-of-a-test';
const TARGETS = { compare: { percent: 100, canaries: [] }, serve: { percent: 25, canaries: [] } };

/** What a replica shows at a scrape, and whom its admin API names; bearer tokens that were shown to it. */
class Replica {
  readonly server: Server = createServer((request, response) => {
    const [type, text] =
      request.url === '/metrics' ? ['text/plain; version=0.0.4', this.metrics()] : this.answer(request);
    response.writeHead(type === '' ? 404 : 200, { 'content-type': type }).end(text);
  });
  readonly tokens: string[] = [];
  serve = 5;
  matched = 0;
  distinct = 0;
  firstMismatches = 0;
  worstUsers: unknown = [];

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private metrics(): string {
    const { serve, matched, distinct, firstMismatches } = this;
    return [
      `crossfade_comparisons_total{class="matched",type="notif.sync"} ${matched}`,
      `crossfade_compared_users_total ${distinct}`,
      `crossfade_first_mismatches_total ${firstMismatches}`,
      'crossfade_flag_percent{flag="compare"} 100',
      `crossfade_flag_percent{flag="serve"} ${serve}`,
      'crossfade_flag_state_age_seconds 0.5',
      'crossfade_users{stage="live"} 10',
      'crossfade_redis_up 1\n',
    ].join('\n');
  }

  private answer({ url, headers }: IncomingMessage): [string, string] {
    if (url !== '/crossfade/api/comparison') return ['', ''];
    this.tokens.push(headers.authorization ?? '');
    return ['application/json', JSON.stringify({ worstUsers: this.worstUsers })];
  }
}

// The tests of this file are one story of one fleet, told in order.
const clock = new SystemClock();
const replicas = [new Replica(), new Replica()] as const;
const [a, b] = replicas;
let prometheus: RunningServer;
let sinceMs: number;

beforeAll(async () => {
  for (const { server } of replicas) server.listen(0, '127.0.0.1');
  await Promise.all(replicas.map(({ server }) => once(server, 'listening')));
  prometheus = await startTestPrometheus(replicas.map(({ address }) => address));
});

afterAll(async () => {
  for (const { server } of replicas) server.close();
  await prometheus.stop();
});

const readers = new Map<string, ReturnType<typeof fleetEvidenceFor>>();

function read(env: NodeJS.ProcessEnv = {}): Promise<Evidence> {
  const key = JSON.stringify(env);
  const settings = readSettings({ CROSSFADE_PROMETHEUS_URL: `http://127.0.0.1:${prometheus.port}`, ...env });
  const reader = readers.get(key) ?? fleetEvidenceFor(settings, clock);
  readers.set(key, reader);
  if (reader === undefined) throw new Error('there is no reader');
  return reader.read({ targets: TARGETS, sinceMs, changedAfterMs: sinceMs });
}

/** Reads until the evidence is so; before the first scrape there is none. */
const until = (what: string, holds: (evidence: Evidence) => boolean): Promise<void> =>
  waitFor(what, () => read().then(holds, () => false), 30_000);

describe('given a Prometheus that scrapes two replicas', () => {
  it('is not in force until both of them say so, and counts from then, users from their beginning', async () => {
    sinceMs = clock.nowMs() - 60_000;
    Object.assign(a, { matched: 100, distinct: 90 });
    await until('both to report', ({ replicas: { reporting } }) => reporting === 2);
    sinceMs = clock.nowMs();
    expect((await read()).inForce).toMatchObject({ comparePercent: 100, servePercent: 5, forMs: 0 });
    Object.assign(a, { serve: 25, matched: 130, distinct: 7 });
    Object.assign(b, { serve: 25, matched: 20, distinct: 3 });
    await until('it to be in force', ({ inForce }) => inForce.servePercent === 25 && inForce.forMs > 0);
    Object.assign(a, { matched: 140, distinct: 8 });
    await until('what came since', ({ comparisons }) => comparisons[0]?.count === 10);
    const { users, delivery, worstUsers } = await read();
    expect(users.distinctUsers).toBe(8 + 3);
    expect(delivery).toMatchObject({ connectedUsers: 20, servedUsers: 20 });
    expect(worstUsers).toEqual([]);
  }, 60_000);

  it('names the few who mismatch, from what the replicas tell a viewer, added up and worst first', async () => {
    a.worstUsers = [
      { user: 'u1', comparisons: 50, mismatches: 9 },
      { user: 'u2', comparisons: 50, mismatches: 2 },
      { user: 'u3', comparisons: 50, mismatches: 0 },
    ];
    b.worstUsers = [{ user: 'u2', comparisons: 10, mismatches: 10 }, { user: 7 }, 'nobody'];
    a.firstMismatches = 2;
    await until('the mismatches', ({ users }) => users.firstMismatches === 2);
    expect(replicas.map(({ tokens }) => tokens)).toEqual([[], []]);
    expect((await read({ CROSSFADE_ADMIN_VIEWER_TOKEN: VIEWER })).worstUsers).toEqual([
      { user: 'u2', comparisons: 60, mismatches: 12 },
      { user: 'u1', comparisons: 50, mismatches: 9 },
    ]);
    expect(a.tokens).toEqual([`Bearer ${VIEWER}`]);
  });

  it('shows no operator’s token to what it scrapes, and names nobody then, nor where they are many', async () => {
    a.tokens.length = 0;
    expect((await read({ CROSSFADE_ADMIN_OPERATOR_TOKEN: OPERATOR })).worstUsers).toEqual([]);
    a.firstMismatches = 6;
    await until('more', ({ users }) => users.firstMismatches === 6);
    expect((await read({ CROSSFADE_ADMIN_VIEWER_TOKEN: VIEWER })).worstUsers).toEqual([]);
    expect(a.tokens).toEqual([]);
  });

  it('says who is missing, and reads the others', async () => {
    const { address } = b;
    b.server.close();
    b.server.closeAllConnections();
    await until('it to be missed', ({ replicas: { reporting } }) => reporting === 1);
    const { replicas: report, inForce } = await read();
    expect(report).toEqual({ expected: 2, reporting: 1, problems: [`${address} cannot be scraped.`] });
    expect(inForce.servePercent).toBe(25);
  });

  it('rejects with the cure where it knows no such job', async () => {
    await expect(read({ CROSSFADE_PROMETHEUS_JOB: 'others' })).rejects.toThrow(
      'Let it scrape the backends, or set CROSSFADE_PROMETHEUS_JOB.',
    );
  });

  it('rejects where it does not answer', async () => {
    await prometheus.kill();
    await expect(read()).rejects.toThrow();
  });
});
