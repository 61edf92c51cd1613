import { SystemClock } from '../../coordination/system-clock.js';
import { decideRoute } from '../../domain/route.js';
import { topicOf } from '../../domain/topic.js';
import { explainUser, type Explanation } from '../../flags/explain-user.js';
import { FlagsInForce } from '../../flags/flags-in-force.js';
import type { Settings } from '../settings.js';
import { readClientFlags } from './client-flags.js';

/** A user's route by the flags at their home, and why they could not be read. */
export interface ExplanationAtHome extends Explanation {
  readonly problems: readonly string[];
}

/**
 * Explains how a backend with these settings that starts now would route a user. Keeps nothing open.
 * @throws CrossfadeError `invalid_uid`, or `invalid_settings` where users move and nothing says where flags live
 */
export async function explainFrom(uid: string, settings: Settings): Promise<ExplanationAtHome> {
  topicOf(uid);
  const { mode, legacy } = settings;
  const limits = { mode, legacy };
  if (mode === 'legacy' || legacy === 'retired')
    return { ...explainUser(uid, decideRoute(limits, undefined), undefined), problems: [] };
  const clock = new SystemClock();
  const answer = await readClientFlags(settings, clock);
  const flags = new FlagsInForce(clock, { failed: () => undefined });
  try {
    if ('problem' in answer) flags.refuse([answer.problem]);
    else flags.offer(answer.features, settings.flagsFile === undefined ? 'server' : 'file');
    const route = decideRoute(limits, flags.cohorts(uid));
    return { ...explainUser(uid, route, flags), problems: flags.state().problems };
  } finally {
    flags.close();
  }
}
