import { at, make, show } from './dom.js';
import { ago, day, percent, users, whole } from './words.js';

const VERDICTS = { widen: '▲ goes on', hold: '■ holds', roll_back: '▼ rolls back' };

/** Where the rollout stands on its plan, and why it does not go on. */
export function showRollout({ rollout, refusal, stop }) {
  show(at('rollout'), ...stopped(stop), ...(rollout === undefined ? [lack(refusal)] : parts(rollout)));
}

function lack(refusal) {
  return make('p', { className: 'quiet-text' }, refusal ?? 'Asking …');
}

function stopped(stop) {
  if (stop?.stopped !== true) return [];
  const why = stop.why === '' ? '' : `: ${stop.why}`;
  return [
    make(
      'div',
      { className: 'waits stopped' },
      make('p', {}, `Everybody is on legacy. ${stop.by} has stopped it${why}.`),
    ),
  ];
}

function parts({ plan, step, compare, serve, sinceMs, users: seen, last, waitsFor }) {
  return [
    make(
      'div',
      { className: 'stand' },
      make('strong', {}, `Serve ${serve.percent} %, compare ${compare.percent} %`),
      make('span', {}, step === 0 ? 'before the first step' : `step ${step} of ${plan.steps.length}`),
      make('span', {}, `Redis serves ${whole(seen.servedUsers)} of ${users(seen.connectedUsers)}`),
      make('span', { className: 'quiet-text' }, `since ${day(sinceMs)} · plan ${plan.name} (${plan.origin})`),
    ),
    make(
      'p',
      { className: 'small quiet-text', 'aria-hidden': 'true' },
      'The plan: percent compared / served',
    ),
    make(
      'ol',
      { className: 'plan', 'aria-label': 'The steps of the plan: compare, then serve, in percent' },
      ...plan.steps.map((each) => planStep(each, step)),
    ),
    ...(waitsFor.length === 0
      ? []
      : [make('div', { className: 'waits' }, ...waitsFor.map((text) => make('p', {}, text)))]),
    ...verdict(last),
  ];
}

function planStep({ number, compare, serve, named }, now) {
  const place = number === now ? 'now' : number < now ? 'done' : '';
  const who = named > 0 && compare === 0 && serve === 0 ? `${named} by name` : `${compare} / ${serve} %`;
  const current = number === now ? { 'aria-current': 'step' } : {};
  const title = `Step ${number}: compare ${compare} %, serve ${serve} %`;
  return make('li', { className: place, title, ...current }, who);
}

function verdict(last) {
  if (last === undefined) return [lack('No look has been recorded: is a controller running?')];
  const { kind, reasons, numbers, atMs } = last;
  const facts = [
    `parity ${percent(numbers.parity ?? null)}`,
    `${whole(numbers.comparisons)} comparisons, ${whole(numbers.mismatches)} of them guarded mismatches`,
    `${whole(numbers.mismatchedUsers)} of ${users(numbers.distinctUsers)} mismatched`,
    `${percent(numbers.excusedShare)} excused`,
  ];
  return [
    make(
      'p',
      {},
      make('span', { className: `badge ${kind}` }, VERDICTS[kind]),
      ` looked ${ago(atMs)} · ${facts.join(' · ')}`,
    ),
    make(
      'ul',
      { className: 'why', 'aria-label': 'Why' },
      ...reasons.map(({ code, text }) =>
        make('li', {}, make('code', {}, code), text === code ? '' : text.slice(code.length)),
      ),
    ),
  ];
}
