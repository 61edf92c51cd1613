import { Command } from 'commander';
import { record } from '../recording/record.js';
import { whole } from './whole.js';

interface RecordFlags {
  readonly url: string;
  readonly token?: string;
  readonly seconds: number;
  readonly out?: string;
  readonly uid: readonly string[];
  readonly values?: boolean;
}

const TOKEN = 'CROSSFADE_ADMIN_OPERATOR_TOKEN';

/** `crossfade record --url URL [--token …]`: writes what a running backend compares as a recording. */
export function recordCommand(): Command {
  return new Command('record')
    .description('record what a running backend compares, for crossfade compare --trace')
    .requiredOption('--url <url>', 'base URL of the backend; one replica, not the load balancer')
    .option('--token <token>', `operator token of its admin API (default: ${TOKEN})`)
    .option('--seconds <n>', 'how long', whole(1, 3_600), 60)
    .option('--out <file>', 'where to (default: standard output)')
    .option('--uid <uid>', 'only this user; may be repeated', (uid, uids: string[]) => [...uids, uid], [])
    .option('--values', 'values too, where the backend has them switched on')
    .action(async ({ url, token, seconds, out, uid, values }: RecordFlags, command: Command) => {
      const secret = token ?? process.env[TOKEN];
      if (secret === undefined || secret === '')
        command.error(`error: no token. Give --token, or set ${TOKEN}.`);
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => {
          stop.abort();
        });
      const request = { url, token: secret, seconds, uids: uid, values: values === true };
      const { lines, dropped } = await record(request, out, stop.signal);
      console.error(`${lines} lines${dropped > 0 ? `, ${dropped} arrivals missing` : ''}`);
    });
}
