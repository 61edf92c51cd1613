import { describe, expect, it } from '@jest/globals';
import { judge } from '../../src/flags/flags-in-force.js';
import { canariesOf, compareOf, featuresOf, flagOf, REGION, rolloutOf, serveOf } from './make-flags.js';

const COMPARE = 'crossfade-compare';
const SERVE = 'crossfade-serve';

function problemsOf(value: unknown): readonly string[] {
  const judged = judge(value);
  return 'problems' in judged ? judged.problems : [];
}

const parameters = (change: Record<string, unknown>) => ({
  parameters: { rollout: '5', stickiness: 'userId', groupId: 'crossfade', ...change },
});

describe('given flags that hold no surprise', () => {
  const sound: [string, unknown, { compare: number; serve: number }][] = [
    [
      'two percentages',
      featuresOf({ compare: compareOf('50'), serve: serveOf('25') }),
      { compare: 50, serve: 25 },
    ],
    [
      'percentages as numbers',
      featuresOf({ compare: compareOf(5), serve: serveOf(0) }),
      { compare: 5, serve: 0 },
    ],
    [
      'equal percentages',
      featuresOf({ compare: compareOf('7'), serve: serveOf('7') }),
      { compare: 7, serve: 7 },
    ],
    [
      'a retirement',
      featuresOf({ compare: compareOf('40'), serve: serveOf('100') }),
      { compare: 40, serve: 100 },
    ],
    [
      'compare off, serve on',
      featuresOf({ compare: flagOf(COMPARE, '50', { enabled: false }), serve: serveOf('25') }),
      { compare: 0, serve: 25 },
    ],
    [
      'a flag that is off, whatever is in it',
      featuresOf({ serve: flagOf(SERVE, '0.5', { enabled: false, strategies: 'none' }) }),
      { compare: 100, serve: 0 },
    ],
    [
      'canaries on both',
      featuresOf({ compare: compareOf('5', canariesOf('a', 'b')), serve: serveOf('0', canariesOf('a')) }),
      { compare: 5, serve: 0 },
    ],
    [
      'canaries only',
      featuresOf({ compare: flagOf(COMPARE, 0, { strategies: [canariesOf('a')] }), serve: serveOf('0') }),
      { compare: 0, serve: 0 },
    ],
    [
      'canaries of serve while everybody is compared',
      featuresOf({ serve: serveOf('1', canariesOf('a')) }),
      { compare: 100, serve: 1 },
    ],
    [
      'the same constraint on both',
      featuresOf({
        compare: flagOf(COMPARE, 0, { strategies: [rolloutOf('5', { constraints: [REGION] })] }),
        serve: flagOf(SERVE, 0, {
          strategies: [rolloutOf('1', { constraints: [{ ...REGION, values: ['ch', 'eu'] }] })],
        }),
      }),
      { compare: 5, serve: 1 },
    ],
    [
      'the same segment on both',
      featuresOf({
        compare: flagOf(COMPARE, 0, { strategies: [rolloutOf('5', { segments: [3] })] }),
        serve: flagOf(SERVE, 0, { strategies: [rolloutOf('1', { segments: [3] })] }),
        segments: [{ id: 3, constraints: [REGION] }],
      }),
      { compare: 5, serve: 1 },
    ],
  ];
  it.each(sound)('accepts %s', (_what, value, percents) => {
    const judged = judge(value);
    expect(judged).toMatchObject({
      rules: { compare: { percent: percents.compare }, serve: { percent: percents.serve } },
    });
  });
});

