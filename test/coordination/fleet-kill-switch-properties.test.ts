import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FleetKillSwitch } from '../../src/coordination/fleet-kill-switch.js';
import { stopText } from '../../src/domain/stop-text.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeStopStore } from '../fakes/fake-stop-store.js';
import { ManualClock } from '../manual-clock.js';
import { settle } from '../settle.js';

const REPLICAS = 3;
const RUNS = process.env['CROSSFADE_LONG'] === undefined ? 150 : 5_000;

/** What can happen to a fleet; `at` is a replica. Nobody restarts: what is said is known to somebody. */
type Happening =
  | {
      readonly what: 'stop' | 'lift' | 'cut' | 'mend' | 'deafen' | 'undeafen' | 'double';
      readonly at: number;
    }
  | { readonly what: 'empty' }
  | { readonly what: 'nonsense' }
  | { readonly what: 'wait'; readonly ms: number };

const at = fc.nat(REPLICAS - 1);
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    what: fc.constantFrom('stop', 'lift', 'cut', 'mend', 'deafen', 'undeafen', 'double'),
    at,
  }),
  fc.record({ what: fc.constant('empty' as const) }),
  fc.record({ what: fc.constant('nonsense' as const) }),
  fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_500 }) }),
);

describe('given a fleet whose lines break, whose announcements are lost or doubled, and whose store is emptied', () => {
  it('agrees on the last word said within a second and a reading, and never lifts by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 1, maxLength: 25 }), async (script) => {
        const fleet = await Fleet.started();
        for (const happening of script) await fleet.live(happening);
        await fleet.recover();
        expect(fleet.states()).toEqual(Array(REPLICAS).fill(fleet.expected));
        await fleet.close();
      }),
      { numRuns: RUNS },
    );
  });
});

class Fleet {
  private readonly clock = new ManualClock();
  private readonly store = new FakeStopStore();
  private readonly lines = Array.from({ length: REPLICAS }, () => this.store.line());
  private readonly switches = this.lines.map(
    (line) => new FleetKillSwitch({ store: line, clock: this.clock, recorder: new FakeRecorder() }),
  );
  /** whether the last word that anybody said stops; nonsense that somebody read stops too */
  expected = false;

  static async started(): Promise<Fleet> {
    const fleet = new Fleet();
    await Promise.all(fleet.switches.map((each) => each.start()));
    return fleet;
  }

  states(): boolean[] {
    return this.switches.map((each) => each.state().stopped);
  }

  async live(happening: Happening): Promise<void> {
    // Words are said by people: never two in the same few milliseconds.
    this.clock.advance(20);
    if (happening.what === 'wait') this.clock.advance(happening.ms);
    else if (happening.what === 'empty') this.store.text = undefined;
    else if (happening.what === 'nonsense') await this.scribble();
    else await this.act(happening.what, happening.at);
    await settle();
  }

  private async act(what: string, at: number): Promise<void> {
    const [line, each] = [this.lines[at], this.switches[at]];
    if (line === undefined || each === undefined) return;
    if (what === 'stop' || what === 'lift') {
      this.expected = what === 'stop';
      await each.say({ stopped: this.expected, by: 'anna', why: '' });
    } else if (what === 'cut') line.cut();
    else if (what === 'mend') line.mend();
    else if (what === 'double') line.copies = 3 - line.copies;
    else line.deaf = what === 'deafen';
  }

  /** Seen by nobody, it is overwritten by whoever is back first, or taken for a stop by whoever reads it. */
  private async scribble(): Promise<void> {
    this.store.text = 'nonsense';
    if (!this.lines.some(({ up }) => up)) {
      this.store.text = undefined;
      return;
    }
    this.expected = true;
    this.clock.advance(1_000);
    await settle();
  }

  async recover(): Promise<void> {
    for (const line of this.lines) {
      line.deaf = false;
      line.mend();
    }
    for (let turn = 0; turn < 2; turn++) {
      this.clock.advance(1_000);
      await settle();
    }
    const held = this.switches.map((each) => stopText(each.state()));
    expect(new Set(held).size).toBe(1);
    if (this.store.text !== undefined) expect(this.store.text).toBe(held[0]);
  }

  async close(): Promise<void> {
    for (const each of this.switches) await each.close();
    expect(this.clock.pending).toBe(0);
  }
}
