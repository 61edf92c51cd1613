import { isList } from '../domain/list.js';
import type { MergeSpans } from './event-merge.js';
import { handoverSettings, rememberMs, type HandoverSettings } from './handover-settings.js';
import { Resyncs } from './resyncs.js';
import type { RoutingParts } from './routing-parts.js';
import { Sweep } from './sweep.js';

/** What all streams of a router share. */
export interface RoutingDesk {
  readonly parts: RoutingParts;
  readonly settings: HandoverSettings;
  readonly spans: MergeSpans;
  readonly sweep: Sweep;
  /** undefined without a port to resync by */
  readonly resyncs: Resyncs | undefined;
  /** whether there is a window to merge in; never in legacy mode, where nothing but legacy is ever open */
  readonly merges: boolean;
  /** Whether both sources carry a type one to one. In legacy mode none is. */
  isShared(type: string): boolean;
}

export function routingDesk(parts: RoutingParts): RoutingDesk {
  const settings = handoverSettings(parts.handover);
  const { clock, recorder, resync, limits } = parts;
  return {
    parts,
    settings,
    spans: { windowMs: settings.handoverWindowMs, rememberMs: rememberMs(settings) },
    sweep: new Sweep(clock),
    resyncs:
      resync === undefined ? undefined : new Resyncs(resync, settings.resyncsPerSecond, clock, recorder),
    merges: limits.mode !== 'legacy' && settings.handoverWindowMs > 0,
    isShared: (type) => limits.mode !== 'legacy' && settings.legacyTypes.has(type) && !isList(type),
  };
}
