import type { Chat } from './topic.js';

/**
 * One notification or message as the database has it. A change makes a new one, so that two that are the
 * same object say the same. What is undefined is absent there.
 */
export interface TruthItem {
  readonly docId: string;
  readonly fileName: string | undefined;
  readonly collectionId: string;
  readonly collectionName: string;
  readonly status: string | undefined;
  readonly jobId: string | undefined;
  readonly fileId: string | undefined;
  readonly functionName: string;
  readonly writtenMicros: number;
  /** how the publisher happens to write the item's time */
  readonly timeForm: 'iso' | 'spaced' | 'empty';
  /** whether legacy reads the time, or the year 0001 */
  readonly legacyKnowsTime: boolean;
  readonly info: string | Readonly<Record<string, unknown>>;
  readonly infoMessage: string | undefined;
}

/** The two lists of a user. */
export type ListName = 'notifications' | 'messages';

/** The type that carries each list on Redis. */
export const LIST_TYPES = {
  notifications: 'notif.sync',
  messages: 'msg.sync',
} as const satisfies Record<ListName, string>;

export interface ChatMessage {
  readonly id: string;
  readonly content: string;
  readonly message_type: string;
  readonly read: boolean;
  readonly timestamp: string;
}

/** What the world has of one user. */
export interface UserTruth {
  readonly uid: string;
  readonly lists: Record<ListName, readonly TruthItem[]>;
  readonly chats: readonly [Chat, ...Chat[]];
}

/** Something that happened to one user. */
export type Change =
  | { readonly kind: 'list'; readonly uid: string; readonly list: ListName }
  | {
      readonly kind: 'chat';
      readonly uid: string;
      /** undefined: a message that names neither space nor thread */
      readonly chat: Chat | undefined;
      /** a conversation: each message this many milliseconds after the change */
      readonly messages: readonly { readonly afterMs: number; readonly content: string }[];
    }
  | {
      readonly kind: 'event';
      readonly uid: string;
      readonly type: string;
      /** workflow events carry it beside the payload */
      readonly jobId: string | undefined;
      readonly payload: Readonly<Record<string, unknown>>;
    };
