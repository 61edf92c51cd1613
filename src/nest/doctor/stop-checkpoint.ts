import { STOP_KEY } from '../../coordination/redis-stop-store.js';
import { readStopText } from '../../domain/stop-text.js';
import { RedisRefusal } from '../../sources/redis-probe.js';
import { sinceText } from '../stop-words.js';
import type { Checkpoint } from './checkpoint.js';
import { ok, skipped, warning, type Finding } from './finding.js';

/** Reads the fleet's stop: while one holds, no flag moves anybody. */
export const stopCheckpoint: Checkpoint = {
  name: 'stop',
  needs: ['authentication'],
  limitMs: 5_000,
  cure: 'See to the Redis: it stopped answering.',
  async run({ connections: { commands }, settings }) {
    if (settings.legacy === 'retired') return [skipped('Legacy is retired: nobody can be stopped')];
    try {
      const text = await commands.ask('GET', STOP_KEY);
      return [typeof text === 'string' ? standing(text) : ok('Nobody has ever stopped this fleet')];
    } catch (error) {
      if (!(error instanceof RedisRefusal)) throw error;
      return [
        warning(
          `The stop of the fleet cannot be read (${error.word}): each replica must be told by itself`,
          `Allow GET and EVAL on ${STOP_KEY} at the Redis, and see whether it holds something else than a text.`,
        ),
      ];
    }
  },
};

function standing(text: string): Finding {
  const state = readStopText(text);
  if (state?.stopped === false) return ok('No stop holds');
  const who = state === undefined ? ' by a word that cannot be read' : `, stopped by ${state.by}`;
  const since = state === undefined ? '' : ` since ${sinceText(state.atMs)}`;
  return warning(
    `Everybody is on legacy${since}${who}`,
    'crossfade start lifts it, once its reason is gone.',
  );
}
