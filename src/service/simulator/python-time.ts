/** `isoformat()` of a time in UTC: microseconds, the fraction left out when it is zero, `+00:00` and never `Z`. */
export function pythonTime(micros: number): string {
  return `${naivePythonTime(micros)}+00:00`;
}

/** The same without a zone, as `notif.job_updated` carries it. */
export function naivePythonTime(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19);
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`;
}

/** `str()` of a time without a zone: a space where the others have a `T`. */
export function spacedPythonTime(micros: number): string {
  return naivePythonTime(micros).replace('T', ' ');
}
