import type { CohortWriter, FlagStanding, PercentChange, WriteOutcome } from '../contracts/cohort-writer.js';
import { FLAG_NAMES, type Flag } from '../domain/flag.js';
import { judge } from './flags-in-force.js';
import { wholePercent } from './flag-rules.js';
import { movedTo, planChange, settledOutcome } from './percent-change.js';
import type { AdminAnswer, UnleashAdmin } from './unleash-admin.js';

/** Changes the flags at an Unleash server. Only ever touches a rollout that stands as expected, or switches off. */
export class UnleashWriter implements CohortWriter {
  constructor(private readonly admin: UnleashAdmin) {}

  async standing(): Promise<FlagStanding> {
    const home = await this.admin.flags();
    return 'problem' in home ? { known: false, problems: [home.problem] } : standingOf(home.features);
  }

  async write(change: PercentChange): Promise<WriteOutcome> {
    const home = await this.admin.flags();
    if ('problem' in home) return { outcome: 'failed', problem: home.problem };
    const planned = planChange(home.features, change);
    if (planned.plan !== 'replace') return settledOutcome(planned, change.to);
    const strategyId = home.strategyIds[change.flag][planned.index] ?? '';
    const answer = await this.admin.replaceRollout(change.flag, strategyId, planned.rollout, change.to);
    return this.readBack(change, answer);
  }

  async switchOff(flag: Flag): Promise<WriteOutcome> {
    const answer = await this.admin.switchTo(flag, 'off');
    if (answer.status === 403) return { outcome: 'proposed', problem: problemOf(answer) };
    if (answer.problem !== undefined) return { outcome: 'failed', problem: answer.problem };
    const home = await this.admin.flags();
    if ('problem' in home) return { outcome: 'failed', problem: home.problem };
    const features = home.features['features'] as readonly { name: string; enabled: unknown }[];
    if (features.find(({ name }) => name === FLAG_NAMES[flag])?.enabled === false)
      return { outcome: 'written', percent: 0 };
    return { outcome: 'failed', problem: `${FLAG_NAMES[flag]} is still on: switch it off in Unleash.` };
  }

  /** A failed test is a server error, and an answer may be lost: only reading again tells what happened. */
  private async readBack(change: PercentChange, answer: AdminAnswer): Promise<WriteOutcome> {
    if (answer.status === 403) return { outcome: 'proposed', problem: problemOf(answer) };
    const home = await this.admin.flags();
    if ('problem' in home) return { outcome: 'failed', problem: home.problem };
    const planned = planChange(home.features, change);
    if (planned.plan !== 'replace') return settledOutcome(planned, change.to);
    if (answer.problem !== undefined) return { outcome: 'failed', problem: answer.problem };
    return {
      outcome: 'conflict',
      percent: wholePercent(planned.rollout) ?? 0,
      problem: movedTo(change.flag, planned.rollout, change.to),
    };
  }
}

/** What flags in Unleash's client-features format say, whoever keeps them. */
export function standingOf(features: unknown): FlagStanding {
  const judged = judge(features);
  if ('problems' in judged) return { known: false, problems: judged.problems };
  const { compare, serve } = judged.rules;
  return { known: true, percents: { compare: compare.percent, serve: serve.percent } };
}

function problemOf(answer: AdminAnswer): string {
  return answer.problem ?? `Unleash answered ${answer.status}: look at the flag there.`;
}
