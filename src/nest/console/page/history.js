import { read } from './api.js';
import { at, make, show } from './dom.js';
import { day } from './words.js';

const PAGE = 20;
let older = [];
let next;

/** The newest of the record, and below it what was asked for of the older. */
export async function showHistory() {
  const page = await read(`history?limit=${PAGE}`);
  if (older.length === 0) next = page.next;
  list([...page.entries, ...older]);
}

export async function showOlder() {
  const page = await read(`history?limit=${PAGE}&before=${next}`);
  older = [...older, ...page.entries];
  next = page.next;
  await showHistory();
}

function list(entries) {
  const seen = new Map(entries.map((entry) => [entry.sequence, entry]));
  // What was intended and is not yet applied stands above, in what the rollout waits for.
  const told = [...seen.values()].filter(({ kind }) => kind !== 'intended');
  const lines = told.map(({ sequence, atMs, actor, from, text }) =>
    make(
      'li',
      {},
      make('div', {}, text),
      make(
        'div',
        { className: 'who' },
        `${sequence} · ${day(atMs)} · ${actor}${from === undefined ? '' : ` from ${from}`}`,
      ),
    ),
  );
  show(at('history'), ...(lines.length === 0 ? [make('li', {}, 'Nothing has been decided yet.')] : lines));
  at('older').hidden = next === undefined;
}
