import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/coordination/system-clock.js';
import { UnleashReader, type UnleashReaderOptions } from '../../src/flags/unleash-reader.js';
import { FakeRecorder } from '../fakes/fake-recorder.js';
import { FakeUnleash } from '../fakes/fake-unleash.js';
import { waitFor } from '../wait-for.js';
import { compareOf, featuresOf, serveOf } from './make-flags.js';

const at = (compare: number, serve: number) =>
  featuresOf({ compare: compareOf(String(compare)), serve: serveOf(String(serve)) });
const toServe = (percent: number) => ({
  type: 'feature-updated',
  eventId: 2,
  feature: serveOf(String(percent)),
});

let server: FakeUnleash;
let recorder: FakeRecorder;
let reader: UnleashReader | undefined;

beforeEach(async () => {
  server = await new FakeUnleash(at(100, 25)).start();
  server.streaming = 'open';
  recorder = new FakeRecorder();
});

afterEach(async () => {
  reader?.close();
  await server.stop();
});

async function startReader(change: Partial<UnleashReaderOptions> = {}): Promise<UnleashReader> {
  reader = new UnleashReader({
    url: server.url,
    token: 'default:development.secret',
    clock: new SystemClock(),
    recorder,
    pollIntervalMs: 50,
    requestTimeoutMs: 1_000,
    startLimitMs: 3_000,
    ...change,
  });
  await reader.start();
  return reader;
}

describe('given a server that offers a stream of changes', () => {
  it('reads from the stream alone, follows a change, and confirms what stands', async () => {
    const flags = await startReader();
    expect(flags.state()).toMatchObject({ origin: 'server', servePercent: 25, problems: [] });
    server.tell(toServe(50));
    await waitFor('the change', () => flags.state().servePercent === 50, 500);
    const confirmedAtMs = flags.state().confirmedAtMs ?? Infinity;
    await waitFor('a confirmation', () => (flags.state().confirmedAtMs ?? 0) > confirmedAtMs);
    expect(server.asked).toBe(0);
    expect(recorder.of('failed read_flags')).toBe(0);
  });

  it('refuses a surprise that the stream tells, as it refuses one that it polled', async () => {
    const flags = await startReader();
    server.tell(toServe(2.5));
    await waitFor('the refusal', () => flags.state().problems.length > 0);
    expect(flags.state().servePercent).toBe(25);
  });

  it('polls from the moment when the stream ends, one question at a time', async () => {
    const flags = await startReader();
    server.features = at(100, 50);
    server.endStreams();
    await waitFor('the change', () => flags.state().servePercent === 50);
    const asked = server.asked;
    const sinceMs = performance.now();
    await waitFor('ten questions', () => server.asked >= asked + 10);
    // Two pollers would need half as long.
    expect(performance.now() - sinceMs).toBeGreaterThan(400);
    expect(server.streamsAsked).toBe(1);
  });

  it('says that the server is down when it goes, and polls when it is back', async () => {
    const flags = await startReader();
    await server.stop();
    await waitFor('the trouble to be said', () => flags.state().problems.length > 0);
    expect(flags.state()).toMatchObject({ origin: 'server', servePercent: 25 });
    server.features = at(100, 50);
    await server.start();
    await waitFor('the change', () => flags.state().servePercent === 50);
  });

  it('polls the whole when it could not read what the stream said', async () => {
    const flags = await startReader();
    server.features = at(100, 50);
    server.tell('{"events":');
    await waitFor('the whole', () => flags.state().servePercent === 50);
    expect(flags.state().problems).toEqual([]);
  });

  it('is not asked for it where that is switched off', async () => {
    const flags = await startReader({ streaming: false });
    expect(flags.state().origin).toBe('server');
    expect(server.streamsAsked).toBe(0);
  });
});

describe('given a server that offers no stream', () => {
  it('polls, counts no failure, and asks for it once', async () => {
    server.streaming = 'none';
    const flags = await startReader();
    expect(flags.state()).toMatchObject({ origin: 'server', servePercent: 25, problems: [] });
    const asked = server.asked;
    await waitFor('more questions', () => server.asked > asked + 3);
    expect(server.streamsAsked).toBe(1);
    expect(recorder.of('failed read_flags')).toBe(0);
  });

  it('polls when the stream says nothing, within the time of one request', async () => {
    server.streaming = 'hang';
    const flags = await startReader();
    expect(flags.state()).toMatchObject({ origin: 'server', servePercent: 25 });
    expect(server.streamsAsked).toBe(1);
  });
});
