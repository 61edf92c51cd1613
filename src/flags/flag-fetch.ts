import { randomUUID } from 'node:crypto';
import { UnleashEvents, type ClientFeaturesResponse } from 'unleash-client';
import repositoryModule, { type RepositoryOptions } from 'unleash-client/lib/repository/index.js';
import type { Cancel, Clock } from '../contracts/clock.js';
import { FlagStream } from './flag-stream.js';

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
  /** begin with the server's stream of changes; from when it ends, or where there is none, the client polls */
  readonly streaming: boolean;
  readonly clock: Clock;
}

/** Who is told of each answer, and of each failure. Must not throw. */
export interface FlagFetchListener {
  /** The server sent the flags, whole. */
  fetched(features: unknown): void;
  /** The server says that nothing has changed. */
  unchanged(): void;
  /** `status` is 401 or 403 where the client has given up for good; otherwise it goes on by itself. */
  failed(error: Error, status: 401 | 403 | undefined): void;
  /** The stream has ended, or there never was one, and polling has begun; `offered`: another may be asked for later. */
  streamEnded(offered: boolean): void;
  /** The server asks its clients to read from a stream, and does not answer polls any more. */
  streamOffered(): void;
}

/** unleash-client's fetching alone: what it fetches is handed over, not put in force. */
export class FlagFetch {
  private readonly repository: InstanceType<typeof repositoryModule.default>;
  private readonly stream: FlagStream | undefined;
  private cancelPatience: Cancel = () => undefined;
  private stopped = false;

  constructor(
    private readonly options: FlagFetchOptions,
    private readonly listener: FlagFetchListener,
  ) {
    const url = options.url.endsWith('/') ? options.url : `${options.url}/`;
    const connectionId = randomUUID();
    const { token, appName } = options;
    if (options.streaming)
      this.stream = new FlagStream({ url, token, appName, connectionId }, (offered) => {
        this.pollInstead(offered);
      });
    this.repository = new repositoryModule.default({
      url,
      appName,
      instanceId: appName,
      connectionId,
      refreshInterval: options.pollIntervalMs,
      timeout: options.requestTimeoutMs,
      headers: { Authorization: token },
      namePrefix: 'crossfade-',
      ...modeOf(this.stream),
      bootstrapProvider: { readBootstrap: () => Promise.resolve(undefined) },
      // The client hands its storage the whole of what it fetched, segments and stream changes included.
      storageProvider: {
        get: () => Promise.resolve(undefined),
        set: (_key: string, features: ClientFeaturesResponse) => {
          this.cancelPatience();
          if (!this.stopped) listener.fetched(features);
          return Promise.resolve();
        },
      },
    });
    this.listen();
  }

  /** Resolves after the first answer or failure, or when a stream was asked for. Never rejects. */
  async start(): Promise<void> {
    // A stream that was accepted and says nothing, such as behind a proxy that keeps it back, helps nobody.
    if (this.stream !== undefined)
      this.cancelPatience = this.options.clock.after(this.options.requestTimeoutMs, () => {
        this.stream?.close();
      });
    await this.repository.start().catch(() => undefined);
  }

  /** Whether the server now tells of changes by itself. */
  isStreaming(): boolean {
    return this.stream?.isOpen === true;
  }

  stop(): void {
    this.stopped = true;
    this.cancelPatience();
    this.repository.stop();
    this.stream?.close();
    // The client takes its listeners off; a fetch that fails afterwards would then end the process.
    this.repository.on(UnleashEvents.Error, () => undefined);
  }

  private listen(): void {
    const { repository, listener } = this;
    repository.on(UnleashEvents.Unchanged, () => {
      listener.unchanged();
    });
    repository.on(UnleashEvents.Error, (error: unknown) => {
      const [, status] = / responded (401|403) /.exec(String(error)) ?? [];
      listener.failed(asError(error), status === undefined ? undefined : status === '401' ? 401 : 403);
    });
    repository.on(UnleashEvents.Warn, (warning: unknown) => {
      if (repository.getMode() === 'polling') listener.failed(asError(warning), undefined);
      // Whatever the client could not make of the stream, a poll brings the whole.
      else this.stream?.close();
    });
    repository.on(UnleashEvents.Mode, ({ to }: { readonly to: string }) => {
      if (to === 'streaming') listener.streamOffered();
    });
  }

  private pollInstead(offered: boolean): void {
    this.cancelPatience();
    if (this.stopped) return;
    this.listener.streamEnded(offered);
    // The client may be about to do so by itself; then there is nothing left to do, and only then.
    queueMicrotask(() => {
      if (!this.stopped) void this.repository.setMode('polling').catch(() => undefined);
    });
  }
}

function modeOf(stream: FlagStream | undefined): Pick<RepositoryOptions, 'mode' | 'eventSource'> {
  if (stream === undefined) return { mode: { type: 'polling', format: 'full' } };
  return { mode: { type: 'streaming' }, eventSource: stream.events as unknown as EventSource };
}

function asError(problem: unknown): Error {
  return problem instanceof Error ? problem : new Error(String(problem));
}
