import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { CrossfadeAdminModule } from '../../../src/admin.js';
import { CrossfadeModule, InProcessSource } from '../../../src/index.js';

const VIEWER = 'viewer-token-of-a-test';
const OPERATOR = 'operator-token-of-a-test';

let app: INestApplication;
let url: string;

beforeAll(async () => {
  const module = await Test.createTestingModule({
    imports: [
      CrossfadeModule.forRoot({ isGlobal: true, mode: 'legacy', legacySource: new InProcessSource() }),
      CrossfadeAdminModule.forRoot({ viewer: [VIEWER], operator: [OPERATOR] }),
    ],
  }).compile();
  app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

async function ask(
  method: string,
  path: string,
  authorization?: string,
): Promise<{ status: number; body: unknown }> {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${url}${path}`, { method, headers });
  return { status: response.status, body: await response.json() };
}

describe('given the admin API', () => {
  it.each([undefined, '', 'Bearer', 'Bearer wrong-token-of-a-test', `Basic ${VIEWER}`, VIEWER])(
    'turns away who sends %p, with the cure',
    async (authorization) => {
      const answer = await ask('GET', '/crossfade/api/status', authorization);
      expect(answer).toMatchObject({ status: 401, body: { cure: expect.stringContaining('Bearer') } });
    },
  );

  it.each([VIEWER, OPERATOR])('tells a person with either role how the replica stands', async (token) => {
    expect(await ask('GET', '/crossfade/api/status', `Bearer ${token}`)).toEqual({
      status: 200,
      body: { mode: 'legacy', users: { legacy: 0, shadow: 0, live: 0, complete: 0 }, degraded: [] },
    });
  });
});

describe('given a user whom somebody asks about', () => {
  it('tells who may read why the user is where it is, and nobody else', async () => {
    expect(await ask('GET', '/crossfade/api/explain/anna')).toMatchObject({ status: 401 });
    expect(await ask('GET', '/crossfade/api/explain/anna', `Bearer ${VIEWER}`)).toEqual({
      status: 200,
      body: {
        uid: 'anna',
        bucket: 22,
        flags: { compare: {}, serve: {} },
        origin: 'none',
        stage: 'legacy',
        source: 'legacy',
        reason: 'mode',
        why: ['The mode is legacy: no flag is asked.', 'So the stage is legacy, and legacy serves.'],
        servedBy: null,
      },
    });
  });

  it('says what is wrong with what can be no uid', async () => {
    expect(await ask('GET', '/crossfade/api/explain/a%20b', `Bearer ${VIEWER}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_uid', cure: expect.stringContaining('Give') },
    });
  });
});

describe('given tokens that cannot be', () => {
  it.each([
    [{}, /no token/],
    [{ viewer: [] }, /no token/],
    [{ operator: ['short'] }, /easily guessed.*16 characters/],
  ])('refuses %j at start', (tokens, message) => {
    expect(() => CrossfadeAdminModule.forRoot(tokens)).toThrow(message);
  });
});
