/** A set of flags in Unleash's client-features format, as a test needs it; sound unless told otherwise. */
export function featuresOf(flags: { compare?: unknown; serve?: unknown; segments?: unknown }) {
  return {
    version: 2,
    features: [flags.compare ?? flagOf('crossfade-compare'), flags.serve ?? flagOf('crossfade-serve', 0)],
    ...(flags.segments === undefined ? {} : { segments: flags.segments }),
  };
}

export function flagOf(name: string, rollout: unknown = 100, change: Record<string, unknown> = {}) {
  return { name, enabled: true, strategies: [rolloutOf(rollout)], ...change };
}

export function rolloutOf(rollout: unknown, change: Record<string, unknown> = {}) {
  return {
    name: 'flexibleRollout',
    parameters: { rollout, stickiness: 'userId', groupId: 'crossfade' },
    constraints: [],
    ...change,
  };
}

export function compareOf(rollout: unknown, ...more: unknown[]) {
  return flagOf('crossfade-compare', 0, { strategies: [rolloutOf(rollout), ...more] });
}

export function serveOf(rollout: unknown, ...more: unknown[]) {
  return flagOf('crossfade-serve', 0, { strategies: [rolloutOf(rollout), ...more] });
}

export function canariesOf(...values: string[]) {
  return rolloutOf('100', {
    constraints: [{ contextName: 'userId', operator: 'IN', values, inverted: false, caseInsensitive: false }],
  });
}

export const REGION = { contextName: 'region', operator: 'IN', values: ['eu', 'ch'], inverted: false };
