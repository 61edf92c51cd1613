import { readFlagsFrom, type FlagsAtHome } from '../tools/flag-home.js';
import type { Settings } from '../settings.js';
import type { Checkpoint } from './checkpoint.js';
import { fault, inTwo, ok, skipped, warning, type Finding } from './finding.js';

/** Reads both flags as a replica reads them, and where they are changed as a controller does, and judges them. */
export const flagsCheckpoint: Checkpoint = {
  name: 'flags',
  needs: [],
  limitMs: 15_000,
  cure: 'See to the Unleash server, and to CROSSFADE_UNLEASH_URL.',
  async run({ settings }) {
    const { legacy, flagsFile, unleash } = settings;
    if (legacy === 'retired') return [skipped('Legacy is retired: no flag is asked')];
    if (flagsFile === undefined && unleash === undefined)
      return [
        fault(
          'Nothing says where the flags live',
          'Set CROSSFADE_UNLEASH_URL and CROSSFADE_UNLEASH_TOKEN, or CROSSFADE_FLAGS_FILE.',
        ),
      ];
    const read = await readFlagsFrom(asReplica(settings));
    const findings = findingsOf(read);
    if (unleash?.admin === undefined) return findings;
    const home = await readFlagsFrom(settings);
    return [...findings, ...findingsAtHome(home, read)];
  },
};

/** A replica brings no admin token. */
function asReplica(settings: Settings): Settings {
  const { unleash } = settings;
  return unleash === undefined ? settings : { ...settings, unleash: { ...unleash, admin: undefined } };
}

function findingsOf({ home, problems, notes }: FlagsAtHome): Finding[] {
  if (problems.length > 0) return problems.map((problem) => inTwo('fault', problem, ': '));
  return [ok(`Both flags, from ${home}: ${notes.join(' ')}`)];
}

function findingsAtHome(home: FlagsAtHome, read: FlagsAtHome): Finding[] {
  // What is wrong with the flags themselves was said already.
  const news = home.problems.filter((problem) => !read.problems.includes(problem));
  if (news.length > 0) return news.map((problem) => inTwo('fault', problem, ': '));
  if (home.percents === undefined || read.percents === undefined) return [];
  if (JSON.stringify(home.notes) === JSON.stringify(read.notes))
    return [ok('The admin token sees the same flags')];
  return [
    warning(
      'What replicas read differs from what the admin token reads',
      'Ask again in some seconds; if it stays, backend token and CROSSFADE_UNLEASH_ENVIRONMENT are of two environments.',
    ),
  ];
}
