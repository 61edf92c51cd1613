import type { JsonObject } from '../domain/user-event.js';
import { isFirestoreTime, type FirestoreDocument } from './firestore-port.js';
import { pythonText } from './python-text.js';
import { pythonTime } from './python-time.js';

/** A notification as the publisher writes it: 14 keys, with its defaults where the database has nothing. */
export function notificationItem(document: FirestoreDocument): JsonObject & { readonly timestamp: string } {
  const data = document.data();
  const fileName = field(data, 'file_name', 'Document');
  const status = field(data, 'status', 'info');
  const jobId = field(data, 'job_id');
  return {
    message: `${fileName} - ${status}`,
    file_name: fileName,
    collection_id: field(data, 'collection_id'),
    collection_name: field(data, 'collection_name'),
    url: `/edit_form/${jobId}`,
    status,
    read: Boolean(data['read']),
    doc_id: document.id,
    job_id: jobId,
    file_id: field(data, 'file_id'),
    function_name: field(data, 'function_name'),
    timestamp: timeText(data['timestamp']),
    additional_info: pythonText(data['additional_info'] ?? ''),
    info_message: field(data, 'info_message'),
  };
}

/** A field that can be written as JSON whatever the database holds; empty counts as absent. */
function field(data: JsonObject, key: string, otherwise = ''): string | number | boolean {
  const value = data[key];
  if (value === undefined || value === null || value === '') return otherwise;
  return typeof value === 'number' || typeof value === 'boolean' ? value : pythonText(value);
}

function timeText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isFirestoreTime(value)) return pythonTime(value.seconds, value.nanoseconds / 1000);
  if (!(value instanceof Date)) return '';
  const seconds = Math.floor(value.getTime() / 1000);
  return pythonTime(seconds, (value.getTime() - seconds * 1000) * 1000);
}
