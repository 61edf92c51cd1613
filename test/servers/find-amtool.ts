import { findProgram } from '../../src/service/servers/find-program.js';
import type { Program } from '../../src/service/servers/program.js';

const AMTOOL: Program = {
  name: 'Alertmanager',
  commands: ['amtool'],
  packages: ['prometheus-alertmanager'],
  services: ['prometheus-alertmanager'],
  cures: ['Install one: apt-get install --no-install-recommends prometheus-alertmanager.'],
};

/** The amtool of Alertmanager; installed where it is not. */
export async function findAmtool(): Promise<string> {
  return (await findProgram(AMTOOL, { env: process.env, say: () => undefined })).command;
}
