import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { readSettings, type GatewayTokenSettings } from '../../../src/index.js';
import { ListenerTokens } from '../../../src/service/gateway/listener-tokens.js';

const SECRET = 'a secret that is long enough for sha256';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfade-tokens-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function settingsOf(env: Record<string, string>): GatewayTokenSettings {
  const { tokens } = readSettings({ CROSSFADE_ROLE: 'gateway', ...env }).gateway;
  if (tokens === undefined) throw new Error('no tokens');
  return tokens;
}

function keyFile(name: string, pem: string): Record<string, string> {
  const file = join(folder, name);
  writeFileSync(file, pem);
  return { CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE: file };
}

function token(
  alg: string,
  key: Parameters<SignJWT['sign']>[0],
  exp: string | undefined = '1h',
): Promise<string> {
  const jwt = new SignJWT({ scope: 'crossfade:feed other' }).setProtectedHeader({ alg }).setSubject('u1');
  return (exp === '' ? jwt : jwt.setExpirationTime(exp)).sign(key);
}

const secretBytes = new TextEncoder().encode(SECRET);

describe('given a shared secret', () => {
  const tokens = new ListenerTokens(settingsOf({ CROSSFADE_GATEWAY_TOKEN_SECRET: SECRET }));

  it('reads uid, scopes and end of what it signed', async () => {
    expect(await tokens.prove(await token('HS256', secretBytes))).toEqual({
      uid: 'u1',
      scopes: ['crossfade:feed', 'other'],
      expiresAtMs: expect.closeTo(Date.now() + 3_605_000, -4),
    });
  });

  it('tells an expired one from one that is worth nothing', async () => {
    expect(await tokens.prove(await token('HS256', secretBytes, '-10s'))).toBe('expired');
    expect(
      await tokens.prove(await token('HS256', new TextEncoder().encode('another secret, long enough too'))),
    ).toBe('invalid');
  });

  it.each([
    '',
    'x',
    'a.b.c',
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
    'x'.repeat(100_000),
  ])('takes no %.20p', async (text) => {
    expect(await tokens.prove(text)).toBe('invalid');
  });

  it('takes none that never ends, and none of another algorithm', async () => {
    expect(await tokens.prove(await token('HS256', secretBytes, ''))).toBe('invalid');
    expect(await tokens.prove(await token('HS512', Buffer.concat([secretBytes, secretBytes])))).toBe(
      'invalid',
    );
  });

  it('asks for issuer and audience where they are set', async () => {
    const strict = new ListenerTokens(
      settingsOf({
        CROSSFADE_GATEWAY_TOKEN_SECRET: SECRET,
        CROSSFADE_GATEWAY_TOKEN_ISSUER: 'login',
        CROSSFADE_GATEWAY_TOKEN_AUDIENCE: 'crossfade',
      }),
    );
    const jwt = (issuer: string): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('u1')
        .setIssuer(issuer)
        .setAudience('crossfade')
        .setExpirationTime('1h')
        .sign(secretBytes);
    expect(await strict.prove(await jwt('login'))).toMatchObject({ uid: 'u1' });
    expect(await strict.prove(await jwt('somebody'))).toBe('invalid');
    expect(await strict.prove(await token('HS256', secretBytes))).toBe('invalid');
  });
});

describe('given a public key', () => {
  const pem = { type: 'spki', format: 'pem' } as const;

  it.each(['RS256', 'ES256'] as const)(
    'proves %s, and nothing that the public key itself signed',
    async (alg) => {
      const pair =
        alg === 'RS256'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const publicPem = pair.publicKey.export(pem).toString();
      const tokens = new ListenerTokens(settingsOf(keyFile(`${alg}.pem`, publicPem)));
      expect(await tokens.prove(await token(alg, pair.privateKey))).toMatchObject({ uid: 'u1' });
      expect(await tokens.prove(await token('HS256', new TextEncoder().encode(publicPem)))).toBe('invalid');
    },
  );

  it('refuses keys that are weak, private or none, at start and with the cure', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export(pem).toString();
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export(pem).toString();
    const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    for (const text of [weak, p384, secret.toString(), 'nonsense'])
      expect(() => new ListenerTokens(settingsOf(keyFile('bad.pem', text)))).toThrow(/Give one in PEM/);
  });
});

describe('given the settings of the gateway', () => {
  const faults = (env: Record<string, string>) => () => readSettings({ CROSSFADE_ROLE: 'gateway', ...env });

  it('starts on this machine without a key, and nowhere else', () => {
    for (const HOST of ['127.0.0.1', '127.8.8.8', 'localhost', '::1', '[::1]'])
      expect(faults({ HOST })().gateway.tokens).toBeUndefined();
    for (const HOST of ['0.0.0.0', '::', '10.0.0.1', 'gateway', '127.0.0.1.example.org'])
      expect(faults({ HOST })).toThrow(/HOST makes the gateway reachable.*CROSSFADE_GATEWAY_TOKEN_SECRET/s);
    expect(readSettings({ HOST: '0.0.0.0' }).role).toBe('backend');
  });

  it('refuses two keys, a short secret, and what is no origin', () => {
    expect(
      faults({
        CROSSFADE_GATEWAY_TOKEN_SECRET: SECRET,
        CROSSFADE_GATEWAY_TOKEN_PUBLIC_KEY_FILE: 'package.json',
      }),
    ).toThrow(/both set/);
    expect(faults({ CROSSFADE_GATEWAY_TOKEN_SECRET: 'short' })).toThrow(/32 bytes/);
    expect(faults({ CROSSFADE_GATEWAY_ORIGINS: 'https://a.example/path' })).toThrow(/is no origin/);
    expect(
      faults({ CROSSFADE_GATEWAY_ORIGINS: 'https://A.example, http://b:3000' })().gateway.origins,
    ).toEqual(['https://a.example', 'http://b:3000']);
  });
});
