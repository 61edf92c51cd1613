import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Presence } from '../../src/contracts/presence.js';
import { topicOf } from '../../src/domain/topic.js';
import { waitFor } from '../wait-for.js';

/** One adapter, set up so that a release takes effect at once. */
export interface PresenceUnderTest {
  readonly presence: Presence & { close?(): Promise<void> };
  /** How many different topics are present, or undefined where the adapter never makes anybody present. */
  readonly present: (() => number) | undefined;
  tearDown(): Promise<void>;
}

const ALICE = topicOf('alice');
const BOB = topicOf('bob');
const CHAT = topicOf('alice', { spaceCode: 'space & co', threadKey: 'thread/ü?#+%' });

/** What every presence promises, whatever it does about it. */
export function presenceContract(name: string, setUp: () => Promise<PresenceUnderTest>): void {
  describe(`given ${name} as presence`, () => {
    let subject: PresenceUnderTest;
    beforeEach(async () => {
      subject = await setUp();
    });
    afterEach(async () => {
      await subject.tearDown();
    });

    const expectPresent = async (count: number): Promise<void> => {
      const { present } = subject;
      if (present !== undefined) await waitFor(`${count} are present`, () => present() === count);
    };

    it('holds a topic until all who hold it have released it', async () => {
      const one = subject.presence.hold(ALICE);
      const two = subject.presence.hold(ALICE);
      await expectPresent(1);
      one.release();
      await expectPresent(1);
      two.release();
      await expectPresent(0);
    });

    it('counts a second release of one hold for nothing', async () => {
      const one = subject.presence.hold(ALICE);
      subject.presence.hold(ALICE);
      one.release();
      one.release();
      await expectPresent(1);
    });

    it('keeps users and chats apart', async () => {
      const user = subject.presence.hold(ALICE);
      subject.presence.hold(BOB);
      const chat = subject.presence.hold(CHAT);
      await expectPresent(3);
      chat.release();
      await expectPresent(2);
      user.release();
      await expectPresent(1);
    });

    it('holds again what was released', async () => {
      subject.presence.hold(ALICE).release();
      const again = subject.presence.hold(ALICE);
      await expectPresent(1);
      again.release();
      await expectPresent(0);
    });

    it('neither throws nor holds after it was closed', async () => {
      const { presence } = subject;
      const hold = presence.hold(ALICE);
      await expectPresent(1);
      if (presence.close === undefined) return;
      await presence.close();
      await presence.close();
      expect(() => {
        hold.release();
        presence.hold(BOB).release();
      }).not.toThrow();
      await expectPresent(0);
    });
  });
}
