import { readSettings } from '../../index.js';
import { Rollout, type PersonEvent } from '../../tools.js';
import { actor } from './actor.js';
import { EXIT_CODES } from './exit-codes.js';

/** Opens the rollout that the environment names, and closes it whatever happens. */
export async function withRollout(act: (rollout: Rollout) => Promise<void>): Promise<void> {
  const rollout = await Rollout.open(readSettings(process.env));
  try {
    await act(rollout);
  } finally {
    await rollout.close();
  }
}

/** Records an order in the name of whoever is logged in, and says what became of it. */
export async function tell(
  rollout: Rollout,
  event: PersonEvent,
  { json }: { json?: boolean },
): Promise<void> {
  const outcome = await rollout.say(actor(), event);
  if (!outcome.ok) {
    process.exitCode = EXIT_CODES.refused;
    if (json === true) console.log(JSON.stringify({ ok: false, problem: outcome.problem }));
    else console.error(outcome.problem);
    return;
  }
  if (json === true) console.log(JSON.stringify({ ok: true, state: outcome.state }));
  else console.log('Recorded. The controller acts on it at its next look.');
}
