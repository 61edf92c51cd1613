import type { Random } from './random.js';
import { pythonTime } from './python-time.js';
import type { Chat } from './topic.js';
import type { ChatMessage, ListName, TruthItem } from './truth.js';

/** An item of the legacy queue: which listener spoke, and what it said. */
export type LegacyTuple = readonly [listener: string, payload: Readonly<Record<string, unknown>>];

const YEAR_ONE = '0001-01-01T00:00:00+00:00';
const SHOWN_TYPES: ReadonlySet<string> = new Set([
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

/** A list as legacy says it: its own order, what is absent left as null, and Python's `None` in the texts made of it. */
export function legacyList(
  list: ListName,
  items: readonly TruthItem[],
  legacyMicros: number,
  random: Random,
): LegacyTuple {
  const written = random.shuffled(items).map((item) => legacyItem(list, item, random));
  const payload = { [list]: written, count: written.length, timestamp: pythonTime(legacyMicros) };
  return list === 'notifications'
    ? [list, payload]
    : [list, { ...payload, new_message: true, has_new_messages: true }];
}

/** One chat message as legacy says it. */
export function legacyChat(chat: Chat | undefined, message: ChatMessage): LegacyTuple {
  const { spaceCode = '', threadKey = '' } = chat ?? {};
  return [
    `chat_${spaceCode}_${threadKey}`,
    { space_code: spaceCode, thread_key: threadKey, raw_messages: [message] },
  ];
}

/** Legacy shows only unread messages of the types it knows. */
export function isShownByLegacy({ read, message_type: type }: ChatMessage): boolean {
  return !read && SHOWN_TYPES.has(type);
}

function legacyItem(list: ListName, item: TruthItem, random: Random): Record<string, unknown> {
  const { fileName = null, status = null, jobId = null } = item;
  const common = {
    message: `${fileName ?? 'None'} - ${status ?? 'None'}`,
    file_name: fileName,
    collection_id: item.collectionId,
    collection_name: item.collectionName,
    url: `/edit_form/${jobId ?? 'None'}`,
    status,
    doc_id: item.docId,
    job_id: jobId,
    file_id: item.fileId ?? null,
    function_name: item.functionName,
    timestamp: item.legacyKnowsTime ? pythonTime(item.writtenMicros) : YEAR_ONE,
    additional_info: item.info,
  };
  if (list === 'messages') return common;
  return { ...common, read: random.chance(0.2) ? null : false, info_message: item.infoMessage ?? null };
}
