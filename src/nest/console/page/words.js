/** Numbers and times as people read them. */
export const whole = (value) => Math.round(value).toLocaleString('en');
export const percent = (share) =>
  share === null ? '–' : `${trim((share * 100).toFixed(share > 0.99 ? 2 : 1))} %`;
export const milliseconds = (value) =>
  value === null ? '–' : `${trim(value.toFixed(Math.abs(value) < 10 ? 1 : 0))} ms`;
export const users = (count) => (count === 1 ? '1 user' : `${whole(count)} users`);
export const clock = (atMs) => new Date(atMs).toLocaleTimeString('en-GB');
export const day = (atMs) =>
  new Date(atMs).toLocaleString('en-GB', { dateStyle: 'short', timeStyle: 'medium' });

/** A length of time, in the largest unit that fits. */
export function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 90_000 ? `${trim((ms / 1000).toFixed(1))} s` : `${Math.round(ms / 60_000)} min`;
}

/** How long ago, in the largest unit that fits. */
export function ago(atMs, nowMs = Date.now()) {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h ago`
    : `${Math.round(seconds / 86_400)} days ago`;
}

const trim = (text) => text.replace(/\.0+$/, '');
