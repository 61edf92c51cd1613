import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { CONTROL_CATALOGUE } from '../../src/metrics/control-catalogue.js';
import { ControlMetrics, type CountedLook } from '../../src/metrics/control-metrics.js';
import type { ReasonCode, Verdict, VerdictKind, VerdictNumbers } from '../../src/domain/verdict.js';

const NUMBERS: VerdictNumbers = {
  comparisons: 1_010,
  mismatches: 1,
  // 999 matched, 1 of a guarded class, 10 that only legacy lacks.
  parity: 999 / 1_010,
  logHarm: 1,
  logHarmLimit: 4,
  distinctUsers: 50,
  mismatchedUsers: 1,
  excusedShare: 0,
  cleanComparisonsNeeded: 700,
  cleanUsersNeeded: 20,
};
const NOTHING: VerdictNumbers = { ...NUMBERS, comparisons: 0, mismatches: 0, logHarmLimit: 0 };
const STATE = {
  stepIndex: 3,
  targets: { compare: { percent: 100, canaries: [] }, serve: { percent: 25, canaries: [] } },
};

function verdict(kind: VerdictKind, code: ReasonCode, numbers = NUMBERS): Verdict {
  return { kind, severity: 'none', reasons: [{ code }], numbers };
}
const held = (code: ReasonCode, numbers = NUMBERS): CountedLook => ({
  kind: 'looked',
  verdict: verdict('hold', code, numbers),
  state: STATE,
});

async function lines(registry: Registry): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('given a controller that has not looked yet', () => {
  it('stands with every counter at 0, and says nothing that it does not know', async () => {
    const registry = new Registry();
    new ControlMetrics(registry, { eventsBudget: 0.002 });
    const said = await lines(registry);
    expect(said).toContain('crossfade_control_decisions_total{kind="roll_back"} 0');
    const counters = Object.values(CONTROL_CATALOGUE).filter(({ type }) => type === 'counter');
    for (const line of said) expect(counters.map(({ name }) => name)).toContain(line.split('{')[0]);
  });
});

describe('given a controller that looks', () => {
  it('shows step, verdict, reason, what it wants and what is left of the budget', async () => {
    const registry = new Registry();
    const metrics = new ControlMetrics(registry, { eventsBudget: 0.002 });
    metrics.count(held('soaking'), 0);
    metrics.count(held('awaiting_approval'), 5_000);
    const said = await lines(registry);
    expect(said).toEqual(
      expect.arrayContaining([
        'crossfade_control_step 3',
        'crossfade_control_verdict{verdict="hold"} 1',
        'crossfade_control_verdict{verdict="widen"} 0',
        'crossfade_control_reason{reason="awaiting_approval"} 1',
        'crossfade_control_reason{reason="soaking"} 0',
        'crossfade_control_wanted_percent{flag="serve"} 25',
        'crossfade_control_budget_left 0.5',
        'crossfade_control_harm_evidence 0.25',
        'crossfade_control_clean_needed{of="comparisons"} 700',
        'crossfade_control_hold_seconds_total{waits_for="person"} 5',
      ]),
    );
  });

  it('leaves the budget out where nothing was compared', async () => {
    const registry = new Registry();
    const metrics = new ControlMetrics(registry, { eventsBudget: 0.002 });
    metrics.count(held('soaking'), 0);
    metrics.count(held('evidence_unreadable', NOTHING), 1_000);
    expect((await lines(registry)).join('\n')).not.toMatch(/budget_left|harm_evidence|clean_needed/);
  });

  it('counts a decision, and forgets all it said once another acts', async () => {
    const registry = new Registry();
    const metrics = new ControlMetrics(registry, { eventsBudget: 0.002 });
    const decision = { kind: 'widen', verdict: verdict('widen', 'gates_passed') };
    metrics.count({ kind: 'decided', decision, state: STATE }, 0);
    expect(await lines(registry)).toContain('crossfade_control_decisions_total{kind="widen"} 1');
    metrics.count({ kind: 'idle' }, 1_000);
    const said = (await lines(registry)).join('\n');
    expect(said).toContain('crossfade_control_looks_total{outcome="idle"} 1');
    expect(said).not.toMatch(
      /crossfade_control_(step|verdict|reason|wanted_percent|budget_left|harm_evidence|clean_needed)[{ ]/,
    );
  });

  it('keeps time that waits for a person apart from time for the evidence, and counts none unwatched', async () => {
    const registry = new Registry();
    const metrics = new ControlMetrics(registry, { eventsBudget: 0.002 });
    const codes: ReasonCode[] = ['soaking', 'no_data', 'awaiting_approval', 'paused', 'stopped', 'latched'];
    for (const [index, code] of [...codes, 'hand_edited' as const, 'off_plan' as const].entries())
      metrics.count(held(code), index * 10_000);
    metrics.count({ kind: 'idle' }, 80_000);
    metrics.count(held('soaking'), 900_000);
    metrics.count(held('soaking'), 905_000);
    expect(await lines(registry)).toEqual(
      expect.arrayContaining([
        'crossfade_control_hold_seconds_total{waits_for="person"} 60',
        'crossfade_control_hold_seconds_total{waits_for="evidence"} 15',
      ]),
    );
  });
});
