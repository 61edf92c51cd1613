import { PrometheusApi } from '../../metrics/prometheus-api.js';
import type { Checkpoint } from './checkpoint.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';
import { why } from './why.js';

const LIMIT_MS = 4_000;

/** Asks the Prometheus whether it scrapes the replicas, and whether they say what a controller needs. */
export const prometheusCheckpoint: Checkpoint = {
  name: 'prometheus',
  needs: [],
  limitMs: 3 * LIMIT_MS,
  cure: 'See to the Prometheus, and to CROSSFADE_PROMETHEUS_URL.',
  async run({ settings, clock }) {
    const { prometheus } = settings.control;
    if (prometheus === undefined)
      return [skipped('CROSSFADE_PROMETHEUS_URL is missing: evidence is of one process alone')];
    const { url, job } = prometheus;
    const api = new PrometheusApi({ url, clock, timeoutMs: LIMIT_MS });
    try {
      const targets = await api.now(`up{job="${job}"}`, clock.nowMs());
      if (targets.length === 0)
        return [
          fault(
            `Prometheus has no target in the job ${job}`,
            'Add the backends to its scrape_configs under that job, or correct CROSSFADE_PROMETHEUS_JOB.',
          ),
        ];
      const silent = targets.filter(({ value }) => value !== 1).length;
      if (silent > 0) return [unscraped(silent, targets.length)];
      const users = await api.now(`crossfade_users{job="${job}"}`, clock.nowMs());
      const reporting = new Set(users.map(({ replica }) => replica)).size;
      return [scraped(reporting, targets.length, job)];
    } catch (error) {
      // What it says itself repeats the cure; what broke is its cause.
      const reason = why((error as { readonly cause?: unknown }).cause ?? error);
      return [fault(`Prometheus cannot be read (${reason})`, prometheusCheckpoint.cure)];
    }
  },
};

function unscraped(silent: number, all: number): Finding {
  return warning(
    `${silent} of ${all} targets of the job do not answer Prometheus`,
    'Look at its page /targets; nothing widens while a replica is missing. In a deploy, wait.',
  );
}

function scraped(reporting: number, all: number, job: string): Finding {
  if (reporting === all) return ok(`Prometheus scrapes ${all} replicas in the job ${job}`);
  return warning(
    `${all - reporting} of ${all} targets of the job ${job} have no metrics of Crossfade`,
    'Serve the registry that the module counts into at the path that is scraped, and only such processes in this job.',
  );
}
