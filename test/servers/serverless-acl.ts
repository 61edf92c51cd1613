import type { Redis } from 'ioredis';

// Every command that a managed Serverless service takes and that anybody here may need; none besides.
const ALLOWED = [
  ...['subscribe', 'unsubscribe', 'publish', 'ssubscribe', 'sunsubscribe', 'spublish'],
  ...['pubsub|channels', 'pubsub|numsub', 'info', 'ping', 'hello', 'auth', 'quit'],
  ...['@string', '@stream', 'del', 'exists', 'expire', 'pexpire', 'ttl', 'pttl', 'eval', 'evalsha'],
].map((command) => `+${command}`);

/** Who may do everything, for what a test does to a Redis. */
export const ADMIN = { username: 'admin', password: 'of this test' } as const;

/** Arguments of a Redis whose default user, which is everybody, may do only what Serverless allows. */
export const SERVERLESS_ARGS: readonly string[] = [
  ...['--user', 'default', 'on', 'nopass', '~*', '&*', '-@all', ...ALLOWED],
  ...['--user', ADMIN.username, 'on', `>${ADMIN.password}`, '~*', '&*', '+@all'],
];

/** What the default user was refused, each once, such as `client|setinfo`. */
export async function refusedCommands(admin: Redis): Promise<readonly string[]> {
  const entries = (await admin.call('ACL', 'LOG', '1000')) as readonly (readonly unknown[])[];
  const refused = entries
    .map((entry) => {
      const at = (name: string): unknown => entry[entry.indexOf(name) + 1];
      return { user: at('username'), reason: at('reason'), what: String(at('object')) };
    })
    .filter(({ user, reason }) => user === 'default' && reason === 'command');
  return [...new Set(refused.map(({ what }) => what))];
}
