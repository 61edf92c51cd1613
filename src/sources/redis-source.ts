import type { Cancel, Clock } from '../contracts/clock.js';
import type { EventSource, SourceSink, SourceSubscription } from '../contracts/event-source.js';
import { readEnvelope, type Rejection } from '../domain/envelope.js';
import type { GapCause } from '../domain/gap.js';
import { channelOf, type ChannelPrefixes, type Topic } from '../domain/topic.js';
import type { Envelope } from '../domain/user-event.js';
import { typeInHead } from '../domain/wire-head.js';
import { Canary, type CanaryOptions } from './canary.js';
import { ChannelSubscriptions } from './channel-subscriptions.js';
import { OpenChannel, PERIOD_MS, type ChannelKeeper } from './open-channel.js';
import { RedisLink, type BreakCause, type RedisLinkOptions } from './redis-link.js';

export interface RedisSourceOptions extends RedisLinkOptions {
  readonly prefixes: ChannelPrefixes;
  readonly clock: Clock;
  /** channels in one SUBSCRIBE, 1 to 1,000; default 1,000 */
  readonly batchSize?: number;
}

/** Redis/Valkey Pub/Sub: one connection, many users, each channel subscribed once however many read it. */
export class RedisSource implements EventSource, ChannelKeeper {
  readonly source = 'redis';
  /** those that are read, and those that Redis holds still */
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
    this.subscriptions = new ChannelSubscriptions(
      this.link,
      options.clock,
      options.batchSize ?? 1_000,
      this.channels,
      {
        acknowledged: (channel) => {
          this.acknowledged(channel);
        },
        refused: (channel) => {
          this.refused(channel);
        },
      },
    );
    this.stopCounting = options.clock.every(PERIOD_MS, () => {
      this.period++;
    });
    this.link.redis.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      this.message(channel, message);
    });
  }

  open(topic: Topic, sink: SourceSink): SourceSubscription {
    const name = channelOf(topic, this.options.prefixes);
    const known = this.channels.get(name);
    const open = known?.isRead === true ? known : undefined;
    const subscription = open?.add(sink) ?? this.openFirst(name, topic, sink, known?.held);
    if (open?.state === 'acknowledged') sink.attached();
    else if (this.link.isDown) sink.detached('link', 0);
    else if (open?.state === 'refused') sink.detached('subscribe', 0);
    return subscription;
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

  /** Nobody reads a channel any more. */
  left(channel: OpenChannel): void {
    if (this.channels.get(channel.name) === channel) this.subscriptions.unwant(channel.name);
  }

  private openFirst(
    name: string,
    topic: Topic,
    sink: SourceSink,
    held: OpenChannel['held'] = 'no',
  ): SourceSubscription {
    const channel = new OpenChannel(name, topic.uid, sink, this);
    channel.held = held;
    this.channels.set(name, channel);
    this.subscriptions.want(name);
    return channel;
  }

  private message(channelBytes: Buffer, message: Buffer): void {
    const channel = channelBytes.toString();
    const open = this.channels.get(channel);
    if (open === undefined) {
      if (channel === this.canary?.channel) this.canary.heard(message.toString());
      return;
    }
    open.count(this.period);
    const { uid, onlyReader } = open;
    if (onlyReader?.wants === 'bytes') {
      const type = typeInHead(message, uid);
      if (type !== undefined) {
        onlyReader.bytes(type, message);
        return;
      }
    }
    if (!open.isRead) return;
    const envelope = readEnvelope(message.toString(), uid);
    // Nearly all have one reader: no function is made for it.
    if (onlyReader !== undefined) say(onlyReader, envelope, message);
    else
      open.tell((sink) => {
        say(sink, envelope, message);
      });
  }

  /** The busiest first: they have the most to miss. */
  private subscribeAll(): void {
    const { period } = this;
    const busy: [string, number][] = [];
    const idle: string[] = [];
    for (const [channel, open] of this.channels) {
      const recent = open.recent(period);
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
    open.tell(ATTACH);
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
    open.tell((sink) => {
      sink.detached(cause, agoMs);
    });
  }
}

function say(sink: SourceSink, envelope: Envelope | Rejection, message: Uint8Array): void {
  if (typeof envelope === 'string') sink.rejected(envelope);
  else sink.event(envelope, message);
}

const ATTACH = (sink: SourceSink): void => {
  sink.attached();
};
