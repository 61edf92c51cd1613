import type { Examination } from './examination.js';
import type { Finding, Mark } from './finding.js';

/** The checkpoints in the order in which they are looked at. */
export const CHECKPOINTS = [
  'settings',
  'dns',
  'tcp',
  'tls',
  'authentication',
  'db',
  'commands',
  'round_trip',
  'publisher',
  'prefix',
  'presence',
  'stop',
  'flags',
  'prometheus',
  'firestore',
] as const;

export type CheckpointName = (typeof CHECKPOINTS)[number];

/** One thing that must hold before users are moved. */
export interface Checkpoint {
  readonly name: CheckpointName;
  /** where one of these found a fault this one is skipped, and names it */
  readonly needs: readonly CheckpointName[];
  /** who has not answered by then never will, milliseconds */
  readonly limitMs: number;
  /** what to do where the time is over, or something broke that no finding describes */
  readonly cure: string;
  /** May reject: then that is the fault, with the cure above. */
  run(examination: Examination): Promise<readonly Finding[]>;
}

/** What came of one checkpoint. */
export interface CheckpointReport {
  readonly name: CheckpointName;
  /** the worst of its findings */
  readonly mark: Mark;
  readonly tookMs: number;
  /** never empty */
  readonly findings: readonly Finding[];
}

/** What came of all. */
export interface DoctorReport {
  /** no checkpoint found a fault */
  readonly ok: boolean;
  /** in the order of `CHECKPOINTS` */
  readonly checkpoints: readonly CheckpointReport[];
}
