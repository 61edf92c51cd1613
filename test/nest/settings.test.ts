import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { CrossfadeError } from '../../src/domain/errors.js';
import { checkOptions } from '../../src/nest/check-options.js';
import { optionsFromSettings } from '../../src/nest/options-from-settings.js';
import { readSettings, validateEnvironment } from '../../src/nest/settings.js';
import { VARIABLES } from '../../src/nest/variables.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';

const PROD = { LISTENERS_MODE: 'prod', LISTENERS_REDIS_HOST: 'n.serverless.r.cache.amazonaws.com' };

/** The lines that name a fault. */
function faultsOf(env: Record<string, unknown>): string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (!(error instanceof CrossfadeError)) throw error;
    expect(error.code).toBe('invalid_settings');
    return error.message.split('\n  - ').slice(1);
  }
  return [];
}

describe('given no variables', () => {
  it('stays in legacy, contacts nothing and warns of nothing', () => {
    expect(readSettings({})).toEqual({
      mode: 'legacy',
      legacy: 'registered',
      redis: undefined,
      prefixes: { user: 'user:', chat: 'chat:' },
      serviceUrl: undefined,
      flagsFile: undefined,
      compareChats: false,
      selfTest: false,
      recordValues: false,
      admin: { viewer: undefined, operator: undefined },
      console: false,
      presence: { opensPerSecond: 50, lingerMs: 60_000 },
      shutdownLimitMs: 8_000,
      watch: { canaryIntervalMs: 1_000, readyzIntervalMs: 3_000 },
      stop: { file: undefined, replicas: [] },
      control: { embedded: false, lookMs: 10_000, leaseMs: 30_000 },
      http: { host: '127.0.0.1', port: 3000 },
      role: 'backend',
      gateway: {
        tokens: undefined,
        origins: [],
        maxConnections: 20_000,
        maxConnectionsPerUid: 50,
        maxMessageBytes: 65_536,
        maxMessagesPerSecond: 50,
        bufferBytes: 1_000_000,
        drainMs: 5_000,
      },
      warnings: [],
    });
  });

  it('gives frozen settings', () => {
    const settings = readSettings(PROD);
    for (const part of [settings, settings.redis, settings.redis?.tls, settings.prefixes, settings.warnings])
      expect(Object.isFrozen(part)).toBe(true);
  });
});

describe('given a mode', () => {
  it.each(['actuel', 'ACTUEL', 'legacy', 'Legacy', ' legacy ', ''])('reads %p as legacy', (mode) => {
    expect(readSettings({ LISTENERS_MODE: mode, LISTENERS_REDIS_HOST: 'somewhere' })).toMatchObject({
      mode: 'legacy',
      redis: undefined,
    });
  });

  it('takes the Redis of this machine in local', () => {
    expect(readSettings({ LISTENERS_MODE: 'local' }).redis).toEqual({
      host: '127.0.0.1',
      port: 6379,
      db: 0,
      username: undefined,
      password: undefined,
      tls: undefined,
    });
  });

  it('takes TLS with verification in prod', () => {
    expect(readSettings(PROD).redis).toEqual({
      host: PROD.LISTENERS_REDIS_HOST,
      port: 6379,
      db: 0,
      username: undefined,
      password: undefined,
      tls: { verify: true, caFile: undefined },
    });
  });

  it.each([
    ['a host that is missing', { LISTENERS_MODE: 'prod' }, /^LISTENERS_REDIS_HOST is missing/],
    ['a link without TLS', { ...PROD, LISTENERS_REDIS_TLS: 'false' }, /^LISTENERS_REDIS_TLS is false/],
    ['a db other than 0', { ...PROD, LISTENERS_REDIS_DB: '5' }, /^LISTENERS_REDIS_DB is not 0/],
  ])('refuses %s in prod', (_what, env, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(fault)]);
  });

  it('refuses retired legacy where only legacy could serve', () => {
    expect(faultsOf({ CROSSFADE_LEGACY: 'retired' })).toEqual([
      expect.stringMatching(/^CROSSFADE_LEGACY is retired while LISTENERS_MODE is legacy/),
    ]);
    expect(readSettings({ LISTENERS_MODE: 'local', CROSSFADE_LEGACY: 'retired' }).legacy).toBe('retired');
  });
});

