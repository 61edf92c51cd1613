import { Controller, Get, Inject } from '@nestjs/common';
import { Readiness } from '../health/readiness.js';

/** `GET /crossfade/healthz` and `/crossfade/readyz`: the gateway's own; `/healthz` and `/readyz` are the publisher's. */
@Controller('crossfade')
export class GatewayHealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('healthz')
  alive(): ReturnType<Readiness['alive']> {
    return this.readiness.alive();
  }

  @Get('readyz')
  ready(): ReturnType<Readiness['ready']> {
    return this.readiness.ready('gateway');
  }
}
