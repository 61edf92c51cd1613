import { createInterface } from 'node:readline/promises';

/** Says what will be done, and asks, unless `yes`; without a terminal to ask on, the answer is no. */
export async function confirm(what: string, yes: boolean): Promise<boolean> {
  console.error(what);
  if (yes) return true;
  if (!process.stdin.isTTY) {
    console.error('Not confirmed: give --yes to do it without being asked.');
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Do it? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}
