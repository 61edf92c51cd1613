import type { ChannelPrefixes } from '../domain/topic.js';
import type { ComparingSettings } from './comparing-settings.js';
import { readTrace, type BrokenLine } from './trace-reader.js';
import { TraceReplay } from './trace-replay.js';
import type { TraceReport } from './trace-report.js';

export interface TraceResult {
  readonly report: TraceReport;
  readonly broken: readonly BrokenLine[];
}

/**
 * Holds a recording's two sides against each other, chats included, in virtual time. Keeps the whole recording
 * in memory. @throws CrossfadeError for settings that cannot be, Error where a rule's own function failed
 */
export function compareTrace(
  lines: Iterable<string>,
  settings: ComparingSettings = {},
  prefixes?: ChannelPrefixes,
): TraceResult {
  const broken: BrokenLine[] = [];
  const records = [...readTrace(lines, (each) => broken.push(each), prefixes)];
  const replay = new TraceReplay(settings, records);
  for (const record of records) replay.play(record);
  return { report: replay.finish(), broken };
}
