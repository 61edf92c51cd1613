import { at, make, show } from './dom.js';
import { whole } from './words.js';

/** What is ill on this replica, at the top of the page: each line names the part and says what to do. */
export function showTrouble({ degraded, recent }) {
  const lines = [
    ...degraded,
    ...counted(recent.misrouted, 'misrouted', 'name another user than their channel'),
    ...counted(recent.unreadable, 'unreadable', 'are no envelope'),
  ];
  show(at('trouble'), ...lines.map((line) => make('p', {}, line)));
}

function counted(count, name, what) {
  if (count === 0) return [];
  const messages = count === 1 ? '1 message' : `${whole(count)} messages`;
  return [
    `${name}: ${messages} of the last half minute ${what}; nobody got them: look at who else publishes to this Redis`,
  ];
}
