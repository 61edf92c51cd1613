import { act } from './api.js';
import { at, make } from './dom.js';
import { users, whole } from './words.js';

const BUTTONS = [
  { action: 'approve', label: 'Approve', look: '' },
  { action: 'pause', label: 'Pause', look: 'quiet' },
  { action: 'resume', label: 'Resume', look: 'quiet' },
  { action: 'widen', label: 'Widen', look: '' },
  { action: 'rollback', label: 'Roll back', look: 'danger first' },
  { action: 'stop', label: 'Stop', look: 'danger' },
  { action: 'start', label: 'Start again', look: '' },
];

const made = new Map();

/** Enables what may be done now; what may not be says why when it is pointed at. */
export function showActions(world, told) {
  for (const { action, label, look } of BUTTONS) {
    if (!made.has(action)) {
      const button = make('button', { type: 'button', className: look, id: `do-${action}` }, label);
      made.set(action, button);
      at('actions').append(button);
    }
    const button = made.get(action);
    const question = questionFor(action, world);
    button.hidden = question.hidden === true;
    button.disabled = question.problem !== undefined;
    button.title = question.problem ?? '';
    button.onclick = () => void doIt({ label, action, look }, question, told);
  }
}

async function doIt({ label, action, look }, { text, choices = [], say, asksWhy }, told) {
  const asked = await confirm({ label, look }, text, choices, asksWhy === true);
  if (asked === undefined) return;
  try {
    const answer = await act(action, say(asked));
    told(`${label}: ${answer.message ?? 'done.'}`, true);
  } catch (error) {
    told(`${label} was refused: ${error.message}`, false);
  }
}

/** What to ask before an action, always with the number of users; or why it cannot be done. */
function questionFor(action, { rollout, refusal, stop, here }) {
  if (action === 'stop' || action === 'start') return stopQuestion(action, { rollout, stop, here });
  if (rollout === undefined) return { problem: refusal ?? 'Nothing is known yet.' };
  const { offers, rollbacks, users: seen } = rollout;
  const offer = offers[action];
  if (action === 'resume' && !offer.open) return { hidden: true, problem: offer.problem };
  if (!offer.open) return { problem: offer.problem };
  const now = `Redis serves ${whole(seen.servedUsers)} of ${users(seen.connectedUsers)}`;
  switch (action) {
    case 'pause':
      return {
        text: `${now}, and that stays so: nothing widens until somebody resumes. Harm still rolls back.`,
        say: () => ({}),
      };
    case 'resume':
      return { text: `${now}. The rollout goes on from there as its plan says.`, say: () => ({}) };
    case 'approve':
      return {
        text: `Approves the evidence ${offer.evidence}. ${outlook(offer.outlook)}`,
        say: () => ({ evidence: offer.evidence }),
      };
    case 'widen':
      return {
        text: `Passes the gates, whatever they say. ${outlook(offer.outlook)}`,
        say: () => ({ toStep: offer.outlook.toStep }),
      };
    default:
      return {
        text: '',
        choices: rollbacks.map((each) => ({
          value: each.toStep,
          name: `to serve ${each.to.serve} %`,
          text: outlook(each),
        })),
        say: ({ choice }) => ({ toStep: Number(choice) }),
      };
  }
}

function stopQuestion(action, { rollout, stop, here }) {
  if (stop === undefined)
    return { problem: 'Nobody can be stopped here: everybody is on legacy, or legacy is retired.' };
  const moved = here.shadow + here.live + here.complete;
  const all = moved + here.legacy;
  const replica = `On this replica ${whole(moved)} of ${users(all)} are beyond legacy`;
  const fleet =
    rollout === undefined ? '' : `; in the fleet Redis serves ${users(rollout.users.servedUsers)}`;
  const say = ({ why }) => (why === '' ? {} : { why });
  if (action === 'stop')
    return {
      hidden: stop.stopped,
      ...(stop.stopped && { problem: 'It is stopped.' }),
      text: `Puts everybody on legacy at once, even when the flag server is down. ${replica}${fleet}.`,
      asksWhy: true,
      say,
    };
  return {
    hidden: !stop.stopped,
    ...(!stop.stopped && { problem: 'Nothing is stopped.' }),
    text: `Lifts what ${stop.by} has said. The flags hold again, for all ${users(all)} of this replica and for the fleet.`,
    asksWhy: true,
    say,
  };
}

function outlook(step) {
  if (step === undefined) return 'There is no further step.';
  const { from, to, users: seen, toStep } = step;
  const change = `Step ${toStep}: compare ${from.compare} → ${to.compare} %, serve ${from.serve} → ${to.serve} %.`;
  if (seen === undefined) return `${change} How many users that is, is not known.`;
  return `${change} Of ${users(seen.connected)} Redis serves ${whole(seen.servedNow)}, afterwards about ${whole(seen.servedAfter)}.`;
}

/** Asks once. Resolves to what was chosen and said, or to undefined where somebody thought better of it. */
function confirm({ label, look }, text, choices, asksWhy) {
  const dialog = at('confirm');
  const select = make('select', { id: 'confirm-choice' });
  for (const { value, name } of choices) select.append(make('option', { value: String(value) }, name));
  const chosen = make('p', {}, choices[0]?.text ?? '');
  select.onchange = () => chosen.replaceChildren(choices[select.selectedIndex].text);
  const why = make('input', { id: 'confirm-why', maxLength: 200, autocomplete: 'off' });
  at('confirm-title').replaceChildren(`${label}?`);
  at('confirm-yes').replaceChildren(label);
  at('confirm-yes').className = look.replace('first', '');
  at('confirm-body').replaceChildren(
    ...(text === '' ? [] : [make('p', {}, text)]),
    ...(choices.length === 0 ? [] : [chosen]),
    ...(choices.length < 2 ? [] : [make('label', {}, 'How far?', select)]),
    ...(asksWhy ? [make('label', {}, 'Why? (for the record)', why)] : []),
  );
  dialog.showModal();
  // Not by `close`: that of the question before may come only now.
  return new Promise((resolve) => {
    dialog.oncancel = () => resolve(undefined);
    dialog.querySelector('form').onsubmit = ({ submitter }) =>
      resolve(submitter?.value === 'yes' ? { choice: select.value, why: why.value.trim() } : undefined);
  });
}
