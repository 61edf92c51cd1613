// The admin API to mount: a written list of names, held by a test.
export { CrossfadeAdminModule } from './nest/admin/crossfade-admin.module.js';
export { adminTokensFromSettings } from './nest/admin/admin-tokens-from-settings.js';
export type { AdminRole, AdminTokensOptions } from './nest/admin/admin-tokens.js';
export type { ReplicaStatus } from './nest/admin/status.controller.js';
export type { ComparisonReport } from './nest/admin/comparison.controller.js';
