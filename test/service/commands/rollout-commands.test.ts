import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileDecisionLog } from '../../../src/coordination/file-decision-log.js';
import type { LogEntry, RolloutState } from '../../../src/domain/decision.js';
import { readPlanFile } from '../../../src/nest/tools/plan-file.js';
import { Controller } from '../../../src/rollout/controller.js';
import { rolloutCommands } from '../../../src/service/commands/rollout-commands.js';
import { statusCommand } from '../../../src/service/commands/status-command.js';
import { freePort } from '../../../src/service/servers/free-port.js';
import { comparisons } from '../../fakes/evidence.js';
import { FakeWorld } from '../../fakes/fake-rollout.js';
import { ManualClock } from '../../manual-clock.js';
import { runCommand, type Ran } from './run-command.js';

const MINUTE = 60_000;
const PLAN = {
  version: 1,
  name: 'a test',
  steps: [
    { compare: 100, soakMinutes: 1, approval: 'required' },
    { serve: 5, soakMinutes: 1 },
    { serve: 50, soakMinutes: 1 },
    { serve: 100, soakMinutes: 1 },
    { compare: 0 },
  ],
};

let folder: string;
let world: FakeWorld;
let log: FileDecisionLog;
let controller: Controller;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  await writeFile(join(folder, 'plan.yaml'), JSON.stringify(PLAN));
  const { plan } = await readPlanFile(join(folder, 'plan.yaml'));
  world = new FakeWorld(new ManualClock(Date.now()));
  log = new FileDecisionLog({ path: join(folder, 'decisions.jsonl'), clock: world.clock });
  controller = new Controller({ ...world.ports(1), log }, { plan });
});

afterEach(() => rm(folder, { recursive: true }));

const crossfade = (args: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runCommand([...rolloutCommands(), statusCommand()], args.split(' '), {
    CROSSFADE_CONTROL_FOLDER: folder,
    CROSSFADE_PLAN_FILE: join(folder, 'plan.yaml'),
    CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
    ...env,
  });

async function looks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await controller.look();
    world.clock.advance(MINUTE);
  }
}

const entries = (): Promise<readonly LogEntry[]> => log.read(1, 10_000);

async function state(): Promise<RolloutState> {
  const last = await log.last();
  if (last === undefined) throw new Error('nothing is recorded');
  return last.state;
}

/** Up to the step that serves so many, past its approval. */
async function walkTo(serve: number): Promise<void> {
  await looks(3);
  expect(await crossfade('approve --yes')).toMatchObject({ code: 0 });
  for (let i = 0; i < 20 && world.percents.serve !== serve; i++) await looks(1);
}

