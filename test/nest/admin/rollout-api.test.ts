import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { targetsAt } from '../../../src/rollout/position.js';
import { defaultPlan } from '../../../src/rollout/default-plan.js';
import { ApiBench, OPERATOR, VIEWER } from './api-bench.js';

let bench: ApiBench;

beforeEach(async () => {
  bench = await ApiBench.start();
});
afterEach(() => bench.stop());

const PLAN = defaultPlan();
const SERVE_25 = PLAN.steps.findIndex(
  ({ change }) => change.flag === 'serve' && 'percent' in change && change.percent === 25,
);

/** The flags stand at serve 25, as somebody has set them. */
function atServe25(): Promise<void> {
  return bench.record({ kind: 'hand_edited', found: targetsAt(PLAN, SERVE_25), stepIndex: SERVE_25 });
}

describe('given a rollout that nobody has begun', () => {
  it('tells a viewer where it stands, what it could do, and for how many users', async () => {
    const { status, headers, body } = await bench.ask('rollout', { token: VIEWER });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      plan: { origin: 'default', steps: expect.arrayContaining([expect.objectContaining({ number: 1 })]) },
      step: 0,
      compare: { percent: 0 },
      serve: { percent: 0 },
      users: { connectedUsers: 0, servedUsers: 0 },
      waitsFor: [],
      offers: {
        pause: { open: true },
        widen: { open: true, outlook: { toStep: 1, users: { servedNow: 0 } } },
        rollback: { open: false, problem: expect.stringContaining('No step before') },
        approve: { open: false, problem: expect.stringContaining('No approval is awaited') },
        resume: { open: false },
      },
      rollbacks: [],
    });
  });

  it('records what an operator says, who it was and from where, and nothing that a viewer says', async () => {
    expect(await bench.act('pause', {}, VIEWER)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await bench.recorded()).toBe('');
    expect(await bench.act('pause', undefined, `${OPERATOR}-anna`)).toMatchObject({
      status: 200,
      body: { recorded: true, sequence: 1 },
    });
    const { body } = await bench.ask('history', { token: VIEWER });
    expect(body).toEqual({
      entries: [
        {
          sequence: 1,
          atMs: expect.any(Number),
          actor: 'anna, operator',
          from: '127.0.0.1',
          kind: 'paused',
          text: 'paused',
        },
      ],
    });
    expect(bench.actions).toMatchObject([
      { action: 'pause', role: 'viewer', by: 'viewer', from: '127.0.0.1', status: 403, result: 'forbidden' },
      { action: 'pause', role: 'operator', by: 'anna', from: '127.0.0.1', status: 200, result: 'done' },
    ]);
  });
});

describe('given a rollout at serve 25', () => {
  it('rolls back one step, or to the step that is named, and says no to one that is none', async () => {
    await atServe25();
    expect(await bench.act('rollback', { toStep: 999 })).toMatchObject({
      status: 409,
      body: {
        code: 'not_now',
        message: 'The plan has no step 999.',
        cure: expect.stringMatching(/^Name one/),
      },
    });
    expect(await bench.act('rollback')).toMatchObject({ status: 200 });
    expect(await bench.act('rollback', { toStep: 0 })).toMatchObject({ status: 200 });
    const { body } = await bench.ask('history?limit=2', { token: VIEWER });
    expect(body).toMatchObject({
      entries: [{ text: 'ordered roll_back to step 0' }, { text: `ordered roll_back to step ${SERVE_25}` }],
      next: 2,
    });
    expect(await bench.ask('history?limit=2&before=2', { token: VIEWER })).toMatchObject({
      body: { entries: [{ kind: 'hand_edited' }] },
    });
  });

  it('tells which steps a roll-back can go to, and what it waits for', async () => {
    await atServe25();
    const { body } = await bench.ask('rollout', { token: VIEWER });
    expect(body).toMatchObject({
      step: SERVE_25 + 1,
      waitsFor: [expect.stringContaining('set by hand')],
      offers: { resume: { open: true }, rollback: { open: true, outlook: { toStep: SERVE_25 } } },
    });
    const { rollbacks } = body as { rollbacks: { to: { serve: number } }[] };
    expect(rollbacks.map(({ to }) => to.serve)).toEqual([5, 1, 0]);
  });
});

