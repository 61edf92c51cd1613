import { createServer } from 'node:http';
import { Command } from 'commander';
import { CrossfadeError, readSettings } from '../../index.js';
import {
  decisionText,
  reasonText,
  runControl,
  verdictText,
  type LookOutcome,
  type RunningControl,
} from '../../tools.js';

/** `crossfade control`: a controller as a process of its own, until it is told to end. */
export function controlCommand(): Command {
  return new Command('control')
    .description('run a controller: it widens on good evidence, rolls back on harm, and holds on doubt')
    .option('--metrics <port>', "serve the controller's metrics on this port, at /metrics")
    .option('--json', 'print each look as one JSON object a line')
    .action(async ({ json, metrics }: { readonly json?: boolean; readonly metrics?: string }) => {
      const settings = readSettings(process.env);
      for (const warning of settings.warnings) console.error(`warning: ${warning}`);
      let said = '';
      const control = await runControl({
        settings,
        onFailure: (message) => {
          console.error(message);
        },
        onLook: (outcome) => {
          const line = json === true ? JSON.stringify(outcome) : lookText(outcome);
          // The same again and again is said once.
          if (json === true || line !== said) console.log(line);
          said = line;
        },
      });
      if (json !== true) console.log(`Controlling by the plan ${control.plan}.`);
      const server =
        metrics === undefined ? undefined : serveMetrics(control, Number(metrics), settings.http.host);
      await untilTold();
      server?.close();
      await control.close();
    });
}

function lookText(outcome: LookOutcome): string {
  switch (outcome.kind) {
    case 'idle':
      return `idle: ${reasonText(outcome.reason)}`;
    case 'looked':
      return verdictText({
        ...outcome.verdict,
        reasons: outcome.verdict.reasons.map(({ code, detail, users }) => ({
          code,
          ...(detail !== undefined && { detail }),
          ...(users && { users }),
        })),
      });
    case 'decided':
      return decisionText(outcome.decision);
  }
}

function serveMetrics({ registry }: RunningControl, port: number, host: string) {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CrossfadeError('invalid_settings', `${port} is no port.`, 'Give one from 0 to 65535.');
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void registry
      .metrics()
      .then((text) => response.setHeader('content-type', registry.contentType).end(text));
  });
  return server.listen(port, host);
}

/** The controller's own timers keep no process alive. */
function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  });
}
