/** What a command's exit code says; the README lists them. */
export const EXIT_CODES = {
  /** done, or all is well */
  done: 0,
  /** it could not be done, or what was looked at is not well; the output says what, with the cure */
  failed: 1,
  /** it was refused and nothing has changed: what was typed or a setting is wrong, or it may not be done now */
  refused: 2,
  /** a dangerous one was not confirmed: nothing has changed */
  unconfirmed: 3,
} as const satisfies Record<string, number>;