describe('given values of each kind', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['False', false],
    ['0', false],
    ['', false],
  ])('reads %p as a yes or no', (text, value) => {
    expect(readSettings({ CROSSFADE_SELF_TEST: text }).selfTest).toBe(value);
    expect(readSettings({ CROSSFADE_COMPARE_CHATS: text }).compareChats).toBe(value);
  });

  it.each([
    ['LISTENERS_MODE', ['production', 'dev', '1']],
    ['LISTENERS_REDIS_HOST', ['redis://h', 'h:6379', 'user@h', 'a b', '-h', 'x'.repeat(300), '[::1']],
    ['LISTENERS_REDIS_PORT', ['0', '65536', '6379.5', '-1', '0x10', 'abc', '9'.repeat(400)]],
    ['LISTENERS_REDIS_PASSWORD', ['hunter2\n', 'a\u0000b']],
    ['LISTENERS_REDIS_TLS', ['yes', 'on', '2']],
    ['LISTENERS_REDIS_DB', ['-1', 'one']],
    ['LISTENERS_CHANNEL_PREFIX', ['us er:', 'x'.repeat(65), 'é:']],
    [
      'LISTENERS_SERVICE_URL',
      [
        '127.0.0.1:8080',
        'redis://h',
        'http://',
        'http://u:p@h',
        'http://h/?a=1',
        'http://h/#x',
        'http://[::1',
      ],
    ],
    ['CROSSFADE_LEGACY', ['gone']],
    ['CROSSFADE_PRESENCE_OPENS_PER_SECOND', ['0']],
    ['CROSSFADE_PUBLISHER_READYZ_MS', ['499', '60001', 'no']],
    ['CROSSFADE_CANARY_MS', ['99', '60001', '-1', 'never']],
    ['PORT', ['65536', 'http']],
    ['HOST', ['http://x']],
  ])('refuses a wrong %s with one fault that says its name and a cure', (name, values) => {
    for (const value of values) {
      const faults = faultsOf({ [name]: value });
      expect([value, faults.length]).toEqual([value, 1]);
      expect(faults[0]).toMatch(new RegExp(`^${name} .+\\. .*(Write|write)`));
    }
  });

  it('refuses what is no text', () => {
    expect(faultsOf({ LISTENERS_REDIS_PORT: 6379 })).toHaveLength(1);
    expect(faultsOf({ LISTENERS_REDIS_HOST: {} })).toHaveLength(1);
  });

  it.each([
    ['[::1]', '::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['redis', 'redis'],
    ['my_redis.internal.', 'my_redis.internal.'],
  ])('takes %p for a host', (text, host) => {
    expect(readSettings({ LISTENERS_MODE: 'local', LISTENERS_REDIS_HOST: text }).redis?.host).toBe(host);
  });

  it.each([
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['HTTPS://Lb.example/publisher//', 'HTTPS://Lb.example/publisher'],
    ['http://[::1]:8090', 'http://[::1]:8090'],
  ])('takes %p for the publisher', (text, url) => {
    expect(readSettings({ LISTENERS_SERVICE_URL: text }).serviceUrl).toBe(url);
  });
});

describe('given several faults', () => {
  it('reports all of them at once, those between variables included', () => {
    const faults = faultsOf({
      LISTENERS_MODE: 'prod',
      LISTENERS_REDIS_PORT: 'x',
      LISTENERS_REDIS_TLS: 'false',
      PORT: '-5',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'LISTENERS_REDIS_PORT',
      'PORT',
      'LISTENERS_REDIS_HOST',
      'LISTENERS_REDIS_TLS',
    ]);
  });

  it('draws no conclusions from a mode that it cannot read', () => {
    expect(faultsOf({ LISTENERS_MODE: 'production', CROSSFADE_LEGACY: 'retired' })).toHaveLength(1);
  });

  it('names a host that is wrong once, not also as missing', () => {
    expect(faultsOf({ LISTENERS_MODE: 'prod', LISTENERS_REDIS_HOST: 'a b' })).toHaveLength(1);
  });
});

