// Asks this machine's own process whether it lives, for a container's health check: exit code 0 or 1.
const port = process.env['PORT'] ?? '3000';
const path = process.env['CROSSFADE_ROLE'] === 'gateway' ? '/crossfade/healthz' : '/healthz';

fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) }).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);
