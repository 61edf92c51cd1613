import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { MetricSamples } from '../../src/service/demo/metric-samples.js';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { startTestChromium } from '../servers/test-chromium.js';
import { startTestPrometheus } from '../servers/test-prometheus.js';
import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';
import { AskedPrometheus } from './asked-prometheus.js';
import { hastenedRules } from './hastened-rules.js';
import { RunningDemo } from './running-demo.js';
import { startScrapedGateway } from './scraped-gateway.js';

const OPERATOR = 'operator-token-of-a-test';
export const USERS = 200;
const DEMO = ['--users', String(USERS), '--rate', '60', '--compare', '100', '--serve', '25', '--seed', '7'];

/** The demo as a process, a Prometheus that scrapes it and has the rules, and a Chromium that shows its console. */
export class WatchedDemo {
  private readonly closing: (() => Promise<unknown>)[] = [];
  redis!: TestRedis;
  demo!: RunningDemo;
  prometheus!: AskedPrometheus;
  /** of the operator, at the width of a phone and in the dark */
  page!: Page;
  /** where the screenshots go */
  shots!: string;

  static async start(): Promise<WatchedDemo> {
    const watched = new WatchedDemo();
    try {
      await watched.open();
    } catch (error) {
      await watched.stop();
      throw error;
    }
    return watched;
  }

  /** What the admin API answers. */
  async read<Answer>(path: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${OPERATOR}` };
    return (await (await fetch(`${this.demo.url}/crossfade/api/${path}`, { headers })).json()) as Answer;
  }

  /** What the operator sees, wherever the page is scrolled to. */
  screenshot(name: string): Promise<Buffer> {
    return this.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }

  async stop(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  private async open(): Promise<void> {
    const { closing } = this;
    this.shots = await mkdtemp(join(tmpdir(), 'crossfade-shots-'));
    this.redis = await startTestRedis();
    closing.push(() => this.redis.stop());
    const gateway = await startScrapedGateway();
    closing.push(gateway.stop);
    const browser = await startTestChromium();
    closing.push(() => browser.close());
    this.demo = await RunningDemo.start(DEMO, {
      LISTENERS_REDIS_HOST: this.redis.server.host,
      LISTENERS_REDIS_PORT: String(this.redis.server.port),
      CROSSFADE_ADMIN_OPERATOR_TOKEN: OPERATOR,
      CROSSFADE_SELF_TEST: 'true',
    });
    closing.push(() => this.demo.stop());
    await this.settled();
    const prometheus = await this.openPrometheus(gateway);
    closing.push(() => prometheus.stop());
    this.prometheus = new AskedPrometheus(prometheus);
    this.page = await this.openPage(browser);
  }

  /** What is excused while the users come in is over: nobody watches a backend for the first time as it starts. */
  private async settled(): Promise<void> {
    let before = -1;
    const looksSettled = async (): Promise<boolean> => {
      await pause(2_000);
      const samples = new MetricSamples(await (await fetch(`${this.demo.url}/metrics`)).text());
      const excused = [...samples.sumBy('crossfade_excused_total', 'reason').values()];
      const now = excused.reduce((sum, count) => sum + count, 0);
      const isSettled = now === before;
      before = now;
      return isSettled;
    };
    await waitFor('the users to have come in', looksSettled, 60_000);
  }

  private openPrometheus({ target, path }: { target: string; path: string }): Promise<RunningServer> {
    return startTestPrometheus([new URL(this.demo.url).host], {
      jobs: { 'crossfade-gateway': { targets: [target], path } },
      rules: hastenedRules(),
    });
  }

  private async openPage(browser: Browser): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await page.goto(`${this.demo.url}/crossfade`);
    await page.fill('#token', OPERATOR);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.plan .now');
    await page.waitForSelector('.stages i');
    return page;
  }
}
