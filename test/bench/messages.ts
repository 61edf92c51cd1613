/** What the publisher says; `event` is known by what it says, `chat` by an id of its own. */
export type MessageKind = 'event' | 'chat';

const BYTES = 300;
const STAMP = '2025-09-20T11:44:00.123456+00:00';
export const CHAT = { spaceCode: 'sp1', threadKey: 'th1' };

export function uidOf(user: number): string {
  return `user${user}`;
}

export function channelOf(kind: MessageKind, prefix: string, user: number): string {
  return kind === 'event'
    ? `${prefix}${uidOf(user)}`
    : `${prefix}${uidOf(user)}:${CHAT.spaceCode}:${CHAT.threadKey}`;
}

/** The envelope as the publisher writes it, 300 bytes of ASCII; no two of one user with different numbers are alike. */
export function messageOf(kind: MessageKind, user: number, number: number): string {
  const head = (type: string): string =>
    `{"type": "${type}", "uid": "${uidOf(user)}", "timestamp": "${STAMP}", "payload": `;
  const [before, after] =
    kind === 'event'
      ? [
          `${head('task.progress_update')}{"task_id": "task-${number}", "status": "running", "progress": 42, "data": {"step": "`,
          '"}}}',
        ]
      : [
          `${head('chat.message')}{"space_code": "${CHAT.spaceCode}", "thread_key": "${CHAT.threadKey}", "raw_messages": [{"id": "m-${number}", "message_type": "MESSAGE", "read": false, "content": "`,
          '"}]}}',
        ];
  return before + 'x'.repeat(BYTES - before.length - after.length) + after;
}
