import type { Registry } from 'prom-client';
import type { ComparingSettings } from '../comparing/comparing-settings.js';
import type { Clock } from '../contracts/clock.js';
import type { CohortReader } from '../contracts/cohort-reader.js';
import type { EventSource } from '../contracts/event-source.js';
import type { Presence } from '../contracts/presence.js';
import type { Resync } from '../contracts/resync.js';
import type { Gap } from '../domain/gap.js';
import type { Mode } from '../domain/mode.js';
import type { ChannelPrefixes } from '../domain/topic.js';
import type { Settings } from './settings.js';
import type { RedisEndpoint } from '../domain/redis-endpoint.js';
import type { ResyncCallback } from '../resync/callback-resync.js';
import type { FirestorePort } from '../resync/firestore-port.js';
import type { HandoverSettings } from '../routing/handover-settings.js';

/** What a backend gives to `CrossfadeModule.forRoot`. What cannot be is refused at start, all of it at once. */
export interface CrossfadeOptions {
  /** `legacy`: nothing but the legacy source is ever touched. `local` and `prod`: users move by flag. */
  readonly mode: Mode;
  /** `retired`: every user is `complete`, no flag is asked and no legacy source registered. Default `registered`. */
  readonly legacy?: 'registered' | 'retired';
  /** Where the backend's events come from today; required unless legacy is retired. */
  readonly legacySource?: EventSource;
  /** Where Redis/Valkey is; required unless the mode is `legacy`. */
  readonly redis?: RedisEndpoint;
  /** The publisher's channel prefixes; default `user:` and `chat:`. */
  readonly prefixes?: Partial<ChannelPrefixes>;
  /** The flags: a file in Unleash's client-features format, an Unleash server, or a reader of one's own; required where users move. */
  readonly flags?: FlagsFrom;
  /** Who tells the publisher that a user is present. Left out: the host sees to it itself. */
  readonly presence?: PresenceFrom;
  /** The registry that gets the metrics; default one of the module's own. */
  readonly registry?: Registry;
  /** Compare chats live too; default false, because their presence can starve legacy. */
  readonly compareChats?: boolean;
  /** How a user's lists are read again after a gap in `complete`. Left out: what a gap swallowed shows with the next list. */
  readonly resync?: ResyncFrom;
  /** How a stop (`crossfade stop`) is kept here. Left out: in memory and in the Redis alone. */
  readonly stop?: {
    /** a file of this replica's own, so that a stop holds over a restart while Redis is away or was emptied */
    readonly file?: string;
  };
  /** How users are moved from one source to the other; each setting has a default. */
  readonly handover?: Partial<HandoverSettings>;
  /** How a Redis that is up and brings nothing is found out; what is left out has its default. */
  readonly watch?: WatchOptions;
  /** How long the orderly end may take, 0 to 600,000 milliseconds; default 8,000. What is not closed by then is left. */
  readonly shutdownLimitMs?: number;
  /** Rules, bounds and samples of the comparison; the defaults are the contract. */
  readonly comparing?: ComparingSettings;
  /**
   * Holds Redis against itself over a second connection, for one compared user in so many (1 to 1,000,000; `true`:
   * 20). Default false.
   */
  readonly selfTest?: boolean | { readonly sampleOneIn: number };
  /**
   * Carries a controller that acts by these settings, one of all replicas at a time; its evidence is this process's
   * own where the settings name no Prometheus. Left out: none.
   */
  readonly control?: Settings;
  /** Whether a recording may show values, but for those under a name in `comparing.redact`. Default false. */
  readonly recordValues?: boolean;
  /** Told of each failure of the instrument, at most a few a minute for each operation. */
  readonly onFailure?: (message: string) => void;
  /** Told of each gap when it has ended, once for each topic that it touched: tens of thousands at once when Redis breaks. */
  readonly onGap?: (gap: Gap) => void;
  /** Time; default the machine's. */
  readonly clock?: Clock;
}

export interface WatchOptions {
  /** between two messages of our own that prove the link, 100 to 60,000 milliseconds, default 1,000; 0: none */
  readonly canaryIntervalMs?: number;
  /** between two questions to the publisher's `/readyz`, 500 to 60,000 milliseconds, default 3,000; 0: none */
  readonly readyzIntervalMs?: number;
}

export type FlagsFrom =
  | { readonly file: string }
  | {
      readonly unleash: {
        /** the API's base, such as `https://unleash.example.org/api` */
        readonly url: string;
        /** a backend token of the environment; never printed */
        readonly token: string;
        /** between two questions, milliseconds, default 1,000 */
        readonly pollIntervalMs?: number;
        /** the server's stream of changes while it offers one, else polling; default true */
        readonly streaming?: boolean;
        /** how long the start waits for the server at most, milliseconds, default 5,000 */
        readonly startLimitMs?: number;
        /** a file that keeps what was read last beside Redis, so that a restart during an outage moves nobody */
        readonly storeFile?: string;
        /** a file in Unleash's client-features format, for a first start without a server and with nothing kept */
        readonly bootstrapFile?: string;
      };
    }
  | { readonly reader: CohortReader };

export type ResyncFrom =
  | {
      /** the host's own way; answers within 5 s with the topic's lists, as envelopes or as its queue's tuples */
      readonly callback: ResyncCallback;
    }
  | {
      /** the host's client of the database that the publisher reads; notifications only */
      readonly firestore: FirestorePort;
    }
  | { readonly adapter: Resync };

export type PresenceFrom =
  | {
      /** the publisher's base URL, `http(s)` or `ws(s)` */
      readonly serviceUrl: string;
      /** sockets opened per second, default 50 */
      readonly opensPerSecond?: number;
      /** how long a socket stays after its last reader, milliseconds, default 60,000 */
      readonly lingerMs?: number;
    }
  | { readonly adapter: Presence };
