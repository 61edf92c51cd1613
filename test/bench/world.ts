import { startTestRedis, type TestRedis } from '../servers/test-redis.js';
import { waitFor } from '../wait-for.js';
import { Child } from './child.js';
import type { Publication } from './publisher.js';
import type { Cost, Opening, Variant } from './subscriber.js';

/** How much is measured. */
export interface Size {
  readonly rounds: number;
  /** messages of one round, and how many a second */
  readonly messages: number;
  readonly perSecond: number;
  readonly pairs: number;
}

/** A Redis and a publisher, each a process of its own. */
export class World {
  private constructor(
    readonly redis: TestRedis,
    private readonly publisher: Child,
    readonly size: Size,
  ) {}

  static async start(size: Size): Promise<World> {
    // A subscriber may fall as far behind as it likes: what is measured is its CPU, not its pace.
    const limits = ['--client-output-buffer-limit', 'pubsub', '0', '0', '0'];
    const redis = await startTestRedis({ allowsEverything: true, args: limits });
    return new World(redis, Child.start('./publisher.ts'), size);
  }

  get port(): number {
    return this.redis.server.port;
  }

  async stop(): Promise<void> {
    await this.publisher.end();
    await this.redis.stop();
  }

  prepare(what: Omit<Publication, 'port'>): Promise<void> {
    return this.publisher.ask('prepare', { ...what, port: this.port });
  }

  publish(what: Omit<Publication, 'port'>): Promise<void> {
    return this.publisher.ask('publish', { ...what, port: this.port });
  }

  /** Waits until so many channels with this prefix are subscribed. */
  async subscribed(prefix: string, count: number): Promise<void> {
    const client = this.redis.client;
    await waitFor(
      `${count} channels are subscribed`,
      async () => ((await client.pubsub('CHANNELS', `${prefix}*`)) as string[]).length === count,
      60_000,
    );
  }
}

/** One way of reading, in a process of its own, with channels of its own. */
export class Subscriber {
  private number = 0;

  private constructor(
    private readonly world: World,
    private readonly opening: Opening,
    private readonly child: Child,
  ) {}

  static async start(
    world: World,
    variant: Variant,
    kind: Opening['kind'],
    users: number,
  ): Promise<Subscriber> {
    const prefix = `${variant.replaceAll(' ', '-')}-${kind}-${users}:`;
    const opening: Opening = { port: world.port, variant, kind, prefix, users };
    const child = Child.start('./subscriber.ts', !variant.startsWith('raw'));
    await child.ask('open', opening);
    await world.subscribed(prefix, users);
    return new Subscriber(world, opening, child);
  }

  /** Publishes so many messages for these users, and gives back what one of them cost. */
  async round(messages: number, perSecond = 0): Promise<Cost> {
    const { kind, prefix, users } = this.opening;
    const publication = { kind, prefix, users, each: messages / users, from: this.number, perSecond };
    this.number += publication.each;
    await this.world.prepare(publication);
    await this.child.ask('begin', { messages, from: publication.from });
    const [, { cpuMs, wallMs }] = await Promise.all([
      this.world.publish(publication),
      this.child.ask<Cost>('end'),
    ]);
    return { cpuMs: cpuMs / messages, wallMs: wallMs / messages };
  }

  /** CPU that was spent between the rounds until now, and after them, milliseconds in all. */
  between(): Promise<number> {
    return this.child.ask('between');
  }

  end(): Promise<void> {
    return this.child.end();
  }
}

/** Runs each in its turn, as often as there are rounds, whoever was first being last the next time; unless
 * each is a fresh process anyway, one more round warms up. */
export async function alternating<T>(
  rounds: number,
  turns: readonly (() => Promise<T>)[],
  isWarmedUp = true,
): Promise<readonly T[][]> {
  const results: T[][] = turns.map(() => []);
  for (let round = isWarmedUp ? -1 : 0; round < rounds; round++)
    for (let n = 0; n < turns.length; n++) {
      const index = (n + round + turns.length) % turns.length;
      const result = await turns[index]?.();
      if (round >= 0 && result !== undefined) results[index]?.push(result);
    }
  return results;
}
