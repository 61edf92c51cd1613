import { pythonJson, pythonRepr } from './python-json.js';
import { naivePythonTime, pythonTime, spacedPythonTime } from './python-time.js';
import type { Topic } from './topic.js';
import { LIST_TYPES, type ChatMessage, type ListName, type TruthItem } from './truth.js';

/** What the publisher says once, before it is written as text. */
export interface Publication {
  readonly topic: Topic;
  readonly type: string;
  /** when it was said, microseconds since 1970 */
  readonly saidMicros: number;
  readonly body: PublicationBody;
  /** legacy was told the same thing: a comparison will look for it */
  readonly toldLegacy: boolean;
}

export type PublicationBody =
  | {
      readonly kind: 'list';
      readonly list: ListName;
      /** what the publisher read; each message of one list reads it anew */
      readonly items: readonly TruthItem[];
      readonly readMicros: number;
    }
  | { readonly kind: 'chat'; readonly message: ChatMessage }
  | {
      readonly kind: 'event';
      readonly jobId: string | undefined;
      readonly payload: Readonly<Record<string, unknown>>;
    };

/** The exact text that the publisher sends. */
export function wireText({ topic, type, saidMicros, body }: Publication): string {
  const timestamp = type === 'notif.job_updated' ? naivePythonTime(saidMicros) : pythonTime(saidMicros);
  // The order of keys is the publisher's, and readers rely on its head.
  if (body.kind === 'event') {
    return pythonJson({ type, uid: topic.uid, job_id: body.jobId, timestamp, payload: body.payload });
  }
  return pythonJson({
    type,
    uid: topic.uid,
    timestamp,
    payload: body.kind === 'list' ? listPayload(body) : chatPayload(topic, body.message),
  });
}

/** The same with one value changed, or undefined where there is nothing to change: an empty list says nothing. */
export function altered(publication: Publication, index: number): Publication | undefined {
  const { body } = publication;
  switch (body.kind) {
    case 'list': {
      const item = body.items[index % body.items.length];
      if (item === undefined) return undefined;
      const items = body.items.with(index % body.items.length, { ...item, status: ALTERED });
      return { ...publication, body: { ...body, items } };
    }
    case 'chat': {
      const message = { ...body.message, content: `${body.message.content} (${ALTERED})` };
      return { ...publication, body: { ...body, message } };
    }
    case 'event':
      return { ...publication, body: { ...body, payload: { ...body.payload, status: ALTERED } } };
  }
}

const ALTERED = 'altered';

function listPayload({ list, items, readMicros }: Extract<PublicationBody, { kind: 'list' }>) {
  const newestFirst = [...items].sort((a, b) => b.writtenMicros - a.writtenMicros);
  const written = newestFirst.map((item) => publishedItem(list, item));
  return { [list]: written, count: written.length, timestamp: pythonTime(readMicros) };
}

/** An item with the publisher's defaults in place of what is absent. */
function publishedItem(list: ListName, item: TruthItem): Record<string, unknown> {
  const { fileName = 'Document', status = 'info', jobId = '', info } = item;
  return {
    message: `${fileName} - ${status}`,
    file_name: fileName,
    collection_id: item.collectionId,
    collection_name: item.collectionName,
    url: `/edit_form/${jobId}`,
    status,
    read: list === 'notifications' ? false : undefined,
    doc_id: item.docId,
    job_id: jobId,
    file_id: item.fileId ?? '',
    function_name: item.functionName,
    timestamp: publishedTime(item),
    additional_info: typeof info === 'string' ? info : pythonRepr(info),
    info_message: list === 'notifications' ? (item.infoMessage ?? '') : undefined,
  };
}

function publishedTime({ timeForm, writtenMicros }: TruthItem): string {
  if (timeForm === 'empty') return '';
  return timeForm === 'spaced' ? spacedPythonTime(writtenMicros) : pythonTime(writtenMicros);
}

function chatPayload({ chat }: Topic, message: ChatMessage) {
  return { space_code: chat?.spaceCode ?? '', thread_key: chat?.threadKey ?? '', raw_messages: [message] };
}

/** A list as the publisher has just read it. */
export function listPublication(
  uid: string,
  list: ListName,
  items: readonly TruthItem[],
  toldLegacy: boolean,
  micros: () => number,
): Publication {
  const body = { kind: 'list', list, items, readMicros: micros() } as const;
  return { topic: { uid }, type: LIST_TYPES[list], body, toldLegacy, saidMicros: micros() };
}
