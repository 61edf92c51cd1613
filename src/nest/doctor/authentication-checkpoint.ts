import { RedisProbe, RedisRefusal } from '../../sources/redis-probe.js';
import type { Checkpoint } from './checkpoint.js';
import type { Examination } from './examination.js';
import { fault, ok, warning, type Finding } from './finding.js';
import { why } from './why.js';

/** for each single answer of Redis */
const ANSWER_MS = 3_000;

/** Opens two connections as the module does, logs in as it does, and asks whether the door is open. */
export const authenticationCheckpoint: Checkpoint = {
  name: 'authentication',
  needs: ['tcp', 'tls'],
  limitMs: 4 * ANSWER_MS,
  cure: 'See whether this is a Redis or Valkey at all, and whether it wants TLS: LISTENERS_REDIS_TLS=true.',
  async run(examination) {
    const opened: RedisProbe[] = [];
    for (let count = 0; count < 2; count++) {
      try {
        const probe = examination.keep(await RedisProbe.connect(examination.endpoint, ANSWER_MS));
        opened.push(probe);
        const finding = await logIn(probe, examination);
        if (finding.mark === 'fault') return [finding];
        if (opened.length === 2) {
          const [commands, listener] = opened as [RedisProbe, RedisProbe];
          examination.connections = { commands, listener };
          return [finding];
        }
      } catch (error) {
        return [fault(`Redis does not answer (${why(error)})`, authenticationCheckpoint.cure)];
      }
    }
    return [];
  },
};

async function logIn(probe: RedisProbe, { endpoint: { username, password } }: Examination): Promise<Finding> {
  const who = username === undefined ? 'the default user' : `the user ${username}`;
  const needsNone = password !== undefined && password !== '' && (await auth(probe, username, password));
  if (needsNone instanceof RedisRefusal) return refusedPassword(who, needsNone);
  try {
    await probe.ask('PING');
  } catch (error) {
    if (error instanceof RedisRefusal) return refusedDoor(who, error);
    throw error;
  }
  if (needsNone === 'needs none')
    return warning(
      'Redis asks for no password, and one is set',
      'Remove LISTENERS_REDIS_PASSWORD, or see whether this is the Redis that is meant.',
    );
  return ok(
    password === undefined || password === '' ? 'No password, and none is asked' : `${who} is let in`,
  );
}

/** Never shows what Redis answers to a password but for its first word. */
async function auth(
  probe: RedisProbe,
  username: string | undefined,
  password: string,
): Promise<RedisRefusal | 'let in' | 'needs none'> {
  try {
    await probe.ask('AUTH', ...(username === undefined ? [password] : [username, password]));
    return 'let in';
  } catch (error) {
    if (!(error instanceof RedisRefusal)) throw error;
    return /without any password configured|no password is set/i.test(error.message) ? 'needs none' : error;
  }
}

function refusedPassword(who: string, { word }: RedisRefusal): Finding {
  return fault(
    `Redis refuses the password of ${who} (${word})`,
    'Correct LISTENERS_REDIS_PASSWORD and LISTENERS_REDIS_USERNAME; a managed Serverless has neither.',
  );
}

function refusedDoor(who: string, { word }: RedisRefusal): Finding {
  switch (word) {
    case 'NOAUTH':
      return fault('Redis asks for a password, and none is set', 'Write LISTENERS_REDIS_PASSWORD.');
    case 'NOPERM':
      return fault(`${who} may not PING`, `Allow it at the Redis: ACL SETUSER … +ping.`);
    case 'DENIED':
      return fault(
        'Redis is in protected mode and takes only its own machine (DENIED)',
        'Give it a password, or let it listen without protected mode inside a closed network.',
      );
    case 'LOADING':
    case 'MASTERDOWN':
      return fault(`Redis is there and does not serve yet (${word})`, 'Wait until it does, and ask again.');
    default:
      return fault(`Redis does not let anybody in (${word})`, 'Look at its log.');
  }
}
