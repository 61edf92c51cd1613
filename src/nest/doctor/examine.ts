import type { Clock } from '../../contracts/clock.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { topicOf } from '../../domain/topic.js';
import type { FirestorePort } from '../../resync/firestore-port.js';
import { authenticationCheckpoint } from './authentication-checkpoint.js';
import type { Checkpoint, CheckpointName, CheckpointReport, DoctorReport } from './checkpoint.js';
import { commandsCheckpoint } from './commands-checkpoint.js';
import { dbCheckpoint } from './db-checkpoint.js';
import { dnsCheckpoint } from './dns-checkpoint.js';
import { Examination } from './examination.js';
import { fault, skipped, worstOf, type Finding } from './finding.js';
import { firestoreCheckpoint } from './firestore-checkpoint.js';
import { flagsCheckpoint } from './flags-checkpoint.js';
import { prefixCheckpoint } from './prefix-checkpoint.js';
import { presenceCheckpoint } from './presence-checkpoint.js';
import { prometheusCheckpoint } from './prometheus-checkpoint.js';
import { publisherCheckpoint } from './publisher-checkpoint.js';
import { roundTripCheckpoint } from './round-trip-checkpoint.js';
import { checkSettings, faultOfStart } from './settings-check.js';
import { stopCheckpoint } from './stop-checkpoint.js';
import { tcpCheckpoint } from './tcp-checkpoint.js';
import { tlsCheckpoint } from './tls-checkpoint.js';
import { why } from './why.js';

export interface ExamineOptions {
  /** the environment as a backend reads it */
  readonly env: Readonly<Record<string, unknown>>;
  /** whose presence may be opened for some seconds, never of a chat; left out: nobody's */
  readonly uid?: string;
  /** the host's own client, where it re-reads from Firestore */
  readonly firestore?: FirestorePort;
  /** told of each checkpoint as soon as it was looked at */
  readonly onReport?: (report: CheckpointReport) => void;
  readonly clock?: Clock;
}

/** Everything after the settings, in the order of `CHECKPOINTS`. */
const AFTER_SETTINGS: readonly Checkpoint[] = [
  dnsCheckpoint,
  tcpCheckpoint,
  tlsCheckpoint,
  authenticationCheckpoint,
  dbCheckpoint,
  commandsCheckpoint,
  roundTripCheckpoint,
  publisherCheckpoint,
  prefixCheckpoint,
  presenceCheckpoint,
  stopCheckpoint,
  flagsCheckpoint,
  prometheusCheckpoint,
  firestoreCheckpoint,
];

/**
 * Looks at everything that must hold before users are moved, one after the other, each with a time limit of its
 * own. Changes nothing but keys and channels of its own, which end by themselves; leaves nothing open.
 * @throws CrossfadeError `invalid_uid`
 */
export async function examine(options: ExamineOptions): Promise<DoctorReport> {
  const { env, uid, firestore, onReport, clock = new SystemClock() } = options;
  if (uid !== undefined) topicOf(uid);
  const checkpoints: CheckpointReport[] = [];
  const note = (report: CheckpointReport): void => {
    checkpoints.push(report);
    onReport?.(report);
  };
  const startedAtMs = clock.elapsedMs();
  const { settings, findings } = checkSettings(env);
  let examination: Examination | undefined;
  const unstarted: Finding[] = [];
  if (settings !== undefined && settings.mode !== 'legacy') {
    try {
      examination = new Examination(settings, clock, uid, firestore);
    } catch (error) {
      unstarted.push(faultOfStart(error));
    }
  }
  const all = [...findings, ...unstarted];
  note({ name: 'settings', mark: worstOf(all), tookMs: clock.elapsedMs() - startedAtMs, findings: all });
  const reason =
    settings?.mode === 'legacy'
      ? 'Mode legacy contacts nothing; LISTENERS_MODE=local or prod for this command alone looks ahead'
      : because('settings');
  const blocked = new Map<CheckpointName, string>();
  try {
    for (const checkpoint of AFTER_SETTINGS)
      note(
        examination === undefined
          ? left(checkpoint, reason)
          : await examineOne(checkpoint, examination, blocked),
      );
  } finally {
    await examination?.close();
  }
  return { ok: checkpoints.every(({ mark }) => mark !== 'fault'), checkpoints };
}

async function examineOne(
  checkpoint: Checkpoint,
  examination: Examination,
  blocked: Map<CheckpointName, string>,
): Promise<CheckpointReport> {
  const { name, needs } = checkpoint;
  const root = needs.map((each) => blocked.get(each)).find((each) => each !== undefined);
  if (root !== undefined) {
    blocked.set(name, root);
    return left(checkpoint, root);
  }
  const { clock } = examination;
  const sinceMs = clock.elapsedMs();
  const findings = await withinLimit(checkpoint, examination);
  const mark = worstOf(findings);
  if (mark === 'fault') blocked.set(name, because(name));
  return { name, mark, tookMs: clock.elapsedMs() - sinceMs, findings };
}

/** Never rejects and never hangs. */
async function withinLimit(checkpoint: Checkpoint, examination: Examination): Promise<readonly Finding[]> {
  const { limitMs, cure } = checkpoint;
  let cancel = (): void => undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    cancel = examination.clock.after(limitMs, () => {
      resolve([fault(`It did not finish within ${limitMs / 1000} s`, cure)]);
    });
  });
  const work = checkpoint
    .run(examination)
    .catch((error: unknown) => [fault(`It broke off (${why(error)})`, cure)]);
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

function because(name: CheckpointName): string {
  return `Not looked at, because of the fault in ${name}`;
}

function left({ name }: Checkpoint, reason: string): CheckpointReport {
  return { name, mark: 'skipped', tookMs: 0, findings: [skipped(reason)] };
}
