import type { Clock } from '../contracts/clock.js';
import type { MetricSample } from './fleet-book.js';

export interface PrometheusApiOptions {
  /** the server's base, such as `http://127.0.0.1:9090` */
  readonly url: string;
  readonly clock: Clock;
  /** ms until a question is given up; default 10,000 */
  readonly timeoutMs?: number;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** The part of Prometheus's HTTP API that reads samples as they were scraped. All calls reject with the cure. */
export class PrometheusApi {
  constructor(private readonly options: PrometheusApiOptions) {}

  /** The samples of the span that ends at a moment, `atMs` excluded at its beginning. */
  raw(selector: string, atMs: number, spanMs: number): Promise<MetricSample[]> {
    const seconds = Math.max(1, Math.ceil(spanMs / 1000));
    return this.ask('query', { query: `${selector}[${seconds}s]`, time: String(atMs / 1000) });
  }

  /** The newest sample at each of many moments; for a past that is too long to be read whole. */
  thinned(selector: string, fromMs: number, toMs: number, stepMs: number): Promise<MetricSample[]> {
    const span = { start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) };
    return this.ask('query_range', { query: selector, ...span });
  }

  /** What stands at a moment. */
  now(selector: string, atMs: number): Promise<MetricSample[]> {
    return this.ask('query', { query: selector, time: String(atMs / 1000) });
  }

  private async ask(path: string, form: Readonly<Record<string, string>>): Promise<MetricSample[]> {
    const { url, clock, timeoutMs = 10_000 } = this.options;
    const abort = new AbortController();
    const cancel = clock.after(timeoutMs, () => {
      abort.abort();
    });
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/${path}`, {
        method: 'POST',
        body: new URLSearchParams(form),
        signal: abort.signal,
      });
      const body = (await response.json()) as { data?: { result?: readonly Series[] }; error?: string };
      if (!response.ok)
        throw new Error(`it answered ${response.status} (${(body.error ?? '').slice(0, 160)})`);
      return (body.data?.result ?? []).flatMap(samplesOf);
    } catch (error) {
      const why = abort.signal.aborted ? `no answer within ${timeoutMs} ms` : textOf(error);
      throw new Error(
        `Prometheus cannot be read: ${why}. See to the server, and to CROSSFADE_PROMETHEUS_URL.`,
        {
          cause: error,
        },
      );
    } finally {
      cancel();
    }
  }
}

function samplesOf({ metric, value, values }: Series): MetricSample[] {
  const { __name__: name = '', instance = '', ...labels } = metric;
  const all = values ?? (value === undefined ? [] : [value]);
  return all.map(([seconds, text]) => ({
    name,
    labels,
    replica: instance,
    atMs: Math.round(seconds * 1000),
    value: Number(text),
  }));
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? error.message;
}
