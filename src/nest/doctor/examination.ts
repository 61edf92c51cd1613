import type { Clock } from '../../contracts/clock.js';
import { RedisPresenceAnnouncer } from '../../coordination/redis-presence-announcer.js';
import type { RedisEndpoint } from '../../domain/redis-endpoint.js';
import { PresenceProbe } from '../../presence/presence-probe.js';
import type { FirestorePort } from '../../resync/firestore-port.js';
import type { RedisProbe } from '../../sources/redis-probe.js';
import { optionsFromSettings } from '../options-from-settings.js';
import type { RedisSettings, Settings } from '../settings.js';

/** Two logged-in connections: one that listens, and one that sees it from outside. */
export interface ProbedRedis {
  readonly commands: RedisProbe;
  readonly listener: RedisProbe;
}

/** What the checkpoints of one examination share. */
export class Examination {
  readonly redis: RedisSettings;
  readonly endpoint: RedisEndpoint;
  /** optional commands that were refused, in capitals */
  readonly refused = new Set<string>();
  private readonly probes: RedisProbe[] = [];
  private presence: Promise<PresenceProbe> | undefined;
  private probed: ProbedRedis | undefined;

  constructor(
    readonly settings: Settings,
    readonly clock: Clock,
    /** whose presence may be opened; undefined: nobody's */
    readonly uid: string | undefined,
    readonly firestore: FirestorePort | undefined,
  ) {
    const { redis: endpoint } = optionsFromSettings(settings);
    if (settings.redis === undefined || endpoint === undefined)
      throw new Error('In mode legacy there is nothing to examine.');
    this.redis = settings.redis;
    this.endpoint = endpoint;
  }

  /** The connections that the authentication has opened. @throws where it has not */
  get connections(): ProbedRedis {
    if (this.probed === undefined) throw new Error('nothing is connected to Redis');
    return this.probed;
  }

  set connections(probed: ProbedRedis) {
    this.probed = probed;
  }

  /** To be closed with the examination. */
  keep(probe: RedisProbe): RedisProbe {
    this.probes.push(probe);
    return probe;
  }

  /** Opens the user's presence, the first time that it is asked for. */
  openPresence(serviceUrl: string, uid: string, limitMs: number): Promise<PresenceProbe> {
    this.presence ??= PresenceProbe.open(serviceUrl, uid, limitMs);
    return this.presence;
  }

  /** Closes it and opens it again, so that the publisher says everything anew. */
  async reopenPresence(serviceUrl: string, uid: string, limitMs: number): Promise<void> {
    await (await this.presence)?.close();
    this.presence = PresenceProbe.open(serviceUrl, uid, limitMs);
    await this.presence;
  }

  /** Leaves nothing open, and tells the replicas whose presence was closed: the publisher may be silent about that user. */
  async close(): Promise<void> {
    const presence = await this.presence?.catch(() => undefined);
    await presence?.close();
    if (presence !== undefined && this.uid !== undefined) await this.announceClosed(this.uid);
    for (const probe of this.probes) probe.close();
  }

  private async announceClosed(uid: string): Promise<void> {
    const redis = this.probed?.commands;
    if (redis === undefined) return;
    const announcer = new RedisPresenceAnnouncer(
      {
        commands: { publish: (channel, text) => redis.ask('PUBLISH', channel, text) },
        listen: () => () => undefined,
      },
      this.clock,
    );
    announcer.closed(uid);
    await announcer.close();
  }
}
