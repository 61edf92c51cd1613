import { Inject, Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { CrossfadeHealth, type FlagsHealth } from '../../index.js';
import { Serving } from './serving.js';

/** What is ill without keeping anybody from being served. */
interface Degraded {
  readonly degraded: readonly string[];
  /** left out where no flag is asked */
  readonly flags?: FlagsHealth;
}

/** Whether a process takes users, and what is ill beside it: an ill Redis is no reason to kill what legacy can serve. */
@Injectable()
export class Readiness {
  constructor(
    @Inject(HealthCheckService) private readonly checks: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(CrossfadeHealth) private readonly crossfade: CrossfadeHealth,
    @Inject(Serving) private readonly serving: Serving,
  ) {}

  alive(): { readonly status: 'ok' } & Degraded {
    return { status: 'ok', ...this.degraded() };
  }

  /** Rejects (503) while the process starts or drains, and for no other reason. */
  async ready(name: string): Promise<HealthCheckResult & Degraded> {
    const result = await this.checks.check([
      () => {
        const indicator = this.indicators.check(name);
        const { state } = this.serving;
        return state === 'serving' ? indicator.up() : indicator.down({ state });
      },
    ]);
    return { ...result, ...this.degraded() };
  }

  private degraded(): Degraded {
    const flags = this.crossfade.flags();
    return { degraded: this.crossfade.degraded(), ...(flags === undefined ? {} : { flags }) };
  }
}
