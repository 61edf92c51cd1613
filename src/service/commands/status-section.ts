/** One part of what `crossfade status` says. */
export interface StatusSection {
  /** its key in the JSON object */
  readonly name: string;
  readonly value: unknown;
  readonly lines: readonly string[];
  /** each with its cure */
  readonly problems: readonly string[];
}
