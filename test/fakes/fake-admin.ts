import type { FlagPercents } from '../../src/domain/flag.js';
import type { AdminAnswer, UnleashAdmin } from '../../src/flags/unleash-admin.js';
import { compareOf, featuresOf, serveOf } from '../flags/make-flags.js';

/** What `UnleashWriter` needs of an admin API whose writes a test answers. */
export class FakeAdmin {
  percents: FlagPercents = { compare: 100, serve: 25 };
  readonly written: string[] = [];
  /** what happens to a write: `apply` whether it takes effect, and what is answered */
  onWrite: { apply: boolean; answer: AdminAnswer } = {
    apply: true,
    answer: { status: 200, body: {}, problem: undefined },
  };
  unreadable = false;

  asAdmin(): UnleashAdmin {
    return this as unknown as UnleashAdmin;
  }

  flags: UnleashAdmin['flags'] = () => {
    if (this.unreadable) return Promise.resolve({ problem: 'It does not answer: see to it.' });
    const { compare, serve } = this.percents;
    const features = featuresOf({ compare: compareOf(String(compare)), serve: serveOf(String(serve)) });
    return Promise.resolve({ features, strategyIds: { compare: ['c'], serve: ['s'] } });
  };

  replaceRollout: UnleashAdmin['replaceRollout'] = (flag, id, from, to) => {
    this.written.push(`${id} ${String(from)} ${to}`);
    if (this.onWrite.apply) this.percents = { ...this.percents, [flag]: to };
    return Promise.resolve(this.onWrite.answer);
  };

  switchTo: UnleashAdmin['switchTo'] = () => Promise.resolve(this.onWrite.answer);
}
