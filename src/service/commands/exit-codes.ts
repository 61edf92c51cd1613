/** What a command's exit code says. */
export const EXIT_CODES = {
  /** done, or all is well */
  done: 0,
  /** it could not be done, or what was looked at is not well; the output says what, with the cure */
  failed: 1,
  /** it was refused before anything was done: what was typed, or a setting, is wrong */
  refused: 2,
} as const satisfies Record<string, number>;
