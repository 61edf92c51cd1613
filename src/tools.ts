// What the command line and the demo need beside the module: a written list of names, held by a test.
export { compareTrace, type TraceResult } from './comparing/trace-comparison.js';
export type { TraceMismatch, TraceReport } from './comparing/trace-report.js';
export type { BrokenLine } from './comparing/trace-reader.js';
export { bucketOf } from './flags/bucket.js';
export { runControl, type ControlOptions, type RunningControl } from './nest/tools/run-control.js';
export { Rollout, type ReplayedLook, type RolloutStatus } from './nest/tools/open-rollout.js';
export { outlookText, type Outlook } from './nest/tools/outlook.js';
export type { ActionWish, RolloutAction } from './nest/tools/propose.js';
export { entryText, verdictText } from './nest/tools/entry-text.js';
export { readPlanFile, type PlanFile } from './nest/tools/plan-file.js';
export { decisionText, reasonText } from './coordination/notice-text.js';
export { targetsAt } from './rollout/position.js';
export type { LogEntry, PersonEvent, RolloutState } from './domain/decision.js';
export type { Plan } from './domain/plan.js';
export type { Verdict } from './domain/verdict.js';
export type { LookOutcome } from './rollout/controller.js';
export { flagFileText } from './flags/flag-file-text.js';
export type { FlagPercents } from './domain/flag.js';
export { initFlagsFrom, readFlagsFrom, type FlagPlace, type FlagsAtHome } from './nest/tools/flag-home.js';
export { explainFrom, type ExplanationAtHome } from './nest/tools/explain-from.js';
export { flagsStatusFrom, type FlagsStatus, type ReplicaFlags } from './nest/tools/flags-status.js';
export {
  FleetStop,
  type FleetStopReport,
  type FleetStopStanding,
  type StopSaid,
} from './nest/tools/fleet-stop.js';
export { usersFrom, type UsersSeen } from './nest/tools/users-seen.js';
export { sinceText, stopText } from './nest/stop-words.js';
export { askReplica } from './nest/tools/ask-replica.js';
export type { FlagInit } from './flags/init-flags.js';
export type { ReplicaExplanation } from './nest/admin/explain.controller.js';
export { examine, type ExamineOptions } from './nest/doctor/examine.js';
export { CHECKPOINTS, type CheckpointReport, type DoctorReport } from './nest/doctor/checkpoint.js';
export type { Finding, Mark } from './nest/doctor/finding.js';
export { SystemClock } from './coordination/system-clock.js';
export { parseLeniently } from './domain/envelope.js';
// Of the module's own names what a command needs that must not wait for NestJS to be loaded.
export { readSettings, type Settings } from './nest/settings.js';
export { CrossfadeError } from './domain/errors.js';
export { bucketsSince, histogramQuantile, type HistogramBucket } from './domain/histogram-quantile.js';
