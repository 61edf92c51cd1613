// What the command line and the demo need beside the module: a written list of names, held by a test.
export { compareTrace, type TraceResult } from './comparing/trace-comparison.js';
export type { TraceMismatch, TraceReport } from './comparing/trace-report.js';
export type { BrokenLine } from './comparing/trace-reader.js';
export { bucketOf } from './flags/bucket.js';
export { flagFileText } from './flags/flag-file-text.js';
export type { FlagPercents } from './domain/flag.js';
export { initFlagsFrom, readFlagsFrom, type FlagPlace, type FlagsAtHome } from './nest/tools/flag-home.js';
export { explainFrom, type ExplanationAtHome } from './nest/tools/explain-from.js';
export { flagsStatusFrom, type FlagsStatus, type ReplicaFlags } from './nest/tools/flags-status.js';
export { askReplica } from './nest/tools/ask-replica.js';
export type { FlagInit } from './flags/init-flags.js';
export type { ReplicaExplanation } from './nest/admin/explain.controller.js';
export { SystemClock } from './coordination/system-clock.js';
export { parseLeniently } from './domain/envelope.js';
