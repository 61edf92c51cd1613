import { CoordinationRedis } from '../../coordination/coordination-redis.js';
import { FleetKillSwitch } from '../../coordination/fleet-kill-switch.js';
import { RedisStopStore } from '../../coordination/redis-stop-store.js';
import { SystemClock } from '../../coordination/system-clock.js';
import { CrossfadeError } from '../../domain/errors.js';
import type { StopState, StopWish } from '../../domain/stop-state.js';
import type { StopAnswer } from '../admin/stop.controller.js';
import type { ReplicaStatus } from '../admin/status.controller.js';
import { optionsFromSettings } from '../options-from-settings.js';
import type { Settings } from '../settings.js';
import { askReplica, tellReplica, type ReplicaAnswer } from './ask-replica.js';
import { serveNobody, type ServedNobody } from './serve-nobody.js';

/** Who says it, and why. */
export type StopSaid = Pick<StopWish, 'by' | 'why'>;

/** What the fleet holds, as its Redis says, and what each named replica holds. */
export interface FleetStopStanding {
  readonly fleet: { readonly state: StopState } | { readonly problem: string };
  readonly replicas: ReadonlyMap<string, ReplicaAnswer<ReplicaStatus>>;
}

/** How far a word got. */
export interface FleetStopReport {
  /** what the fleet holds now; null where its Redis was not reached */
  readonly state: StopState | null;
  /** processes that heard of it through Redis at once; the others read it within a second */
  readonly heardBy: number;
  /** each named replica, and why it was not reached */
  readonly replicas: readonly { readonly url: string; readonly problem?: string }[];
  /** what became of the serve flag; left out where Redis was reached, or nothing was to be written */
  readonly flags?: ServedNobody;
  /** users whom Redis served, or was compared for, on the named replicas that were reached; left out where none was */
  readonly moved?: number;
  /** everything that was not reached, each with its cure; empty: done */
  readonly problems: readonly string[];
}

const CONNECT_MS = 2_000;
/** after which every replica has answered what was announced */
const SETTLED_MS = 200;

const UNHEARD =
  'It is kept in Redis, and no process heard it at once: see whether LISTENERS_REDIS_HOST names the Redis of the fleet, whether a replica runs, and whether Redis lets replicas subscribe to crossfade:stop.';

/** A person's stop, and its lift, for the whole fleet: through Redis, and to each replica that is named. Close it after use. */
export class FleetStop {
  private constructor(
    private readonly settings: Settings,
    private readonly urls: readonly string[],
    private readonly redis: CoordinationRedis,
    private readonly killSwitch: FleetKillSwitch,
    private readonly clock: SystemClock,
  ) {}

  /** @throws CrossfadeError `cannot_stop` where the settings leave nobody who could be stopped */
  static open(settings: Settings, urls: readonly string[]): FleetStop {
    const { mode, legacy } = settings;
    const { redis: endpoint } = optionsFromSettings(settings);
    if (mode === 'legacy' || endpoint === undefined)
      throw new CrossfadeError(
        'cannot_stop',
        'LISTENERS_MODE is legacy: everybody is on legacy, and nothing can move them.',
        'Where the backends have another mode, run this with their environment.',
      );
    if (legacy === 'retired')
      throw new CrossfadeError(
        'cannot_stop',
        'Legacy is retired (CROSSFADE_LEGACY): there is nothing to go back to.',
        'Mend Redis or the publisher, or deploy a version that still has its legacy source.',
      );
    const clock = new SystemClock();
    const redis = new CoordinationRedis({ endpoint, clock });
    const recorder = { failed: () => undefined };
    const killSwitch = new FleetKillSwitch({ store: new RedisStopStore(redis), clock, recorder });
    return new FleetStop(
      settings,
      [...new Set([...settings.stop.replicas, ...urls])],
      redis,
      killSwitch,
      clock,
    );
  }

  /** What holds now. Never rejects. */
  async standing(): Promise<FleetStopStanding> {
    const [fleet, ...answers] = await Promise.all([
      this.fleetState(),
      ...this.urls.map((url) => askReplica<ReplicaStatus>(url, 'status', this.settings)),
    ]);
    const replicas = new Map(
      this.urls.map((url, n) => [url, answers[n] ?? { problem: 'It was not asked.' }]),
    );
    return { fleet, replicas };
  }

  /** Never rejects. */
  async stop(said: StopSaid): Promise<FleetStopReport> {
    // One epoch for all, so that whoever is told twice holds one word.
    const word = { ...said, epoch: this.clock.nowMs() };
    const [spread, ...answers] = await Promise.all([
      this.stopForGood({ stopped: true, ...word }),
      ...this.urls.map((url) => tellReplica<StopAnswer>(url, 'stop', word, this.settings)),
    ]);
    const flags = spread.reached === 'fleet' ? undefined : await serveNobody(this.settings, this.clock);
    const moved = answers.flatMap((answer) => ('body' in answer ? [answer.body.moved] : []));
    return {
      ...this.report(spread, answers),
      ...(flags && { flags }),
      ...(moved.length > 0 && { moved: moved.reduce((sum, count) => sum + count, 0) }),
      problems: [
        ...this.problemsOf(spread, answers),
        ...(flags?.written === false ? [`The serve flag was not taken to 0: ${flags.problem}`] : []),
      ],
    };
  }

