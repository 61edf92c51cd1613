/** One thread of one space. */
export interface Chat {
  readonly spaceCode: string;
  readonly threadKey: string;
}

/** A user's own events, or one of the user's chats; the same shape as the module's. */
export interface Topic {
  readonly uid: string;
  readonly chat?: Chat;
}

/** Equal for equal topics and for no others. */
export function topicKey({ uid, chat }: Topic): string {
  return chat === undefined ? uid : `${uid}:${chat.spaceCode}:${chat.threadKey}`;
}
