import { CrossfadeError } from './errors.js';

/** One thread of one space of a user. */
export interface Chat {
  readonly spaceCode: string;
  readonly threadKey: string;
}

/** What one subscription is about: a user's own events, or one of the user's chats. */
export interface Topic {
  readonly uid: string;
  readonly chat?: Chat;
}

/** How channels are named on Redis; the publisher must use the same prefixes. */
export interface ChannelPrefixes {
  /** before a uid, such as `user:` */
  readonly user: string;
  /** before `{uid}:{space_code}:{thread_key}`, such as `chat:` */
  readonly chat: string;
}

/** The publisher's own, where nothing else is set. */
export const DEFAULT_PREFIXES: ChannelPrefixes = Object.freeze({ user: 'user:', chat: 'chat:' });

const UID = /^[A-Za-z0-9._@|+-]{1,128}$/;
// A colon separates the parts of a channel: a space code that held one would name two channels alike.
// eslint-disable-next-line no-control-regex
const SPACE_CODE = /^[^:\u0000-\u001f\u007f]{1,128}$/;
// eslint-disable-next-line no-control-regex
const THREAD_KEY = /^[^\u0000-\u001f\u007f]{1,256}$/;

/** A uid is 1 to 128 characters of `[A-Za-z0-9._@|+-]`. */
export function isUid(value: unknown): value is string {
  return typeof value === 'string' && UID.test(value);
}

/**
 * Checks what a caller asks for and returns it as a frozen topic.
 * @throws CrossfadeError `invalid_uid` or `invalid_chat`
 */
export function topicOf(uid: unknown, chat?: { spaceCode: unknown; threadKey: unknown }): Topic {
  if (!isUid(uid)) {
    throw new CrossfadeError(
      'invalid_uid',
      'This is no uid.',
      'Give 1 to 128 characters of [A-Za-z0-9._@|+-].',
    );
  }
  if (chat === undefined) return Object.freeze({ uid });
  const { spaceCode, threadKey } = chat;
  if (!matches(spaceCode, SPACE_CODE) || !matches(threadKey, THREAD_KEY)) {
    throw new CrossfadeError(
      'invalid_chat',
      'This is no chat.',
      'Give a spaceCode of 1 to 128 characters without a colon and a threadKey of 1 to 256, neither with control characters.',
    );
  }
  return Object.freeze({ uid, chat: Object.freeze({ spaceCode, threadKey }) });
}

/** The name by which a process knows a topic: equal for equal topics, and for no others. */
export function topicKey(topic: Topic): string {
  return topic.chat === undefined
    ? topic.uid
    : `${topic.uid}:${topic.chat.spaceCode}:${topic.chat.threadKey}`;
}

/** The Pub/Sub channel of a topic. */
export function channelOf(topic: Topic, prefixes: ChannelPrefixes): string {
  return `${topic.chat === undefined ? prefixes.user : prefixes.chat}${topicKey(topic)}`;
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