describe('given flags that would surprise', () => {
  const strategies = (...list: unknown[]) =>
    featuresOf({ compare: flagOf(COMPARE, 0, { strategies: list }) });
  const surprising: [string, unknown, RegExp][] = [
    ['no object', 'flags', /list of features/],
    ['no features', { version: 2 }, /list of features/],
    ['both flags missing', { version: 2, features: [] }, /crossfade flags init/],
    ['one flag missing', { version: 2, features: [flagOf(COMPARE)] }, /crossfade-serve is missing/],
    [
      'a flag twice',
      { version: 2, features: [flagOf(COMPARE), flagOf(COMPARE), flagOf(SERVE, '0')] },
      /twice/,
    ],
    ['neither on nor off', featuresOf({ serve: flagOf(SERVE, '0', { enabled: 'yes' }) }), /"enabled"/],
    [
      'a parent flag',
      featuresOf({ serve: flagOf(SERVE, '0', { dependencies: [{ feature: 'x' }] }) }),
      /depends on another/,
    ],
    [
      'no list of strategies',
      featuresOf({ serve: flagOf(SERVE, '0', { strategies: {} }) }),
      /no list of strategies/,
    ],
    ['an empty list of strategies', strategies(), /on for everybody/],
    ['two rollouts', strategies(rolloutOf('5'), rolloutOf('10')), /2 strategies/],
    ['two lists of canaries', strategies(rolloutOf('5'), canariesOf('a'), canariesOf('b')), /3 strategies/],
    [
      'canaries by anything but IN',
      strategies(
        rolloutOf('5'),
        rolloutOf('100', { constraints: [{ ...REGION, contextName: 'userId', operator: 'NOT_IN' }] }),
      ),
      /2 strategies/,
    ],
    [
      'inverted canaries',
      strategies(
        rolloutOf('5'),
        rolloutOf('100', {
          constraints: [{ contextName: 'userId', operator: 'IN', values: ['a'], inverted: true }],
        }),
      ),
      /2 strategies/,
    ],
    [
      'a share of the canaries',
      strategies(
        rolloutOf('5'),
        rolloutOf('50', { constraints: [{ contextName: 'userId', operator: 'IN', values: ['a'] }] }),
      ),
      /2 strategies/,
    ],
    [
      'canaries that stick to a session',
      strategies(rolloutOf('5'), {
        ...canariesOf('a'),
        parameters: { rollout: '100', stickiness: 'sessionId' },
      }),
      /2 strategies/,
    ],
    ['an unknown strategy', strategies({ name: 'moonPhase', parameters: {} }), /"moonPhase"/],
    ['the default strategy', strategies({ name: 'default', parameters: {} }), /"default"/],
    ['no strategy name', strategies(null), /strategy ""/],
    [
      'another stickiness',
      strategies(rolloutOf('5', parameters({ stickiness: 'default' }))),
      /stickiness to userId/,
    ],
    ['another group', strategies(rolloutOf('5', parameters({ groupId: COMPARE }))), /groupId to crossfade/],
    ['no group', strategies(rolloutOf('5', parameters({ groupId: undefined }))), /groupId none/],
    ['a fraction', strategies(rolloutOf('0.5')), /whole percentage/],
    ['more than all', strategies(rolloutOf('101')), /whole percentage/],
    ['less than nobody', strategies(rolloutOf(-1)), /whole percentage/],
    ['no percentage', strategies(rolloutOf('')), /whole percentage/],
    ['hexadecimal', strategies(rolloutOf('0x10')), /whole percentage/],
    ['an exponent', strategies(rolloutOf('1e1')), /whole percentage/],
    ['a strategy marked disabled', strategies(rolloutOf('5', { disabled: true })), /marked disabled/],
    [
      'a constraint without a name',
      strategies(rolloutOf('5', { constraints: [{ operator: 'IN', values: [] }] })),
      /cannot be read/,
    ],
    [
      'an unknown operator',
      strategies(rolloutOf('5', { constraints: [{ ...REGION, operator: 'NEAR' }] })),
      /known operator/,
    ],
    [
      'values that are no list',
      strategies(rolloutOf('5', { constraints: [{ ...REGION, values: 'eu' }] })),
      /cannot be read/,
    ],
    ['constraints that are no list', strategies(rolloutOf('5', { constraints: 'eu' })), /no list/],
    ['a segment that is not defined', strategies(rolloutOf('5', { segments: [9] })), /Segment 9/],
    ['segments by name', strategies(rolloutOf('5', { segments: ['eu'] })), /their ids/],
    [
      'serve larger than compare',
      featuresOf({ compare: compareOf('5'), serve: serveOf('25') }),
      /raise compare to 25/,
    ],
    [
      'a serve of 100 % of some, with compare below',
      featuresOf({
        compare: flagOf(COMPARE, 0, { strategies: [rolloutOf('5', { constraints: [REGION] })] }),
        serve: flagOf(SERVE, 0, { strategies: [rolloutOf('100', { constraints: [REGION] })] }),
      }),
      /raise compare to 100/,
    ],
    [
      'a canary of serve alone',
      featuresOf({ compare: compareOf('5', canariesOf('a')), serve: serveOf('0', canariesOf('a', 'b')) }),
      /names 1 canaries/,
    ],
    [
      'constraints on one flag only',
      featuresOf({
        compare: flagOf(COMPARE, 0, { strategies: [rolloutOf('5', { constraints: [REGION] })] }),
        serve: serveOf('0'),
      }),
      /differ/,
    ],
    [
      'segments on one flag only',
      featuresOf({
        serve: flagOf(SERVE, 0, { strategies: [rolloutOf('5', { segments: [3] })] }),
        segments: [{ id: 3, constraints: [REGION] }],
      }),
      /differ/,
    ],
  ];
  it.each(surprising)('refuses %s, and says so', (_what, value, problem) => {
    const problems = problemsOf(value);
    expect(problems.join(' ')).toMatch(problem);
    for (const each of problems) expect(each).toMatch(/: .+\.$/);
  });

  it('names every fault at once', () => {
    const value = featuresOf({ compare: compareOf('0.5'), serve: serveOf('x') });
    expect(problemsOf(value)).toHaveLength(2);
  });

  it('does not repeat more than a line of what a stranger wrote', () => {
    const [problem = ''] = problemsOf(featuresOf({ compare: compareOf(`${'9'.repeat(10_000)}\n`) }));
    expect(problem.length).toBeLessThan(200);
    expect(problem).not.toContain('\n');
  });
});
