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

  it('puts everybody on legacy when a person has stopped it, whatever the flags say', () => {
    const stopped = { stage: 'legacy', reason: 'stopped' };
    expect(decideRoute(open, { compare: false, serve: true, serveIsFull: true }, true)).toEqual(stopped);
    expect(decideRoute(open, undefined, true)).toEqual(stopped);
  });

  it('stops nobody where there is no legacy to go to', () => {
    const retired = decideRoute({ mode: 'prod', legacy: 'retired' }, undefined, true);
    expect(retired).toEqual({ stage: 'complete', reason: 'retired' });
  });

  it('gives equal decisions as one object', () => {
    expect(decideRoute(open, undefined)).toBe(decideRoute(open, undefined));
  });
});