describe('given what cannot be', () => {
  it.each([
    ['GET', 'nowhere', 404, 'not_found'],
    ['GET', 'rollback', 405, 'method_not_allowed'],
    ['DELETE', 'rollout', 405, 'method_not_allowed'],
    ['HEAD', 'rollout', 405, undefined],
    ['OPTIONS', 'rollout', 405, 'method_not_allowed'],
    ['GET', 'explain/%E0%A4%A', 400, 'invalid_path'],
    ['GET', 'explain/a%20b', 400, 'invalid_uid'],
    ['GET', 'history?limit=0', 400, 'invalid_query'],
    ['GET', 'history?before=1&before=2', 400, 'invalid_query'],
    ['GET', 'record?seconds=x', 400, 'invalid_query'],
    ['GET', 'record', 409, 'nothing_is_compared'],
  ])('answers %s %s with %d and the cure', async (method, path, status, code) => {
    const answer = await bench.ask(path, { method, token: OPERATOR });
    expect(answer.status).toBe(status);
    if (code !== undefined)
      expect(answer.body).toEqual({ code, message: expect.any(String), cure: expect.any(String) });
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET|POST/);
  });

  it.each([
    ['{', 'application/json', 400],
    ['[]', 'application/json', 400],
    ['{"toStep": "1"}', 'application/json', 400],
    ['{"toStep": 1, "percent": 5}', 'application/json', 400],
    ['{"other": 1}', 'application/json', 400],
    ['toStep=1', 'application/x-www-form-urlencoded', 400],
    [`{"toStep": "${'x'.repeat(20_000)}"}`, 'application/json', 413],
    [`{"toStep": "${'x'.repeat(3_000_000)}"}`, 'application/json', 413],
  ])('turns a body like %.20s of type %s away', async (body, type, status) => {
    const answer = await bench
      .ask('widen', { method: 'POST', token: OPERATOR, body, headers: { 'content-type': type } })
      .catch(() => undefined);
    // Of one that is far too large not even the end is read: its sender may not live to hear why.
    if (body.length < 1_000_000 || answer !== undefined)
      expect(answer).toMatchObject({
        status,
        body: { code: expect.any(String), cure: expect.any(String) },
      });
    expect(await bench.recorded()).toBe('');
  });

  it('lets no other origin read, and asks strangers to wait who try too often', async () => {
    const answer = await bench.ask('rollout', {
      token: VIEWER,
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const codes = new Set<number>();
    for (let i = 0; i < 60; i++) codes.add((await bench.ask('rollout', { token: `guess-${i}` })).status);
    expect(codes).toEqual(new Set([401, 429]));
    const refused = await bench.ask('rollout');
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await bench.ask('rollout', { token: VIEWER })).toMatchObject({ status: 200 });
  });

  it('acts no oftener than the limit, and what was over it changes nothing', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => bench.act('pause')));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10);
    expect((await bench.recorded()).trim().split('\n').length).toBeLessThanOrEqual(20);
  });
});

describe('given somebody who watches', () => {
  it('is told how the replica does, twice a second', async () => {
    const answer = await fetch(`${bench.url}/crossfade/api/events`, {
      headers: { authorization: `Bearer ${VIEWER}` },
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const told: { atMs: number }[] = [];
    let rest = '';
    for await (const chunk of answer.body ?? []) {
      const parts = (rest + Buffer.from(chunk as Uint8Array).toString()).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) told.push(JSON.parse(part.replace(/^data: /, '')) as { atMs: number });
      if (told.length >= 3) break;
    }
    expect(told[0]).toEqual({
      atMs: expect.any(Number),
      users: { legacy: 0, shadow: 0, live: 0, complete: 0 },
      effective: null,
      total: {
        ...{ matched: 0, excused: 0, misrouted: 0, unreadable: 0 },
        mismatched: expect.objectContaining({ different: 0 }),
      },
      recent: expect.objectContaining({ comparisons: 0, parity: null, lagP50Ms: null }),
      mismatches: [],
      degraded: [],
    });
    const [first = 0, , third = 0] = told.map(({ atMs }) => atMs);
    expect(third - first).toBeGreaterThanOrEqual(900);
  });
});

describe('given a process that knows of no rollout', () => {
  it('says so', async () => {
    const other = await ApiBench.start({ rollout: undefined as never });
    const answer = await other.ask('rollout', { token: VIEWER });
    await other.stop();
    expect(answer).toMatchObject({ status: 409, body: { code: 'no_rollout' } });
  });
});
