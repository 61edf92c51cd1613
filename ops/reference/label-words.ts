import type {
  CanaryResult,
  HandoverResult,
  MergeOutcome,
  ResyncResult,
} from '../../src/contracts/recorder.js';
import type { DoubtReason } from '../../src/contracts/source-health.js';
import type { FlagOrigin } from '../../src/contracts/cohort-reader.js';
import type { ComparisonClass, ExcuseReason, NotComparedReason } from '../../src/domain/comparison.js';
import type { GapCause } from '../../src/domain/gap.js';

type Words<Value extends string> = Readonly<Record<Value, string>>;

const CLASS: Words<ComparisonClass> = {
  matched: 'both sources said the same',
  missing_in_redis: 'legacy said it, Redis did not',
  missing_in_legacy: 'Redis said it, legacy did not; legacy loses too, so this is no harm',
  different: 'both said it, and not the same',
  duplicate: 'Redis said it twice',
  reordered: 'it came in another order; only the one that moved is blamed',
};

const EXCUSE: Words<ExcuseReason> = {
  redis_gap: 'the partner may have fallen into a gap of Redis',
  legacy_gap: 'the partner may have fallen into a gap of legacy',
  warm_up: 'before the subscription was acknowledged, or each side had said its first list',
  handover: 'the user was being moved',
  overload: 'something was dropped to keep a bound, a rule failed, or the process stood still',
  one_sided: 'legacy is not attached for this user on this replica',
};

const NOT_COMPARED: Words<NotComparedReason> = {
  type_unknown_to_legacy: 'only Redis carries the type',
  never_shown_by_legacy: 'legacy never shows it: a chat that is read, a message type it does not know',
  sampled_out: 'the user is not in the sample',
};

const CAUSE: Words<GapCause> = {
  link: 'the connection to Redis was lost',
  subscribe: 'a channel was not yet, or no longer, subscribed',
  presence: 'the publisher was not told that the user is there',
  canary: 'a message of our own did not come home',
  publisher: 'the publisher is doubted: see `crossfade_redis_doubts`',
  legacy_detached: 'the legacy listener was gone',
  frozen: 'this process stood still',
};

const HANDOVER: Words<HandoverResult> = {
  completed: 'after its due time; its time is counted',
  at_once: 'the source before it broke, or somebody stopped; its time is counted',
  begun: 'the readers had only come, and the source of their stage was there a moment later',
  turned_back: 'no longer wanted',
  left: 'the readers left',
};

const MERGE: Words<MergeOutcome> = {
  merged: 'a copy met its partner and was spared',
  doubled: 'the readers had it from the other source: it would have been doubled',
  repeated: 'the same id again from the same source',
  filled: 'brought by the other source',
  held_back: 'a list that the other source had said',
  stale: 'a list older than one of its own source',
  redis_only: 'a type that legacy does not know, not delivered after a return to legacy',
};

const RESYNC: Words<ResyncResult> = {
  answered: 'the truth was read again',
  failed: 'the port failed',
  timed_out: 'no answer in time',
  left: 'the readers left, or a process closed, before the answer',
};

const CANARY: Words<CanaryResult> = {
  heard: 'it came home',
  lost: 'it was published and did not come home; the connection is replaced',
  unsent: 'it could not be published, which says nothing about the link',
};

const DOUBT: Words<DoubtReason> = {
  canary: 'what is published does not come through this connection',
  first_list: 'users who had just become present got no list',
  readyz: 'the publisher does not say that it can publish',
  missing_in_redis: 'several users lack on Redis what legacy brought',
};

const ORIGIN: Words<FlagOrigin> = {
  none: 'nothing is known: everybody is on legacy',
  file: 'a flags file',
  server: 'the flag server',
  storage: 'what was kept from the server',
  bootstrap: 'the file for a first start',
};

/** What the values of a label mean, by metric and label; a list that explains itself is not here. */
export const LABEL_WORDS: Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
> = {
  crossfade_comparisons_total: { class: CLASS },
  crossfade_excused_total: { reason: EXCUSE },
  crossfade_not_compared_total: { reason: NOT_COMPARED },
  crossfade_gaps_total: { cause: CAUSE },
  crossfade_handovers_total: { result: HANDOVER },
  crossfade_merged_total: { outcome: MERGE },
  crossfade_resyncs_total: { result: RESYNC },
  crossfade_canaries_total: { result: CANARY },
  crossfade_redis_doubts: { reason: DOUBT },
  crossfade_flag_state_origin: { origin: ORIGIN },
};
