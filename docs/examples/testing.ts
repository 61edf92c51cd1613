import { CrossfadeModule, InProcessSource, type CohortReader, type CrossfadeOptions } from 'nestjs-crossfade';

/** Flags of a test: the same for everybody. */
export function everybody(compare: boolean, serve: boolean): CohortReader {
  return {
    cohorts: () => ({ compare, serve, serveIsFull: serve }),
    state: () => ({
      origin: 'file',
      comparePercent: compare ? 100 : 0,
      servePercent: serve ? 100 : 0,
      confirmedAtMs: Date.now(),
      ageMs: 0,
      problems: [],
    }),
    onChange: () => () => undefined,
  };
}

/** Without any server: what the test pushes is what the user gets. */
export function legacyWorld() {
  const legacySource = new InProcessSource();
  return { legacySource, module: CrossfadeModule.forRoot({ mode: 'legacy', legacySource }) };
}

/** With a real Redis, everybody served from it, and no publisher: publish on `user:UID` yourself. */
export function redisWorld(redis: NonNullable<CrossfadeOptions['redis']>) {
  const legacySource = new InProcessSource();
  const flags = { reader: everybody(true, true) };
  // No publisher sends a first list here: it need not be waited for.
  const handover = { firstListTimeoutMs: 0, handoverWindowMs: 0 };
  return {
    legacySource,
    module: CrossfadeModule.forRoot({ mode: 'local', legacySource, redis, flags, handover }),
  };
}
