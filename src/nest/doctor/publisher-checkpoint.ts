import { isJsonObject, type JsonObject } from '../../domain/user-event.js';
import type { Checkpoint } from './checkpoint.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';
import { why } from './why.js';

const LIMIT_MS = 4_000;

/**
 * Asks the publisher by each of its three ways: `/readyz` is the best gate, since it pings the connection that
 * really publishes; the other two always answer 200, and the truth is their field `redis`.
 */
export const publisherCheckpoint: Checkpoint = {
  name: 'publisher',
  needs: [],
  limitMs: 2 * LIMIT_MS,
  cure: 'See to the publisher, and to LISTENERS_SERVICE_URL; its port is often 8080 or 8090.',
  async run({ settings: { serviceUrl } }) {
    if (serviceUrl === undefined)
      return [skipped('LISTENERS_SERVICE_URL is missing: somebody else holds presence, or nobody')];
    const answers = await Promise.all(WAYS.map((way) => ask(`${serviceUrl}${way.path}`)));
    // Where nobody answers at all, once is enough.
    if (answers.every((answer) => 'problem' in answer)) return answers.slice(0, 1).map(unreached);
    return WAYS.map((way, index) => {
      const answer = answers[index] ?? { problem: 'not asked' };
      return 'problem' in answer
        ? unreached({ problem: `${way.path}: ${answer.problem}` })
        : way.judge(answer);
    });
  },
};

type Answer = { readonly status: number; readonly body: JsonObject } | { readonly problem: string };
type Answered = Exclude<Answer, { readonly problem: string }>;

const WAYS: readonly { readonly path: string; judge(answer: Answered): Finding }[] = [
  { path: '/readyz', judge: readyz },
  {
    path: '/healthz',
    judge: ({ status, body }) => redisField('/healthz', status, body['redis']),
  },
  {
    path: '/debug',
    judge: ({ status, body }) => {
      const { redis } = body;
      return redisField('/debug', status, isJsonObject(redis) ? redis['status'] : redis);
    },
  },
];

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS), redirect: 'manual' });
    const body = parsed(await response.text());
    return { status: response.status, body: isJsonObject(body) ? body : {} };
  } catch (error) {
    return { problem: why(error) };
  }
}

function readyz({ status }: Answered): Finding {
  if (status === 200) return ok('/readyz: ready');
  if (status === 404)
    return warning(
      '/readyz is not there (404): an older publisher, or something else',
      'Have the publisher brought up to date; until then its /healthz and /debug must do.',
    );
  if (status === 503)
    return fault(
      '/readyz: the publisher is not ready (503): it does not reach its Redis, or is just starting',
      'See to the Redis settings of the publisher, and that it is the same Redis as here.',
    );
  return fault(`/readyz answers ${status}`, publisherCheckpoint.cure);
}

/** One word from outside: what is no word is not shown. */
function redisField(path: string, status: number, value: unknown): Finding {
  const word = typeof value === 'string' && /^[a-z_]{1,20}$/i.test(value) ? value : undefined;
  if (status !== 200) return fault(`${path} answers ${status}`, publisherCheckpoint.cure);
  if (word === undefined)
    return fault(
      `${path} has no word on redis: this is something else than the publisher`,
      'Correct LISTENERS_SERVICE_URL: write the base URL of listeners-service.',
    );
  if (word === 'ok') return ok(`${path}: redis ok`);
  if (word === 'disabled')
    return fault(
      `${path} says redis: disabled, so that it publishes nothing`,
      'Switch Redis on in the settings of the publisher.',
    );
  return fault(`${path} says redis: ${word}`, 'See to the Redis settings of the publisher.');
}

function unreached(answer: Answer): Finding {
  return fault(
    `The publisher does not answer (${'problem' in answer ? answer.problem : answer.status})`,
    publisherCheckpoint.cure,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