describe('given secrets', () => {
  it('never prints a value, wherever it stands', () => {
    const secret = 'hunter2-is-secret';
    for (const name of Object.keys(VARIABLES)) {
      const message = faultsOf({ LISTENERS_MODE: 'nowhere', [name]: `${secret} \n@` }).join('\n');
      expect(message).not.toContain(secret);
    }
  });

  it('keeps the password out of whatever prints the settings', () => {
    const settings = readSettings({ LISTENERS_MODE: 'local', LISTENERS_REDIS_PASSWORD: ' hunter2 ' });
    expect(settings.redis?.password?.reveal()).toBe(' hunter2 ');
    const printed = [inspect(settings, { depth: 9, showHidden: true }), JSON.stringify(settings)].join();
    expect(printed).not.toContain('hunter2');
    expect(String(settings.redis?.password)).toBe('[secret]');
  });
});

describe('given what is legal but hardly meant', () => {
  const quiet = { LISTENERS_MODE: 'local', LISTENERS_SERVICE_URL: 'http://127.0.0.1:8080' };

  it.each([
    ['LISTENERS_REDIS_HOTS', 'LISTENERS_REDIS_HOST'],
    ['listeners_mode', 'LISTENERS_MODE'],
    ['LISTENER_MODE', 'LISTENERS_MODE'],
    ['CROSFADE_LEGACY', 'CROSSFADE_LEGACY'],
    ['LISTENERS_REDIS_PASSWD', 'LISTENERS_REDIS_PASSWORD'],
  ])('asks of %s whether %s was meant, without its value', (name, meant) => {
    const { warnings } = readSettings({ [name]: 'hunter2' });
    expect(warnings).toEqual([`${name} is not a variable of Crossfade. Did you mean ${meant}?`]);
  });

  it('says so of a name that is like none', () => {
    expect(readSettings({ CROSSFADE_UNHEARD_OF_THING: '1' }).warnings).toEqual([
      'CROSSFADE_UNHEARD_OF_THING is not a variable of Crossfade. Remove it, or see .env.example for the names.',
    ]);
  });

  it('leaves the variables of others alone', () => {
    expect(
      readSettings({ PATH: '/bin', HOSTNAME: 'x', POST: 'x', REDIS_URL: 'x', toString: 'x' }).warnings,
    ).toEqual([]);
  });

  it.each([
    [{ LISTENERS_REDIS_TLS_VERIFY: 'false', LISTENERS_REDIS_TLS: 'true' }, 'LISTENERS_REDIS_TLS_VERIFY'],
    [{ LISTENERS_REDIS_TLS_CA_FILE: '/nowhere' }, 'LISTENERS_REDIS_TLS_CA_FILE'],
    [{ LISTENERS_REDIS_USERNAME: 'backend' }, 'LISTENERS_REDIS_USERNAME'],
    [{ LISTENERS_SERVICE_URL: '' }, 'LISTENERS_SERVICE_URL'],
    [{ ...PROD, LISTENERS_REDIS_PORT: '6380' }, 'LISTENERS_REDIS_PORT'],
  ])('warns of %j', (env, name) => {
    const { warnings } = readSettings({ ...quiet, ...env });
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
    expect(readSettings({ ...env, LISTENERS_MODE: 'legacy' }).warnings).toEqual([]);
  });
});

