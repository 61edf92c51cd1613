// What the command line and the demo need beside the module: a written list of names, held by a test.
export { compareTrace, type TraceResult } from './comparing/trace-comparison.js';
export type { TraceMismatch, TraceReport } from './comparing/trace-report.js';
export type { BrokenLine } from './comparing/trace-reader.js';
export { bucketOf } from './flags/bucket.js';
export { runControl, type ControlOptions, type RunningControl } from './nest/tools/run-control.js';
export { Rollout, type ReplayedLook, type RolloutStatus } from './nest/tools/open-rollout.js';
export { readPlanFile, type PlanFile } from './nest/tools/plan-file.js';
export { decisionText, reasonText } from './coordination/notice-text.js';
export { targetsAt } from './rollout/position.js';
export type { LogEntry, PersonEvent, RolloutState } from './domain/decision.js';
export type { Plan } from './domain/plan.js';
export type { Verdict } from './domain/verdict.js';
export type { LookOutcome } from './rollout/controller.js';
export { flagFileText } from './flags/flag-file-text.js';
export type { FlagPercents } from './domain/flag.js';
export { SystemClock } from './coordination/system-clock.js';
export { parseLeniently } from './domain/envelope.js';
