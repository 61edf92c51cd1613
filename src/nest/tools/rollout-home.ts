import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../contracts/clock.js';
import type { CohortWriter } from '../../contracts/cohort-writer.js';
import type { DecisionLog } from '../../contracts/decision-log.js';
import type { EvidenceReader } from '../../contracts/evidence-reader.js';
import type { Lease } from '../../contracts/lease.js';
import type { Notice } from '../../contracts/notice.js';
import { CoordinationRedis } from '../../coordination/coordination-redis.js';
import { FileDecisionLog } from '../../coordination/file-decision-log.js';
import { FileLease } from '../../coordination/file-lease.js';
import { RedisDecisionLog } from '../../coordination/redis-decision-log.js';
import { RedisLease } from '../../coordination/redis-lease.js';
import { WebhookNotice } from '../../coordination/webhook-notice.js';
import { CrossfadeError } from '../../domain/errors.js';
import type { WorstUser } from '../../domain/evidence.js';
import { FlagFileWriter } from '../../flags/flag-file-writer.js';
import { UnleashAdmin } from '../../flags/unleash-admin.js';
import { UnleashWriter } from '../../flags/unleash-writer.js';
import { PrometheusApi } from '../../metrics/prometheus-api.js';
import { PrometheusEvidenceReader } from '../../metrics/prometheus-evidence-reader.js';
import { optionsFromSettings } from '../options-from-settings.js';
import type { Settings } from '../settings.js';
import { worstUsersOf } from './worst-users.js';

/** Where a rollout is kept and acted on, as the settings say. */
export interface RolloutHome {
  readonly log: DecisionLog;
  readonly lease: Lease;
  /** what the replicas share; left out where a folder keeps the rollout */
  readonly redis?: CoordinationRedis;
  close(): Promise<void>;
}

/** The braces keep all keys in one slot, so that a script may touch several. */
const PREFIX = '{crossfade}:';
const CONNECT_MS = 5_000;

/**
 * Opens lease and record: files where a folder is named, else the Redis or Valkey.
 * @throws CrossfadeError `invalid_settings` where the settings name neither
 */
export async function openRolloutHome(settings: Settings, clock: Clock): Promise<RolloutHome> {
  const { folder, leaseMs } = settings.control;
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    return {
      log: new FileDecisionLog({ path: join(folder, 'decisions.jsonl'), clock }),
      lease: new FileLease({ path: join(folder, 'lease.json'), clock, leaseMs }),
      close: () => Promise.resolve(),
    };
  }
  const { redis: endpoint } = optionsFromSettings(settings);
  if (endpoint === undefined) {
    throw refused(
      'A rollout needs a place for its record.',
      'Set LISTENERS_MODE=local or prod, or name a folder by CROSSFADE_CONTROL_FOLDER.',
    );
  }
  const redis = new CoordinationRedis({ endpoint, clock });
  await redis.ready(CONNECT_MS);
  return {
    log: new RedisDecisionLog({ redis: redis.commands, prefix: PREFIX }),
    lease: new RedisLease({ redis: redis.commands, clock, prefix: PREFIX, leaseMs }),
    redis,
    close: () => redis.close(),
  };
}

/** @throws CrossfadeError `invalid_settings` where nothing here may change the flags */
export function writerFor({ unleash, flagsFile }: Settings, clock: Clock): CohortWriter {
  if (flagsFile !== undefined) return new FlagFileWriter(flagsFile);
  if (unleash?.admin === undefined) {
    throw refused(
      'A controller must be able to change the flags.',
      'Set CROSSFADE_UNLEASH_URL, CROSSFADE_UNLEASH_TOKEN, CROSSFADE_UNLEASH_ADMIN_TOKEN and CROSSFADE_UNLEASH_ENVIRONMENT, or CROSSFADE_FLAGS_FILE.',
    );
  }
  const { token, project, environment } = unleash.admin;
  return new UnleashWriter(
    new UnleashAdmin({ url: unleash.url, token: token.reveal(), project, environment, clock }),
  );
}

/** Evidence of the fleet; undefined where no Prometheus is named. */
export function fleetEvidenceFor(settings: Settings, clock: Clock): EvidenceReader | undefined {
  const { prometheus } = settings.control;
  if (prometheus === undefined) return undefined;
  const { url, job } = prometheus;
  const api = new PrometheusApi({ url, clock });
  const worstUsers = (replicas: readonly string[]): Promise<WorstUser[]> => worstUsersOf(replicas, settings);
  return new PrometheusEvidenceReader({ api, clock, job, worstUsers });
}

/** Tells nobody where no webhook is named. */
export function noticeFor(
  { control: { notice } }: Settings,
  clock: Clock,
  onFailure: (message: string) => void,
): Notice {
  if (notice === undefined) return { tell: () => undefined };
  return new WebhookNotice({ url: notice.url.reveal(), secret: notice.secret?.reveal(), clock, onFailure });
}

function refused(problem: string, cure: string): CrossfadeError {
  return new CrossfadeError('invalid_settings', problem, cure);
}
