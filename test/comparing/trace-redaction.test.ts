import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ListPrint } from '../../src/comparing/list-print.js';
import { Rules } from '../../src/comparing/rules.js';
import type { RuleSettings } from '../../src/comparing/rule-settings.js';
import { compareTrace } from '../../src/comparing/trace-comparison.js';
import { arrivalLine } from '../../src/comparing/trace-line.js';
import { readTrace } from '../../src/comparing/trace-reader.js';
import { TraceRedaction } from '../../src/comparing/trace-redaction.js';
import { differingPaths, sameValue } from '../../src/domain/canonical-value.js';
import { digestName, digestText } from '../../src/domain/digest.js';
import { readEnvelope } from '../../src/domain/envelope.js';
import { envelopeOfLegacyItem, topicOfEnvelope } from '../../src/domain/legacy-item.js';
import type { Source } from '../../src/domain/source.js';
import { UserEvent, type Envelope, type JsonObject } from '../../src/domain/user-event.js';

const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 300 : 5_000;
const folder = new URL('../traces/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.replace('.jsonl', ''));
const linesOf = (name: string): string[] =>
  readFileSync(new URL(`${name}.jsonl`, folder), 'utf8').split('\n');
const fingerprint = (text: string): string => digestName(digestText(`a key${text}`));

function redaction(hidden?: readonly string[], rules: readonly RuleSettings[] = []): TraceRedaction {
  return new TraceRedaction(
    new Rules(rules),
    fingerprint,
    hidden === undefined ? undefined : new Set(hidden),
  );
}

/** A recording as it would have been written with values hidden; what is no arrival stays. */
function redacted(lines: readonly string[], by: TraceRedaction): string[] {
  return lines.flatMap((line) => {
    const [record] = readTrace([line], () => undefined);
    if (record === undefined || record.kind === 'gap') return [line];
    const [source, uid]: [Source, string] =
      record.kind === 'redis' ? ['redis', record.topic.uid] : ['legacy', record.uid];
    const envelope =
      record.kind === 'redis' ? readEnvelope(record.message, uid) : envelopeOfLegacyItem(uid, record.item);
    if (typeof envelope !== 'object') return [line];
    const topic = record.kind === 'redis' ? record.topic : topicOfEnvelope(envelope);
    const shown = by.shown(new UserEvent(envelope, source, record.atMs));
    return shown === undefined ? [] : [arrivalLine(source, topic, shown, record.atMs)];
  });
}

describe('given a recording whose values are hidden', () => {
  it.each(names)('says of %s exactly what the one with values says', (name) => {
    const hidden = redacted(linesOf(name), redaction());
    expect(compareTrace(hidden)).toEqual(compareTrace(linesOf(name)));
  });

  it.each(names)('says of %s the same where only some names are hidden, or none', (name) => {
    const expected = compareTrace(linesOf(name));
    const some = redaction(['message', 'content', 'file_name', 'additional_info']);
    expect(compareTrace(redacted(linesOf(name), some))).toEqual(expected);
    expect(compareTrace(redacted(linesOf(name), redaction([])))).toEqual(expected);
  });

  it.each(names)('holds no word of what anybody said in %s', (name) => {
    const text = redacted(linesOf(name), redaction()).join('\n');
    // Messages that are no envelope never reach a comparison, and so no recording.
    const words = /facture|Soci|Router|edit_form|\.pdf|note|bonjour|hello|"content":"[^#]/i;
    const told = text.split('\n').filter((line) => words.test(line) && !linesOf(name).includes(line));
    expect(told).toEqual([]);
  });
});

/** JSON as it may come: every harmless difference near at hand. */
const leaf = fc.constantFrom<unknown>(
  null,
  '',
  undefined,
  0,
  -0,
  1250,
  1,
  '1',
  '1250',
  true,
  false,
  'a',
  'b',
  '#a',
  Number.NaN,
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'timestamp', 'read', '__proto__'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

const FIELDS = [
  'doc_id',
  'message',
  'file_name',
  'status',
  'url',
  'read',
  'additional_info',
  'timestamp',
  'own',
];
const field = fc.oneof(
  json,
  fc.constantFrom<unknown>(
    ...[
      'Document',
      'info',
      'None - None',
      'Document - info',
      'x - info',
      'x',
      '/edit_form/None',
      '/edit_form/d1',
    ],
    ...['d1', "{'a': 1.0, 'b': None}", '{"a": 1}', 'None', 'note', '2025-09-20 11:44:00.123456', '0'],
  ),
);
const listItem = fc.dictionary(fc.constantFrom(...FIELDS), field, { maxKeys: 6 });

describe('given any two values', () => {
  it('holds them equal, or names the same paths, before and after they are hidden', () => {
    const by = redaction();
    const hide = (value: unknown): unknown =>
      by.shown(new UserEvent({ type: 'task.x', uid: 'u1', payload: { value } }, 'redis', 0))?.payload;
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(sameValue(hide(a), hide(b))).toBe(sameValue({ value: a }, { value: b }));
        expect(differingPaths(hide(a), hide(b)).sort()).toEqual(
          differingPaths({ value: a }, { value: b }).sort(),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('holds items of a list equal, or names the same fields, before and after they are hidden', () => {
    const by = redaction();
    const shape = { items: 'notifications', itemId: 'doc_id', leniency: undefined };
    const print = (payload: JsonObject) => new ListPrint(payload, shape, false);
    const hide = (payload: JsonObject): JsonObject => {
      const shown = by.shown(new UserEvent({ type: 'notif.sync', uid: 'u1', payload }, 'redis', 0));
      return JSON.parse(JSON.stringify(shown?.payload)) as JsonObject;
    };
    const verdict = (a: JsonObject, b: JsonObject): unknown[] => {
      const [left, right] = [print(a), print(b)];
      const known = [...left.keys()].filter((key) => !key.startsWith('#'));
      return [
        left.isSame(right),
        left.size,
        right.size,
        known.map((key) => [key, left.isSameItem(key, right)]),
      ];
    };
    fc.assert(
      fc.property(fc.array(listItem, { maxLength: 3 }), fc.array(listItem, { maxLength: 3 }), (a, b) => {
        const [left, right] = [{ notifications: a }, { notifications: b }];
        expect(verdict(hide(left), hide(right))).toEqual(verdict(left, right));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('given rules of one’s own', () => {
  const event = (type: string, payload: JsonObject, source: Source = 'redis'): UserEvent =>
    new UserEvent({ type, uid: 'u1', timestamp: '2025-09-20T11:44:00+00:00', payload }, source, 0);

  it('applies them before values are hidden, because they cannot be later', () => {
    const by = redaction(undefined, [
      {
        type: 'notif.sync',
        ignore: ['function_name'],
        equalBy: { amount: (value) => Math.round(Number(value)) },
        normalise: (payload, source) =>
          source === 'legacy'
            ? { notifications: payload['rows'] }
            : payload['skip'] === true
              ? undefined
              : payload,
      },
    ]);
    const legacy = by.shown(
      event('notif.sync', { rows: [{ doc_id: 'a', amount: 1.2, function_name: 'x' }] }, 'legacy'),
    );
    const redis = by.shown(event('notif.sync', { notifications: [{ doc_id: 'a', amount: 1 }] }));
    expect(legacy?.payload).toEqual(redis?.payload);
    expect(by.shown(event('notif.sync', { skip: true }))).toBeUndefined();
  });

  it('keeps ids, types, times and names of fields, and nothing else', () => {
    const by = redaction();
    const envelope: Envelope = {
      type: 'workflow.step_update',
      uid: 'u1',
      job_id: 'job-7',
      payload: {
        step_changes: { status: { 'step 1': 3 } },
        ok: true,
        timestamp: '2025-09-20T11:44:00+00:00',
      },
    };
    expect(by.shown(new UserEvent(envelope, 'redis', 0))).toEqual({
      type: 'workflow.step_update',
      uid: 'u1',
      job_id: expect.stringMatching(/^#/),
      payload: {
        step_changes: { status: { 'step 1': expect.stringMatching(/^#/) } },
        ok: true,
        timestamp: '2025-09-20T11:44:00+00:00',
      },
    });
    const message = { id: 'm1', read: false, message_type: 'CARD', content: 'hello', timestamp: 'now' };
    expect(
      by.shown(event('chat.message', { space_code: 's', thread_key: 't', raw_messages: [message] }))?.payload,
    ).toEqual({
      space_code: 's',
      thread_key: 't',
      raw_messages: [{ id: 'm1', message_type: 'CARD', content: expect.stringMatching(/^#/), read: false }],
    });
  });
});
