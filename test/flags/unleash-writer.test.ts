import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnleashWriter } from '../../src/flags/unleash-writer.js';
import { FakeAdmin } from '../fakes/fake-admin.js';

let admin: FakeAdmin;
let writer: UnleashWriter;

beforeEach(() => {
  admin = new FakeAdmin();
  writer = new UnleashWriter(admin.asAdmin());
});

const CHANGE = { flag: 'serve', from: 25, to: 50 } as const;
const answer = (status: number) => ({ status, body: undefined, problem: `It said ${status}: see to it.` });

describe('given a server that takes the write', () => {
  it('tests for the value that it read, and replaces it', async () => {
    expect(await writer.write(CHANGE)).toEqual({ outcome: 'written', percent: 50 });
    expect(admin.written).toEqual(['s 25 50']);
  });

  it('does not believe an answer that reading does not bear out', async () => {
    admin.onWrite = { apply: false, answer: { status: 200, body: {}, problem: undefined } };
    expect(await writer.write(CHANGE)).toMatchObject({ outcome: 'conflict', percent: 25 });
  });
});

describe('given a server that wants a change request', () => {
  it('proposes the change to a person', async () => {
    admin.onWrite = { apply: false, answer: answer(403) };
    expect(await writer.write(CHANGE)).toEqual({ outcome: 'proposed', problem: 'It said 403: see to it.' });
    expect(await writer.switchOff('serve')).toMatchObject({ outcome: 'proposed' });
  });
});

describe('given an answer that was lost or an error', () => {
  it('reads again and finds that the write was made', async () => {
    admin.onWrite = { apply: true, answer: answer(0) };
    expect(await writer.write(CHANGE)).toEqual({ outcome: 'written', percent: 50 });
  });

  it('reads again and finds that it was not', async () => {
    admin.onWrite = { apply: false, answer: answer(500) };
    expect(await writer.write(CHANGE)).toEqual({ outcome: 'failed', problem: 'It said 500: see to it.' });
  });

  it('reads again and finds that somebody else was quicker', async () => {
    admin.onWrite = { apply: false, answer: answer(500) };
    const writing = writer.write(CHANGE);
    admin.percents = { compare: 100, serve: 10 };
    expect(await writing).toMatchObject({ outcome: 'conflict', percent: 10 });
  });

  it('fails where it cannot read at all', async () => {
    admin.unreadable = true;
    expect(await writer.write(CHANGE)).toMatchObject({ outcome: 'failed' });
    expect(await writer.standing()).toMatchObject({ known: false });
    expect(admin.written).toEqual([]);
  });
});
