/** What can be made to go wrong on the way to Redis. */
export type FaultName = 'drop' | 'delay' | 'duplicate' | 'alter' | 'reorder' | 'wrongPrefix';

export const FAULT_NAMES = [
  'drop',
  'delay',
  'duplicate',
  'alter',
  'reorder',
  'wrongPrefix',
] as const satisfies readonly FaultName[];

/** One fault that is switched on. */
export interface Fault {
  readonly name: FaultName;
  /** only publications of this type; undefined: all. A fault of a type replaces the general one of that name */
  readonly type: string | undefined;
  /** of each publication, 0 to 1 */
  readonly probability: number;
  /** how long a delayed publication is held, with those behind it on its channel; 0 for the other faults */
  readonly delayMs: number;
}

/** A fault that cannot be read; the message says how one is written. */
export class FaultSyntaxError extends Error {
  override readonly name = 'FaultSyntaxError';
}

const SYNTAX = /^(?:(?<type>[a-z_]+\.[a-z_]+):)?(?<name>[A-Za-z-]+)(?:=(?<value>.+))?$/;
const PERCENT = /^(?<percent>\d+(?:\.\d+)?)%$/;
const DELAY = /^(?<ms>\d+)ms@(?<percent>\d+(?:\.\d+)?)%$/;
const HOW =
  'Write drop=5%, duplicate=2%, alter=1%, reorder=3%, delay=2000ms@10% or wrongPrefix, with a type before it ' +
  'where only that is meant (chat.message:drop=5%), and commas between several; off for none.';

/**
 * Reads faults such as `drop=5%, chat.message:delay=2000ms@10%, wrongPrefix`; `off` and nothing are none.
 * @throws FaultSyntaxError
 */
export function parseFaults(text: string): Fault[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '' && word !== 'off');
  const faults = words.map(parseFault);
  for (const type of new Set(faults.map((fault) => fault.type))) {
    const names = faultsOf(faults, type ?? '');
    if (names.reduce((sum, { probability }) => sum + probability, 0) > 1 + 1e-9) {
      throw new FaultSyntaxError(
        `The faults of ${type ?? 'all types'} are more than 100 % together: a publication suffers one at most.`,
      );
    }
  }
  return faults;
}

/** The faults that hold for one type, one of each name; a wrong prefix stands alone, for it hits everything. */
export function faultsOf(faults: readonly Fault[], type: string): Fault[] {
  const byName = new Map<FaultName, Fault>();
  for (const fault of faults) if (fault.type === undefined) byName.set(fault.name, fault);
  for (const fault of faults) if (fault.type === type) byName.set(fault.name, fault);
  const wrongPrefix = byName.get('wrongPrefix');
  return wrongPrefix === undefined ? [...byName.values()] : [wrongPrefix];
}

/** Which fault, if any, a publication suffers, by a draw from 0 to 1: each exactly as often as its probability says. */
export function drawnFault(faults: readonly Fault[], draw: number): Fault | undefined {
  let below = 0;
  return faults.find(({ probability }) => {
    below += probability;
    return draw < below;
  });
}

/** The faults as they are written. */
export function faultsText(faults: readonly Fault[]): string {
  if (faults.length === 0) return 'off';
  return faults
    .map(({ name, type, probability, delayMs }) => {
      const percent = `${Number((probability * 100).toFixed(6))}%`;
      const value =
        name === 'delay' ? `=${delayMs}ms@${percent}` : name === 'wrongPrefix' ? '' : `=${percent}`;
      return `${type === undefined ? '' : `${type}:`}${name}${value}`;
    })
    .join(', ');
}

function parseFault(word: string): Fault {
  const { type, name: written = '', value } = SYNTAX.exec(word)?.groups ?? {};
  const name = FAULT_NAMES.find((each) => each.toLowerCase() === written.replaceAll('-', '').toLowerCase());
  if (name === undefined) throw new FaultSyntaxError(`There is no fault "${word}". ${HOW}`);
  if (name === 'wrongPrefix') {
    if (value !== undefined && value !== 'true')
      throw new FaultSyntaxError(`wrongPrefix is on or left out. ${HOW}`);
    return { name, type, probability: 1, delayMs: 0 };
  }
  const { percent, ms = '0' } = (name === 'delay' ? DELAY : PERCENT).exec(value ?? '')?.groups ?? {};
  const probability = Number(percent) / 100;
  if (percent === undefined || probability > 1) {
    throw new FaultSyntaxError(`"${word}" does not say how often, from 0% to 100%. ${HOW}`);
  }
  return { name, type, probability, delayMs: Number(ms) };
}
