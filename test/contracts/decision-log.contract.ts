import { describe, expect, it } from '@jest/globals';
import type { DecisionLog } from '../../src/contracts/decision-log.js';
import type { LogEntry, RolloutEvent } from '../../src/domain/decision.js';
import { holdFor } from '../../src/rollout/judge.js';
import { beginning } from '../../src/rollout/next-state.js';

/** An entry as a controller or, without a token, a person would write it. */
export function entry(sequence: number, token?: number, event: RolloutEvent = { kind: 'paused' }): LogEntry {
  const actor = token === undefined ? 'ann' : 'controller';
  return {
    ...{ sequence, atMs: sequence * 1000, actor, event, state: beginning('plan', 0) },
    ...(token === undefined ? {} : { token }),
  };
}

/** An entry that need not be kept for ever. */
export function lookEntry(sequence: number, token = 1): LogEntry {
  const verdict = holdFor({ code: 'no_data' });
  return entry(sequence, token, {
    kind: 'looked',
    verdict,
    evidenceHash: '',
    watch: { soakedMs: 0, cooledMs: 0, clearMs: 0 },
  });
}

interface SharedRecord {
  readonly open: () => DecisionLog;
}

/** Every record keeps these promises. `open` opens one that is shared by all that it opens. */
export function decisionLogContract(name: string, begin: () => Promise<SharedRecord> | SharedRecord): void {
  describe(`given a record ${name}`, () => {
    it('is empty at first, then gives back what was appended, in order', async () => {
      const { open } = await begin();
      const log = open();
      expect(await log.last()).toBeUndefined();
      expect(await log.read(1, 10)).toEqual([]);
      const entries = [entry(1, 1), lookEntry(2), entry(3)];
      for (const each of entries) expect(await log.append(each)).toBe('appended');
      expect(await open().last()).toEqual(entries[2]);
      expect(await open().read(1, 10)).toEqual(entries);
      expect(await open().read(2, 1)).toEqual([entries[1]]);
    });

    it('takes each number once, and none before its turn', async () => {
      const { open } = await begin();
      const [one, other] = [open(), open()];
      expect(await one.append(entry(1, 1))).toBe('appended');
      expect(await other.append(entry(1, 1))).toBe('taken');
      expect(await other.append(entry(3, 1))).toBe('taken');
      const outcomes = await Promise.all([one.append(entry(2, 1)), other.append(entry(2, 1))]);
      expect([...outcomes].sort()).toEqual(['appended', 'taken']);
    });

    it('refuses an older token than the newest that has written, and never a person', async () => {
      const { open } = await begin();
      const log = open();
      await log.append(entry(1, 5));
      expect(await log.append(entry(2, 4))).toBe('fenced');
      expect(await log.append(entry(2))).toBe('appended');
      expect(await log.append(entry(3, 4))).toBe('fenced');
      expect(await log.append(entry(3, 6))).toBe('appended');
    });
  });
}