describe('given a rollout of which nothing is recorded', () => {
  it('says in the status that nobody looks at it, and has no history', async () => {
    const { stdout } = await crossfade('status');
    expect(stdout).toContain('plan: a test');
    expect(stdout).toContain('no look has been recorded: is a controller running?');
    expect(await crossfade('history --all')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('takes a pause all the same', async () => {
    expect(await crossfade('pause')).toMatchObject({ code: 0, stdout: expect.stringContaining('Recorded.') });
    await looks(3);
    expect(world.writes).toEqual([]);
  });
});

describe('given a rollout that waits for approval', () => {
  beforeEach(() => looks(3));

  it('says for what it waits, and approves nothing without being sure', async () => {
    expect((await crossfade('status')).stdout).toMatch(
      /waits for approval of the evidence \S+: crossfade approve/,
    );
    const { code, stdout, stderr } = await crossfade('approve');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /Approves the evidence \S+: compare 100 % → 100 %, serve 0 % → 5 %; of 500 connected/,
    );
    expect(stderr).toContain('give --yes');
    const json = await crossfade('approve --json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([3, { ok: false, problem: expect.any(String) }]);
    expect((await state()).approval).toBeUndefined();
  });

  it('goes on once it is approved, in the name of who did', async () => {
    const { code, stdout } = await crossfade('approve --yes --json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { ok: true, state: { approval: {} } }]);
    await looks(1);
    expect(world.percents.serve).toBe(5);
  });

  it('refuses to approve other evidence, and says which', async () => {
    const { awaiting } = await state();
    const { code, stdout, stderr } = await crossfade('approve --evidence other --yes');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`Look at ${awaiting?.evidenceHash ?? ''} and approve that.`);
  });
});

describe('given a rollout that serves some', () => {
  beforeEach(() => walkTo(5));

  it('refuses what would do nothing, each with what to do instead', async () => {
    const before = await entries();
    const refused: [string, RegExp][] = [
      ['approve --yes', /No approval is awaited\. See crossfade status/],
      ['resume', /There is nothing to resume; see status\./],
      ['widen 33 --yes', /The plan has no such step\. See crossfade plan show\./],
      ['widen many --yes', /The plan has no such step/],
      ['widen 5 --yes', /is no step ahead\. Name a later one\./],
      [
        'rollback --to 9 --yes',
        /The plan has no step 9\. Name one from 0, which is before the first, to 5\./,
      ],
      ['rollback --to 4 --yes', /serves no fewer users than now\. Name an earlier one\./],
    ];
    for (const [command, words] of refused) {
      const { code, stdout, stderr } = await crossfade(command);
      expect({ command, code, stdout }).toEqual({ command, code: 2, stdout: '' });
      expect(stderr).toMatch(words);
      const json = await crossfade(`${command} --json`);
      expect(json.code).toBe(2);
      expect(JSON.parse(json.stdout)).toEqual({ ok: false, problem: expect.stringMatching(words) });
    }
    expect(await entries()).toEqual(before);
  });

  it('widens by order, past the gates, after saying for how many', async () => {
    expect(await crossfade('widen 50')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Passes the gates: compare 100 % → 100 %, serve 5 % → 50 %; of 500'),
    });
    expect(await crossfade('widen 50 --yes')).toMatchObject({ code: 0 });
    await looks(1);
    expect(world.percents.serve).toBe(50);
  });

  it('rolls back by order, and holds until it is resumed', async () => {
    const asked = await crossfade('rollback');
    expect(asked).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Takes users back: compare 100 % → 100 %, serve 5 % → 0 %'),
    });
    expect(await crossfade('rollback --yes')).toMatchObject({ code: 0 });
    await looks(2);
    expect(world.percents.serve).toBe(0);
    const { stdout } = await crossfade('status');
    expect(stdout).toMatch(/latched since .*: crossfade resume/);
    expect(stdout).toMatch(/last look .*: hold: latched/);
    expect(await crossfade('resume')).toMatchObject({ code: 0 });
    expect((await state()).latch).toBeUndefined();
  });

  it('pauses and resumes', async () => {
    expect(await crossfade('pause --json')).toMatchObject({ code: 0 });
    await looks(5);
    expect(world.percents.serve).toBe(5);
    expect((await crossfade('status')).stdout).toMatch(/paused by .+: crossfade resume/);
    expect(await crossfade('resume')).toMatchObject({ code: 0 });
    await looks(1);
    expect(world.percents.serve).toBe(50);
  });

  it('says why it holds, with numbers, and names the users who hold it up', async () => {
    world.changed = {
      comparisons: comparisons({ matched: 7000, different: 3000 }),
      users: {
        ...{
          distinctUsers: 500,
          trials: 10_000,
          firstMismatches: 2,
          qualifiedUsers: 490,
          mismatchedUsers: 2,
        },
        ...{ earlyTrials: 4950, earlyMismatches: 2 },
      },
      worstUsers: [{ user: 'a1b2c3', comparisons: 2500, mismatches: 2400 }],
    };
    await looks(3);
    const { stdout } = await crossfade('status');
    expect(stdout).toMatch(/hold: few_users_mismatch: parity, has 2, needs 6, users a1b2c3/);
    expect(stdout).toMatch(/parity_unproven: parity, has 0\.3, needs 0\.001, \d+ more clean ones would do/);
    expect(stdout).toMatch(
      /seen: 10001 comparisons of 500 users, 3000 mismatches of 2; parity 70 %, mismatches surely below 3\d\.\d+ %, 0 % excused/,
    );
    expect(stdout).toContain('500 users connected, Redis serves 25');
  });
});

