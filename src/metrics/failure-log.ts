import type { Clock } from '../contracts/clock.js';
import type { InstrumentOperation } from '../contracts/recorder.js';

const MAX_MESSAGE_CHARACTERS = 200;

/** Takes one line about a failure of the instrument. */
export type FailureLogger = (line: string) => void;

interface Quiet {
  untilMs: number;
  suppressed: number;
}

/**
 * Tells a logger of failures: at most one line per operation and period, and the next line says how many were
 * kept back. A line holds the error's name, code and message, bounded; never a payload.
 */
export class FailureLog {
  private readonly quiet = new Map<InstrumentOperation, Quiet>();

  constructor(
    private readonly logger: FailureLogger,
    private readonly clock: Clock,
    private readonly periodMs = 60_000,
  ) {}

  /** Never throws, whatever was thrown and whatever the logger does. */
  failed(operation: InstrumentOperation, error: unknown): void {
    const nowMs = this.clock.elapsedMs();
    const quiet = this.quiet.get(operation);
    if (quiet !== undefined && nowMs < quiet.untilMs) {
      quiet.suppressed++;
      return;
    }
    this.quiet.set(operation, { untilMs: nowMs + this.periodMs, suppressed: 0 });
    const suppressed = quiet?.suppressed ?? 0;
    try {
      const more = suppressed === 0 ? '' : ` (${suppressed} more were not logged)`;
      this.logger(`Crossfade's ${operation} failed: ${describe(error)}${more}`);
    } catch {
      // A logger that fails must not fail whoever counts; the counter has it already.
    }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `something of type ${typeof error} was thrown`;
  // The message of a JSON error quotes the text that it could not read.
  if (error instanceof SyntaxError) return error.name;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const text = `${error.name}${code}: ${error.message}`;
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE_CHARACTERS);
}
