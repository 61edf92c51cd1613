import { readFile } from 'node:fs/promises';
import type {
  CanaryChange,
  CohortWriter,
  FlagStanding,
  PercentChange,
  WriteOutcome,
} from '../contracts/cohort-writer.js';
import { FLAG_NAMES, type Flag } from '../domain/flag.js';
import { isJsonObject, type JsonObject } from '../domain/user-event.js';
import { canaryList, planNaming } from './canary-change.js';
import { replaceFile } from './flag-storage-file.js';
import { planChange, settledOutcome } from './percent-change.js';
import { fenced, standingOf } from './unleash-writer.js';
import { isFenced, markText, rolloutIn } from './write-mark.js';

/**
 * Changes the flags in a flags file, which is replaced whole. One writer at a time: there is no lock. A marker is
 * kept as the rollout strategy's title, as at a server.
 */
export class FlagFileWriter implements CohortWriter {
  constructor(private readonly path: string) {}

  async standing(): Promise<FlagStanding> {
    const file = await this.read();
    return 'problem' in file ? { known: false, problems: [file.problem] } : standingOf(file.features);
  }

  write(change: PercentChange): Promise<WriteOutcome> {
    return this.change(change.to, (features) => {
      const planned = planChange(features, change);
      if (planned.plan !== 'replace') return settledOutcome(planned, change.to);
      const rollout = rolloutIn(features, change.flag) ?? {};
      if (isFenced(rollout['title'], change.marker)) return fenced(change.flag, change.from);
      rollout['parameters'] = { ...(rollout['parameters'] as JsonObject), rollout: String(change.to) };
      if (change.marker !== undefined) rollout['title'] = markText(change.marker);
      return undefined;
    });
  }

  async nameCanaries(change: CanaryChange): Promise<WriteOutcome> {
    const { flag, uids, marker } = change;
    const standing = await this.standing();
    const percent = standing.known ? standing.percents[flag] : 0;
    return this.change(percent, (features) => {
      const rollout = rolloutIn(features, flag);
      if (isFenced(rollout?.['title'], marker)) return fenced(flag, percent);
      const planned = planNaming(features, change);
      if (planned.plan === 'refused') return { outcome: 'failed', problem: planned.problem };
      if (planned.plan === 'already') return { outcome: 'written', percent: planned.percent };
      if (rollout !== undefined && marker !== undefined) rollout['title'] = markText(marker);
      const feature = featureOf(features, flag) ?? {};
      const strategies = (feature['strategies'] as Changeable[]).filter((_, i) => i !== planned.index);
      feature['strategies'] = uids.length === 0 ? strategies : [...strategies, canaryList(uids)];
      return undefined;
    });
  }

  switchOff(flag: Flag): Promise<WriteOutcome> {
    return this.change(0, (features) => {
      const feature = featureOf(features, flag);
      if (feature === undefined)
        return { outcome: 'failed', problem: `There is no ${FLAG_NAMES[flag]}: it is off.` };
      feature['enabled'] = false;
      return undefined;
    });
  }

  /** `edit` says the outcome where nothing is to be written. */
  private async change(
    percent: number,
    edit: (features: Changeable) => WriteOutcome | undefined,
  ): Promise<WriteOutcome> {
    const file = await this.read();
    if ('problem' in file) return { outcome: 'failed', problem: file.problem };
    const settled = edit(file.features);
    if (settled !== undefined) return settled;
    try {
      await replaceFile(this.path, `${JSON.stringify(file.features, undefined, 2)}\n`);
      return { outcome: 'written', percent };
    } catch (error) {
      return { outcome: 'failed', problem: this.problemOf(error) };
    }
  }

  private async read(): Promise<{ readonly features: Changeable } | { readonly problem: string }> {
    try {
      const features: unknown = JSON.parse((await readFile(this.path, 'utf8')).replace(/^\uFEFF/, ''));
      if (isJsonObject(features)) return { features };
      return { problem: `The flags file ${this.path} holds no features: mend it.` };
    } catch (error) {
      return { problem: this.problemOf(error) };
    }
  }

  private problemOf(error: unknown): string {
    const reason = error instanceof SyntaxError ? 'not valid JSON' : (error as NodeJS.ErrnoException).code;
    return `The flags file ${this.path} cannot be changed (${reason ?? 'unknown'}): mend it, or let this process write it.`;
  }
}

type Changeable = Record<string, unknown>;

function featureOf(features: Changeable, flag: Flag): Changeable | undefined {
  const list = features['features'];
  if (!Array.isArray(list)) return undefined;
  return list.filter(isJsonObject).find((feature) => feature['name'] === FLAG_NAMES[flag]);
}
