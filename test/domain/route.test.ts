import { describe, expect, it } from '@jest/globals';
import { decideRoute, type RouteLimits } from '../../src/domain/route.js';

const open: RouteLimits = { mode: 'prod', legacy: 'registered' };

describe('given what holds for one user', () => {
  it.each([
    [false, false, false, 'legacy'],
    [true, false, false, 'shadow'],
    [true, false, true, 'shadow'],
    [true, true, false, 'live'],
    [true, true, true, 'live'],
    [false, true, false, 'live'],
    [false, true, true, 'complete'],
  ])('decides compare %p, serve %p, serve full %p as %s', (compare, serve, serveIsFull, stage) => {
    expect(decideRoute(open, { compare, serve, serveIsFull })).toEqual({ stage, reason: 'flags' });
  });

  it('leaves everybody on legacy while the flags are not known', () => {
    expect(decideRoute(open, undefined)).toEqual({ stage: 'legacy', reason: 'flags_unknown' });
  });

  it.each([
    { mode: 'legacy', legacy: 'registered' },
    { mode: 'legacy', legacy: 'retired' },
  ] as const)('lets no flag lift the mode of %p', (limits) => {
    expect(decideRoute(limits, { compare: true, serve: true, serveIsFull: true })).toEqual({
      stage: 'legacy',
      reason: 'mode',
    });
  });

  it('gives equal decisions as one object', () => {
    expect(decideRoute(open, undefined)).toBe(decideRoute(open, undefined));
  });
});
