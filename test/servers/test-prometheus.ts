import { writeFile } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A real Prometheus that scrapes these targets (`host:port`) every second as the job `crossfade`. */
export async function startTestPrometheus(targets: readonly string[]): Promise<RunningServer> {
  const say = (): undefined => undefined;
  const found = await findProgram(PROMETHEUS, { env: process.env, say });
  const config = join(await mkdtemp(join(tmpdir(), 'crossfade-prometheus-')), 'prometheus.yml');
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'crossfade', static_configs: [{ targets }] }],
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
