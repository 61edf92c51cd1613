import type { LogEntry } from '../domain/decision.js';

/** One line of the record as it is kept. */
export function logText(entry: LogEntry): string {
  return JSON.stringify(entry);
}

/** @throws Error where the line was not written by `logText` */
export function readLogText(text: string): LogEntry {
  const value = JSON.parse(text) as Partial<LogEntry> | null;
  if (typeof value?.sequence !== 'number' || value.event === undefined || value.state === undefined) {
    throw new Error(
      'The record holds a line that is none of ours. Look at it, and give Crossfade a place of its own.',
    );
  }
  return value as LogEntry;
}

/** Whether an entry is kept for ever: all but the looks, of which there is one at every turn of the loop. */
export function isKept({ event }: LogEntry): boolean {
  return event.kind !== 'looked' && event.kind !== 'hold_told';
}
