/** What a command's exit code says; documented in docs/commands.md. */
export const EXIT_CODES = {
  /** done, or all is well */
  done: 0,
  /** it could not be done: wrong settings, a server that does not answer, or what was checked is not well */
  failed: 1,
  /** it was understood and refused: nothing has changed */
  refused: 2,
  /** a dangerous one was not confirmed: nothing has changed */
  unconfirmed: 3,
} as const satisfies Record<string, number>;
