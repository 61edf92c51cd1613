import { Controller, Get, Inject } from '@nestjs/common';
import { Readiness } from '../health/readiness.js';

/**
 * `GET /healthz`: the process lives. `GET /readyz`: it takes users; 503 only while starting or draining. What
 * is ill beside it is named in `degraded` and is no reason to kill a backend that legacy can serve.
 */
@Controller()
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('healthz')
  alive(): ReturnType<Readiness['alive']> {
    return this.readiness.alive();
  }

  @Get('readyz')
  ready(): ReturnType<Readiness['ready']> {
    return this.readiness.ready('backend');
  }
}
