import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from '../../src/service/servers/find-program.js';
import type { Program } from '../../src/service/servers/program.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { startServer } from '../../src/service/servers/start-server.js';

const PROMETHEUS: Program = {
  name: 'Prometheus',
  commands: ['prometheus'],
  packages: ['prometheus'],
  services: ['prometheus', 'prometheus-node-exporter'],
  cures: ['Install one: apt-get install --no-install-recommends prometheus.'],
};

export interface TestPrometheusOptions {
  /** further jobs: their targets and the path of the metrics, by default /metrics */
  readonly jobs?: Readonly<Record<string, { readonly targets: readonly string[]; readonly path?: string }>>;
  /** text of a file of rules, which are evaluated every second */
  readonly rules?: string;
}

/** A real Prometheus that scrapes these targets (`host:port`) every second as the job `crossfade`. */
export async function startTestPrometheus(
  targets: readonly string[],
  { jobs = {}, rules }: TestPrometheusOptions = {},
): Promise<RunningServer> {
  const say = (): undefined => undefined;
  const found = await findProgram(PROMETHEUS, { env: process.env, say });
  const home = await mkdtemp(join(tmpdir(), 'crossfade-prometheus-'));
  const config = join(home, 'prometheus.yml');
  if (rules !== undefined) await writeFile(join(home, 'rules.yml'), rules);
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: rules === undefined ? [] : [join(home, 'rules.yml')],
      scrape_configs: Object.entries({ crossfade: { targets }, ...jobs }).map(([job_name, job]) => ({
        job_name,
        metrics_path: 'path' in job ? job.path : '/metrics',
        static_configs: [{ targets: job.targets }],
      })),
    }),
  );
  return startServer({
    program: PROMETHEUS,
    found,
    env: process.env,
    say,
    args: (port, folder) => [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    answers: async (port) => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
  });
}

/** The promtool that comes with it; installed where it is not. */
export async function findPromtool(): Promise<string> {
  const { command } = await findProgram(PROMETHEUS, { env: process.env, say: () => undefined });
  return join(dirname(command), 'promtool');
}
