import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepEvidenceFresh } from '../../src/nest/fresh-evidence.js';
import { FakeFlags } from '../fakes/fake-flags.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';

let flags: FakeFlags;
let recorder: FakeRecorder;
let begun: number;
let stop: () => void;

beforeEach(() => {
  flags = new FakeFlags();
  [flags.comparePercent, flags.servePercent] = [25, 1];
  recorder = new FakeRecorder();
  begun = 0;
  stop = keepEvidenceFresh(flags, { beginAnew: () => begun++ }, recorder);
});

describe('given flags in force', () => {
  it.each([
    ['the percentage compared', 100, 1],
    ['the percentage served', 25, 5],
    ['a percentage to something unknown', 25, undefined],
  ])('begins the evidence anew when they change %s', (_what, compare, serve) => {
    [flags.comparePercent, flags.servePercent] = [compare, serve];
    flags.tell();
    flags.tell();
    expect(begun).toBe(1);
  });

  it('keeps it when they change and no percentage does', () => {
    flags.tell();
    expect(begun).toBe(0);
  });

  it('begins anew, and counts it, when they cannot say what they are', () => {
    flags.broken = true;
    expect(() => {
      flags.tell();
    }).not.toThrow();
    expect(begun).toBe(1);
    expect(recorder.of('failed read_flags')).toBe(1);
  });

  it('listens no more when it was stopped', () => {
    stop();
    expect(flags.listenerCount).toBe(0);
  });
});
