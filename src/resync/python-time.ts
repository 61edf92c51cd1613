/**
 * Python's `isoformat()` of a moment in UTC: whole seconds since 1970 and microseconds within the second, whose
 * fraction is left out when it is zero. Empty where no calendar has that moment.
 */
export function pythonTime(seconds: number, micros: number): string {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return '';
  const whole = Math.floor(micros);
  const fraction = whole === 0 ? '' : `.${String(whole).padStart(6, '0')}`;
  return `${moment.toISOString().slice(0, 19)}${fraction}+00:00`;
}
