import { Module, type BeforeApplicationShutdown, type DynamicModule, type Provider } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { adminOptionsFromSettings, CrossfadeAdminModule, type AdminOptions } from '../../admin.js';
import {
  CROSSFADE_REGISTRY,
  CrossfadeDrain,
  CrossfadeModule,
  EventProvider,
  optionsFromSettings,
  type CrossfadeOptions,
  type GatewaySettings,
  type MetricsRegistry,
  type Settings,
} from '../../index.js';
import { SystemClock } from '../../tools.js';
import { logAction } from '../log-action.js';
import { LastScrape } from '../health/last-scrape.js';
import { Readiness } from '../health/readiness.js';
import { Serving } from '../health/serving.js';
import { EventsController, SSE_OPTIONS } from '../listening/events.controller.js';
import type { SseOptions } from '../listening/sse-stream.js';
import { PROCESS_METRICS } from '../process-metrics.js';
import { Admission } from './admission.js';
import { GatewayHealthController } from './health.controller.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { LegacyController } from './legacy.controller.js';
import { LegacyFeed } from './legacy-feed.js';
import { fedSource, ListenedTopics } from './listened-topics.js';
import { ListenerBook } from './listener-book.js';
import { ListenerTokens } from './listener-tokens.js';
import { GatewayMetricsController } from './metrics.controller.js';
import { PublisherProxy } from './publisher-proxy.js';
import { SocketDoor } from './socket-door.js';
import { StreamDoor } from './stream-door.js';

/** What a gateway is made of; its legacy source is the one that is fed over HTTP. */
export interface GatewayOptions {
  readonly crossfade: Omit<CrossfadeOptions, 'legacySource'>;
  readonly gateway: GatewaySettings;
  /** the publisher's base URL, to which every path that is not ours goes; undefined: to nobody */
  readonly serviceUrl?: string | undefined;
  readonly admin?: AdminOptions | undefined;
}

/** Sends everybody away before the server closes. */
class Drain implements BeforeApplicationShutdown {
  constructor(
    private readonly serving: Serving,
    private readonly book: ListenerBook,
    private readonly door: SocketDoor,
    private readonly proxy: PublisherProxy,
    private readonly crossfade: CrossfadeDrain,
    private readonly lastScrape: LastScrape,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    // Said before the first is sent away: providers are told of the end one after another.
    this.serving.state = 'draining';
    await this.book.drain();
    this.door.close();
    this.proxy.close();
    await this.lastScrape.wait(await this.crossfade.drain());
  }
}

/** The gateway for a backend that is not Node: stands in the publisher's place. */
@Module({})
export class GatewayModule {
  static with(options: GatewayOptions): DynamicModule {
    const topics = new ListenedTopics();
    const source = options.crossfade.legacy === 'retired' ? undefined : fedSource(topics);
    const crossfade = {
      ...options.crossfade,
      isGlobal: true,
      ...(source === undefined ? {} : { legacySource: source }),
    };
    const feed: Provider = {
      provide: LegacyFeed,
      inject: [GatewayMetrics],
      useFactory: (metrics: GatewayMetrics) =>
        source === undefined ? undefined : new LegacyFeed(source, topics, metrics),
    };
    return {
      module: GatewayModule,
      imports: [
        TerminusModule.forRoot({ logger: false }),
        CrossfadeModule.forRoot(crossfade),
        ...(options.admin === undefined
          ? []
          : [CrossfadeAdminModule.forRoot({ onAction: logAction, ...options.admin })]),
      ],
      controllers: [EventsController, LegacyController, GatewayHealthController, GatewayMetricsController],
      providers: [Serving, Readiness, LastScrape, feed, ...providersOf(options)],
    };
  }

  /** With settings that were read and checked. */
  static configured(settings: Settings): DynamicModule {
    return GatewayModule.with({
      crossfade: {
        ...optionsFromSettings(settings),
        onFailure: (line) => {
          console.error(line);
        },
      },
      gateway: settings.gateway,
      serviceUrl: settings.serviceUrl,
      admin: adminOptionsFromSettings(settings),
    });
  }
}

function providersOf({ gateway, serviceUrl }: GatewayOptions): Provider[] {
  const clock = new SystemClock();
  const tokens = gateway.tokens === undefined ? undefined : new ListenerTokens(gateway.tokens);
  return [
    { provide: Admission, useValue: new Admission({ tokens, origins: gateway.origins }) },
    { provide: ListenerBook, useFactory: () => new ListenerBook(gateway, clock) },
    PROCESS_METRICS,
    {
      provide: GatewayMetrics,
      inject: [CROSSFADE_REGISTRY],
      useFactory: (registry: MetricsRegistry) => new GatewayMetrics(registry),
    },
    {
      provide: PublisherProxy,
      inject: [GatewayMetrics],
      useFactory: (metrics: GatewayMetrics) => new PublisherProxy(serviceUrl, metrics),
    },
    {
      provide: StreamDoor,
      inject: [Admission, ListenerBook, GatewayMetrics],
      useFactory: (admission: Admission, book: ListenerBook, metrics: GatewayMetrics) =>
        new StreamDoor(admission, book, metrics),
    },
    {
      provide: SocketDoor,
      inject: [EventProvider, Admission, ListenerBook, PublisherProxy, GatewayMetrics],
      useFactory: (
        events: EventProvider,
        admission: Admission,
        book: ListenerBook,
        proxy: PublisherProxy,
        metrics: GatewayMetrics,
      ) => new SocketDoor({ events, admission, book, proxy, metrics, limits: gateway, clock }),
    },
    {
      provide: SSE_OPTIONS,
      inject: [GatewayMetrics],
      useFactory: (metrics: GatewayMetrics): SseOptions => ({
        bufferBytes: gateway.bufferBytes,
        onResync: (missed) => {
          metrics.resynced(missed);
        },
      }),
    },
    {
      provide: Drain,
      inject: [Serving, ListenerBook, SocketDoor, PublisherProxy, CrossfadeDrain, LastScrape],
      useFactory: (...parts: ConstructorParameters<typeof Drain>) => new Drain(...parts),
    },
  ];
}
