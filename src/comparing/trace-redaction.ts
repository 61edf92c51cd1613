import { canonicalItem } from '../domain/canonical-item.js';
import { digestValue, isAbsent } from '../domain/canonical-value.js';
import { digestName, type Digest } from '../domain/digest.js';
import { chatMessages, contentOf } from '../domain/event-identity.js';
import { listItems } from '../domain/list.js';
import { timestampMicros } from '../domain/timestamp.js';
import { isJsonObject, type Envelope, type JsonObject, type UserEvent } from '../domain/user-event.js';
import type { Rule, Rules } from './rules.js';
import type { Redaction } from './sampled-values.js';

/** Gives texts that are equal exactly for equal texts, and that nobody can read backwards. */
export type Fingerprint = (text: string) => string;

// As deep as values are told apart at all.
const MAX_DEPTH = 64;
const MOST_KNOWN = 20_000;
const TYPE_NAME = /^[A-Z_]{1,40}$/;

/**
 * Makes of an event what a recording may show: uids, ids, types, names of fields, times and truth values as they
 * are, every other value as a fingerprint of its canonical form. So whatever a comparison holds to be equal or
 * different before is so after. Rules are applied on the way, because they cannot be later.
 */
export class TraceRedaction {
  /** a list is said again with nearly the same values: made once, a fingerprint costs little */
  private readonly known = new Map<Digest, string>();

  /** `hidden`: the names whose values are hidden; undefined hides every value */
  constructor(
    private readonly rules: Rules,
    private readonly fingerprint: Fingerprint,
    private readonly hidden: Redaction | undefined,
  ) {}

  /** What to write, or undefined where a rule says that legacy never shows it. Where nothing is hidden, the event as it came. */
  shown(event: UserEvent): Envelope | undefined {
    if (this.hidden?.size === 0) return event.envelope;
    const { type, uid } = event;
    const rule = this.rules.ruleOf(type);
    const payload =
      rule.normalise === undefined ? event.payload : rule.normalise(event.payload, event.source);
    if (payload === undefined) return undefined;
    const head = { type, uid, ...timeIn(event.envelope) };
    if (rule.compare === 'list') return { ...head, payload: this.list(payload, rule) };
    if (type === 'chat.message') return { ...head, payload: this.chat(payload, rule) };
    const content = this.object(applied(rule, { ...contentOf(event), payload }), false, 0);
    return { ...content, ...head, payload: { ...objectOr(content['payload']), ...timeIn(payload) } };
  }

  private list(payload: JsonObject, rule: Rule): JsonObject {
    const items = [...listItems(payload, rule.items, rule.itemId)].map(([key, item]) =>
      this.item(key, item, rule),
    );
    return { [rule.items]: items, count: items.length, ...timeIn(payload) };
  }

  private item(key: string, item: JsonObject, rule: Rule): JsonObject {
    const fields: [string, unknown][] = [];
    for (const [name, value] of Object.entries(applied(rule, canonicalItem(item)))) {
      if (digestValue(value) === 0) continue;
      if (name === rule.itemId || typeof value === 'boolean') fields.push([name, value]);
      // A field is told apart as a whole, so that one fingerprint says all of it.
      else if (this.hides(name)) fields.push([name, this.sealed(value)]);
      else fields.push([name, this.value(value, name, false, 1)]);
    }
    // An item without an id is known by what it says, which may not be shown either.
    if (!isId(item[rule.itemId])) fields.push([rule.itemId, `#${this.fingerprint(key)}`]);
    return Object.fromEntries(fields);
  }

  private chat(payload: JsonObject, rule: Rule): JsonObject {
    const messages = chatMessages('chat.message', payload);
    const shown =
      messages === undefined
        ? this.object(payload, false, 1)
        : { raw_messages: messages.map((message) => this.message(message, rule)) };
    const { space_code, thread_key } = payload;
    return {
      ...shown,
      ...(typeof space_code === 'string' ? { space_code } : {}),
      ...(typeof thread_key === 'string' ? { thread_key } : {}),
      ...timeIn(payload),
    };
  }

  private message(message: JsonObject, rule: Rule): JsonObject {
    const { id, read, message_type } = message;
    return {
      ...this.object(applied(rule, message), false, 0),
      ...(isId(id) ? { id } : {}),
      ...(typeof read === 'boolean' ? { read } : {}),
      ...(typeof message_type === 'string' && TYPE_NAME.test(message_type) ? { message_type } : {}),
    };
  }

  /** null where there is nothing. */
  private value(value: unknown, name: string, isHidden: boolean, depth: number): unknown {
    if (isAbsent(value) || depth > MAX_DEPTH) return null;
    if (typeof value === 'boolean') return value;
    const hides = isHidden || this.hides(name);
    if (Array.isArray(value)) return value.map((each) => this.value(each, name, hides, depth + 1));
    if (isJsonObject(value)) return this.object(value, hides, depth);
    return hides ? this.sealed(value) : value;
  }

  private object(object: JsonObject, isHidden: boolean, depth: number): JsonObject {
    const parts = Object.entries(object)
      .filter(([name]) => name !== 'timestamp')
      .map(([name, part]) => [name, this.value(part, name, isHidden, depth + 1)] as const);
    return Object.fromEntries(parts.filter(([, part]) => part !== null));
  }

  private hides(name: string): boolean {
    return this.hidden === undefined || this.hidden.has(name);
  }

  private sealed(value: unknown): string {
    const digest = digestValue(value);
    let sealed = this.known.get(digest);
    if (sealed === undefined) {
      sealed = `#${this.fingerprint(digestName(digest))}`;
      if (this.known.size >= MOST_KNOWN) this.known.clear();
      this.known.set(digest, sealed);
    }
    return sealed;
  }
}

function applied({ leniency }: Rule, value: JsonObject): JsonObject {
  return leniency === undefined ? value : objectOr(leniency.applied(value));
}

function objectOr(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function timeIn({ timestamp }: JsonObject | Envelope): JsonObject {
  return timestampMicros(timestamp) === undefined ? {} : { timestamp };
}

function isId(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || Number.isFinite(value);
}
