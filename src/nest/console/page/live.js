import { at, make, show } from './dom.js';
import { milliseconds, percent, whole } from './words.js';

const STAGES = ['legacy', 'shadow', 'live', 'complete'];

/** The numbers of this moment. */
export function showLive({ users, recent, total }) {
  const mismatched = Object.values(total.mismatched).reduce((sum, count) => sum + count, 0);
  const tiles = [
    ['Parity, last 30 s', percent(recent.parity), recent.mismatches > 0],
    ['Mismatches, last 30 s', whole(recent.mismatches), recent.mismatches > 0],
    ['Mismatches in all', `${whole(mismatched)} of ${whole(total.matched + mismatched)}`, false],
    ['Lag, half below', milliseconds(recent.lagP50Ms), false],
    ['Lag, 99 of 100 below', milliseconds(recent.lagP99Ms), false],
    [
      'Misrouted or unreadable',
      whole(total.misrouted + total.unreadable),
      recent.misrouted + recent.unreadable > 0,
    ],
    ['Delivered from legacy', `${whole(recent.deliveredPerSecond.legacy)}/s`, false],
    ['Delivered from Redis', `${whole(recent.deliveredPerSecond.redis)}/s`, false],
  ];
  show(at('live'), make('dl', { className: 'tiles' }, ...tiles.map(tile)), ...stages(users));
  // Set here and not as an attribute: the policy of the page allows no style that was written into markup.
  for (const bar of document.querySelectorAll('.stages i')) bar.style.flexGrow = bar.dataset.count;
}

function tile([name, value, isBad]) {
  return make('div', { className: isBad ? 'bad' : '' }, make('dt', {}, name), make('dd', {}, value));
}

function stages(users) {
  const all = STAGES.reduce((sum, stage) => sum + users[stage], 0);
  const some = STAGES.filter((stage) => users[stage] > 0);
  const share = (stage) => (all === 0 ? 0 : Math.round((100 * users[stage]) / all));
  return [
    make(
      'div',
      { className: 'stages', 'aria-hidden': 'true' },
      ...some.map((stage) => make('i', { className: stage, data: { count: users[stage] } })),
    ),
    make(
      'ul',
      { className: 'legend', 'aria-label': 'Users by stage' },
      ...STAGES.map((stage) =>
        make('li', { className: stage }, `${stage} ${whole(users[stage])} (${share(stage)} %)`),
      ),
    ),
  ];
}
