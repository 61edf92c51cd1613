import { EventEmitter } from 'node:events';
import { UnleashEvents, type ClientFeaturesResponse, type UnleashConfig } from 'unleash-client';
import { FLAG_NAMES, type Flag } from '../domain/flag.js';
import type { FlagSet } from './flag-set.js';

type Repository = NonNullable<UnleashConfig['repository']>;
type Feature = ClientFeaturesResponse['features'][number];
type Segment = NonNullable<ClientFeaturesResponse['segments']>[number];

/**
 * What unleash-client decides by: the flags that were handed over last. It fetches nothing, writes nothing
 * and has no timer.
 */
export class HeldRepository extends EventEmitter implements Repository {
  private readonly features = new Map<string, Feature>();
  private readonly segments = new Map<number, Segment>();

  /** Replaces both flags at once; from here on they decide. */
  hold(set: FlagSet): void {
    this.segments.clear();
    // The client's types name each operator in an enum that it does not export.
    for (const segment of set.segments) this.segments.set(segment.id, segment as unknown as Segment);
    for (const flag of Object.keys(FLAG_NAMES) as Flag[]) {
      const name = FLAG_NAMES[flag];
      this.features.set(name, { name, ...set.flags[flag] } as unknown as Feature);
    }
    this.emit(UnleashEvents.Ready);
  }

  getToggle(name: string): Feature | undefined {
    return this.features.get(name);
  }

  getToggles(): Feature[] {
    return [...this.features.values()];
  }

  getTogglesWithSegmentData(): ReturnType<Repository['getTogglesWithSegmentData']> {
    return this.getToggles().map((feature) => ({
      ...feature,
      strategies: (feature.strategies ?? []).map((strategy) => ({
        ...strategy,
        segments: (strategy.segments ?? []).map((id) => this.segments.get(id)),
      })),
    }));
  }

  getSegment(id: number): Segment | undefined {
    return this.segments.get(id);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {
    this.removeAllListeners();
  }
}