  /**
   * Lifts the stops that a person has seen, and no other.
   * @throws CrossfadeError `stopped_again` where the fleet was stopped since
   */
  async start(said: StopSaid, seen: FleetStopStanding): Promise<FleetStopReport> {
    const over = 'state' in seen.fleet ? seen.fleet.state.epoch : undefined;
    const spread = await this.say({ stopped: false, ...said, ...(over !== undefined && { over }) });
    if (spread.reached === 'nobody')
      throw new CrossfadeError(
        'stopped_again',
        `Meanwhile ${spread.state.by} has said another word, and nothing was lifted.`,
        'Look at crossfade status, and start again if it still has to be.',
      );
    const answers = await Promise.all(this.urls.map((url) => this.startReplica(url, said, seen)));
    return { ...this.report(spread, answers), problems: this.problemsOf(spread, answers) };
  }

  async close(): Promise<void> {
    await this.killSwitch.close();
    await this.redis.close();
  }

  private async fleetState(): Promise<FleetStopStanding['fleet']> {
    if (!(await this.redis.ready(CONNECT_MS))) return { problem: this.unreached() };
    const isRead = await this.read();
    const [problem] = this.killSwitch.hearing().problems;
    if (!isRead || problem !== undefined) return { problem: this.unreached(problem) };
    return { state: this.killSwitch.state() };
  }

  /** A Redis that has just been emptied may get an older word back that is later by its clock: it is beaten in a moment. */
  private async stopForGood(wish: StopWish): ReturnType<FleetKillSwitch['say']> {
    const spread = await this.say(wish);
    if (spread.reached !== 'fleet') return spread;
    await this.pause(SETTLED_MS);
    await this.read();
    return this.killSwitch.state().stopped ? spread : this.killSwitch.say(wish);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }

  /** Whether the fleet's word was read by a question asked now. */
  private read(): Promise<boolean> {
    return Promise.race([
      this.killSwitch.confirmed().then(() => true),
      this.pause(CONNECT_MS).then(() => false),
    ]);
  }

  private async say(wish: StopWish): ReturnType<FleetKillSwitch['say']> {
    await this.redis.ready(CONNECT_MS);
    return this.killSwitch.say(wish);
  }

  /** One that has heard it already need not be told. */
  private async startReplica(
    url: string,
    said: StopSaid,
    seen: FleetStopStanding,
  ): Promise<ReplicaAnswer<unknown>> {
    const answer = await askReplica<ReplicaStatus>(url, 'status', this.settings);
    if ('problem' in answer || answer.body.stop?.stopped !== true) return answer;
    const before = seen.replicas.get(url);
    const over = before !== undefined && 'body' in before ? before.body.stop?.epoch : undefined;
    if (over !== answer.body.stop.epoch)
      return {
        problem: `It is stopped by ${answer.body.stop.by}: look at crossfade status, and start again.`,
      };
    return tellReplica<StopAnswer>(url, 'start', { ...said, over }, this.settings);
  }

  private report(
    spread: Awaited<ReturnType<FleetKillSwitch['say']>>,
    answers: readonly ReplicaAnswer<unknown>[],
  ): Omit<FleetStopReport, 'problems'> {
    return {
      state: spread.reached === 'fleet' ? spread.state : null,
      heardBy: spread.reached === 'nobody' ? 0 : spread.heardBy,
      replicas: this.urls.map((url, n) => {
        const answer = answers[n];
        return { url, ...(answer !== undefined && 'problem' in answer && { problem: answer.problem }) };
      }),
    };
  }

  private problemsOf(
    spread: Awaited<ReturnType<FleetKillSwitch['say']>>,
    answers: readonly ReplicaAnswer<unknown>[],
  ): string[] {
    const replicas = answers.flatMap((answer, n) =>
      'problem' in answer ? [`${this.urls[n] ?? ''} was not reached: ${answer.problem}`] : [],
    );
    if (spread.reached === 'replica') return [this.unreached(spread.problem), ...replicas];
    const isHeard = spread.reached === 'nobody' || spread.heardBy > 0;
    return isHeard ? replicas : [UNHEARD, ...replicas];
  }

  private unreached(problem?: string): string {
    const why = this.redis.lastProblem ?? problem ?? 'it does not answer';
    return `The fleet was not reached through Redis (${why}): see to Redis, and name every replica by --replica or CROSSFADE_REPLICAS.`;
  }
}
