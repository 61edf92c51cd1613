import {
  Body,
  Controller,
  HttpCode,
  HttpException,
  Inject,
  Post,
  Req,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import type { FleetSwitch, StopSpread } from '../../contracts/kill-switch.js';
import { CrossfadeError } from '../../domain/errors.js';
import { CrossfadeHealth, type StopHealth } from '../crossfade-health.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { AdminGuard, ForOperators } from './admin.guard.js';
import { actorOf, addressOf, type AdminRequest } from './admin-request.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { startWishOf, stopWishOf } from './stop-body.js';

/** What came of a stop or a lift. */
export interface StopAnswer extends StopHealth {
  /** `replica`: it holds here, and is not kept for the fleet; `problems` say why */
  readonly reached: 'fleet' | 'replica';
  /** processes of the fleet that heard of it at once; the others read it within a second */
  readonly heardBy: number;
  /** users of this replica who were not in the stage `legacy`: before a stop, or right after a lift */
  readonly moved: number;
}

const HERE_ALONE = {
  code: 'reached_replica_alone',
  message: 'It holds on this replica, and is not kept for the fleet.',
  cure: 'See problems; then say it again, or pass it on to each replica with its epoch.',
} as const;

/**
 * `POST /crossfade/api/stop` puts all users of the fleet on legacy, `POST /crossfade/api/start` lifts that; both take
 * `{"why"?, "by"?}`. 200 where the fleet was reached; 503, with the same answer, where it holds on this replica alone.
 * Whoever passes a word on to each replica sends the `epoch` that it was said with, or the one that it is said `over`,
 * and is answered 200 once it holds here. 409 where nobody can be stopped, or where there is nothing to lift.
 */
@Controller('crossfade/api')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class StopController {
  constructor(
    @Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime,
    @Inject(CrossfadeHealth) private readonly health: CrossfadeHealth,
  ) {}

  @Post('stop')
  @HttpCode(200)
  @ForOperators()
  async stop(@Body() body: unknown, @Req() request: AdminRequest): Promise<StopAnswer> {
    const killSwitch = this.killSwitch();
    const wish = stopWishOf(body, whoIs(request), this.runtime.clock.nowMs());
    const moved = this.usersBeyondLegacy();
    return this.answer(await killSwitch.say(wish), moved, wish.epoch !== undefined);
  }

  @Post('start')
  @HttpCode(200)
  @ForOperators()
  async start(@Body() body: unknown, @Req() request: AdminRequest): Promise<StopAnswer> {
    const killSwitch = this.killSwitch();
    const wish = startWishOf(body, whoIs(request));
    const { stopped, epoch } = killSwitch.state();
    if (!stopped)
      throw new CrossfadeError(
        'nothing_to_start',
        'Nothing is stopped here, so there is nothing to start.',
        'See crossfade status.',
      );
    const spread = await killSwitch.say({ ...wish, over: wish.over ?? epoch });
    return this.answer(spread, this.usersBeyondLegacy(), wish.over !== undefined);
  }

  private usersBeyondLegacy(): number {
    const { shadow, live, complete } = this.runtime.users();
    return shadow + live + complete;
  }

  private killSwitch(): FleetSwitch {
    const { killSwitch, options } = this.runtime;
    if (killSwitch !== undefined) return killSwitch;
    if (options.mode === 'legacy')
      throw new CrossfadeError(
        'cannot_stop',
        'The mode is legacy: everybody is on legacy already, and nothing can move them.',
        'There is nothing to do.',
      );
    throw new CrossfadeError(
      'cannot_stop',
      'Legacy is retired: there is nothing to go back to.',
      'Mend Redis or the publisher, or deploy a version that still has its legacy source.',
    );
  }

  private answer(spread: StopSpread, moved: number, isPassedOn: boolean): StopAnswer {
    const { reached, state } = spread;
    if (reached === 'nobody')
      throw new CrossfadeError(
        'stopped_again',
        `Another word has been said meanwhile, by ${state.by}: ${state.stopped ? 'it stops' : 'it starts'}.`,
        'Look at crossfade status, and say it again if it still has to be.',
      );
    const health = this.health.stop();
    if (health === undefined) throw new Error('a word was said where nobody can be stopped');
    const own = reached === 'replica' ? [spread.problem] : [];
    const problems = [...new Set([...own, ...health.problems])];
    const answer = { ...health, reached, heardBy: spread.heardBy, moved, problems };
    if (reached === 'replica' && !isPassedOn) throw new HttpException({ ...HERE_ALONE, ...answer }, 503);
    return answer;
  }
}

function whoIs(request: AdminRequest): string {
  return `${actorOf(request)} from ${addressOf(request)}`;
}
