/** What went wrong, for programs; the message tells a person what it is and how to cure it. */
export type CrossfadeErrorCode =
  | 'invalid_uid'
  | 'invalid_chat'
  | 'invalid_settings'
  | 'invalid_rules'
  | 'closed'
  | 'nothing_is_compared'
  | 'too_many_recordings'
  | 'values_are_off'
  | 'record_unreachable'
  | 'cannot_stop'
  | 'nothing_to_start'
  | 'stopped_again';

/** Every error that Crossfade throws on purpose. `message` ends with the cure. */
export class CrossfadeError extends Error {
  override readonly name = 'CrossfadeError';

  constructor(
    readonly code: CrossfadeErrorCode,
    readonly problem: string,
    readonly cure: string,
  ) {
    super(`${problem} ${cure}`);
  }
}
