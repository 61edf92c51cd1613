import { execFile } from 'node:child_process';
import { installer } from '../../src/service/servers/apt-install.js';

/** Debian's own Python: another one on the PATH does not see what apt installs. */
const PYTHON = '/usr/bin/python3';

/** The command of a Python that has `websockets`, installed by apt where it is missing. */
export async function pythonWithWebSockets(): Promise<string> {
  if (await hasWebSockets()) return PYTHON;
  const install = await installer(process.env);
  const failure = await install?.({
    name: 'python3-websockets',
    commands: [],
    packages: ['python3-websockets'],
    services: [],
    cures: [],
  });
  if (await hasWebSockets()) return PYTHON;
  throw new Error(`Install python3-websockets: apt-get install python3-websockets. ${failure ?? ''}`);
}

function hasWebSockets(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(PYTHON, ['-c', 'import websockets'], (error) => {
      resolve(error === null);
    });
  });
}
