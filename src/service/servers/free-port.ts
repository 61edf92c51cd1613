import { createServer } from 'node:net';

/** A TCP port of the loopback interface that nobody held a moment ago; somebody else may take it before you do. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('The listener has no port.'));
        else resolve(address.port);
      });
    });
  });
}
