import eventSourceModule from 'unleash-client/lib/event-source.js';
import { buildHeaders } from 'unleash-client/lib/request.js';

/** What unleash-client reads a stream of changes from. */
interface ServerEvents {
  readonly readyState: number;
  on(event: 'error', listener: (problem: { readonly status?: number }) => void): void;
  on(event: 'closed', listener: () => void): void;
  close(): void;
}

const OPEN = 1;
/** A stream without a sign of life for so long is dead; a server sends heartbeats more often. */
const SILENCE_MS = 60_000;
/** The server has no such thing, or will have none of it: asking again is of no use. */
const NOT_OFFERED = new Set([404, 405, 501]);

export interface FlagStreamOptions {
  /** the API's base, with a slash at its end */
  readonly url: string;
  readonly token: string;
  readonly appName: string;
  readonly connectionId: string;
}

/**
 * One connection to the server's stream of changes, for unleash-client to read from. It never connects again
 * by itself, so that whoever holds it always knows whether it stands.
 */
export class FlagStream {
  readonly events: ServerEvents;
  private status: number | undefined;

  /** `ended` is told once, whoever ended it; `offered` says whether asking for a stream again may help. */
  constructor({ url, token, appName, connectionId }: FlagStreamOptions, ended: (offered: boolean) => void) {
    const EventSource = eventSourceModule.EventSource as new (url: string, settings: object) => ServerEvents;
    this.events = new EventSource(`${url}client/streaming`, {
      headers: buildHeaders({
        appName,
        instanceId: appName,
        connectionId,
        specVersionSupported: '5.2.0',
        custom: { Authorization: token },
      }),
      readTimeoutMillis: SILENCE_MS,
      rejectUnauthorized: true,
      errorFilter: () => false,
    });
    this.events.on('error', ({ status }) => {
      this.status = status;
    });
    this.events.on('closed', () => {
      ended(this.status === undefined || !NOT_OFFERED.has(this.status));
    });
  }

  get isOpen(): boolean {
    return this.events.readyState === OPEN;
  }

  close(): void {
    this.events.close();
  }
}
