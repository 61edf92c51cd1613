import {
  Controller,
  Get,
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { CrossfadeHealth, type FlagsHealth } from '../../index.js';

/** Whether the process takes users: not yet, yes, or no more. */
@Injectable()
export class Serving implements OnApplicationBootstrap, BeforeApplicationShutdown {
  state: 'starting' | 'serving' | 'draining' = 'starting';

  onApplicationBootstrap(): void {
    this.state = 'serving';
  }

  beforeApplicationShutdown(): void {
    this.state = 'draining';
  }
}

/** What `/readyz` says; `flags` is left out where no flag is asked. */
interface Readiness extends HealthCheckResult {
  readonly degraded: readonly string[];
  readonly flags?: FlagsHealth;
}

/**
 * `GET /healthz`: the process lives. `GET /readyz`: it takes users; 503 only while starting or draining. What
 * is ill beside it is named in `degraded` and is no reason to kill a backend that legacy can serve.
 */
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly checks: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(CrossfadeHealth) private readonly crossfade: CrossfadeHealth,
    @Inject(Serving) private readonly serving: Serving,
  ) {}

  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(): Promise<Readiness> {
    const result = await this.checks.check([
      () => {
        const indicator = this.indicators.check('backend');
        const { state } = this.serving;
        return state === 'serving' ? indicator.up() : indicator.down({ state });
      },
    ]);
    const flags = this.crossfade.flags();
    return { ...result, degraded: this.crossfade.degraded(), ...(flags === undefined ? {} : { flags }) };
  }
}
