import { at, make, show } from './dom.js';
import { ago, span } from './words.js';

const MOST = 12;
const COLUMNS = ['when', 'what', 'type', 'fields', 'user', 'differed for'];

/** The last mismatches, newest first: which paths differ and whose they are, hashed; never what was said. */
export function showMismatches(samples, nowMs) {
  if (samples.length === 0) {
    show(at('mismatches'), make('p', { className: 'quiet-text' }, 'None since this replica began.'));
    return;
  }
  const head = make('tr', {}, ...COLUMNS.map((name) => make('th', { scope: 'col' }, name)));
  show(
    at('mismatches'),
    make(
      'table',
      {},
      make('thead', {}, head),
      make('tbody', {}, ...samples.slice(0, MOST).map((sample) => row(sample, nowMs))),
    ),
  );
}

function row({ atMs, outcome, type, fields, user, ageMs }, nowMs) {
  const cells = [
    ago(atMs, nowMs),
    outcome.replaceAll('_', ' '),
    type,
    fields.length === 0 ? 'all of it' : make('code', {}, fields.join(', ')),
    make('code', {}, user),
    span(ageMs),
  ];
  return make('tr', {}, ...cells.map((cell, index) => make('td', { data: { name: COLUMNS[index] } }, cell)));
}
