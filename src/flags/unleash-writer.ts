import type {
  CanaryChange,
  CohortWriter,
  FlagStanding,
  PercentChange,
  WriteMarker,
  WriteOutcome,
} from '../contracts/cohort-writer.js';
import { FLAG_NAMES, type Flag } from '../domain/flag.js';
import type { JsonObject } from '../domain/user-event.js';
import { canaryList, planNaming } from './canary-change.js';
import { judge } from './flags-in-force.js';
import { wholePercent } from './flag-rules.js';
import { movedTo, planChange, settledOutcome } from './percent-change.js';
import type { AdminAnswer, HomeFlags, UnleashAdmin } from './unleash-admin.js';
import { isFenced, markText, marksOf, rolloutIn } from './write-mark.js';

type Home = Exclude<HomeFlags, { readonly problem: string }>;

/**
 * Changes the flags at an Unleash server. Only ever touches a rollout that stands as expected, or switches off.
 * A marker goes into the title of the rollout strategy, in the same write, which tests the title it found: so of
 * two writers one is refused by the server itself.
 */
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
    const { flag, to, marker } = change;
    const title = rolloutIn(home.features, flag)?.['title'];
    if (isFenced(title, marker)) return fenced(flag, wholePercent(planned.rollout));
    const strategyId = home.strategyIds[flag][planned.index] ?? '';
    const mark = marker === undefined ? undefined : { from: title, to: markText(marker) };
    const answer = await this.admin.replaceRollout(flag, strategyId, planned.rollout, to, mark);
    return this.readBack(change, answer);
  }

  /** Marks first: whoever has lost the lease gets no further. */
  async nameCanaries(change: CanaryChange): Promise<WriteOutcome> {
    const home = await this.admin.flags();
    if ('problem' in home) return { outcome: 'failed', problem: home.problem };
    const { flag, uids, marker } = change;
    const title = rolloutIn(home.features, flag)?.['title'];
    if (isFenced(title, marker)) return fenced(flag, undefined);
    const planned = planNaming(home.features, change);
    if (planned.plan === 'refused') return { outcome: 'failed', problem: planned.problem };
    if (planned.plan === 'already') return { outcome: 'written', percent: planned.percent };
    const marked = marker === undefined ? undefined : await this.mark(home, flag, title, marker);
    if (marked?.problem !== undefined) return this.readBackNames(change, marked);
    const id = home.strategyIds[flag][planned.index];
    if (id === undefined)
      return this.readBackNames(change, await this.admin.addStrategy(flag, canaryList(uids)));
    const answer =
      uids.length === 0
        ? await this.admin.removeStrategy(flag, id)
        : await this.admin.replaceNames(flag, id, planned.from, uids);
    return this.readBackNames(change, answer);
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

  private async mark(
    home: Home,
    flag: Flag,
    title: unknown,
    marker: WriteMarker,
  ): Promise<AdminAnswer | undefined> {
    const rollout = rolloutIn(home.features, flag);
    // A flag that only names users has no rollout to carry a mark; the names themselves are tested all the same.
    if (rollout === undefined) return undefined;
    return this.admin.replaceTitle(flag, String(rollout['id']), title, markText(marker));
  }

  /** A failed test is a server error, and an answer may be lost: only reading again tells what happened. */
  private async readBack(change: PercentChange, answer: AdminAnswer): Promise<WriteOutcome> {
    if (answer.status === 403) return { outcome: 'proposed', problem: problemOf(answer) };
    const home = await this.admin.flags();
    if ('problem' in home) return { outcome: 'failed', problem: home.problem };
    const planned = planChange(home.features, change);
    if (planned.plan !== 'replace') return settledOutcome(planned, change.to);
    if (isFenced(rolloutIn(home.features, change.flag)?.['title'], change.marker))
      return fenced(change.flag, wholePercent(planned.rollout));
    if (answer.problem !== undefined) return { outcome: 'failed', problem: answer.problem };
    return {
      outcome: 'conflict',
      percent: wholePercent(planned.rollout) ?? 0,
      problem: movedTo(change.flag, planned.rollout, change.to),
    };
  }

  private async readBackNames(change: CanaryChange, answer: AdminAnswer): Promise<WriteOutcome> {
    if (answer.status === 403) return { outcome: 'proposed', problem: problemOf(answer) };
    const home = await this.admin.flags();
    if ('problem' in home) return { outcome: 'failed', problem: home.problem };
    const planned = planNaming(home.features, change);
    if (planned.plan === 'already') return { outcome: 'written', percent: planned.percent };
    if (isFenced(rolloutIn(home.features, change.flag)?.['title'], change.marker))
      return fenced(change.flag, undefined);
    const problem = `${FLAG_NAMES[change.flag]} names other users than asked: look at it in Unleash.`;
    return { outcome: 'failed', problem: answer.problem ?? problem };
  }
}

/** What flags in Unleash's client-features format say, whoever keeps them. */
export function standingOf(features: JsonObject): FlagStanding {
  const judged = judge(features);
  if ('problems' in judged) return { known: false, problems: judged.problems };
  const { compare, serve } = judged.rules;
  const markers = marksOf(features);
  return {
    known: true,
    percents: { compare: compare.percent, serve: serve.percent },
    canaries: { compare: [...compare.canaries].sort(), serve: [...serve.canaries].sort() },
    ...(Object.keys(markers).length === 0 ? {} : { markers }),
  };
}

/** The refusal of a controller whose lease another has taken over. */
export function fenced(flag: Flag, percent: number | undefined): WriteOutcome {
  const problem = `A controller with a newer lease has written ${FLAG_NAMES[flag]}: read it again before deciding.`;
  return { outcome: 'conflict', percent: percent ?? 0, problem };
}

function problemOf(answer: AdminAnswer): string {
  return answer.problem ?? `Unleash answered ${answer.status}: look at the flag there.`;
}
