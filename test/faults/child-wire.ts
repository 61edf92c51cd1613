import type { Gap } from '../../src/domain/gap.js';
import type { LegacyItem, LegacyTuple } from '../../src/domain/legacy-item.js';
import type { Source } from '../../src/domain/source.js';
import type { Topic } from '../../src/domain/topic.js';
import type { Envelope } from '../../src/domain/user-event.js';
import type { ModuleWish } from './module-under-test.js';

/** What a test tells the process of its module. */
export type ToChild =
  | { readonly say: 'start'; readonly wish: ModuleWish }
  | { readonly say: 'push'; readonly uid: string; readonly item: LegacyItem }
  | { readonly say: 'ask'; readonly id: number; readonly what: 'metrics' | 'close' }
  | { readonly say: 'reread'; readonly id: number; readonly items: readonly LegacyTuple[] | null };

/** What the process of the module tells its test. */
export type ToParent =
  | { readonly say: 'ready' }
  | { readonly say: 'failed'; readonly problem: string }
  | { readonly say: 'delivered'; readonly uid: string; readonly envelope: Envelope }
  | { readonly say: 'gap'; readonly gap: Gap }
  | { readonly say: 'starts'; readonly topic: Topic }
  | { readonly say: 'reread'; readonly id: number; readonly topic: Topic }
  | { readonly say: 'served'; readonly served: readonly (Source | null)[] }
  | { readonly say: 'metrics'; readonly id: number; readonly text: string }
  | { readonly say: 'close'; readonly id: number };
