/** What a step of a rollout in seconds asks for: enough to see that it asks, and nothing that takes long to prove. */
export const QUICK_GATE = { soakMinutes: 0.02, minComparisons: 30, minUsers: 5, proof: 'none' } as const;

const RETIREMENT = {
  ...{ compare: 0, soakMinutes: 0, minComparisons: 0, minUsers: 0, typesSeenShare: 0 },
  proof: 'none',
} as const;

/** What the quick plans have in common. */
export const QUICK = {
  version: 1,
  types: ['chat.message'],
  coverage: { excusedShareLimit: 1, sampledOutShareLimit: 1 },
  gaps: { timeShareLimit: 1 },
} as const;

/** From nothing to legacy retired, in steps of a few seconds. */
export const QUICK_PLAN = {
  ...QUICK,
  steps: [
    { compare: 25, ...QUICK_GATE, minComparisons: 5, minUsers: 2, typesSeenShare: 0 },
    { compare: 100, ...QUICK_GATE },
    { serve: 25, ...QUICK_GATE },
    { serve: 100, ...QUICK_GATE },
    RETIREMENT,
  ],
} as const;

/** The same, and whoever is served stays so: nothing widens any further within a test. */
export const STAYING_PLAN = {
  ...QUICK_PLAN,
  steps: QUICK_PLAN.steps.map((step) => ('serve' in step ? { ...step, soakMinutes: 60 } : step)),
};
