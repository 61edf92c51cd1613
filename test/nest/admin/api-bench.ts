import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionEntry, AdminOptions } from '../../../src/admin.js';
import { FileDecisionLog } from '../../../src/coordination/file-decision-log.js';
import { SystemClock } from '../../../src/coordination/system-clock.js';
import type { RolloutEvent } from '../../../src/domain/decision.js';
import { InProcessSource, readSettings } from '../../../src/index.js';
import { defaultPlan } from '../../../src/rollout/default-plan.js';
import { fingerprint } from '../../../src/rollout/fingerprint.js';
import { beginning, entryAfter } from '../../../src/rollout/next-state.js';
import { BackendModule } from '../../../src/service/backend/backend.module.js';
import { createBackend, type Backend } from '../../../src/service/backend/create-backend.js';

export const VIEWER = 'viewer-token-of-a-test';
export const OPERATOR = 'operator-token-of-a-test';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A backend in legacy mode with the admin API, and a rollout whose record is a file of its own. */
export class ApiBench {
  readonly actions: ActionEntry[] = [];

  private constructor(
    private readonly folder: string,
    private readonly backend: Backend,
    readonly url: string,
    entries: ActionEntry[],
  ) {
    this.actions = entries;
  }

  static async start(options: Partial<AdminOptions> = {}): Promise<ApiBench> {
    const folder = await mkdtemp(join(tmpdir(), 'crossfade-api-'));
    const actions: ActionEntry[] = [];
    const backend = await createBackend(
      BackendModule.with(
        { mode: 'legacy', legacySource: new InProcessSource() },
        {
          viewer: [VIEWER],
          operator: [OPERATOR, { name: 'anna', token: `${OPERATOR}-anna` }],
          rollout: readSettings({ CROSSFADE_CONTROL_FOLDER: folder }),
          onAction: (entry) => actions.push(entry),
          ...options,
        },
      ),
    );
    const url = await backend.listen({ host: '127.0.0.1', port: 0 });
    return new ApiBench(folder, backend, url, actions);
  }

  /** Appends to the record what a controller would have. */
  async record(event: RolloutEvent): Promise<void> {
    const clock = new SystemClock();
    const log = new FileDecisionLog({ path: join(this.folder, 'decisions.jsonl'), clock });
    const last = await log.last();
    const before = last?.state ?? beginning(fingerprint(defaultPlan()), clock.nowMs());
    await log.append(entryAfter(last, before, event, { actor: 'controller', nowMs: clock.nowMs() }));
  }

  /** The record as it is on disk. */
  recorded(): Promise<string> {
    return readFile(join(this.folder, 'decisions.jsonl'), 'utf8').catch(() => '');
  }

  async ask(path: string, init: RequestInit & { readonly token?: string } = {}): Promise<ApiAnswer> {
    const { token, headers = {}, ...rest } = init;
    const response = await fetch(`${this.url}/crossfade/api/${path}`, {
      ...rest,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(headers as Record<string, string>),
      },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) };
  }

  act(action: string, said?: unknown, token = OPERATOR): Promise<ApiAnswer> {
    return this.ask(action, {
      method: 'POST',
      token,
      ...(said === undefined
        ? {}
        : { body: JSON.stringify(said), headers: { 'content-type': 'application/json' } }),
    });
  }

  async stop(): Promise<void> {
    await this.backend.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
