import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionEntry } from '../../../src/admin.js';
import { EventProvider, InProcessSource, readSettings } from '../../../src/index.js';
import { BackendModule } from '../../../src/service/backend/backend.module.js';
import { createBackend, type Backend } from '../../../src/service/backend/create-backend.js';
import { flagFileText } from '../../../src/tools.js';
import { startTestRedis, type TestRedis } from '../../servers/test-redis.js';

export const OPERATOR = 'operator-token-of-a-test';
export const VIEWER = 'viewer-token-of-a-test';
export const USERS = 40;
const CHAT = { spaceCode: 'sp', threadKey: 'th' };
const SOAK = { soakMinutes: 60, minComparisons: 1000, minUsers: 5, proof: 'none' };
const PLAN = {
  version: 1,
  name: 'a plan of a test',
  types: ['chat.message'],
  steps: [
    { compare: 100, ...SOAK },
    { serve: 25, ...SOAK },
    { serve: 50, ...SOAK },
    { serve: 100, ...SOAK },
    { compare: 0, ...SOAK },
  ],
};

/** A backend with users, a console, a controller of its own and both sources, of which Redis can be told to lose. */
export class ConsoleBench {
  readonly actions: ActionEntry[] = [];
  private readonly legacySource = new InProcessSource();
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;
  private losesOneIn = Infinity;

  private constructor(
    private readonly folder: string,
    private readonly redis: TestRedis,
  ) {}

  private backend: Backend | undefined;
  url = '';

  static async start(): Promise<ConsoleBench> {
    const bench = new ConsoleBench(
      await mkdtemp(join(tmpdir(), 'crossfade-console-')),
      await startTestRedis(),
    );
    await bench.open();
    return bench;
  }

  /** From now on Redis loses every so-manieth event. */
  lose(oneIn: number): void {
    this.losesOneIn = oneIn;
  }

  /** The percentages as the flags stand. */
  flags(): Promise<string> {
    return readFile(join(this.folder, 'flags.json'), 'utf8');
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.backend?.stop();
    await this.redis.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async open(): Promise<void> {
    const { folder, redis, legacySource } = this;
    await writeFile(join(folder, 'flags.json'), flagFileText({ compare: 100, serve: 50 }));
    await writeFile(join(folder, 'plan.yaml'), JSON.stringify(PLAN));
    const endpoint = { host: redis.server.host, port: redis.server.port };
    const control = readSettings({
      LISTENERS_MODE: 'local',
      CROSSFADE_FLAGS_FILE: join(folder, 'flags.json'),
      CROSSFADE_PLAN_FILE: join(folder, 'plan.yaml'),
      CROSSFADE_CONTROL_FOLDER: folder,
      CROSSFADE_CONTROL_LOOK_MS: '500',
    });
    const crossfade = BackendModule.with(
      {
        ...{ mode: 'local', legacySource, redis: endpoint, compareChats: true, control },
        flags: { file: join(folder, 'flags.json') },
        comparing: { confirmMs: 300, rules: [{ type: 'chat.message', windowMs: 500 }] },
      },
      {
        ...{ viewer: [VIEWER], operator: [OPERATOR], console: true },
        onAction: (entry) => this.actions.push(entry),
      },
    );
    this.backend = await createBackend(crossfade);
    this.url = await this.backend.listen({ host: '127.0.0.1', port: 0 });
    const events = this.backend.app.get(EventProvider);
    for (let user = 0; user < USERS; user++) {
      events.listen(`user${user}`, () => undefined);
      events.listen(`user${user}`, () => undefined, { chat: CHAT });
    }
    this.timer = setInterval(() => {
      this.say();
    }, 10);
  }

  /** One chat message from both sources, or from legacy alone. */
  private say(): void {
    const turn = this.turn++;
    const uid = `user${turn % USERS}`;
    const payload = {
      ...{ space_code: CHAT.spaceCode, thread_key: CHAT.threadKey },
      raw_messages: [{ id: `m${turn}`, content: 'hello', message_type: 'MESSAGE', read: false }],
    };
    this.legacySource.push(uid, [`chat_${CHAT.spaceCode}_${CHAT.threadKey}`, payload]);
    if (turn % this.losesOneIn === 0) return;
    const timestamp = new Date().toISOString().replace('Z', '000+00:00');
    const text = `{"type": "chat.message", "uid": "${uid}", "timestamp": "${timestamp}", "payload": ${JSON.stringify(payload)}}`;
    this.redis.client.publish(`chat:${uid}:${CHAT.spaceCode}:${CHAT.threadKey}`, text).catch(() => undefined);
  }
}
