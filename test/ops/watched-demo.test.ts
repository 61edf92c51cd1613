import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DASHBOARDS } from '../../ops/grafana/src/dashboards.js';
import { waitFor } from '../wait-for.js';
import { fired, quiet } from './firing-alerts.js';
import { emptyAnnotations, excusedForNothing, lacking, panelAnswers } from './panel-answers.js';
import { USERS, WatchedDemo } from './watched-demo.js';

const SEEN_WITHIN_MS = 3_000;
/** A chat message is waited for so long, and its loss is held back so long; see docs/comparing.md. */
const COUNTABLE_AFTER_MS = 5_000 + 10_000;

/** What only the haste of a test may raise: windows and delays are twenty times shorter, and what fills them is not. */
const SHORT_WINDOWS = {
  CrossfadeMuchExcused: 'an outage of 15 s fills a window of 90 s with what is excused',
};
const SHORT_DELAYS = {
  CrossfadeRedisDoubted: 'a doubt of the outage may outlive it by the 6 s that are 2 min',
};

let watched: WatchedDemo;
beforeAll(async () => {
  watched = await WatchedDemo.start();
}, 300_000);
afterAll(() => watched.stop());

/** Resolves to how long after a moment the page showed an element. */
async function seenAfterMs(selector: string, sinceMs: number): Promise<number> {
  await watched.page.waitForSelector(selector, { timeout: 60_000 });
  return Date.now() - sinceMs;
}

function deliveredFrom(source: 'legacy' | 'redis'): string {
  return `sum(rate(crossfade_events_delivered_total{job="crossfade",source="${source}"}[5s]))`;
}

/** What has been raised so far: it may go on after its fault is over. */
const before: string[] = [];

/** The alerts of a fault fire anew, and no other does but what earlier faults have raised. */
async function raisesExactly(
  raises: readonly string[],
  sinceMs: number,
  mayRaise: Readonly<Record<string, string>> = {},
): Promise<void> {
  before.push(...Object.keys(mayRaise));
  const names = await fired(watched.prometheus, { raises, allowed: before, sinceMs });
  told(`fired: ${names.join(', ')}`);
  expect(names).toEqual([...raises].sort());
  before.push(...raises);
}

function told(what: string): void {
  process.stdout.write(`console: ${what}\n`);
}

interface History {
  readonly entries: readonly { readonly text: string; readonly actor: string; readonly from?: string }[];
}