describe('given a file of authorities', () => {
  it('refuses one that cannot be read, and takes one that can', () => {
    const folder = mkdtempSync(join(tmpdir(), 'crossfade-settings-'));
    try {
      const file = join(folder, 'ca.pem');
      expect(faultsOf({ ...PROD, LISTENERS_REDIS_TLS_CA_FILE: file })).toEqual([
        expect.stringMatching(/^LISTENERS_REDIS_TLS_CA_FILE names a file that cannot be read/),
      ]);
      writeFileSync(file, '');
      expect(readSettings({ ...PROD, LISTENERS_REDIS_TLS_CA_FILE: file }).redis?.tls?.caFile).toBe(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('given an Unleash server', () => {
  const env = {
    LISTENERS_MODE: 'local',
    CROSSFADE_UNLEASH_URL: 'https://unleash.example.org/api/',
    CROSSFADE_UNLEASH_TOKEN: 'default:development.secret',
  };

  it('becomes options, with the defaults of the documents', () => {
    expect(optionsFromSettings(readSettings(env)).flags).toEqual({
      unleash: {
        url: 'https://unleash.example.org/api',
        token: 'default:development.secret',
        pollIntervalMs: 1_000,
        streaming: true,
        startLimitMs: 5_000,
      },
    });
    const more = {
      CROSSFADE_UNLEASH_STREAMING: 'false',
      CROSSFADE_UNLEASH_START_LIMIT_MS: '2000',
      CROSSFADE_UNLEASH_STORE_FILE: '/state/flags.json',
      CROSSFADE_UNLEASH_BOOTSTRAP_FILE: '/app/flags.json',
    };
    expect(optionsFromSettings(readSettings({ ...env, ...more })).flags).toMatchObject({
      unleash: {
        streaming: false,
        startLimitMs: 2_000,
        storeFile: '/state/flags.json',
        bootstrapFile: '/app/flags.json',
      },
    });
  });

  it.each([
    [{ pollIntervalMs: 0 }, /pollIntervalMs/],
    [{ pollIntervalMs: NaN }, /pollIntervalMs/],
    [{ startLimitMs: 1e9 }, /startLimitMs/],
  ])('is refused as an option with %j', (times, fault) => {
    const unleash = { url: 'http://127.0.0.1:1/api', token: 'x', ...times };
    const options = { mode: 'local', legacySource: new InProcessSource() } as const;
    const redis = { host: '127.0.0.1', port: 1 };
    expect(() => {
      checkOptions({ ...options, redis, flags: { unleash } });
    }).toThrow(fault);
  });
});

describe('given ConfigModule', () => {
  it('hands the settings over under one key and leaves the variables as they are', () => {
    const env = { LISTENERS_MODE: 'local', OTHER: 'x' };
    expect(validateEnvironment(env)).toEqual({ ...env, crossfade: readSettings(env) });
    expect(() => validateEnvironment({ PORT: 'x' })).toThrow(CrossfadeError);
  });
});

describe('given a console that is wanted', () => {
  it('is refused without a token, because it would let nobody in', () => {
    expect(faultsOf({ CROSSFADE_CONSOLE: 'true' })).toEqual([
      expect.stringMatching(/^CROSSFADE_CONSOLE is true, .* Write CROSSFADE_ADMIN_OPERATOR_TOKEN/),
    ]);
    const env = { CROSSFADE_CONSOLE: 'true', CROSSFADE_ADMIN_VIEWER_TOKEN: 'viewer-token-of-a-test' };
    expect(readSettings(env).console).toBe(true);
  });
});

describe('given .env.example', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });

  it('documents every variable once, and no other', () => {
    expect(pairs.map(([name]) => name)).toEqual(Object.keys(VARIABLES));
  });

  it('writes words above each variable', () => {
    for (const [name] of pairs) {
      const index = lines.findIndex((line) => line.startsWith(`${name}=`));
      expect([name, lines[index - 1]]).toEqual([name, expect.stringMatching(/^# .*\.$/)]);
    }
  });

  it('changes nothing when it is copied as it is, in any mode', () => {
    const example = Object.fromEntries(pairs);
    expect(readSettings(example)).toEqual(readSettings({}));
    expect(readSettings({ ...example, LISTENERS_MODE: 'local' })).toEqual(
      readSettings({ LISTENERS_MODE: 'local' }),
    );
    expect(readSettings({ ...example, ...PROD })).toEqual(readSettings(PROD));
  });
});
