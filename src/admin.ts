// The admin API and the console to mount: a written list of names, held by a test.
export { CrossfadeAdminModule } from './nest/admin/crossfade-admin.module.js';
export { adminOptionsFromSettings } from './nest/admin/admin-options-from-settings.js';
export type { AdminOptions } from './nest/admin/admin-options.js';
export type { AdminRole, AdminToken, AdminTokensOptions } from './nest/admin/admin-tokens.js';
export type { ActionEntry } from './nest/admin/action-log.js';
export type { ReplicaStatus } from './nest/admin/status.controller.js';
export type { ComparisonReport } from './nest/admin/comparison-report.js';
export type { ActionAnswer } from './nest/admin/rollout.controller.js';
export type { RolloutReport } from './nest/admin/rollout-report.js';
export type { HistoryPage } from './nest/admin/history.controller.js';
