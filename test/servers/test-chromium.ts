import { chromium, type Browser } from 'playwright-core';
import { findProgram } from '../../src/service/servers/find-program.js';
import type { Program } from '../../src/service/servers/program.js';

const CHROMIUM: Program = {
  name: 'Chromium',
  commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  packages: ['chromium', 'fonts-dejavu-core'],
  services: [],
  cures: ['Install one: apt-get install --no-install-recommends chromium.'],
};

/** A real Chromium without a window, found on the PATH or installed; it ends with `close`. */
export async function startTestChromium(): Promise<Browser> {
  const { command } = await findProgram(CHROMIUM, { env: process.env, say: () => undefined });
  // Its sandbox wants a user that is not root; nothing but our own page is opened here.
  return chromium.launch({ executablePath: command, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
