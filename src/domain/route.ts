import type { Mode } from './mode.js';
import type { Stage } from './stage.js';

/** Why a user is in a stage: the first of these that applies decides. */
export type RouteReason = 'mode' | 'retired' | 'stopped' | 'flags_unknown' | 'flags';

/** The decision for one user. Equal routes are one frozen object, so that a user costs a pointer. */
export interface Route {
  readonly stage: Stage;
  readonly reason: RouteReason;
}

/** Which cohorts a user is in, and whether serve has reached everybody. */
export interface Cohorts {
  readonly compare: boolean;
  readonly serve: boolean;
  /** serve stands at 100 %: only then may legacy be closed for anybody */
  readonly serveIsFull: boolean;
}

/** What holds for the whole process, whatever the flags say. */
export interface RouteLimits {
  readonly mode: Mode;
  /** `retired`: the legacy source is gone for good; every user is `complete` and no flag is asked */
  readonly legacy: 'registered' | 'retired';
}

const ROUTES = new Map<Stage, Map<RouteReason, Route>>();

/**
 * Decides a user's stage by the table of stages. `cohorts` is undefined while the flags are not known:
 * then nobody leaves legacy. `stopped`: a person has put everybody on legacy, whatever the flags say.
 */
export function decideRoute(limits: RouteLimits, cohorts: Cohorts | undefined, stopped = false): Route {
  if (limits.mode === 'legacy') return routeOf('legacy', 'mode');
  if (limits.legacy === 'retired') return routeOf('complete', 'retired');
  if (stopped) return routeOf('legacy', 'stopped');
  if (cohorts === undefined) return routeOf('legacy', 'flags_unknown');
  return routeOf(stageOfCohorts(cohorts), 'flags');
}

function stageOfCohorts({ compare, serve, serveIsFull }: Cohorts): Stage {
  if (!serve) return compare ? 'shadow' : 'legacy';
  return compare || !serveIsFull ? 'live' : 'complete';
}

function routeOf(stage: Stage, reason: RouteReason): Route {
  // No key is put together of the two: this is asked for every user at every change of the flags.
  let ofStage = ROUTES.get(stage);
  if (ofStage === undefined) ROUTES.set(stage, (ofStage = new Map<RouteReason, Route>()));
  let route = ofStage.get(reason);
  if (route === undefined) ofStage.set(reason, (route = Object.freeze({ stage, reason })));
  return route;
}
