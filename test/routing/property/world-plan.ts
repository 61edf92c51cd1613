import type { Source } from '../../../src/domain/source.js';
import type { Stage } from '../../../src/domain/stage.js';

export const UID = 'u1';
export const CHAT = { spaceCode: 's', threadKey: 't' };
export const CHAT_KEY = `${UID}:s:t`;

export type ListType = 'notif.sync' | 'msg.sync';
export const LIST_TYPES = ['notif.sync', 'msg.sync'] as const satisfies readonly ListType[];

/** Something that happened once; each source carries it after a lag of its own. */
export type Truth =
  | { readonly kind: 'message'; readonly atMs: number; readonly text: string; readonly id?: string }
  | { readonly kind: 'list'; readonly atMs: number; readonly type: ListType; readonly items: number }
  | { readonly kind: 'redis_only'; readonly atMs: number };

export interface Emission {
  readonly truth: Truth;
  readonly lagMs: Readonly<Record<Source, number>>;
  /** Redis says the list before this one once more, with its old timestamp: a snapshot that was overtaken */
  readonly overtakes: boolean;
}

/**
 * What can go wrong: Redis is dead, or a canary finds it mute, or the user's presence is lost, or one of the same
 * user is closed elsewhere, so that the publisher is silent; or legacy no longer hears the user.
 */
export type OutageKind = 'link' | 'canary' | 'own_presence' | 'other_presence' | 'legacy';

/** Begins at `startMs`, is noticed `unseenMs` later, and is over after another `seenMs`. */
export interface Outage {
  readonly kind: OutageKind;
  readonly startMs: number;
  readonly unseenMs: number;
  readonly seenMs: number;
}

export interface WorldPlan {
  readonly emissions: readonly Emission[];
  readonly outages: readonly Outage[];
  /** from `open` to `attached` */
  readonly attachMs: Readonly<Record<Source, number>>;
  /** from holding presence to the publisher's having it; undefined where presence does not tell, and is there at once */
  readonly presenceMs: number | undefined;
  /** from presence to the first lists; undefined where the uid is attached elsewhere and gets none */
  readonly firstListsMs: number | undefined;
  /** how far each source's clock is off */
  readonly skewMs: Readonly<Record<Source, number>>;
}

/** A world, and what the flags say in it. */
export interface Schedule {
  readonly plan: WorldPlan;
  /** when the readers come */
  readonly startMs: number;
  readonly first: Stage;
  /** from when the readers came */
  readonly flips: readonly { readonly atMs: number; readonly stage: Stage }[];
}
