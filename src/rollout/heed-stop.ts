import type { StopState } from '../domain/stop-state.js';
import type { RecordBook } from './record-book.js';

/**
 * Makes the record say what a person has said to the fleet by `crossfade stop` and `start`. Where nobody has ever
 * said anything (epoch 0) a stop may have been forgotten with the store: it is not lifted by that.
 */
export async function heedStop(book: RecordBook, word: StopState | undefined): Promise<void> {
  if (word === undefined) return;
  const isRecorded = book.state.stopped !== undefined;
  if (word.stopped && !isRecorded) await book.record({ kind: 'stopped' }, word.by);
  if (!word.stopped && word.epoch > 0 && isRecorded) await book.record({ kind: 'started' }, word.by);
}
