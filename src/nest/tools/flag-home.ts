import type { Clock } from '../../contracts/clock.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { CrossfadeError } from '../../domain/errors.js';
import { checkHome, type FlagCheck } from '../../flags/check-flags.js';
import { createFlagFile } from '../../flags/create-flag-file.js';
import { judge } from '../../flags/flags-in-force.js';
import { initFlags, type FlagInit } from '../../flags/init-flags.js';
import { UnleashAdmin } from '../../flags/unleash-admin.js';
import type { FlagPercents } from '../../domain/flag.js';
import type { Settings } from '../settings.js';
import { noPlaceForFlags, readClientFlags, type ClientFlags } from './client-flags.js';

/** What the flags say where they live, whatever the replicas have heard. */
export interface FlagsAtHome extends FlagCheck {
  /** where that is, for a person */
  readonly home: string;
  /** left out where the replicas would refuse what stands there */
  readonly percents?: FlagPercents;
}

/** Where the flags are changed, other than the environment says. */
export interface FlagPlace {
  readonly project?: string;
  readonly environment?: string;
}

/**
 * Creates what is missing of both flags, at 0 %, and changes nothing that is there.
 * @throws CrossfadeError `invalid_settings` where the settings name no place for flags, or no right to change it
 */
export async function initFlagsFrom(settings: Settings, place: FlagPlace = {}): Promise<FlagInit> {
  const { flagsFile } = settings;
  if (flagsFile === undefined) return initFlags(adminOf(settings, place, new SystemClock()));
  const created = await createFlagFile(flagsFile);
  const { problems, notes } = await readFlagsFrom(settings);
  return { done: created ? [`created ${flagsFile} with both flags on at 0 %`] : [], problems, notes };
}

/**
 * Reads and judges the flags at their home. Never rejects for what a server or a file does.
 * @throws CrossfadeError `invalid_settings` where the settings name no place for flags
 */
export async function readFlagsFrom(settings: Settings, place: FlagPlace = {}): Promise<FlagsAtHome> {
  const { home, answer } = await ask(settings, place);
  if ('problem' in answer) return { home, problems: [answer.problem], notes: [] };
  const judged = judge(answer.features);
  if ('problems' in judged) return { home, problems: judged.problems, notes: [] };
  const { compare, serve } = judged.rules;
  const percents = { compare: compare.percent, serve: serve.percent };
  return { home, ...checkHome(answer.features), percents };
}

async function ask(settings: Settings, place: FlagPlace): Promise<{ home: string; answer: ClientFlags }> {
  const { flagsFile, unleash } = settings;
  const clock = new SystemClock();
  if (flagsFile === undefined && (unleash?.admin !== undefined || place.environment !== undefined)) {
    const admin = adminOf(settings, place, clock);
    const { project, environment } = placeOf(settings, place);
    const home = `${unleash?.url ?? ''}, project ${project}, environment ${environment}`;
    return { home, answer: await admin.flags() };
  }
  const home =
    flagsFile === undefined ? `${unleash?.url ?? ''}, as replicas read it` : `the file ${flagsFile}`;
  return { home, answer: await readClientFlags(settings, clock) };
}

function adminOf(settings: Settings, place: FlagPlace, clock: Clock): UnleashAdmin {
  const { unleash } = settings;
  if (unleash === undefined) throw noPlaceForFlags();
  if (unleash.admin === undefined)
    throw new CrossfadeError(
      'invalid_settings',
      'Nothing says who may change the flags at the Unleash server.',
      'Set CROSSFADE_UNLEASH_ADMIN_TOKEN and CROSSFADE_UNLEASH_ENVIRONMENT.',
    );
  const token = unleash.admin.token.reveal();
  return new UnleashAdmin({ url: unleash.url, token, ...placeOf(settings, place), clock });
}

function placeOf({ unleash }: Settings, place: FlagPlace): Required<FlagPlace> {
  return {
    project: place.project ?? unleash?.admin?.project ?? 'default',
    environment: place.environment ?? unleash?.admin?.environment ?? '',
  };
}
