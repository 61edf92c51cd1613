import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { OPENAPI_FILE, openApiText } from '../../ops/openapi/openapi-document.js';
import { ApiBench, VIEWER } from '../nest/admin/api-bench.js';

const COMMITTED = readFileSync(OPENAPI_FILE, 'utf8');

let bench: ApiBench;

beforeAll(async () => {
  bench = await ApiBench.start();
});
afterAll(() => bench.stop());

describe('given the description of the admin API', () => {
  it('is committed as the code says it now (else: npm run ops:write)', async () => {
    expect(COMMITTED).toBe(await openApiText());
  }, 120_000);

  it('is served to who may read, byte for byte', async () => {
    const { status, body } = await bench.ask('openapi.json', { token: VIEWER });
    expect([status, body]).toEqual([200, JSON.parse(COMMITTED)]);
  });

  it.each(['status', 'explain/{uid}', 'rollout', 'history'])(
    'describes what %s really answers',
    async (path) => {
      await bench.act('pause');
      const { body } = await bench.ask(path.replace('{uid}', 'anna'), { token: VIEWER });
      const document = JSON.parse(COMMITTED) as object;
      const ajv = new Ajv2020({ strict: false, formats: { int32: true } });
      ajv.addSchema(document, 'api');
      const pointer = `/crossfade/api/${path}`
        .replaceAll('/', '~1')
        .replaceAll('{', '%7B')
        .replaceAll('}', '%7D');
      const check = ajv.getSchema(`api#/paths/${pointer}/get/responses/200/content/application~1json/schema`);
      expect(check).toBeDefined();
      expect([check?.(body), check?.errors ?? []]).toEqual([true, []]);
    },
  );

  it('holds a refusal for everything that can be refused', async () => {
    const { paths } = JSON.parse(COMMITTED) as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { responses }] of Object.entries(methods))
        expect([path, Object.keys(responses)]).toEqual([
          path,
          expect.arrayContaining([
            '200',
            '401',
            '429',
            ...(method === 'post' ? ['400', '403', '409', '413'] : []),
          ]),
        ]);
    expect(await bench.ask('nowhere')).toMatchObject({ status: 401 });
  });
});
