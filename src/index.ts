// The public API of `nestjs-crossfade`: a written list of names, held by a test.
export { CrossfadeModule } from './nest/crossfade.module.js';
export { CrossfadeDrain } from './nest/crossfade-drain.js';
export { CrossfadeHealth, type FlagsHealth, type StopHealth } from './nest/crossfade-health.js';
export { CROSSFADE_REGISTRY } from './nest/tokens.js';
export type { CrossfadeOptions, FlagsFrom, PresenceFrom, ResyncFrom } from './nest/crossfade-options.js';
export {
  readSettings,
  validateEnvironment,
  type Settings,
  type RedisSettings,
  type UnleashSettings,
} from './nest/settings.js';
export type { GatewaySettings, GatewayTokenSettings } from './nest/gateway-settings.js';
export { optionsFromSettings } from './nest/options-from-settings.js';

export { EventProvider, type StreamOptions } from './routing/event-provider.js';
export { InProcessSource, type InProcessSourceOptions } from './sources/in-process-source.js';
export { EmitterSource, type Emitter, type EmitterSourceOptions } from './sources/emitter-source.js';

export { CrossfadeError, type CrossfadeErrorCode } from './domain/errors.js';
export { UserEvent, type Envelope, type JsonObject } from './domain/user-event.js';
export { isUid, type Chat, type ChannelPrefixes, type Topic } from './domain/topic.js';
export type { LegacyItem, LegacyTuple } from './domain/legacy-item.js';
export type { Mode } from './domain/mode.js';
export type { Route, RouteReason, Cohorts } from './domain/route.js';
export type { Source } from './domain/source.js';
export type { Stage } from './domain/stage.js';
export type { Gap, GapCause } from './domain/gap.js';
export type { Rejection } from './domain/envelope.js';

export type { Clock, Cancel } from './contracts/clock.js';
export type { CohortReader, FlagOrigin, FlagState } from './contracts/cohort-reader.js';
export type { EventSource, SourceSink, SourceSubscription } from './contracts/event-source.js';
export type { Presence, PresenceHold } from './contracts/presence.js';
export type { Resync } from './contracts/resync.js';
export type { ComparingSettings } from './comparing/comparing-settings.js';
export type { RuleSettings } from './comparing/rule-settings.js';
export type { ResyncCallback } from './resync/callback-resync.js';
export type { FirestorePort } from './resync/firestore-port.js';
export type { RedisEndpoint } from './domain/redis-endpoint.js';
export type { Registry as MetricsRegistry } from 'prom-client';
