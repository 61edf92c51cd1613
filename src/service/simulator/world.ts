import { changedItem, inventEvent, inventItem } from './invention.js';
import type { Random } from './random.js';
import type { Chat, Topic } from './topic.js';
import type { Change, ListName, TruthItem, UserTruth } from './truth.js';

export interface WorldOptions {
  /** the population; anybody else who is looked at becomes a guest */
  readonly uids: readonly string[];
  readonly random: Random;
  /** microseconds since 1970 */
  readonly micros: () => number;
}

/** `user1` to `userN`. */
export function populationUids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `user${index + 1}`);
}

const BOUNDS = { notifications: { min: 1, max: 50 }, messages: { min: 0, max: 8 } } as const;
const HABITUAL_CHATS: readonly [Chat, Chat] = [
  { spaceCode: 'sp1', threadKey: 'th1' },
  { spaceCode: 'sp1', threadKey: 'th2' },
];
const MAX_GUESTS = 1_000;
const MAX_CHATS = 20;
// A guest is somebody whom a person watches: that person should not have to wait.
const GUEST_SHARE = 0.2;

interface MutableUser {
  readonly uid: string;
  readonly lists: Record<ListName, TruthItem[]>;
  chats: readonly [Chat, ...Chat[]];
}

/** The database of the outside world: who there is, what they have, and how it changes. */
export class World {
  private readonly users = new Map<string, MutableUser>();
  private readonly population: readonly MutableUser[];
  private readonly guests: MutableUser[] = [];
  private nextId = 0;

  constructor(private readonly options: WorldOptions) {
    this.population = options.uids.map((uid) => this.settle(uid));
  }

  /** What a user has; empty lists for somebody whom the world does not know. Each list is replaced, never changed. */
  user(uid: string): UserTruth {
    return this.users.get(uid) ?? { uid, lists: { notifications: [], messages: [] }, chats: HABITUAL_CHATS };
  }

  /** Somebody looks at this topic: it takes part from now on, while there is room. */
  join({ uid, chat }: Topic): void {
    let user = this.users.get(uid);
    if (user === undefined) {
      if (this.guests.length >= MAX_GUESTS) return;
      user = this.settle(uid);
      this.guests.push(user);
    }
    if (chat === undefined || user.chats.length >= MAX_CHATS) return;
    const isKnown = user.chats.some((c) => c.spaceCode === chat.spaceCode && c.threadKey === chat.threadKey);
    if (!isKnown) user.chats = [...user.chats, chat];
  }

  /** Something happens to somebody, or to nobody where there is nobody. */
  change(): Change | undefined {
    const user = this.somebody();
    if (user === undefined) return undefined;
    const { random } = this.options;
    const dice = random.next();
    if (dice < 0.45) return this.changeList(user, 'notifications');
    if (dice < 0.55) return this.changeList(user, 'messages');
    if (dice < 0.85) return this.converse(user);
    return inventEvent(random, user.uid, this.newId());
  }

  private somebody(): MutableUser | undefined {
    const { random } = this.options;
    const isGuest = this.guests.length > 0 && (this.population.length === 0 || random.chance(GUEST_SHARE));
    const crowd = isGuest ? this.guests : this.population;
    return crowd[random.between(0, crowd.length - 1)];
  }

  /** One item is added, changed, or read (and so no longer unread: it leaves the list). */
  private changeList(user: MutableUser, list: ListName): Change {
    const { random } = this.options;
    const items = user.lists[list];
    const { min, max } = BOUNDS[list];
    const index = random.between(0, items.length - 1);
    const item = items[index];
    const dice = random.next();
    if (item === undefined || items.length <= min || (dice < 0.4 && items.length < max)) {
      user.lists[list] = [...items, this.newItem(list)];
    } else if (dice < 0.7) {
      user.lists[list] = items.with(index, changedItem(random, item));
    } else {
      user.lists[list] = items.toSpliced(index, 1);
    }
    return { kind: 'list', uid: user.uid, list };
  }

  private converse(user: MutableUser): Change {
    const { random } = this.options;
    let afterMs = 0;
    const messages = Array.from({ length: random.between(1, 3) }, (_, index) => {
      if (index > 0) afterMs += random.between(20, 400);
      return { afterMs, content: `Ça va? ${this.newId()}` };
    });
    const chat = random.chance(0.3) ? undefined : random.pick(user.chats);
    return { kind: 'chat', uid: user.uid, chat, messages };
  }

  private settle(uid: string): MutableUser {
    const { random } = this.options;
    const items = (list: ListName, count: number) => Array.from({ length: count }, () => this.newItem(list));
    const user: MutableUser = {
      uid,
      lists: {
        // Most people have a few, some have many.
        notifications: items(
          'notifications',
          random.chance(0.1) ? random.between(20, 50) : random.between(1, 12),
        ),
        messages: items('messages', random.chance(0.5) ? 0 : random.between(1, 4)),
      },
      chats: HABITUAL_CHATS,
    };
    this.users.set(uid, user);
    return user;
  }

  private newItem(list: ListName): TruthItem {
    return inventItem(this.options.random, `${list[0] ?? ''}${this.newId()}`, this.options.micros());
  }

  private newId(): string {
    return (this.nextId++).toString(36).padStart(4, '0');
  }
}
