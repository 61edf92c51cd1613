import { NoPresence } from '../../src/presence/no-presence.js';
import { presenceContract } from '../contracts/presence.contract.js';
import { FakePresence } from '../fakes/fake-presence.js';

presenceContract('the null object', () =>
  Promise.resolve({
    presence: new NoPresence(),
    present: undefined,
    tearDown: () => Promise.resolve(),
  }),
);

presenceContract('the fake of the tests', () => {
  const presence = new FakePresence();
  return Promise.resolve({
    presence,
    present: () => new Set(presence.present).size,
    tearDown: () => Promise.resolve(),
  });
});
