import { buildDashboard } from './build-dashboard.js';
import { DELIVERY } from './delivery.js';
import { GATEWAY } from './gateway.js';
import { HEALTH } from './health.js';
import type { DashboardSpec } from './panel-spec.js';
import { PARITY } from './parity.js';
import { ROLLOUT } from './rollout.js';

export const DASHBOARDS: readonly DashboardSpec[] = [ROLLOUT, PARITY, DELIVERY, HEALTH, GATEWAY];

/** Where a dashboard is committed, from the root of the repository. */
export function pathOf({ uid }: DashboardSpec): string {
  return `ops/grafana/dashboards/${uid.replace('crossfade-', '')}.json`;
}

/** A dashboard as Grafana reads it. */
export function jsonOf(spec: DashboardSpec): string {
  return JSON.stringify(buildDashboard(spec));
}
