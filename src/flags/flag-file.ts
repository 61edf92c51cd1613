import { readFile, stat } from 'node:fs/promises';
import type { Cancel, Clock } from '../contracts/clock.js';
import type { CohortReader, FlagState } from '../contracts/cohort-reader.js';
import type { Recorder } from '../contracts/recorder.js';
import type { Cohorts } from '../domain/route.js';
import { FlagsInForce } from './flags-in-force.js';

export interface FlagFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'failed'>;
  /** milliseconds between two looks at the file; default 250, so that a change counts within 1 s */
  readonly pollIntervalMs?: number;
}

/** How long a change is read again at every look: a second write may hide behind the same time stamp. */
const SETTLING_MS = 3_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** What one look at the file showed; `key` is equal for equal sights. */
type Sight =
  { readonly key: string; readonly value: unknown } | { readonly key: string; readonly problem: string };

/**
 * Reads the flags from a file in Unleash's client-features format, and follows it: a change counts within
 * two looks. Whatever happens to the file, what was in force stays so until something sound is read.
 */
export class FlagFile implements CohortReader {
  private readonly flags: FlagsInForce;
  private cancel: Cancel = () => undefined;
  private looking: Promise<void> | undefined;
  private closed = false;
  private signature = '';
  private settledAtMs = 0;
  private lastKey: string | undefined;
  private verdict: 'in_force' | 'refused' = 'refused';
  private suspectKey: string | undefined;

  constructor(private readonly options: FlagFileOptions) {
    this.flags = new FlagsInForce(options.clock, options.recorder);
  }

  /** Reads the file once, and from then on follows it. Never rejects; a file that is absent may still appear. */
  async start(): Promise<void> {
    if (this.closed) return;
    this.cancel = this.options.clock.every(this.options.pollIntervalMs ?? 250, () => void this.refresh());
    await this.refresh();
    // At the start nothing is in force that patience would protect: a fault is said at once.
    if (this.suspectKey !== undefined) await this.refresh();
  }

  /** Looks at the file now. Calls that overlap share one look; never rejects. */
  refresh(): Promise<void> {
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  cohorts(uid: string): Cohorts | undefined {
    return this.flags.cohorts(uid);
  }

  state(): FlagState {
    return this.flags.state();
  }

  onChange(listener: () => void): Cancel {
    return this.flags.onChange(listener);
  }

  /** Stops following; what is in force may still be asked. Calling it again does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.cancel();
    this.flags.close();
  }

  private async look(): Promise<void> {
    if (this.closed) return;
    const sight = await this.read();
    // Closed while the file was being read.
    if (this.closed as boolean) return;
    if (sight === 'unchanged' || sight.key === this.lastKey) {
      this.suspectKey = undefined;
      if (this.verdict === 'in_force') this.flags.confirm();
      return;
    }
    if ('value' in sight) {
      this.settle(sight.key, this.flags.offer(sight.value, 'file'));
    } else if (sight.key === this.suspectKey) {
      this.flags.refuse([sight.problem]);
      this.settle(sight.key, 'refused');
    } else {
      // Perhaps an editor is half-way through: a fault counts when it is seen twice.
      this.suspectKey = sight.key;
    }
  }

  private settle(key: string, verdict: 'in_force' | 'refused'): void {
    this.lastKey = key;
    this.verdict = verdict;
    this.suspectKey = undefined;
  }

  private async read(): Promise<Sight | 'unchanged'> {
    const { path, clock } = this.options;
    try {
      const seen = await stat(path, { bigint: true });
      // A pipe or a device could hang the reading for good.
      if (!seen.isFile())
        return fault('no file', `The flags file ${path} is no ordinary file: give one that is.`);
      if (seen.size > MAX_BYTES)
        return fault(
          'too large',
          `The flags file ${path} is larger than 8 MiB: keep only the features that matter.`,
        );
      const signature = `${seen.dev}:${seen.ino}:${seen.size}:${seen.mtimeNs}:${seen.ctimeNs}`;
      if (signature !== this.signature) {
        this.signature = signature;
        this.settledAtMs = clock.elapsedMs() + SETTLING_MS;
      } else if (this.isSettled()) return 'unchanged';
      return parse(path, await readFile(path, 'utf8'));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      this.signature = '';
      return code === 'ENOENT'
        ? fault(
            code,
            `There is no flags file ${path}: create it, or name another; until then nothing changes.`,
          )
        : fault(
            code,
            `The flags file ${path} cannot be read (${code}): let this process read it; until then nothing changes.`,
          );
    }
  }

  private isSettled(): boolean {
    return this.suspectKey === undefined && this.options.clock.elapsedMs() >= this.settledAtMs;
  }
}

function parse(path: string, text: string): Sight {
  const key = `text ${text}`;
  try {
    // Some editors begin a file with a byte order mark.
    return { key, value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch {
    return {
      key,
      problem: `The flags file ${path} is not valid JSON: mend it; until then what was in force stays so.`,
    };
  }
}

function fault(code: string, problem: string): Sight {
  return { key: `fault ${code}`, problem };
}
