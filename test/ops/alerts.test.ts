import { afterEach, describe, expect, it } from '@jest/globals';
import { ALERT_FAULTS, type AlertFault } from './alert-faults.js';
import { fired, quiet } from './firing-alerts.js';
import { hastenedRules } from './hastened-rules.js';
import { WatchedFleet } from './watched-fleet.js';

let fleet: WatchedFleet;
afterEach(() => fleet.stop());

function raisesExactly({ name, plant, raises, mayRaise = {}, lasts, comparing }: AlertFault): void {
  it(`fires ${raises.join(', ')} and nothing else when ${name}`, async () => {
    fleet = await WatchedFleet.start(hastenedRules(lasts), comparing);
    await quiet(fleet.asked);
    await plant(fleet);
    expect(await fired(fleet.asked, { raises, allowed: Object.keys(mayRaise) })).toEqual([...raises].sort());
  }, 300_000);
}

// In each run of the tests watched-demo.test.ts does the same with the demo and the commonest faults.
(process.env['CROSSFADE_LONG'] === undefined ? describe.skip : describe)(
  'given a rollout with the rules in a real Prometheus',
  () => {
    for (const fault of ALERT_FAULTS) raisesExactly(fault);
  },
);
