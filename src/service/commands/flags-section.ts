import type { Settings } from '../../index.js';
import { flagsStatusFrom, type ReplicaFlags } from '../../tools.js';
import type { StatusSection } from './status-section.js';

/** How the flags stand at their home, and in each replica: what they ask for, and what is in force. */
export async function flagsSection(settings: Settings, urls: readonly string[]): Promise<StatusSection> {
  if (settings.mode === 'legacy' || settings.legacy === 'retired') return nobodyAsks(settings);
  const { atHome, replicas, problems } = await flagsStatusFrom(settings, urls);
  const { percents } = atHome;
  const stand =
    percents === undefined
      ? 'are not as they should be'
      : `ask for compare ${percents.compare} %, serve ${percents.serve} %`;
  return {
    name: 'flags',
    value: { home: atHome.home, desired: percents ?? null, notes: atHome.notes, replicas },
    lines: [
      `flags: those of ${atHome.home} ${stand}`,
      ...atHome.notes.map((note) => `  ${note}`),
      ...replicas.flatMap(linesOf),
    ],
    problems,
  };
}

function nobodyAsks({ legacy }: Settings): StatusSection {
  const why = legacy === 'retired' ? 'legacy is retired' : 'the mode is legacy';
  return { name: 'flags', value: null, lines: [`flags: none is asked, because ${why}`], problems: [] };
}

function linesOf(replica: ReplicaFlags): readonly string[] {
  const name = `replica ${replica.url}:`;
  if (!replica.reached) return [`${name} did not answer`];
  const { flags, users } = replica.status;
  const connected = Object.values(users).reduce((sum, count) => sum + count, 0);
  const { effective } = replica;
  const counted =
    effective === null
      ? 'nobody is connected'
      : `counted from ${connected} users compare ${effective.compare.toFixed(1)} %, serve ${effective.serve.toFixed(1)} %`;
  if (flags === undefined) return [`${name} asks no flag; ${counted}`];
  const age =
    flags.ageMs === undefined ? 'never confirmed' : `confirmed ${(flags.ageMs / 1000).toFixed(1)} s ago`;
  const percents = `compare ${flags.comparePercent ?? '–'} %, serve ${flags.servePercent ?? '–'} %`;
  return [`${name} has ${percents} in force, from ${flags.origin}, ${age}; ${counted}`];
}