/** One run: the parts build on one another. */
describe('given the demo, with its console in a Chromium and the rules in a Prometheus that scrapes it', () => {
  it('fires no alert and shows no trouble while all is well', async () => {
    const { page, prometheus } = watched;
    // The demo begins with percentages that no controller has set: somebody says that this is well.
    await page.click('#do-resume');
    await page.click('#confirm-yes');
    await page.waitForSelector('#do-resume', { state: 'hidden' });
    await quiet(prometheus);
    expect(await page.isVisible('#trouble')).toBe(false);
  }, 160_000);

  it('shows a dead Redis within three seconds, and fires its alert and no other', async () => {
    const { page, redis } = watched;
    const sinceMs = Date.now();
    const ended = redis.server.kill('SIGKILL');
    const seenMs = await seenAfterMs('#trouble p:has-text("redis:")', sinceMs);
    await ended;
    told(`Redis killed, seen ${seenMs} ms later: ${(await page.textContent('#trouble')) ?? ''}`);
    expect(seenMs).toBeLessThan(SEEN_WITHIN_MS);
    await watched.screenshot('redis-is-dead');
    await raisesExactly(['CrossfadeRedisDown'], sinceMs, SHORT_WINDOWS);
  }, 150_000);

  it('shows no trouble once Redis is back, fires that there was a gap and no other, and Redis serves again', async () => {
    const { page, prometheus, redis } = watched;
    const sinceMs = Date.now();
    await redis.server.restart();
    await page.waitForSelector('#trouble:empty', { state: 'attached', timeout: 30_000 });
    await raisesExactly(['CrossfadeRedisGaps'], sinceMs, SHORT_DELAYS);
    await prometheus.until(deliveredFrom('redis'));
  }, 150_000);

  it('rolls back by the button, asked once with the number of users: legacy serves, and it is in the record', async () => {
    const { page, demo, prometheus } = watched;
    const sinceMs = Date.now();
    await page.click('#do-rollback');
    await page.selectOption('#confirm-choice', { label: 'to serve 0 %' });
    expect(await page.textContent('#confirm-body')).toMatch(
      new RegExp(`serve 25 → 0 %\\. Of ${USERS} users Redis serves \\d+, afterwards about 0\\.`),
    );
    await watched.screenshot('asked');
    await page.click('#confirm-yes');
    await page.waitForSelector('.stand strong:has-text("Serve 0 %, compare 100 %")');
    const { features } = JSON.parse(await readFile(demo.flagsFile, 'utf8')) as {
      features: { name: string; strategies: { parameters: { rollout: string } }[] }[];
    };
    const serve = features.find(({ name }) => name === 'crossfade-serve');
    expect(serve?.strategies.map(({ parameters }) => parameters.rollout)).toEqual(['0']);
    await page.waitForSelector('.legend .live:has-text("live 0 (0 %)")');
    await page.waitForSelector('#history li:has-text("ordered roll_back")');
    expect(await page.textContent('#history')).toMatch(/operator from 127\.0\.0\.1/);
    const { entries } = await watched.read<History>('history');
    const audit = entries.find(({ text }) => text.includes('ordered roll_back'));
    expect(audit).toMatchObject({ actor: 'operator', from: '127.0.0.1' });
    const lines = demo.said
      .split('\n')
      .filter((line) => line.startsWith('action: {') && line.includes('"rollback"'));
    expect(lines.map((line) => JSON.parse(line.slice('action: '.length)) as unknown)).toMatchObject([
      {
        action: 'rollback',
        role: 'operator',
        by: 'operator',
        from: '127.0.0.1',
        status: 200,
        result: 'done',
      },
    ]);
    told(
      `rolled back by the button; record: ${audit?.actor ?? ''}: ${audit?.text ?? ''}; log: ${lines.join()}`,
    );
    await raisesExactly(['CrossfadeRolledBack'], sinceMs);
    expect(await prometheus.value(deliveredFrom('redis'))).toBe(0);
    expect(await prometheus.value(deliveredFrom('legacy'))).toBeGreaterThan(0);
  }, 60_000);

  it('shows a loss within three seconds of its being countable, and fires its alerts and no other', async () => {
    const { page, demo } = watched;
    expect(await page.textContent('#mismatches')).not.toContain('missing in redis');
    const sinceMs = await demo.plant('drop=10%');
    const seenMs = await seenAfterMs('#mismatches tr:has-text("missing in redis")', sinceMs);
    told(`loss planted, seen ${seenMs} ms later, ${seenMs - COUNTABLE_AFTER_MS} ms after it was countable`);
    expect(seenMs).toBeLessThan(COUNTABLE_AFTER_MS + SEEN_WITHIN_MS);
    await watched.screenshot('loss');
    await demo.plant('drop=4%, duplicate=8%, alter=8%, reorder=8%, delay=7000ms@0.3%');
    await raisesExactly(['CrossfadeLoss', 'CrossfadeMismatches'], sinceMs);
  }, 180_000);

  it('shows what is misrouted or unreadable within three seconds, and fires their alerts and no other', async () => {
    const { redis } = watched;
    const sinceMs = Date.now();
    for (const [name, message] of [
      ['misrouted', '{"type": "notif.sync", "uid": "somebody-else", "payload": {}}'],
      ['unreadable', 'no envelope'],
    ] as const) {
      const plantedMs = Date.now();
      await redis.client.publish('user:user1', message);
      const seenMs = await seenAfterMs(`#trouble p:has-text("${name}:")`, plantedMs);
      told(`${name} message published, seen ${seenMs} ms later`);
      expect(seenMs).toBeLessThan(SEEN_WITHIN_MS);
    }
    await raisesExactly(['CrossfadeMisrouted', 'CrossfadeUnreadable'], sinceMs);
  }, 150_000);
});

describe('given the same after all that a publisher can do wrong, stopped at last by a person', () => {
  beforeAll(async () => {
    const { page, prometheus } = watched;
    for (const outcome of ['missing_in_redis', 'different', 'duplicate', 'reordered'])
      await prometheus.until(`sum(increase(crossfade_comparisons_total{class="${outcome}"}[1m]))`);
    await prometheus.until('sum(increase(crossfade_late_total[1m]))');
    await page.click('#do-stop');
    await page.fill('#confirm-why', 'to see it on the dashboard');
    await page.click('#confirm-yes');
    await page.waitForSelector('.stopped');
    await prometheus.until('min(crossfade_stopped{job="crossfade"})');
  }, 120_000);

  it.each(DASHBOARDS.map((spec) => [spec.title, spec] as const))(
    'answers every query of %s with data',
    async (_, dashboard) => {
      const answers = await panelAnswers(watched.prometheus, dashboard);
      told(`${dashboard.title}: ${answers.length} queries answered`);
      expect(answers.length).toBeGreaterThan(5);
      expect(lacking(answers)).toEqual([]);
    },
    60_000,
  );

  it('draws decisions and alerts into the panels', async () => {
    await waitFor('every annotation', async () => (await emptyAnnotations(watched.prometheus)).length === 0);
  });

  it('excuses no panel that is not there', () => {
    expect(excusedForNothing()).toEqual([]);
  });
});