describe('given a record', () => {
  beforeEach(() => walkTo(50));

  it('shows what was decided, with looks where they are asked for, from an entry on and so many', async () => {
    const { code, stdout } = await crossfade('history');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('applied: widened'))).toHaveLength(3);
    expect(lines.some((line) => line.includes('approved the evidence'))).toBe(true);
    expect(lines.some((line) => line.includes('hold:'))).toBe(false);
    const all = await entries();
    const json = await crossfade('history --all --json --from 3 --limit 4');
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as LogEntry),
    ).toEqual(all.slice(2, 6));
  });

  it('judges it by another plan: what would have happened', async () => {
    const strict = { ...PLAN, steps: PLAN.steps.map((step) => ({ ...step, minUsers: 501 })) };
    await writeFile(join(folder, 'strict.yaml'), JSON.stringify(strict));
    const { code, stdout } = await crossfade(`replay --plan ${join(folder, 'strict.yaml')}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\d+ of \d+ looks would have come out otherwise\n$/);
    const same = await crossfade(`replay --plan ${join(folder, 'plan.yaml')} --json`);
    const looked = (await entries()).filter(({ event }) => event.kind === 'looked');
    const replayed = same.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number });
    expect(replayed.map(({ sequence }) => sequence)).toEqual(looked.map(({ sequence }) => sequence));
  });

  it('says everything that keeps legacy from being retired, and ends with 1', async () => {
    const { code, stdout } = await crossfade('plan check --retire');
    expect(code).toBe(1);
    expect(stdout).toContain('The rollout is at step 2 of 4. Wait for the last one.');
    const json = await crossfade('plan check --retire --json');
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([1, { ready: false }]);
  });
});

describe('given a rollout that has come to its end', () => {
  it('says that legacy can be retired', async () => {
    const free = { ...PLAN, retire: { soakMinutes: 1 } };
    await writeFile(join(folder, 'plan.yaml'), JSON.stringify(free));
    const { plan } = await readPlanFile(join(folder, 'plan.yaml'));
    controller = new Controller({ ...world.ports(1), log }, { plan });
    await walkTo(100);
    await looks(6);
    expect(world.percents).toEqual({ compare: 0, serve: 100 });
    expect(await crossfade('plan check --retire')).toEqual({
      code: 0,
      stdout: 'Legacy can be taken out of the backend: set CROSSFADE_LEGACY=retired.\n',
      stderr: '',
    });
  });
});

describe('given a plan', () => {
  it('is checked and shown', async () => {
    expect(await crossfade('plan check')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/plan\.yaml: 5 steps, well\.\n$/),
    });
    expect((await crossfade('plan show')).stdout).toContain(
      '2  compare 100 %, serve 5 %; before the next: soak 1 min',
    );
    expect(JSON.parse((await crossfade('plan show --json')).stdout)).toMatchObject({ name: 'a test' });
  });

  it('is refused with all its faults, and ends with 2', async () => {
    await writeFile(join(folder, 'bad.yaml'), 'version: 1\nsteps: [{ compare: 101 }, { serve: x }]\n');
    for (const command of ['check', 'show', 'check --retire', 'check --json']) {
      const { code, stdout, stderr } = await crossfade(`plan ${command} --plan ${join(folder, 'bad.yaml')}`);
      expect({ command, code, stdout }).toEqual({ command, code: 2, stdout: '' });
      expect(stderr).toMatch(/steps\[0\]\.compare: .*\n.*steps\[1\]\.serve: /);
    }
  });
});

describe('given an environment that cannot do', () => {
  const EVERY = [
    ...['pause', 'resume', 'history', 'widen --yes', 'rollback --yes', 'approve --yes', 'replay --plan x'],
    'plan check --retire',
  ];

  it.each(EVERY)(
    'refuses %s where there is no place for the record, with the cure and 2',
    async (command) => {
      const { code, stderr } = await crossfade(command, { CROSSFADE_CONTROL_FOLDER: '' });
      expect(code).toBe(2);
      expect(stderr).toContain(
        'Set LISTENERS_MODE=local or prod, or name a folder by CROSSFADE_CONTROL_FOLDER.',
      );
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );

  it('refuses a controller that has no evidence, or may not change the flags', async () => {
    expect(await crossfade('control')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Set CROSSFADE_PROMETHEUS_URL'),
    });
    expect(await crossfade('control', { CROSSFADE_FLAGS_FILE: '' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('CROSSFADE_UNLEASH_ADMIN_TOKEN'),
    });
  });

  it.each(['history --limit many', 'history --from -1', 'replay', 'widen 5 6', 'pause now'])(
    'refuses %s as it is typed, with 2',
    async (command) => {
      expect(await crossfade(command)).toMatchObject({ code: 2, stdout: '' });
    },
  );

  it('says that the record cannot be reached, without a stack trace, and ends with 1', async () => {
    const { code, stderr } = await crossfade('pause', {
      CROSSFADE_CONTROL_FOLDER: '',
      LISTENERS_MODE: 'local',
      LISTENERS_REDIS_PORT: String(await freePort()),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/The record cannot be reached/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
