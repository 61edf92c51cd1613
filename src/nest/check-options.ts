import { CrossfadeError } from '../domain/errors.js';
import { MODES } from '../domain/mode.js';
import type { CrossfadeOptions } from './crossfade-options.js';

/**
 * Checks what belongs together in the options, before anything is opened.
 * @throws CrossfadeError `invalid_settings`, naming every fault with its cure
 */
export function checkOptions(options: CrossfadeOptions): void {
  const faults = faultsOf(options);
  if (faults.length === 0) return;
  throw new CrossfadeError(
    'invalid_settings',
    'CrossfadeModule cannot start with these options:',
    faults.map((fault) => `\n  - ${fault}`).join(''),
  );
}

function faultsOf({ mode, legacy, legacySource, redis, flags }: CrossfadeOptions): string[] {
  const faults: string[] = [];
  const moves = mode !== 'legacy';
  const retired = legacy === 'retired';
  if (!MODES.includes(mode)) faults.push(`mode is ${JSON.stringify(mode)}: give one of ${MODES.join(', ')}.`);
  if (!retired && legacySource === undefined) {
    faults.push("legacySource is missing: give the source of today's events, or say legacy: 'retired'.");
  }
  if (retired && legacySource !== undefined)
    faults.push("legacySource is given although legacy is 'retired': leave one of them out.");
  if (retired && !moves)
    faults.push("legacy is 'retired' in mode legacy, which leaves no source: choose mode local or prod.");
  if (moves && redis === undefined) faults.push(`redis is missing in mode ${mode}: give host and port.`);
  if (moves && !retired && flags === undefined)
    faults.push(`flags are missing in mode ${mode}: give { file } or { reader }.`);
  return faults;
}
