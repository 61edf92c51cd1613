import type { JsonObject } from '../domain/user-event.js';

/** The chat message types that legacy shows; it shows them only while they are unread. */
const SHOWN_TYPES: ReadonlySet<unknown> = new Set([
  'MESSAGE',
  'CARD',
  'TOOL',
  'CMMD',
  'FOLLOW_MESSAGE',
  'WAITING_MESSAGE',
  'WORKFLOW',
  'CLOSE_INTERMEDIATION',
  'CARD_CLICKED_PINNOKIO',
]);

/** Whether legacy shows a chat message; where `read` is missing it counts as read. */
export function isShownByLegacy(message: JsonObject): boolean {
  return message['read'] === false && SHOWN_TYPES.has(message['message_type']);
}
