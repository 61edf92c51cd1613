import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CrossfadeError } from '../../src/domain/errors.js';
import { readPlanFile } from '../../src/nest/tools/plan-file.js';
import { defaultPlan } from '../../src/rollout/default-plan.js';

let folder: string;
const home = process.cwd();
const DOCUMENT = join(home, 'docs', 'rollout.md');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  process.chdir(folder);
});

afterEach(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

const written = async (text: string, name = 'plan.yaml'): Promise<string> => {
  await writeFile(name, text);
  return name;
};

async function refusal(named: string): Promise<string> {
  try {
    await readPlanFile(named);
  } catch (error) {
    if (error instanceof CrossfadeError && error.code === 'invalid_settings') return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('given a working folder', () => {
  it('goes by the default plan where it holds none, and by crossfade.plan.yaml where it does', async () => {
    expect(await readPlanFile()).toEqual({ plan: defaultPlan(), origin: 'default' });
    await written('version: 1\nname: mine\nsteps: [{ compare: 100 }]\n', 'crossfade.plan.yaml');
    const { plan, origin } = await readPlanFile();
    expect([plan.name, plan.steps.length, origin]).toEqual(['mine', 1, 'crossfade.plan.yaml']);
  });

  it('reads the plan of the documents, and JSON, which is YAML too', async () => {
    const [, sample = ''] = /```yaml\n(.*?)```/s.exec(await readFile(DOCUMENT, 'utf8')) ?? [];
    const { plan } = await readPlanFile(await written(sample));
    expect([plan.name, plan.steps.length]).toEqual(['legacy to Redis', 6]);
    const text = JSON.stringify({ version: 1, steps: [{ compare: 5 }, { serve: 5 }] });
    expect((await readPlanFile(await written(text))).plan.steps).toHaveLength(2);
  });
});

describe('given a plan file that will not do', () => {
  it('says that it is not there, where it was named', async () => {
    expect(await refusal('nowhere.yaml')).toBe(
      'The plan nowhere.yaml cannot be read (ENOENT). Name a file that is there.',
    );
  });

  it('says where it is no YAML', async () => {
    expect(await refusal(await written('version: 1\nsteps: [{ compare: 5 ]\n'))).toMatch(
      /^The plan plan\.yaml is no YAML: .*line 2.*Mend it there\.$/,
    );
  });

  it('tells every fault with its place and its cure', async () => {
    const text = 'version: 2\nsteps:\n  - { compare: 5.5 }\n  - { serve: 101, soakMinutes: -1 }\n';
    const message = await refusal(await written(text));
    for (const place of ['version', 'steps[0].compare', 'steps[1].serve', 'steps[1].soakMinutes'])
      expect(message).toContain(`\n  - ${place}: `);
  });

  it('takes no alias, by which a small file could grow without end', async () => {
    const text = 'version: 1\nname: &n [x, x]\nsteps: [*n, *n]\n';
    expect(await refusal(await written(text))).toContain('is no YAML');
  });

  it('names a folder, and what is no text', async () => {
    expect(await refusal('.')).toContain('EISDIR');
    await writeFile('binary.yaml', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff, 0xfe]));
    expect(await refusal('binary.yaml')).toContain('The plan binary.yaml');
  });
});
