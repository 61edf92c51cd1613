import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CheckpointReport, DoctorReport } from '../../../src/nest/doctor/checkpoint.js';
import { examine } from '../../../src/nest/doctor/examine.js';
import { openClinic, SECRETS, type Clinic } from './clinic.js';
import { PLANTED_FAULTS, type PlantedFault } from './planted-faults.js';

/** Most of the time a doctor waits for somebody who does not answer. */
const AT_ONCE = 5;

let clinic: Clinic;
const found = new Map<string, DoctorReport | Error>();

beforeAll(async () => {
  clinic = await openClinic();
  const waiting = [...PLANTED_FAULTS];
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const { fault } = row;
      found.set(fault, await look(row).catch((error: unknown) => error as Error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, 120_000);
afterAll(() => clinic.close(), 30_000);

async function look({ plant }: PlantedFault): Promise<DoctorReport> {
  const { env, uid, firestore, after, undo } = await plant(clinic);
  try {
    return await examine({
      env: { ...clinic.env, ...env },
      ...(uid !== undefined && { uid }),
      ...(firestore && { firestore }),
      ...(after && { onReport: after }),
    });
  } finally {
    await undo?.();
  }
}

function reportOn(row: PlantedFault): { readonly report: DoctorReport; readonly at: CheckpointReport } {
  const report = found.get(row.fault);
  if (report === undefined || report instanceof Error) throw report ?? new Error('not looked at');
  const at = report.checkpoints.find(({ name }) => name === row.checkpoint);
  if (at === undefined) throw new Error('no such checkpoint');
  return { report, at };
}

describe('given a world with one fault', () => {
  it.each(PLANTED_FAULTS.map((row) => [row.fault, row] as const))('finds %s and names its cure', (_, row) => {
    const { report, at } = reportOn(row);
    const worst = at.findings.filter(({ mark }) => mark === row.mark);
    expect(worst).toContainEqual({
      mark: row.mark,
      says: expect.stringMatching(row.says),
      cure: expect.stringMatching(row.cure),
    });
    // It is that checkpoint that finds it, and no other one finds a fault that is none.
    const faulty = report.checkpoints.filter(({ mark }) => mark === 'fault').map(({ name }) => name);
    expect(faulty).toEqual(row.mark === 'fault' ? [row.checkpoint] : []);
    expect(report.ok).toBe(row.mark !== 'fault');
  });

  it('shows no secret and nothing of what a publisher said, whatever is wrong', () => {
    for (const row of PLANTED_FAULTS) {
      const text = JSON.stringify(reportOn(row).report);
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/doc_id|file_name|collection_id|raw_messages/);
    }
  });

  it('skips what cannot be looked at, and says which fault it is because of', () => {
    const tcp = reportOn(rowOf('nothing that listens')).report;
    const because = tcp.checkpoints.flatMap(({ name, mark, findings }) =>
      mark === 'skipped' && (findings[0]?.says ?? '').includes('because of the fault in tcp') ? [name] : [],
    );
    expect(because).toEqual(['tls', 'authentication', 'db', 'commands', 'round_trip', 'prefix', 'stop']);
    const settings = reportOn(rowOf('a port that is no number')).report;
    expect(settings.checkpoints.slice(1).every(({ mark }) => mark === 'skipped')).toBe(true);
    const publish = reportOn(rowOf('PUBLISH that is refused')).report;
    expect(publish.checkpoints.find(({ name }) => name === 'round_trip')).toMatchObject({
      mark: 'skipped',
      findings: [{ says: 'PUBLISH is refused, so that no canary can be sent' }],
    });
  });

  it('is not held up by a server that hangs for longer than its time limit', () => {
    for (const row of PLANTED_FAULTS)
      for (const { tookMs } of reportOn(row).report.checkpoints) expect(tookMs).toBeLessThan(20_000);
  });
});

describe('given a world in which all is well', () => {
  it('finds nothing but ok, by an event that it provoked, and leaves no key and no listener behind', async () => {
    const report = await examine({
      env: { ...clinic.env, ...prodEnv() },
      uid: 'user1',
      firestore: { collection: () => ({ get: empty, where: () => ({ get: empty }) }) },
    });
    const notOk = report.checkpoints.flatMap(({ findings }) => findings.filter(({ mark }) => mark !== 'ok'));
    // A machine that is busy with other things can be slow, and nothing else.
    expect(notOk.filter(({ says }) => !says.includes('only after'))).toEqual([]);
    expect(report.ok).toBe(true);
    const says = (name: string): string =>
      report.checkpoints
        .find((each) => each.name === name)
        ?.findings.map((each) => each.says)
        .join('; ') ?? '';
    expect(says('prefix')).toMatch(/Seen from outside, 1 listen to user:user1.*Heard notif\.sync/s);
    expect(says('tls')).toMatch(/TLSv1\.\d; the certificate names localhost, .* 399 days left/);
    expect(await clinic.redis.client.keys('*doctor*')).toEqual([]);
    expect(await clinic.redis.client.pubsub('CHANNELS')).toEqual([]);
  });

  it('tells the replicas that it closed the presence, so that none takes the silence for peace', async () => {
    const told: string[] = [];
    const listener = clinic.redis.client.duplicate();
    listener.on('message', (_, text: string) => told.push(text));
    await listener.subscribe('crossfade:presence-closed');
    await examine({ env: clinic.env, uid: 'user2' });
    await listener.ping();
    listener.disconnect();
    expect(told.map((text) => (JSON.parse(text) as { uids: string[] }).uids)).toEqual([['user2']]);
  });

  it('takes a real event for proof where somebody else holds the user present', async () => {
    const say = setInterval(() => {
      const text = JSON.stringify({ type: 'task.progress_update', uid: 'anna', payload: { status: 'x' } });
      void clinic.redis.client.publish('user:anna', text);
    }, 20);
    const report = await examine({ env: { ...clinic.env, LISTENERS_SERVICE_URL: '' }, uid: 'anna' });
    clearInterval(say);
    expect(report.checkpoints.find(({ name }) => name === 'prefix')).toMatchObject({
      mark: 'ok',
      findings: [{}, { says: 'Heard task.progress_update on user:anna: the prefix agrees' }],
    });
  });

  it('opens nobody’s presence where no uid is given', async () => {
    const before = await presenceOf(clinic);
    const report = await examine({ env: clinic.env });
    expect(await presenceOf(clinic)).toEqual(before);
    for (const name of ['prefix', 'presence'])
      expect(report.checkpoints.find((each) => each.name === name)).toMatchObject({ mark: 'skipped' });
    expect(report.ok).toBe(true);
  });

  it('contacts nothing in mode legacy', async () => {
    const report = await examine({ env: { ...clinic.env, LISTENERS_MODE: 'legacy' } });
    expect(report.checkpoints.map(({ mark }) => mark)).toEqual([
      'ok',
      ...report.checkpoints.slice(1).map(() => 'skipped'),
    ]);
  });

  it('refuses what can be no uid before it does anything', async () => {
    await expect(examine({ env: clinic.env, uid: 'a b' })).rejects.toThrow(/no uid/);
  });
});

const empty = () => Promise.resolve({ docs: [] });

function rowOf(fault: string): PlantedFault {
  const row = PLANTED_FAULTS.find((each) => each.fault === fault);
  if (row === undefined) throw new Error(fault);
  return row;
}

/** Production, as far as one machine can have it: TLS, a private authority, an ACL user. */
function prodEnv(): Record<string, string> {
  return {
    LISTENERS_MODE: 'prod',
    LISTENERS_REDIS_HOST: 'localhost',
    LISTENERS_REDIS_PORT: String(clinic.tlsPort),
    LISTENERS_REDIS_TLS_CA_FILE: clinic.certificates.caFile,
    LISTENERS_REDIS_USERNAME: 'anyone',
    LISTENERS_REDIS_PASSWORD: SECRETS.password,
  };
}

async function presenceOf({ simulators }: Clinic): Promise<unknown> {
  return ((await (await fetch(`${simulators.well.url}/debug`)).json()) as { presence: unknown }).presence;
}
