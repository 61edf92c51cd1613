import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApiBench, OPERATOR, VIEWER } from './api-bench.js';

const DOCUMENT = JSON.parse(
  readFileSync(new URL('../../../src/nest/admin/openapi.json', import.meta.url), 'utf8'),
) as { paths: Record<string, object> };
const PATHS = Object.keys(DOCUMENT.paths);
const STREAMS = ['/crossfade/api/events', '/crossfade/api/record'];
const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 400 : 10_000;
const REFUSALS = [400, 401, 403, 404, 405, 409, 413, 429];

let bench: ApiBench;

beforeAll(async () => {
  // No limit: what is fuzzed is everything behind it, and the limits have a test of their own.
  bench = await ApiBench.start({
    limits: { readings: 1e9, actions: 1e9, strangers: 1e9 },
  });
});
afterAll(() => bench.stop());

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly extra: readonly [string, string];
  readonly body: string | undefined;
}

const segment = fc.oneof(
  fc.constantFrom('', 'api', '..', '%2e%2e', '%', '%zz', '%00', 'a b', 'rollback', '🙂', 'x'.repeat(2_000)),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
);
const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '?limit=x&looks=1',
    '?limit[]=1',
    '?limit=1e3',
    '?before=-1',
    '?seconds=1e9',
    '?uid=%00',
    '?__proto__[x]=1',
    '?values=maybe&seconds=1',
  ),
  fc.webQueryParameters().map((text) => `?${text}`),
);
const path = fc
  .tuple(fc.constantFrom(...PATHS), segment, query, fc.boolean())
  .map(([base, odd, asked, deeper]) => `${base.replace('{uid}', odd)}${deeper ? `/${odd}` : ''}${asked}`);
const header = fc
  .string({
    maxLength: 200,
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  })
  .map((text) => `Bearer ${text}`);

const asked: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'),
  path,
  authorization: fc.oneof(
    fc.constantFrom(undefined, `Bearer ${VIEWER}`, `Bearer ${OPERATOR}`, `bearer  ${VIEWER}`, 'Basic eDp5'),
    header,
  ),
  type: fc.constantFrom(
    undefined,
    'application/json',
    'text/plain',
    'multipart/form-data',
    'application/json; charset=utf-7',
  ),
  extra: fc.constantFrom(
    ['x-nothing', '1'],
    ['content-encoding', 'gzip'],
    ['x-forwarded-for', "' or 1=1"],
    ['x-http-method-override', 'POST'],
    ['origin', 'https://elsewhere.example'],
    ['expect', '100-continue'],
  ),
  body: fc.oneof(
    fc.constantFrom(
      undefined,
      '{',
      '[]',
      'null',
      '{"__proto__": {"toStep": 0}}',
      '{"toStep": -1}',
      '{"toStep": 1e99}',
      '{"toStep": 0.5}',
      '{"percent": "5"}',
      '{"evidence": "../../x"}',
      '['.repeat(10_000),
      `{"evidence": "${'x'.repeat(100_000)}"}`,
    ),
    fc.json(),
    fc.string(),
  ),
});

/** Fuzz must not hit upon an order that is none. */
function isGoodOrder({ method, path: at, authorization }: Asked): boolean {
  return (
    method === 'POST' && authorization === `Bearer ${OPERATOR}` && PATHS.includes(at.split('?')[0] ?? '')
  );
}

function ask({
  method,
  path: at,
  authorization,
  type,
  extra,
  body,
}: Asked): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const url = new URL(bench.url);
    const asking = request({
      ...{
        host: url.hostname,
        port: url.port,
        method,
        path: at.replace(/[^\x21-\x7e]/gu, encodeURIComponent),
      },
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(type === undefined ? {} : { 'content-type': type }),
        [extra[0]]: extra[1],
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    asking.on('response', (response) => {
      const isStream = response.statusCode === 200 && STREAMS.some((each) => at.startsWith(each));
      let text = '';
      response.on('data', (chunk: Buffer) => (text += String(chunk)));
      const end = (): void => {
        resolve({ status: response.statusCode ?? 0, text: isStream ? '' : text, headers: response.headers });
      };
      response.on('end', end);
      if (isStream) {
        asking.destroy();
        end();
      }
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

describe('given anything at all that may be sent to the admin API', () => {
  it('answers each with what was asked for, or with code, message and cure, and changes nothing that was not ordered', async () => {
    let before = await bench.recorded();
    await fc.assert(
      fc.asyncProperty(asked, async (each) => {
        const { status, text, headers } = await ask(each);
        expect(text).not.toMatch(/\bat .*\.(js|ts):\d+/);
        expect(headers['access-control-allow-origin']).toBeUndefined();
        if (status !== 200) {
          expect(REFUSALS).toContain(status);
          if (each.method !== 'HEAD')
            expect(JSON.parse(text)).toEqual({
              code: expect.stringMatching(/^[a-z_]+$/),
              message: expect.any(String),
              cure: expect.any(String),
            });
        }
        const after = await bench.recorded();
        if (status !== 200 || !isGoodOrder(each)) expect(after).toBe(before);
        before = after;
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it('lives on', async () => {
    expect(await bench.ask('status', { token: VIEWER })).toMatchObject({ status: 200 });
  });
});
