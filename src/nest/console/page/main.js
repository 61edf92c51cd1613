// The console of a rollout: holds no data of its own, asks for a token, and shows what the admin API says.
import { follow, read, Refused, token } from './api.js';
import { showActions } from './actions.js';
import { draw } from './charts.js';
import { at } from './dom.js';
import { lookUp, lookUpFailed } from './explain.js';
import { showHistory, showOlder } from './history.js';
import { showLive } from './live.js';
import { showMismatches } from './mismatches.js';
import { showRollout } from './rollout.js';
import { showTrouble } from './trouble.js';

const EVERY_MS = 2_000;
/** what was done shows soon in what the page says; a refusal stands until the next order */
const TOLD_MS = 15_000;
/** what is known of the rollout, of a stop, and of the users of this replica by stage */
const world = { rollout: undefined, refusal: undefined, stop: undefined, here: undefined };
let session;
let toldUntil;

function enter() {
  session = new AbortController();
  at('door').hidden = true;
  at('console').hidden = false;
  at('leave').hidden = false;
  void watch(session.signal);
  void stream(session.signal);
}

function leave(why = '') {
  session?.abort();
  token.forget();
  at('refused').textContent = why;
  at('door').hidden = false;
  at('console').hidden = true;
  at('leave').hidden = true;
  at('link').textContent = '';
  at('token').value = '';
  at('token').focus();
}

/** Asks where the rollout stands, again and again. */
async function watch(signal) {
  while (!signal.aborted) {
    await refresh();
    await pause(EVERY_MS, signal);
  }
}

async function refresh() {
  try {
    const [status, rollout] = await Promise.all([read('status'), read('rollout').catch(orRefusal)]);
    world.stop = status.stop;
    world.here = status.users;
    world.rollout = rollout instanceof Refused ? undefined : rollout;
    world.refusal = rollout instanceof Refused ? rollout.message : undefined;
    showRollout(world);
    showActions(world, told);
    if (world.rollout !== undefined) await showHistory();
  } catch (error) {
    failed(error);
  }
}

/** Who is known may all the same be told that there is no rollout. */
function orRefusal(error) {
  if (error instanceof Refused && ![401, 429].includes(error.status)) return error;
  throw error;
}

/** Reads the live numbers as they come, and begins again where they break off. */
async function stream(signal) {
  while (!signal.aborted) {
    try {
      await follow('events', showReading, signal);
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
    await pause(1_000, signal);
  }
}

function showReading(reading) {
  at('link').textContent = `live · ${location.host}`;
  showTrouble(reading);
  showLive(reading);
  showMismatches(reading.mismatches, reading.atMs);
  draw(reading);
}

function failed(error) {
  if (error instanceof Refused && error.status === 401) leave(error.message);
  else if (!session.signal.aborted) at('link').textContent = `not connected: ${error.message} Trying again …`;
}

function told(text, isGood) {
  at('notice').className = isGood ? '' : 'bad';
  at('notice').textContent = text;
  clearTimeout(toldUntil);
  if (isGood) toldUntil = setTimeout(() => at('notice').replaceChildren(), TOLD_MS);
  void refresh();
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

at('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  token.set(at('token').value.trim());
  enter();
});
at('leave').addEventListener('click', () => leave());
at('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  lookUp(at('uid').value.trim()).catch(lookUpFailed);
});
at('older').addEventListener('click', () => void showOlder().catch(failed));

if (token.get() === null) leave();
else enter();
