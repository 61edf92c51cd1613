import { Command } from 'commander';
import { CrossfadeError } from '../../index.js';
import { readEnvironment } from '../read-environment.js';
import { GatewayUsers } from '../simulator/gateway-users.js';
import { startSimulator } from '../simulator/start-simulator.js';

interface SimulatorFlags {
  readonly host: string;
  readonly port: string;
  readonly users: string;
  readonly rate: string;
  readonly fault: string;
  readonly gateway?: string;
}

/** `crossfade simulator [--gateway URL]`: the outside world as a process of its own, until a signal ends it. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description('run the simulated publisher, and with --gateway the users and the legacy side of a backend')
    .option('--host <host>', 'that the publisher listens on', '127.0.0.1')
    .option('--port <port>', 'of the publisher', '8080')
    .option('--users <n>', 'how many users there are', '200')
    .option('--rate <n>', 'changes per second over all users', '80')
    .option('--fault <faults>', 'such as drop=5%; off for none', 'off')
    .option('--gateway <url>', 'the gateway that the users listen to')
    .action(async ({ host, port, users, rate, fault, gateway }: SimulatorFlags) => {
      const settings = await readEnvironment();
      const { redis } = settings;
      if (redis === undefined)
        throw new CrossfadeError(
          'invalid_settings',
          'The simulator publishes to a Redis, and in mode legacy there is none.',
          'Write LISTENERS_MODE=local, and LISTENERS_REDIS_HOST where it is elsewhere.',
        );
      const simulator = await startSimulator({
        redis: { host: redis.host, port: redis.port },
        host,
        port: Number(port),
        users: Number(users),
        changesPerSecond: Number(rate),
        faults: fault,
        prefixes: settings.prefixes,
        say: (line) => {
          console.log(line);
        },
      });
      const key = settings.gateway.tokens?.key;
      const secret = key !== undefined && 'secret' in key ? key.secret.reveal() : undefined;
      const world = gateway === undefined ? undefined : new GatewayUsers(simulator, { url: gateway, secret });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          world?.close();
          void simulator.stop();
        });
      }
    });
}
