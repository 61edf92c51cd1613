import type { MergeOutcome } from '../contracts/recorder.js';
import { chatIdentity, chatMessages, eventIdentities } from '../domain/event-identity.js';
import type { Source } from '../domain/source.js';
import { UserEvent, type JsonObject } from '../domain/user-event.js';
import type { DeliveredIds } from './delivered-ids.js';

/** How long things are remembered. */
export interface MergeSpans {
  /** greatest lag between two copies of one thing */
  readonly windowMs: number;
  /** how long what was not delivered is kept, in case its source has to fill in */
  readonly rememberMs: number;
}

/** Told of each thing that did not simply pass. */
export type MergeListener = (outcome: MergeOutcome, event: UserEvent) => void;

/** One copy, whose other copy has not come yet. */
interface Waiting {
  readonly key: string;
  readonly source: Source;
  readonly atMs: number;
  /** undefined once the readers have it */
  event: UserEvent | undefined;
}

const MAX_WAITING = 256;

/**
 * Merges the one-to-one events of two sources so that the readers get each once. What has an id is known by
 * it. What has none waits for an equal one from the other source, the k-th for the k-th: the two are one
 * event, and are forgotten together. At most 256 copies wait, the oldest is dropped first.
 */
export class EventMerge {
  private waiting: Waiting[] = [];

  constructor(
    private readonly ids: () => DeliveredIds,
    private readonly spans: MergeSpans,
    private readonly note: MergeListener,
    private readonly dropped: () => void,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /**
   * What of an event the readers shall get now: all, some of its messages, or nothing. `delivers`: its source
   * is the one that serves, or fills in; otherwise it is kept, for the case that its source has to.
   */
  take(event: UserEvent, delivers: boolean): UserEvent | undefined {
    const messages = chatMessages(event.type, event.payload);
    if (messages === undefined) {
      const [key = ''] = eventIdentities(event);
      return this.admits(key, event, delivers) ? event : undefined;
    }
    if (messages.length === 1 && messages[0] !== undefined)
      return this.admits(chatIdentity(event.payload, messages[0]), event, delivers) ? event : undefined;
    const admitted = messages.filter((message) =>
      this.admits(chatIdentity(event.payload, message), onlyMessages(event, [message]), delivers),
    );
    if (admitted.length === messages.length) return event;
    return admitted.length === 0 ? undefined : onlyMessages(event, admitted);
  }

  /** What a source said until `untilMs` and the readers do not have, in the order of its arrival; they have it from now on. */
  release(source: Source, untilMs = Infinity, hasId?: true): UserEvent[] {
    const released: UserEvent[] = [];
    this.waiting = this.waiting.filter((each) => {
      const { key, event } = each;
      const isNamed = isId(key);
      if (each.source !== source || event === undefined || each.atMs > untilMs) return true;
      if (hasId === true && !isNamed) return true;
      each.event = undefined;
      if (isNamed && this.ids().sourceOf(key) !== undefined) return false;
      if (isNamed) this.ids().add(key, source);
      released.push(event);
      this.note('filled', event);
      return !isNamed;
    });
    return released;
  }

  /** Forgets what is too old to be met or needed. */
  expire(nowMs: number): void {
    const { windowMs, rememberMs } = this.spans;
    const sinceMs = { delivered: nowMs - windowMs, kept: nowMs - rememberMs };
    this.waiting = this.waiting.filter(
      ({ event, atMs }) => atMs >= (event === undefined ? sinceMs.delivered : sinceMs.kept),
    );
  }

  private admits(key: string, event: UserEvent, delivers: boolean): boolean {
    const { source } = event;
    const isNamed = isId(key);
    const partner = this.takePartner(key, event);
    const broughtBy = isNamed ? this.ids().sourceOf(key) : undefined;
    if (broughtBy !== undefined || (partner !== undefined && partner.event === undefined)) {
      this.note(broughtBy === source ? 'repeated' : delivers ? 'doubled' : 'merged', event);
      return false;
    }
    if (partner !== undefined) this.note('merged', event);
    if (delivers) {
      if (isNamed) this.ids().add(key, source);
      else if (partner === undefined) this.wait(key, event, undefined);
    } else if (partner === undefined) this.wait(key, event, event);
    return delivers;
  }

  private takePartner(key: string, event: UserEvent): Waiting | undefined {
    const sinceMs = event.arrivedAtMs - this.spans.windowMs;
    const index = this.waiting.findIndex(
      (each) =>
        each.key === key &&
        each.source !== event.source &&
        (each.event !== undefined || each.atMs >= sinceMs),
    );
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0];
  }

  private wait(key: string, { source, arrivedAtMs }: UserEvent, event: UserEvent | undefined): void {
    if (this.spans.windowMs === 0) return;
    this.waiting.push({ key, source, atMs: arrivedAtMs, event });
    if (this.waiting.length <= MAX_WAITING) return;
    this.waiting.shift();
    this.dropped();
  }
}

/** Whether a key is a message's own id; a digest holds no NUL. */
function isId(key: string): boolean {
  return key.includes('\u0000');
}

function onlyMessages(event: UserEvent, messages: readonly JsonObject[]): UserEvent {
  const payload = { ...event.payload, raw_messages: messages };
  return new UserEvent({ ...event.envelope, payload }, event.source, event.arrivedAtMs);
}
