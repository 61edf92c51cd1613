import { describe, expect, it } from '@jest/globals';
import { canonicalItem } from '../../src/domain/canonical-item.js';
import { differingPaths, sameValue } from '../../src/domain/canonical-value.js';

const legacy = {
  message: 'facture-1-é.pdf - info',
  file_name: 'facture-1-é.pdf',
  collection_id: 'c1',
  collection_name: 'Société',
  url: '/edit_form/d0-0',
  status: 'info',
  read: false,
  doc_id: 'd0-0',
  job_id: 'd0-0',
  file_id: null,
  function_name: 'Router',
  timestamp: '0001-01-01T00:00:00+00:00',
  additional_info: { a: 1, b: 'x' },
  info_message: '',
};
const redis = {
  ...legacy,
  file_id: '',
  timestamp: '2025-09-20T11:44:00.000482+00:00',
  additional_info: "{'a': 1, 'b': 'x'}",
};
const differences = (a: object, b: object): string[] =>
  differingPaths(canonicalItem(a as never), canonicalItem(b as never));

describe('given an item as each source says it', () => {
  it.each<[string, object, object]>([
    ['its own clock, null and Python text', legacy, redis],
    [
      'the publisher’s defaults and what is derived from them',
      { ...legacy, file_name: null, status: null, message: 'None - None', url: '/edit_form/None' },
      { ...redis, file_name: 'Document', status: 'info', message: 'Document - info', url: '/edit_form/' },
    ],
    ['a raw read', { ...legacy, read: 1 }, { ...redis, read: true }],
    ['a read that is absent', { ...legacy, read: null }, { ...redis, read: false }],
    ['an unknown key that is empty', { ...legacy, extra: null }, redis],
    ['1250.0 and 1250', JSON.parse('{"doc_id":"a","n":1250.0}'), JSON.parse('{"doc_id":"a","n":1250}')],
    [
      'nested Python text',
      {
        ...legacy,
        additional_info: { ok: true, none: null, list: [1.0, "it's"], at: '2025-09-20T11:44:00+00:00' },
      },
      {
        ...redis,
        additional_info: `{'list': [1, "it's"], 'at': datetime.datetime(2025, 9, 20, 11, 44, tzinfo=datetime.timezone.utc), 'ok': True, 'none': None}`,
      },
    ],
    ['JSON text', legacy, { ...redis, additional_info: '{"b": "x", "a": 1.0}' }],
    ['an empty object and no text', { ...legacy, additional_info: {} }, { ...redis, additional_info: '' }],
    ['None as text', { ...legacy, additional_info: null }, { ...redis, additional_info: 'None' }],
  ])('holds %s to be the same', (_name, a, b) => {
    expect(differences(a, b)).toEqual([]);
    expect(sameValue(canonicalItem(a as never), canonicalItem(b as never))).toBe(true);
  });

  it.each<[string, object, string[]]>([
    ['a status, once', { status: 'error', message: 'facture-1-é.pdf - error' }, ['status']],
    ['a file name, once', { file_name: 'other.pdf', message: 'other.pdf - info' }, ['file_name']],
    ['a message of its own', { message: 'garbled' }, ['message']],
    ['another document’s url', { url: '/edit_form/other' }, ['url']],
    ['a read one', { read: true }, ['read']],
    ['a part of the additional info', { additional_info: "{'a': 2, 'b': 'x'}" }, ['additional_info.a']],
    ['a text that is no literal', { additional_info: 'note' }, ['additional_info']],
    ['a field that nobody knows', { fresh: 1 }, ['fresh']],
  ])('names %s', (_name, change, fields) => {
    expect(differences(legacy, { ...redis, ...change })).toEqual(fields);
  });
});

describe('given an item that holds what has no text', () => {
  it('reads it all the same', () => {
    const bare: unknown = Object.create(null);
    const item = { message: 'x - info', file_name: bare, job_id: bare, url: '/edit_form/j1' };
    expect(Object.keys(canonicalItem(item)).sort()).toEqual(['file_name', 'job_id', 'message', 'url']);
  });
});
