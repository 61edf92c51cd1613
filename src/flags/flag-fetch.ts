import { randomUUID } from 'node:crypto';
import { UnleashEvents, type ClientFeaturesResponse } from 'unleash-client';
import repositoryModule from 'unleash-client/lib/repository/index.js';

export interface FlagFetchOptions {
  /** the API's base, such as `https://unleash.example.org/api` */
  readonly url: string;
  /** a backend token of the environment */
  readonly token: string;
  readonly appName: string;
  /** milliseconds between two questions while all is well */
  readonly pollIntervalMs: number;
  /** milliseconds until one attempt is given up, at least 1000; unleash-client makes up to three */
  readonly requestTimeoutMs: number;
  /** begin with the server's stream of changes; where there is none the client polls */
  readonly streaming: boolean;
}

/** Who is told of each answer, and of each failure. Must not throw. */
export interface FlagFetchListener {
  /** The server sent the flags, whole. */
  fetched(features: unknown): void;
  /** The server says that nothing has changed. */
  unchanged(): void;
  /** `status` is 401 or 403 where the client has given up for good; otherwise it goes on by itself. */
  failed(error: Error, status: 401 | 403 | undefined): void;
}

/** unleash-client's fetching alone: what it fetches is handed over, not put in force. */
export class FlagFetch {
  private readonly repository: InstanceType<typeof repositoryModule.default>;
  private stopped = false;

  constructor(options: FlagFetchOptions, listener: FlagFetchListener) {
    this.repository = new repositoryModule.default({
      url: options.url.endsWith('/') ? options.url : `${options.url}/`,
      appName: options.appName,
      instanceId: options.appName,
      connectionId: randomUUID(),
      refreshInterval: options.pollIntervalMs,
      timeout: options.requestTimeoutMs,
      headers: { Authorization: options.token },
      namePrefix: 'crossfade-',
      mode: options.streaming ? { type: 'streaming' } : { type: 'polling', format: 'full' },
      bootstrapProvider: { readBootstrap: () => Promise.resolve(undefined) },
      // The client hands its storage the whole of what it fetched, segments and stream changes included.
      storageProvider: {
        get: () => Promise.resolve(undefined),
        set: (_key: string, features: ClientFeaturesResponse) => {
          if (!this.stopped) listener.fetched(features);
          return Promise.resolve();
        },
      },
    });
    this.repository.on(UnleashEvents.Unchanged, () => {
      listener.unchanged();
    });
    this.repository.on(UnleashEvents.Error, (error: unknown) => {
      const [, status] = / responded (401|403) /.exec(String(error)) ?? [];
      listener.failed(asError(error), status === undefined ? undefined : status === '401' ? 401 : 403);
    });
    this.repository.on(UnleashEvents.Warn, (warning: unknown) => {
      listener.failed(asError(warning), undefined);
    });
  }

  /** Resolves after the first answer or failure. Never rejects. */
  async start(): Promise<void> {
    await this.repository.start().catch(() => undefined);
  }

  /** Whether the server now tells of changes by itself. */
  isStreaming(): boolean {
    return this.repository.getMode() === 'streaming';
  }

  stop(): void {
    this.stopped = true;
    this.repository.stop();
    // The client takes its listeners off; a fetch that fails afterwards would then end the process.
    this.repository.on(UnleashEvents.Error, () => undefined);
  }
}

function asError(problem: unknown): Error {
  return problem instanceof Error ? problem : new Error(String(problem));
}
