import { LIST_ITEMS } from '../domain/list.js';
import type { MergeSpans } from './event-merge.js';
import { handoverSettings, rememberMs, type HandoverSettings } from './handover-settings.js';
import type { RedisDoubts } from './redis-doubts.js';
import { Resyncs } from './resyncs.js';
import type { RoutingParts } from './routing-parts.js';
import { StraightWay } from './straight-way.js';
import { Sweep } from './sweep.js';

/** How a type is merged: as a list, or one to one; a type that is neither only Redis carries. */
export type MergedAs = 'list' | 'event';

/** What all streams of a router share. */
export interface RoutingDesk {
  readonly parts: RoutingParts;
  readonly settings: HandoverSettings;
  readonly spans: MergeSpans;
  readonly sweep: Sweep;
  /** what is doubted about Redis as a whole */
  readonly doubts: RedisDoubts;
  /** undefined without a port to resync by */
  readonly resyncs: Resyncs | undefined;
  /** By type; empty in legacy mode, where nothing but legacy is ever open, and without lists where no window is left. */
  readonly mergedAs: ReadonlyMap<string, MergedAs>;
  readonly straightWay: StraightWay;
}

export function routingDesk(parts: RoutingParts, doubts: RedisDoubts): RoutingDesk {
  const settings = handoverSettings(parts.handover);
  const { clock, recorder, resync } = parts;
  const mergedAs = parts.limits.mode === 'legacy' ? new Map<string, MergedAs>() : mergedTypes(settings);
  return {
    parts,
    settings,
    doubts,
    spans: { windowMs: settings.handoverWindowMs, rememberMs: rememberMs(settings) },
    sweep: new Sweep(clock),
    resyncs:
      resync === undefined ? undefined : new Resyncs(resync, settings.resyncsPerSecond, clock, recorder),
    mergedAs,
    straightWay: new StraightWay(mergedAs, recorder),
  };
}

function mergedTypes({ legacyTypes, handoverWindowMs }: HandoverSettings): Map<string, MergedAs> {
  const types = new Map<string, MergedAs>([...legacyTypes].map((type) => [type, 'event']));
  for (const type of LIST_ITEMS.keys()) {
    if (handoverWindowMs > 0) types.set(type, 'list');
    else types.delete(type);
  }
  return types;
}
