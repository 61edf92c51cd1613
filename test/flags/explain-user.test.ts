import { describe, expect, it } from '@jest/globals';
import { bucketOf } from '../../src/flags/bucket.js';
import { checkHome } from '../../src/flags/check-flags.js';
import type { CohortReader } from '../../src/contracts/cohort-reader.js';
import { decideRoute, type RouteLimits } from '../../src/domain/route.js';
import { explainUser, type Explanation } from '../../src/flags/explain-user.js';
import { FlagsInForce } from '../../src/flags/flags-in-force.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { ManualClock } from '../manual-clock.js';
import { canariesOf, featuresOf, flagOf, REGION, rolloutOf, serveOf } from './make-flags.js';

const LIMITS = { mode: 'local', legacy: 'registered' } as const;

function explained(uid: string, limits: RouteLimits, reader?: CohortReader): Explanation {
  return explainUser(uid, decideRoute(limits, reader?.cohorts(uid)), reader);
}

function flags(features: unknown): FlagsInForce {
  const inForce = new FlagsInForce(new ManualClock(), new FakeRecorder());
  inForce.offer(features, 'file');
  return inForce;
}

describe('given a user and the flags in force', () => {
  it('says bucket, percentages, answers, stage and source', () => {
    const uid = 'anna';
    const bucket = bucketOf(uid);
    const found = explained(uid, LIMITS, flags(featuresOf({ serve: serveOf(String(bucket)) })));
    expect(found).toEqual({
      uid,
      bucket,
      flags: { compare: { percent: 100, enabled: true }, serve: { percent: bucket, enabled: true } },
      origin: 'file',
      stage: 'live',
      source: 'redis',
      reason: 'flags',
      why: [
        'The flags decide.',
        `crossfade-compare at 100 % says yes to bucket ${bucket}.`,
        `crossfade-serve at ${bucket} % says yes to bucket ${bucket}.`,
        'So the stage is live, and redis serves.',
      ],
    });
  });

  it('knows a canary from a user who is kept out', () => {
    const named = explained('anna', LIMITS, flags(featuresOf({ serve: serveOf('0', canariesOf('anna')) })));
    expect(named.why.join()).toMatch(/serve at 0 % says yes .+ as a canary/);
    const fenced = [rolloutOf('100', { constraints: [REGION] })];
    const out = explained(
      'anna',
      LIMITS,
      flags(
        featuresOf({
          compare: flagOf('crossfade-compare', 0, { strategies: fenced }),
          serve: flagOf('crossfade-serve', 0, { strategies: fenced }),
        }),
      ),
    );
    expect(out.why.join()).toMatch(/says no .+ constraint or segment keeps the user out/);
  });

  it.each([
    ['the mode is legacy', { mode: 'legacy', legacy: 'registered' }, 'legacy', /no flag is asked/],
    ['legacy is retired', { mode: 'prod', legacy: 'retired' }, 'complete', /retired/],
    ['no flags are known', LIMITS, 'legacy', /nobody leaves legacy/],
  ] as const)('says why when %s', (_when, limits, stage, why) => {
    const found = explained('anna', limits);
    expect(found).toMatchObject({ stage, origin: 'none' });
    expect(found.why.join()).toMatch(why);
  });
});

describe('given sound flags', () => {
  it('shows what stands in them', () => {
    const strategies = [rolloutOf('5', { constraints: [REGION], segments: [3] }), canariesOf('a', 'b')];
    const value = featuresOf({
      compare: flagOf('crossfade-compare', 0, { strategies }),
      serve: flagOf('crossfade-serve', 0, { enabled: false }),
      segments: [{ id: 3, constraints: [{ ...REGION, values: ['a', 'b', 'c', 'd', 'e'], inverted: true }] }],
    });
    expect(checkHome(value)).toEqual({
      problems: [],
      notes: [
        'crossfade-compare stands at 5 %, and names 2 canaries.',
        'crossfade-compare is only for region IN eu, ch.',
        'crossfade-compare is only for segment 3: not region IN a, b, c and 2 more.',
        'crossfade-serve is off.',
      ],
    });
  });
});
