import { channelOf } from '../../domain/topic.js';
import { RedisRefusal } from '../../sources/redis-probe.js';
import type { Checkpoint } from './checkpoint.js';
import { optionalTrials } from './command-trials.js';
import type { Examination } from './examination.js';
import { fault, ok, warning, type Finding } from './finding.js';

/** A uid that no real user has, so that nobody hears what is tried. */
export const CANARY_UID = 'crossfade-doctor';

const CONTROL_CHANNEL = 'crossfade:doctor';

/** Tries every command that Crossfade sends: without SUBSCRIBE there is nothing, without the others something is lost. */
export const commandsCheckpoint: Checkpoint = {
  name: 'commands',
  needs: ['authentication'],
  limitMs: 15_000,
  cure: 'See to the Redis: it let us in and then stopped answering.',
  async run(examination) {
    const findings = [...(await trySubscribing(examination)), ...(await tryOthers(examination))];
    return findings.length > 0 ? findings : [ok('Everything that Crossfade sends is allowed')];
  },
};

async function trySubscribing(examination: Examination): Promise<Finding[]> {
  const { settings, uid } = examination;
  for (const each of uid === undefined ? [CANARY_UID] : [CANARY_UID, uid]) {
    const channel = channelOf({ uid: each }, settings.prefixes);
    const word = await refusalOf(channel, examination);
    const { user, chat } = settings.prefixes;
    if (word !== undefined)
      return [
        fault(
          `SUBSCRIBE is refused on ${channel} (${word})`,
          `Allow the command and the channels at the Redis: ACL SETUSER … +subscribe +unsubscribe &${user}* &${chat}* &crossfade:*.`,
        ),
      ];
  }
  const word = await refusalOf(CONTROL_CHANNEL, examination);
  if (word === undefined) return [];
  return [
    warning(
      `SUBSCRIBE is refused on crossfade:* (${word}): no canary proves the link, and a stop is heard later`,
      'Allow the channels at the Redis: ACL SETUSER … &crossfade:*.',
    ),
  ];
}

/** The word by which Redis refuses to let us listen to a channel; undefined where it does not. */
async function refusalOf(channel: string, { connections }: Examination): Promise<string | undefined> {
  try {
    await connections.listener.subscribe(channel, () => undefined);
    await connections.listener.unsubscribe(channel);
    return undefined;
  } catch (error) {
    if (error instanceof RedisRefusal) return error.word;
    throw error;
  }
}

async function tryOthers({ connections, settings, refused }: Examination): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const trial of optionalTrials(channelOf({ uid: CANARY_UID }, settings.prefixes))) {
    try {
      await trial.try(connections.commands);
    } catch (error) {
      if (!(error instanceof RedisRefusal)) throw error;
      refused.add(trial.command);
      findings.push(
        warning(`${trial.command} is refused (${error.word}): ${trial.lost}`, cureOf(trial.command, error)),
      );
    }
  }
  return findings;
}

function cureOf(command: string, { word }: RedisRefusal): string {
  switch (word) {
    case 'READONLY':
      return 'Name the primary by LISTENERS_REDIS_HOST, not a replica.';
    case 'MOVED':
    case 'CROSSSLOT':
    case 'CLUSTERDOWN':
      return 'This is a cluster, and Crossfade speaks to one node: keep flags and record in files, or name a standalone Redis.';
    case 'OOM':
      return 'Give the Redis memory, or let it evict.';
    default:
      return `Allow it at the Redis (ACL SETUSER … +${command.toLowerCase()} ~crossfade:* ~{crossfade}:* &crossfade:*), or live without.`;
  }
}
