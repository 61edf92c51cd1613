import { CrossfadeError } from '../domain/errors.js';
import { MODES, type Mode } from '../domain/mode.js';
import type { CrossfadeOptions, FlagsFrom, WatchOptions } from './crossfade-options.js';

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

function faultsOf({
  mode,
  legacy,
  legacySource,
  redis,
  flags,
  selfTest,
  watch,
  shutdownLimitMs,
}: CrossfadeOptions): string[] {
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
  faults.push(...faultsOfWatch(watch), ...faultsOfShutdown(shutdownLimitMs));
  if (moves && !retired) faults.push(...faultsOfFlags(mode, flags));
  if (typeof selfTest === 'object' && !isRatio(selfTest.sampleOneIn))
    faults.push(
      'selfTest.sampleOneIn is no whole number from 1 to 1,000,000: give one, or say selfTest: true.',
    );
  return faults;
}

function faultsOfFlags(mode: Mode, flags: FlagsFrom | undefined): string[] {
  if (flags === undefined)
    return [
      `flags are missing in mode ${mode}: give { file }, { unleash } or { reader }; where settings come from the environment, CROSSFADE_FLAGS_FILE names the file and CROSSFADE_UNLEASH_URL the server.`,
    ];
  if (!('unleash' in flags)) return [];
  const { pollIntervalMs = 1_000, startLimitMs = 5_000 } = flags.unleash;
  const faults: string[] = [];
  if (!isWithin(pollIntervalMs, 100, 60_000))
    faults.push('flags.unleash.pollIntervalMs is none from 100 to 60,000 milliseconds: give one, or none.');
  if (!isWithin(startLimitMs, 100, 60_000))
    faults.push('flags.unleash.startLimitMs is none from 100 to 60,000 milliseconds: give one, or none.');
  return faults;
}

function faultsOfWatch({ canaryIntervalMs = 0, readyzIntervalMs = 0 }: WatchOptions = {}): string[] {
  const faults: string[] = [];
  if (canaryIntervalMs !== 0 && !isWithin(canaryIntervalMs, 100, 60_000))
    faults.push('watch.canaryIntervalMs is none from 100 to 60,000 milliseconds: give one, or 0 for none.');
  if (readyzIntervalMs !== 0 && !isWithin(readyzIntervalMs, 500, 60_000))
    faults.push('watch.readyzIntervalMs is none from 500 to 60,000 milliseconds: give one, or 0 for none.');
  return faults;
}

function faultsOfShutdown(limitMs = 0): string[] {
  if (isWithin(limitMs, 0, 600_000)) return [];
  return ['shutdownLimitMs is none from 0 to 600,000 milliseconds: give one, or leave it out for 8,000.'];
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function isRatio(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 1_000_000;
}
