/** When something was said, as ISO 8601 to the second; a clock that makes no sense is said as it is. */
export function sinceText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? `${atMs} ms` : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** That a stop holds, since when, by whom and why, with the cure. */
export function stopText(stop: {
  readonly by: string;
  readonly why: string;
  readonly since: string | null;
}): string {
  const since = stop.since === null ? '' : ` since ${stop.since}`;
  const why = stop.why === '' ? '' : ` (${stop.why})`;
  return `everybody is on legacy${since}, stopped by ${stop.by}${why}: crossfade start lifts it`;
}
