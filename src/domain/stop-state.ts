/** Whether a person has put everybody on legacy, and who said so last. */
export interface StopState {
  /**
   * Grows with every stop and lift: the milliseconds since 1970 at which it was said, or one more than the
   * epoch before it, whichever is greater. So a word that is said over an empty store still beats older ones.
   * 0: nobody has ever said anything.
   */
  readonly epoch: number;
  readonly stopped: boolean;
  /** who, in at most 100 characters */
  readonly by: string;
  /** in at most 500 characters; may be empty */
  readonly why: string;
  /** milliseconds since 1970 by the clock of whoever said it */
  readonly atMs: number;
}

/** What a person wants. */
export interface StopWish extends Pick<StopState, 'stopped' | 'by' | 'why'> {
  /** where it was said elsewhere already and is only passed on */
  readonly epoch?: number;
  /** the epoch of the word that it answers: where another one has been said since, nothing changes */
  readonly over?: number;
}

/** The end of the year 9999 in milliseconds: what is beyond it was never an epoch of ours. */
export const MAX_STOP_EPOCH = 253_402_300_799_999;

const MAX_BY = 100;
const MAX_WHY = 500;

/** What holds before anybody has said anything. */
export const NEVER_STOPPED: StopState = Object.freeze({
  epoch: 0,
  stopped: false,
  by: '',
  why: '',
  atMs: 0,
});

/**
 * The one of two states that holds: the higher epoch; among equals the one that stops; among those whichever
 * comes first by its texts, so that all replicas agree in whatever order, and however often, they hear of them.
 */
export function prevailing(a: StopState, b: StopState): StopState {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch ? a : b;
  if (a.stopped !== b.stopped) return a.stopped ? a : b;
  return textOrder(a) <= textOrder(b) ? a : b;
}

export function sameStop(a: StopState, b: StopState): boolean {
  return a.epoch === b.epoch && a.stopped === b.stopped && textOrder(a) === textOrder(b);
}

/** The state that makes a wish hold over all that is known. What is passed on and holds already is that state. */
export function grantedStop(wish: StopWish, known: StopState, nowMs: number): StopState {
  const { stopped, epoch } = wish;
  if (epoch !== undefined && epoch <= known.epoch && stopped === known.stopped) return known;
  const said = Math.min(Math.max(1, Math.trunc(epoch ?? nowMs)), MAX_STOP_EPOCH);
  return Object.freeze({
    epoch: Math.max(said, known.epoch + 1),
    stopped,
    by: oneLine(wish.by, MAX_BY),
    why: oneLine(wish.why, MAX_WHY),
    atMs: Math.trunc(nowMs),
  });
}

function textOrder({ by, why, atMs }: StopState): string {
  return JSON.stringify([atMs, by, why]);
}

/** What a person typed, as it can stand in a line of a log. */
function oneLine(text: string, maxCharacters: number): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1)}…`;
}
