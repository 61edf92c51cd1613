/** The event types that the contract names; any other is delivered all the same, and counted as `other`. */
export const KNOWN_TYPES = [
  'notif.sync',
  'msg.sync',
  'chat.message',
  'workflow.invoice_update',
  'workflow.step_update',
  'notif.job_updated',
  'task.progress_update',
  'transaction.status_change',
  'notif.add',
  'notif.update',
  'notif.remove',
] as const;

/** A type as a metric's label value: from a closed list, so that no publisher can make labels grow. */
export type TypeLabel = (typeof KNOWN_TYPES)[number] | 'other';

export const TYPE_LABELS: readonly TypeLabel[] = [...KNOWN_TYPES, 'other'];

const LABELS: ReadonlyMap<string, TypeLabel> = new Map(KNOWN_TYPES.map((type) => [type, type]));

export function typeLabel(type: string): TypeLabel {
  return LABELS.get(type) ?? 'other';
}
