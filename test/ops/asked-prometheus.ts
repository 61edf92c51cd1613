import { setTimeout as pause } from 'node:timers/promises';
import type { RunningServer } from '../../src/service/servers/running-server.js';
import { waitFor } from '../wait-for.js';

/** A Prometheus that is asked by its API. */
export class AskedPrometheus {
  constructor(private readonly server: Pick<RunningServer, 'port'>) {}

  /** What it answers at a path of its API. @throws Error with its own words, and the query */
  async ask<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const url = `http://127.0.0.1:${this.server.port}/api/v1/${path}?${new URLSearchParams(query).toString()}`;
    const answer = (await (await fetch(url)).json()) as { status: string; error?: string; data: Answer };
    if (answer.status !== 'success') throw new Error(`${answer.error ?? ''}: ${query['query'] ?? path}`);
    return answer.data;
  }

  /** The value of an instant query that has one sample; undefined where it has none. */
  async value(query: string): Promise<number | undefined> {
    const { result } = await this.ask<{ result: { value: [number, string] }[] }>('query', { query });
    return result[0] === undefined ? undefined : Number(result[0].value[1]);
  }

  /** Waits until a query says more than 0. */
  async until(query: string, withinMs = 60_000): Promise<void> {
    const holds = async (): Promise<boolean> => {
      // It scrapes once a second: to ask more often only costs.
      await pause(250);
      return ((await this.value(query)) ?? 0) > 0;
    };
    await waitFor(query, holds, withinMs).catch(async (error: unknown) => {
      const reasons = await this.ask<unknown>('query', { query: 'crossfade_control_reason == 1' });
      throw new Error(`${String(error)}; the controller holds for ${JSON.stringify(reasons)}`, {
        cause: error,
      });
    });
  }
}
