import { Controller } from '@nestjs/common';
import { MetricsController } from '../backend/metrics.controller.js';

/** `GET /crossfade/metrics`, for Prometheus. */
@Controller('crossfade/metrics')
export class GatewayMetricsController extends MetricsController {}
