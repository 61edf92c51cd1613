// What the command line and the demo need beside the module: a written list of names, held by a test.
export { compareTrace, type TraceResult } from './comparing/trace-comparison.js';
export type { TraceMismatch, TraceReport } from './comparing/trace-report.js';
export type { BrokenLine } from './comparing/trace-reader.js';
export { bucketOf } from './flags/bucket.js';
export { flagFileText } from './flags/flag-file-text.js';
export type { FlagPercents } from './domain/flag.js';
export { SystemClock } from './coordination/system-clock.js';
export { parseLeniently } from './domain/envelope.js';
