import type { Source } from '../domain/source.js';
import type { JsonObject } from '../domain/user-event.js';
import type { EqualBy } from './path.js';

/** How one type, or all types that begin alike, are compared. What is left out keeps the contract's default. */
export interface RuleSettings {
  /** a type, or the beginning of types followed by `*`; the longest that fits applies */
  readonly type: string;
  /** `list`: the whole list as converged state; `event`: one to one; `not`: legacy does not have it */
  readonly compare?: 'list' | 'event' | 'not';
  /** lists: the payload's key of the items */
  readonly items?: string;
  /** lists: the item's key of its id; events: the paths that together identify one, below the envelope */
  readonly identity?: string | readonly string[];
  /** paths that may differ: below an item, a chat message, or else the envelope */
  readonly ignore?: readonly string[];
  /** paths that are equal where the function gives the same */
  readonly equalBy?: Readonly<Record<string, EqualBy>>;
  /** how long a partner is awaited, and how long a list may take to come right; 1 to 600,000 ms */
  readonly windowMs?: number;
  /** lists: how long both sides must have been quiet; 0 to 600,000 ms */
  readonly settleMs?: number;
  /** lists: legacy repeats the list this often while it is not empty, and is silent when it is; 0: says every change */
  readonly legacyRepeatMs?: number;
  /** one user in so many is compared, always the same ones; 1 to 1,000,000 */
  readonly sampleOneIn?: number;
  /** Turns a payload of one's own into the contract's form; undefined: legacy never shows this one. Must be pure. */
  readonly normalise?: (payload: JsonObject, source: Source) => JsonObject | undefined;
}
