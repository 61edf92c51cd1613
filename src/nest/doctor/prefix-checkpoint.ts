import { channelOf, DEFAULT_PREFIXES } from '../../domain/topic.js';
import type { Checkpoint } from './checkpoint.js';
import type { Examination } from './examination.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';
import { HeardEvents } from './heard-events.js';
import { PRESENCE_LIMIT_MS } from './presence-checkpoint.js';

/** Right after presence the publisher sends both lists, within some tenths of a second. */
const HEARD_WITHIN_MS = 5_000;
const SEARCH_MS = 3_000;

/**
 * Listens to a user's channel, has it counted from outside, and only then makes the user present: what comes, or
 * comes under another name, shows whether publisher and backend mean the same channel.
 */
export const prefixCheckpoint: Checkpoint = {
  name: 'prefix',
  needs: ['round_trip', 'publisher'],
  limitMs: HEARD_WITHIN_MS + SEARCH_MS + 2 * PRESENCE_LIMIT_MS + 5_000,
  cure: 'See to the Redis: it stopped answering.',
  async run(examination) {
    const { uid, settings } = examination;
    if (uid === undefined)
      return [skipped('No uid: --uid UID names a user whom this doctor may make present for some seconds')];
    const channel = channelOf({ uid }, settings.prefixes);
    const heard = new HeardEvents(uid, channel);
    await examination.connections.listener.subscribe(channel, heard.hear);
    await listenElsewhere(examination, uid);
    const seen = await seenFromOutside(examination, channel);
    const frames = await provoke(examination, uid, heard);
    if (typeof frames === 'string') return [...seen, skipped(frames)];
    if (frames > 0 && !heard.anything) await searchByPattern(examination, uid, heard);
    return [...seen, verdict(examination, channel, heard, frames), ...misrouted(heard)];
  },
};

/** The publisher's usual names; what this connection hears is told already. */
async function listenElsewhere({ connections: { listener } }: Examination, uid: string): Promise<void> {
  for (const prefix of [DEFAULT_PREFIXES.user, ''])
    await listener.subscribe(`${prefix}${uid}`, () => undefined).catch(() => undefined);
}

/**
 * Where the publisher speaks and nothing comes under any usual name: has it speak once more, and listens to all
 * names. Only then, because a pattern is a burden for a busy server, and forbidden on a managed one.
 */
async function searchByPattern(examination: Examination, uid: string, heard: HeardEvents): Promise<void> {
  const { connections, settings, clock } = examination;
  if (settings.serviceUrl === undefined) return;
  try {
    await connections.listener.subscribeToEndings(uid, heard.hearElsewhere);
    await examination.reopenPresence(settings.serviceUrl, uid, PRESENCE_LIMIT_MS);
  } catch {
    // Refused, or not opened a second time: then the name is not found out.
    return;
  }
  await heard.first(clock, SEARCH_MS);
}

async function seenFromOutside(
  { connections: { commands }, refused }: Examination,
  channel: string,
): Promise<Finding[]> {
  if (refused.has('PUBSUB')) return [skipped('PUBSUB is refused: the subscription is not seen from outside')];
  const answer = await commands.ask('PUBSUB', 'NUMSUB', channel);
  const count = Array.isArray(answer) ? Number(answer[1]) : 0;
  if (count > 0) return [ok(`Seen from outside, ${count} listen to ${channel}, this doctor among them`)];
  return [
    fault(
      `Seen from outside, nobody listens to ${channel}, though this doctor does`,
      'The two connections reach different servers: name one server, and nothing that spreads connections over several.',
    ),
  ];
}

/**
 * Makes the user present where that is ours to do, and waits for an event. How many frames the socket brought, or
 * why there was none.
 */
async function provoke(examination: Examination, uid: string, heard: HeardEvents): Promise<number | string> {
  const { settings, clock } = examination;
  if (settings.serviceUrl === undefined) {
    await heard.first(clock, HEARD_WITHIN_MS);
    return 0;
  }
  try {
    const presence = await examination.openPresence(settings.serviceUrl, uid, PRESENCE_LIMIT_MS);
    await heard.first(clock, HEARD_WITHIN_MS);
    return presence.frames;
  } catch {
    return 'Presence cannot be opened, so that nothing is provoked: see the checkpoint presence';
  }
}

function verdict(
  { settings: { prefixes, serviceUrl } }: Examination,
  channel: string,
  heard: HeardEvents,
  frames: number,
): Finding {
  const { here, elsewhere } = heard;
  if (here.length > 0) return ok(`Heard ${here.join(', ')} on ${channel}: the prefix agrees`);
  if (elsewhere !== undefined) {
    const theirs = elsewhere.slice(0, elsewhere.length - (channel.length - prefixes.user.length));
    return fault(
      `The publisher says it on ${elsewhere}, and this backend listens to ${channel}`,
      theirs === ''
        ? `Have the publisher write the prefix ${prefixes.user}: here there must be one.`
        : `Write LISTENERS_CHANNEL_PREFIX=${theirs} here, or ${prefixes.user} at the publisher.`,
    );
  }
  if (frames > 0)
    return fault(
      `The publisher speaks of the user over its socket, and nothing comes on ${channel}`,
      'Compare LISTENERS_CHANNEL_PREFIX with the prefix of the publisher, and the Redis that both name.',
    );
  return warning(
    `Nothing was said on ${channel} within ${HEARD_WITHIN_MS / 1000} s: the prefix is not proven`,
    serviceUrl === undefined
      ? 'Repeat it with a user who is present, while something changes for the user.'
      : 'Repeat it with a user whom nobody else holds present, or while something changes for the user.',
  );
}

function misrouted({ misrouted: count }: HeardEvents): Finding[] {
  if (count === 0) return [];
  return [
    warning(
      `${count} messages on this user's channel name another user; a backend delivers them to nobody`,
      'See to the publisher: channel and uid must be of the same user.',
    ),
  ];
}
