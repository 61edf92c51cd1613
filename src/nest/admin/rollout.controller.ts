import { Body, Controller, Get, HttpCode, Inject, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { STAGE_RULES, STAGES } from '../../domain/stage.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import type { SeenUsers } from '../tools/outlook.js';
import type { RolloutAction } from '../tools/propose.js';
import { AdminGuard, ForOperators } from './admin.guard.js';
import { wishIn } from './action-bodies.js';
import { AdminRefusal } from './admin-refusal.js';
import { actorOf, addressOf, type AdminRequest } from './admin-request.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';
import { RolloutDesk } from './rollout-desk.js';
import { rolloutReport, type RolloutReport } from './rollout-report.js';

/** What was said is in the record; the controller acts on it at its next look. */
export interface ActionAnswer {
  readonly recorded: true;
  /** its number in the record */
  readonly sequence: number;
  readonly message: string;
}

/** `GET /crossfade/api/rollout` and what a person may say: approve, pause, resume, widen, rollback, each a POST. */
@Controller('crossfade/api')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class RolloutController {
  constructor(
    @Inject(RolloutDesk) private readonly desk: RolloutDesk,
    @Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime,
  ) {}

  @Get('rollout')
  read(): Promise<RolloutReport> {
    return this.desk.with((rollout) => rolloutReport(rollout, this.usersHere()));
  }

  @Post('approve')
  @HttpCode(200)
  @ForOperators()
  approve(@Body() body: unknown, @Req() request: AdminRequest): Promise<ActionAnswer> {
    return this.act('approve', body, request);
  }

  @Post('pause')
  @HttpCode(200)
  @ForOperators()
  pause(@Body() body: unknown, @Req() request: AdminRequest): Promise<ActionAnswer> {
    return this.act('pause', body, request);
  }

  @Post('resume')
  @HttpCode(200)
  @ForOperators()
  resume(@Body() body: unknown, @Req() request: AdminRequest): Promise<ActionAnswer> {
    return this.act('resume', body, request);
  }

  @Post('widen')
  @HttpCode(200)
  @ForOperators()
  widen(@Body() body: unknown, @Req() request: AdminRequest): Promise<ActionAnswer> {
    return this.act('widen', body, request);
  }

  @Post('rollback')
  @HttpCode(200)
  @ForOperators()
  rollback(@Body() body: unknown, @Req() request: AdminRequest): Promise<ActionAnswer> {
    return this.act('rollback', body, request);
  }

  private act(action: RolloutAction, body: unknown, request: AdminRequest): Promise<ActionAnswer> {
    const wish = wishIn(action, body);
    return this.desk.with(async (rollout) => {
      const { state } = await rollout.status();
      const proposal = await rollout.propose(state, action, wish);
      if (!proposal.ok) throw notNow(proposal.problem);
      const outcome = await rollout.say(actorOf(request), proposal.event, addressOf(request));
      if (!outcome.ok) throw notNow(outcome.problem);
      const message = 'Recorded. The controller acts on it at its next look.';
      return { recorded: true, sequence: outcome.sequence, message };
    });
  }

  private usersHere(): SeenUsers {
    const users = this.runtime.users();
    const sum = (stages: readonly (keyof typeof users)[]): number =>
      stages.reduce((all, stage) => all + users[stage], 0);
    return {
      connectedUsers: sum(STAGES),
      servedUsers: sum(STAGES.filter((stage) => STAGE_RULES[stage].serves === 'redis')),
    };
  }
}

/** The problem ends with its cure. */
function notNow(problem: string): AdminRefusal {
  const [, what = problem, cure = 'See crossfade/api/rollout.'] = /^(.+?\.) (.+)$/s.exec(problem) ?? [];
  return new AdminRefusal(409, 'not_now', what, cure);
}
