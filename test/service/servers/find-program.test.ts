import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installer } from '../../../src/service/servers/apt-install.js';
import { findProgram } from '../../../src/service/servers/find-program.js';
import type { Program } from '../../../src/service/servers/program.js';

const PROGRAM: Program = {
  name: 'Nonesuch',
  commands: ['crossfade-nonesuch-2', 'crossfade-nonesuch'],
  packages: ['nonesuch-server'],
  services: ['nonesuch'],
  cures: ['Write one.'],
};

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfade-test-'));
  said = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const place = (name: string) => join(folder, name);
const say = (line: string) => said.push(line);
const calls = () =>
  existsSync(place('calls')) ? readFileSync(place('calls'), 'utf8').trim().split('\n') : [];

function command(name: string, body: string): void {
  writeFileSync(place(name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

/** A Debian of which only the commands that change something are false. */
function debian(installBody: string): NodeJS.ProcessEnv {
  command('sudo', 'shift; exec "$@"');
  command('update-rc.d', `echo "update-rc.d $*" >>${place('calls')}`);
  command(
    'apt-get',
    `case "$*" in
      --version) exit 0 ;;
      *install*)
        answer=0; ${place('policy')} nonesuch start || answer=$?
        echo "install, services: $answer" >>${place('calls')}
        ${installBody} ;;
      *) echo "$*" >>${place('calls')} ;;
    esac`,
  );
  return { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) };
}

const INSTALLS = () =>
  `sleep 0.2; printf '#!/bin/sh\\n' >${place('crossfade-nonesuch')}; chmod 755 ${place('crossfade-nonesuch')}`;

async function find(env: NodeJS.ProcessEnv) {
  const install = await installer(env, { policy: place('policy'), lock: place('lock') });
  return findProgram(PROGRAM, { env, say, install });
}

describe('given a program on the PATH', () => {
  it('takes the preferred command and installs nothing', async () => {
    command('crossfade-nonesuch', '');
    command('crossfade-nonesuch-2', '');
    const env = { PATH: ['', '/nowhere', folder].join(delimiter) };
    expect(await findProgram(PROGRAM, { env, say })).toEqual({
      command: place('crossfade-nonesuch-2'),
      origin: 'path',
    });
    expect(said).toEqual([`Nonesuch: found ${place('crossfade-nonesuch-2')}.`]);
  });

  it('passes over a file of that name that cannot be run', async () => {
    writeFileSync(place('crossfade-nonesuch-2'), 'text', { mode: 0o644 });
    command('crossfade-nonesuch', '');
    expect((await findProgram(PROGRAM, { env: { PATH: folder }, say })).command).toBe(
      place('crossfade-nonesuch'),
    );
  });

  it('looks in the folders of the program after the PATH', async () => {
    command('crossfade-nonesuch', '');
    const found = await findProgram({ ...PROGRAM, folders: [folder] }, { env: {}, say });
    expect(found.command).toBe(place('crossfade-nonesuch'));
  });
});

describe('given a machine where packages can be installed', () => {
  it('installs the program, forbidding its service to start, and takes the prohibition back', async () => {
    const found = await find(debian(INSTALLS()));
    expect(found).toEqual({ command: place('crossfade-nonesuch'), origin: 'installed' });
    expect(calls()).toEqual(['update', 'install, services: 101', 'update-rc.d nonesuch disable']);
    expect(existsSync(place('policy'))).toBe(false);
    expect(said.join('\n')).toContain('installing nonesuch-server with apt-get');
  });

  it('installs once when several ask at the same time', async () => {
    const env = debian(INSTALLS());
    const found = await Promise.all([find(env), find(env), find(env)]);
    expect(new Set(found.map((one) => one.command))).toEqual(new Set([place('crossfade-nonesuch')]));
    expect(calls().filter((call) => call.startsWith('install'))).toHaveLength(1);
  });

  it('leaves a prohibition that was there before', async () => {
    command('policy', 'exit 101');
    await find(debian(INSTALLS()));
    expect(existsSync(place('policy'))).toBe(true);
  });

  it('does not install where somebody else has decided that services start', async () => {
    command('policy', 'exit 0');
    await expect(find(debian(INSTALLS()))).rejects.toThrow('would let the service nonesuch start');
    expect(calls()).toEqual([]);
    expect(existsSync(place('policy'))).toBe(true);
  });

  it('takes away the prohibition that an installation before it left when it was killed', async () => {
    command('policy', '# crossfade-install: removed when the installation ends\nexit 101');
    await find(debian(INSTALLS()));
    expect(existsSync(place('policy'))).toBe(false);
  });

  it('says why an installation failed, and the cures', async () => {
    const env = debian('echo "E: Unable to locate package nonesuch-server" >&2; exit 100');
    await expect(find(env)).rejects.toThrow(/exit code 100.*Unable to locate package[^]*Write one\./);
    expect(existsSync(place('policy'))).toBe(false);
  });

  it('does not trust an installation that brings no command', async () => {
    await expect(find(debian('true'))).rejects.toThrow('the command is still missing');
  });
});

describe('given a machine where nothing can be installed', () => {
  it('fails with the cures', async () => {
    const error = findProgram(PROGRAM, { env: { PATH: folder }, say });
    await expect(error).rejects.toThrow(/neither on the PATH nor can it be installed here[^]*- Write one\./);
    await expect(error).rejects.toMatchObject({ name: 'ServerUnavailable', cures: ['Write one.'] });
  });
});
