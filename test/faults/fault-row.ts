import type { FaultStage } from './module-under-test.js';
import type { Scene, SceneOptions } from './scene.js';

/** Ends a fault: what was broken is whole again from then on. */
export type Heal = () => Promise<void> | void;

/** Breaks something in a scene. */
export type Fault = (scene: Scene) => Promise<Heal> | Heal;

/** What a row says of one stage, in the words of the documents. */
export interface RowWords {
  /** what the user gets */
  readonly user: string;
  /** what the metrics say */
  readonly metrics: string;
}

/** One row of the fault table: a fault, what it does in each stage where it differs, and for how long at most. */
export interface FaultRow {
  readonly fault: string;
  readonly words: Partial<Readonly<Record<FaultStage, RowWords>>>;
  readonly apply: Fault;
  /** how long the fault lasts, milliseconds */
  readonly lastsMs: number;
  /** how long it lasts in `npm test`, where that is too long */
  readonly briskMs?: number;
  /** what the scene needs besides; what must be made first is made by `prepare` */
  readonly scene?: Partial<SceneOptions>;
  readonly prepare?: () => Promise<Prepared>;
  /** whether it is seen to be broken; left out where nothing is to be seen */
  readonly isNoticed?: Partial<Readonly<Record<FaultStage, (scene: Scene) => Promise<boolean>>>>;
  /** metrics that must have risen, by the line of a scrape */
  readonly counted?: Partial<Readonly<Record<FaultStage, readonly string[]>>>;
  /** what else must hold at the end, when the books balance */
  readonly also?: (scene: Scene) => Promise<void> | void;
  /** what happens before the books are held against it, once all is whole */
  readonly settle?: (scene: Scene) => Promise<void> | void;
  readonly atMostMs: { readonly noticed?: number; readonly well: number };
}

/** What a row made for its scene, and how it is taken away. */
export interface Prepared {
  readonly scene: Partial<SceneOptions>;
  remove(): Promise<void>;
}

/** What was measured of one row in one stage, milliseconds. */
export interface Figures {
  readonly noticedMs: number | undefined;
  /** from the end of the fault to Redis serving everybody */
  readonly wellMs: number;
  /** the longest that a delivered event took */
  readonly longestMs: number;
  readonly sums: { readonly happened: number; readonly swallowed: number };
}
