import type { Cancel, Clock } from '../contracts/clock.js';
import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import { readEnvelope } from '../domain/envelope.js';
import type { GapCause } from '../domain/gap.js';
import { channelOf, type ChannelPrefixes, type Topic } from '../domain/topic.js';
import { typeInHead, uidHead } from '../domain/wire-head.js';
import { Canary, type CanaryOptions } from './canary.js';
import { ChannelSubscriptions } from './channel-subscriptions.js';
import { ChannelTraffic, PERIOD_MS } from './channel-traffic.js';
import { RedisLink, type BreakCause, type RedisLinkOptions } from './redis-link.js';
import { withoutSink, withSink, type TopicSinks } from './topic-sinks.js';

export interface RedisSourceOptions extends RedisLinkOptions {
  readonly prefixes: ChannelPrefixes;
  readonly clock: Clock;
  /** channels in one SUBSCRIBE, 1 to 1,000; default 1,000 */
  readonly batchSize?: number;
}

interface OpenChannel {
  readonly uid: string;
  readonly head: Uint8Array;
  readonly traffic: ChannelTraffic;
  sinks: TopicSinks;
  state: 'asked' | 'acknowledged' | 'refused';
}

/** Redis/Valkey Pub/Sub: one connection, many users, each channel subscribed once however many read it. */
export class RedisSource implements EventSource {
  readonly source = 'redis';
  private readonly channels = new Map<string, OpenChannel>();
  private readonly link: RedisLink;
  private readonly subscriptions: ChannelSubscriptions;
  private readonly stopCounting: Cancel;
  private canary: Canary | undefined;
  /** counts periods of `PERIOD_MS`, so that a message need not ask for the time */
  private period = 0;

  constructor(private readonly options: RedisSourceOptions) {
    this.link = new RedisLink(options, {
      up: () => {
        this.canary?.up();
        this.subscribeAll();
      },
      down: (cause) => {
        this.linkDown(cause);
      },
    });
    this.subscriptions = new ChannelSubscriptions(this.link, options.clock, options.batchSize ?? 1_000, {
      wanted: (channel) => this.channels.has(channel),
      acknowledged: (channel) => {
        this.acknowledged(channel);
      },
      refused: (channel) => {
        this.refused(channel);
      },
    });
    this.stopCounting = options.clock.every(PERIOD_MS, () => {
      this.period++;
    });
    this.link.redis.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      this.message(channel, message);
    });
  }

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    const channel = channelOf(topic, this.options.prefixes);
    const open = this.channels.get(channel);
    if (open === undefined) {
      this.channels.set(channel, {
        uid: topic.uid,
        head: uidHead(topic.uid),
        traffic: new ChannelTraffic(),
        sinks: [sink],
        state: 'asked',
      });
      this.subscriptions.want(channel);
    } else open.sinks = withSink(open.sinks, sink);
    if (open?.state === 'acknowledged') sink.attached();
    else if (this.link.isDown) sink.detached('link', 0);
    else if (open?.state === 'refused') sink.detached('subscribe', 0);
    return {
      close: () => {
        this.leave(channel, sink);
      },
    };
  }

  /** Whether the connection lives. */
  get isUp(): boolean {
    return this.link.isUp;
  }

  /** What is wrong with the connection, in words; undefined while it lives. */
  get problem(): string | undefined {
    return this.link.isUp ? undefined : (this.link.lastProblem ?? 'not connected yet');
  }

  /** Proves from now on that what is published comes; to be called once. */
  startCanary(options: Omit<CanaryOptions, 'clock'>): void {
    this.canary = new Canary(this.link, { ...options, clock: this.options.clock });
    if (this.link.isUp) this.canary.up();
  }

  async close(): Promise<void> {
    this.canary?.close();
    this.channels.clear();
    this.stopCounting();
    this.subscriptions.close();
    await this.link.close();
  }

  private leave(channel: string, sink: SourceSink): void {
    const open = this.channels.get(channel);
    if (open?.sinks.includes(sink) !== true) return;
    const left = withoutSink(open.sinks, sink);
    if (left !== undefined) {
      open.sinks = left;
      return;
    }
    this.channels.delete(channel);
    this.subscriptions.unwant(channel);
  }

  private message(channelBytes: Buffer, message: Buffer): void {
    const channel = channelBytes.toString();
    const open = this.channels.get(channel);
    if (open === undefined) {
      if (channel === this.canary?.channel) this.canary.heard(message.toString());
      return;
    }
    const { sinks, uid, head, traffic } = open;
    traffic.count(this.period);
    const first = sinks[0];
    if (sinks.length === 1 && first?.wants === 'bytes') {
      const type = typeInHead(message, head);
      if (type !== undefined) {
        first.bytes(type, message);
        return;
      }
    }
    const envelope = readEnvelope(message.toString(), uid);
    for (const sink of sinks) {
      if (typeof envelope === 'string') sink.rejected(envelope);
      else sink.event(envelope, message);
    }
  }

  /** The busiest first: they have the most to miss. */
  private subscribeAll(): void {
    const { period } = this;
    const busy: [string, number][] = [];
    const idle: string[] = [];
    for (const [channel, { traffic }] of this.channels) {
      const recent = traffic.recent(period);
      if (recent > 0) busy.push([channel, recent]);
      else idle.push(channel);
    }
    busy.sort(([, a], [, b]) => b - a);
    for (const [channel] of busy) this.subscriptions.want(channel);
    for (const channel of idle) this.subscriptions.want(channel);
  }

  private acknowledged(channel: string): void {
    const open = this.channels.get(channel);
    if (open === undefined || open.state === 'acknowledged') return;
    open.state = 'acknowledged';
    open.sinks.forEach((sink) => {
      sink.attached();
    });
  }

  private linkDown(cause: BreakCause): void {
    this.subscriptions.forget();
    // A link that answers and carries nothing was whole only until a canary last came home.
    const wholeUntilMs = Math.min(this.link.provenAtMs, this.canary?.deafSinceMs ?? Infinity);
    this.canary?.down();
    const agoMs = Math.max(0, this.options.clock.elapsedMs() - wholeUntilMs);
    for (const open of this.channels.values()) this.detach(open, 'asked', cause, agoMs);
  }

  private refused(channel: string): void {
    const open = this.channels.get(channel);
    if (open !== undefined) this.detach(open, 'refused', 'subscribe', 0);
  }

  private detach(open: OpenChannel, state: 'asked' | 'refused', cause: GapCause, agoMs: number): void {
    open.state = state;
    open.sinks.forEach((sink) => {
      sink.detached(cause, agoMs);
    });
  }
}
