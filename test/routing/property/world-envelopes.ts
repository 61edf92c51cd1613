import type { Envelope } from '../../../src/domain/user-event.js';
import { CHAT, UID, type ListType, type Truth } from './world-plan.js';

/** What a list says, and when it was read. */
export interface ListState {
  readonly version: number;
  readonly items: number;
  readonly atMs: number;
}

const ITEMS = { 'notif.sync': 'notifications', 'msg.sync': 'messages' } as const;

export function listEnvelope(type: ListType, { version, items }: ListState, stampMs: number): Envelope {
  const text = new Date(Date.parse('2025-01-01T00:00:00Z') + stampMs).toISOString().replace('Z', '000+00:00');
  // An empty list has no version to tell it by: all empty ones are one state.
  const said = Array.from({ length: items }, (_, n) => ({
    doc_id: `d${n}`,
    status: `v${version}`,
    timestamp: text,
  }));
  return envelope(type, { [ITEMS[type]]: said, count: items, timestamp: text });
}

export function chatEnvelope({ id, text }: Extract<Truth, { kind: 'message' }>): Envelope {
  const message = { ...(id === undefined ? {} : { id }), content: text };
  return envelope('chat.message', {
    space_code: CHAT.spaceCode,
    thread_key: CHAT.threadKey,
    raw_messages: [message],
  });
}

export function redisOnlyEnvelope(atMs: number): Envelope {
  return envelope('task.progress_update', { at: atMs });
}

function envelope(type: string, payload: object): Envelope {
  return { type, uid: UID, timestamp: '2025-09-20T11:43:59.500000+00:00', payload };
}
