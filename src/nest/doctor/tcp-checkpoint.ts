import { connect } from 'node:net';
import type { Checkpoint } from './checkpoint.js';
import { fault, ok, type Finding } from './finding.js';

const LIMIT_MS = 3_000;

/** Opens a connection to host and port, and says nothing on it. */
export const tcpCheckpoint: Checkpoint = {
  name: 'tcp',
  needs: ['dns'],
  limitMs: 2 * LIMIT_MS,
  cure: 'Let this machine reach the host and port: same VPC, and a security group that allows it.',
  run({ redis: { host, port }, clock }) {
    const sinceMs = clock.elapsedMs();
    return new Promise<readonly Finding[]>((resolve) => {
      const socket = connect({ host, port });
      const settle = (finding: Finding): void => {
        cancel();
        socket.destroy();
        resolve([finding]);
      };
      const cancel = clock.after(LIMIT_MS, () => {
        settle(unreached(`${host}:${port}`, `no answer within ${LIMIT_MS} ms`));
      });
      socket.once('connect', () => {
        settle(ok(`${host}:${port} takes connections`, clock.elapsedMs() - sinceMs));
      });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        settle(
          error.code === 'ECONNREFUSED'
            ? fault(
                `Nothing listens on ${host}:${port} (ECONNREFUSED)`,
                'Start the Redis, or correct LISTENERS_REDIS_HOST and LISTENERS_REDIS_PORT.',
              )
            : unreached(`${host}:${port}`, error.code ?? 'unknown'),
        );
      });
    });
  },
};

function unreached(where: string, reason: string): Finding {
  return fault(`${where} is not reached (${reason})`, tcpCheckpoint.cure);
}
