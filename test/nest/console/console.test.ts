import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTestChromium } from '../../servers/test-chromium.js';
import { waitFor } from '../../wait-for.js';
import { ConsoleBench, OPERATOR, USERS, VIEWER } from './console-bench.js';

let bench: ConsoleBench;
let browser: Browser;
let shots: string;
const asked: string[] = [];
/** of the backends that were looked at */
const own: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  [bench, browser, shots] = await Promise.all([
    ConsoleBench.start(),
    startTestChromium(),
    mkdtemp(join(tmpdir(), 'crossfade-shots-')),
  ]);
}, 300_000);
afterAll(async () => {
  await browser.close();
  await bench.stop();
});

/** The console in a tab of its own, before anybody has said who is there. */
async function open(look: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage(look);
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TypeError/.test(message.text())) complaints.push(message.text());
  });
  own.push(`${bench.url}/crossfade`);
  await page.goto(`${bench.url}/crossfade`);
  return page;
}

async function enter(page: Page, token: string): Promise<Page> {
  await page.fill('#token', token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.stages i');
  await page.waitForSelector('.plan .now');
  return page;
}

/** Goes on by the Tab key until this element has the focus. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    if ((await page.evaluate<string>('document.activeElement?.id')) === id) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The Tab key does not come to ${id}.`);
}

/** Waits until the page's text matches; from here, because the page's policy evaluates nothing. */
function says(page: Page, pattern: string): Promise<void> {
  const matches = async (): Promise<boolean> =>
    new RegExp(pattern).test((await page.textContent('body')) ?? '');
  return waitFor(`the page to say ${pattern}`, matches, 60_000);
}

/** As the guidelines for contrast count it, 0 to 1. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('given the console', () => {
  it('shows nothing to who has no token, and says what is wrong with another', async () => {
    const page = await open();
    expect(await page.isVisible('#console')).toBe(false);
    await page.fill('#token', 'wrong-token-of-a-test');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#refused:not(:empty)');
    expect(await page.textContent('#refused')).toContain('does not know who asks');
    expect(await page.isVisible('#console')).toBe(false);
    await page.close();
  });

  it('shows a fault within three seconds of its being counted, with its kind and its user hashed', async () => {
    const page = await enter(
      await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' }),
      VIEWER,
    );
    expect(await page.textContent('#rollout')).toMatch(/Serve 50 %, compare 100 %.*step 3 of 5/s);
    expect(await page.textContent('#mismatches')).toContain('None since');
    const plantedMs = Date.now();
    bench.lose(20);
    await page.waitForSelector('#mismatches tbody tr', { timeout: 60_000 });
    const seenMs = Date.now();
    expect(await page.textContent('#mismatches tbody tr')).toContain('missing in redis');
    expect(await page.textContent('#mismatches')).not.toMatch(/user\d/);
    // The newest reading tells when the first of them was counted; the page needs one reading more at most.
    const countedMs = await firstCountedMs();
    process.stdout.write(
      `console: fault planted, seen ${seenMs - plantedMs} ms later, ${seenMs - countedMs} ms after it was counted\n`,
    );
    expect(seenMs - countedMs).toBeLessThan(3_000);
    await says(page, 'Mismatches, last 30 s[1-9]');
    await page.screenshot({ path: join(shots, 'light-1280.png'), fullPage: true });
    bench.lose(Infinity);
    await page.close();
  }, 120_000);

  it('refuses what a viewer orders, and says why', async () => {
    const page = await enter(await open(), VIEWER);
    await page.click('#do-pause');
    await page.click('#confirm-yes');
    await page.waitForSelector('#notice:not(:empty)');
    expect(await page.textContent('#notice')).toBe(
      'Pause was refused: A viewer may only read. Use a token of the role operator.',
    );
    await page.close();
  });

  it('looks a user up', async () => {
    const page = await enter(await open(), VIEWER);
    await page.fill('#uid', 'user7');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#explained li');
    expect(await page.textContent('#explained')).toMatch(/user7: (shadow|live).*crossfade-serve/s);
    await page.fill('#uid', 'no uid');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#explained .bad');
    await page.close();
  });
});

describe('given an operator who has a keyboard and a phone', () => {
  // The controller of the first one may still roll back by itself what was planted there.
  beforeAll(async () => {
    await bench.stop();
    bench = await ConsoleBench.start();
  }, 60_000);

  it('rolls back by keys alone, asked once and told the number of users, and it is in the record', async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await tabTo(page, 'token');
    await page.keyboard.type(OPERATOR);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#do-rollback:not([disabled])');
    await page.waitForSelector('.stages i');
    const [wide, inner] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
    expect(wide).toBeLessThanOrEqual(inner ?? 0);
    await page.screenshot({ path: join(shots, 'dark-390.png'), fullPage: true });

    await tabTo(page, 'do-rollback');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    expect(await page.textContent('#confirm-body')).toMatch(
      new RegExp(`serve 50 → 25 %\\. Of ${USERS} users Redis serves \\d+, afterwards about 10\\.`),
    );
    await page.screenshot({ path: join(shots, 'dark-390-asked.png') });
    // Whoever presses a key too often leaves it.
    expect(await page.evaluate<string>('document.activeElement?.id')).toBe('confirm-no');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
    expect(bench.actions.filter(({ action }) => action === 'rollback')).toEqual([]);

    await tabTo(page, 'do-rollback');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await tabTo(page, 'confirm-yes');
    await page.keyboard.press('Enter');
    await says(page, 'Serve 25 %');
    expect(await bench.flags()).toContain('25');
    await says(page, 'ordered roll_back to step 2');
    expect(await page.textContent('#history')).toMatch(/operator from 127\.0\.0\.1/);
    expect(bench.actions.filter(({ action }) => action === 'rollback')).toMatchObject([
      {
        role: 'operator',
        by: 'operator',
        from: '127.0.0.1',
        said: '{"toStep":2}',
        status: 200,
        result: 'done',
      },
    ]);
    await page.close();
  }, 120_000);

  it('stops for everybody, and starts again', async () => {
    const page = await enter(await open({ viewport: { width: 390, height: 844 } }), OPERATOR);
    await page.click('#do-stop');
    expect(await page.textContent('#confirm-body')).toMatch(
      new RegExp(`of ${USERS} users are beyond legacy`),
    );
    await page.fill('#confirm-why', 'a test');
    await page.click('#confirm-yes');
    await page.waitForSelector('.stopped');
    expect(await page.textContent('.stopped')).toContain('a test');
    await says(page, `legacy ${USERS} \\(100 %\\)`);
    await page.click('#do-start');
    await page.click('#confirm-yes');
    await page.waitForSelector('.stopped', { state: 'detached' });
    await page.close();
  }, 60_000);
});

describe('given a light room and a dark one', () => {
  it.each(['light', 'dark'] as const)('is %s and can be read', async (colorScheme) => {
    const page = await enter(await open({ colorScheme }), VIEWER);
    const colours = await page.evaluate<string[]>(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    );
    const [ground = 0, ink = 0] = colours.map(luminance);
    expect(ground > ink ? 'light' : 'dark').toBe(colorScheme);
    expect((Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05)).toBeGreaterThan(7);
    await page.close();
  });
});

describe('given all that the page has done', () => {
  it('has asked nobody but this backend, and broken no rule of its own policy', () => {
    expect(asked.length).toBeGreaterThan(20);
    expect(
      asked.filter((url) => !url.startsWith('data:') && !own.some((start) => url.startsWith(start))),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('is served with a policy that lets nothing else in, and has no other file', async () => {
    const page = await fetch(`${bench.url}/crossfade`);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(await page.text()).not.toMatch(/style=|<script>|onclick/);
    for (const file of ['package.json', '..%2fpage.html', '..%2f..%2fpackage.json', 'console.controller.js'])
      expect((await fetch(`${bench.url}/crossfade/${file}`)).status).toBe(404);
    const slash = await fetch(`${bench.url}/crossfade/`, { redirect: 'manual' });
    expect([slash.status, slash.headers.get('location')]).toEqual([308, '../crossfade']);
  });
});

/** When the oldest of the last mismatches was counted. */
async function firstCountedMs(): Promise<number> {
  const answer = await fetch(`${bench.url}/crossfade/api/comparison`, {
    headers: { authorization: `Bearer ${VIEWER}` },
  });
  const { samples } = (await answer.json()) as { samples: { atMs: number }[] };
  await waitFor('a mismatch', () => samples.length > 0);
  return samples.at(-1)?.atMs ?? 0;
}
