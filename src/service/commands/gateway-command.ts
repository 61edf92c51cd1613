import { Command } from 'commander';
import { readEnvironment } from '../read-environment.js';
import { runProcess } from '../run-process.js';

/** `crossfade gateway [--host HOST] [--port PORT]`: stands in the publisher's place before a backend that is not Node. */
export function gatewayCommand(): Command {
  return new Command('gateway')
    .description('serve the publisher’s WebSocket to a backend that is not Node; see docs/gateway.md')
    .option('--host <host>', 'instead of HOST; beyond this machine tokens are required')
    .option('--port <port>', 'instead of PORT')
    .action(async ({ host, port }: { host?: string; port?: string }) => {
      process.env['CROSSFADE_ROLE'] = 'gateway';
      if (host !== undefined) process.env['HOST'] = host;
      if (port !== undefined) process.env['PORT'] = port;
      await runProcess(await readEnvironment());
    });
}
