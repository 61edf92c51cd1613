import type { Random } from './random.js';
import type { Change, TruthItem } from './truth.js';

const NAMES = [
  'facture',
  'reçu',
  'relevé bancaire',
  "note d'hôtel",
  'ticket 🧾',
  'Rechnung "Müller"',
] as const;
const STATUSES = ['info', 'pending', 'completed', 'error', 'in_queue'] as const;
const FUNCTIONS = ['Router', 'APbookeeper', 'Bankbookeeper', 'HRmanager'] as const;
const COLLECTIONS = ['Société Générique', 'Café du Lac', 'Plain Ltd'] as const;
const INFOS: readonly [TruthItem['info'], ...TruthItem['info'][]] = [
  '',
  'note',
  { a: 1, b: 'x' },
  { amount: 1250, currency: 'CHF', client: "L'Étoile" },
  { pages: [1, 2], checked: true, reviewer: null },
];

/** Makes up a new item, with what a real database leaves out now and then. */
export function inventItem(random: Random, docId: string, micros: number): TruthItem {
  const collection = random.between(0, COLLECTIONS.length - 1);
  return {
    docId,
    fileName: random.chance(0.1) ? undefined : `${random.pick(NAMES)}-${random.between(1, 999)}.pdf`,
    collectionId: `c${collection}`,
    collectionName: COLLECTIONS[collection] ?? COLLECTIONS[0],
    status: random.chance(0.05) ? undefined : random.pick(STATUSES),
    jobId: random.chance(0.05) ? undefined : `job-${docId}`,
    fileId: random.chance(0.5) ? undefined : `file-${docId}`,
    functionName: random.pick(FUNCTIONS),
    // Whole seconds come up as well: then Python writes no fraction.
    writtenMicros: random.chance(0.1) ? Math.floor(micros / 1_000_000) * 1_000_000 : micros,
    timeForm: random.pick(['iso', 'iso', 'iso', 'spaced', 'empty']),
    legacyKnowsTime: random.chance(0.3),
    info: random.pick(INFOS),
    infoMessage: random.chance(0.7) ? undefined : 'à vérifier',
  };
}

/** The same item with another status than before. */
export function changedItem(random: Random, item: TruthItem): TruthItem {
  const others = STATUSES.filter((status) => status !== (item.status ?? 'info'));
  return { ...item, status: random.pick([others[0] ?? 'error', ...others.slice(1)]) };
}

/** Makes up an event of a type that legacy does not have. */
export function inventEvent(random: Random, uid: string, id: string): Change {
  const job = `job-${id}`;
  const event = (type: string, payload: Record<string, unknown>, jobId?: string): Change => ({
    kind: 'event',
    uid,
    type,
    jobId,
    payload,
  });
  switch (random.between(1, 6)) {
    case 1:
      return event(
        'workflow.invoice_update',
        { invoice_changes: { total_amount: 1250, vendor: 'Café du Lac' } },
        job,
      );
    case 2:
      return event(
        'workflow.step_update',
        { step_changes: { APBookeeper_step_status: { step_extract_data: random.between(1, 9) } } },
        job,
      );
    case 3:
      return event('notif.job_updated', {
        job_id: job,
        batch_id: '',
        function_name: random.pick(FUNCTIONS),
        status: random.pick(STATUSES),
        collection_path: `clients/${uid}/notifications`,
      });
    case 4:
      return event('task.progress_update', {
        task_id: `task-${id}`,
        status: 'running',
        progress: random.between(0, 100),
        data: {},
      });
    case 5:
      return event('transaction.status_change', {
        batch_id: `batch-${id}`,
        transaction_changes: { [`tx-${id}`]: 'matched' },
      });
    default:
      return event('space.renamed', { space: `space-${id}`, name: 'Équipe' });
  }
}
