import {
  Catch,
  HttpException,
  Inject,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { CrossfadeError, type CrossfadeErrorCode } from '../../domain/errors.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import type { AdminRequest } from './admin-request.js';
import { AdminRefusal, type RefusalBody } from './admin-refusal.js';

interface JsonResponse {
  readonly headersSent: boolean;
  end(): void;
  setHeader(name: string, value: string): void;
  status(code: number): JsonResponse;
  json(body: RefusalBody): void;
}

const STATUS: Partial<Record<CrossfadeErrorCode, number>> = {
  closed: 503,
  cannot_stop: 409,
  nothing_to_start: 409,
  stopped_again: 409,
  nothing_is_compared: 409,
  record_unreachable: 503,
  too_many_recordings: 429,
  values_are_off: 403,
};

/** Whatever ends a request of the admin API is told as code, message and cure; what nobody expected only to the log. */
@Catch()
export class CrossfadeErrorFilter implements ExceptionFilter {
  constructor(@Inject(CROSSFADE_RUNTIME) private readonly runtime: CrossfadeRuntime) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<JsonResponse>();
    const { status, headers = {}, ...body } = this.answerTo(error);
    host.switchToHttp().getRequest<AdminRequest>().adminRefusal = body.code;
    if (response.headersSent) {
      response.end();
      return;
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.status(status).json(body);
  }

  private answerTo(error: unknown): RefusalBody & {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
  } {
    if (error instanceof AdminRefusal) {
      const { status, code, problem, cure, headers } = error;
      return { status, code, message: problem, cure, headers };
    }
    if (error instanceof CrossfadeError) {
      const { code, problem, cure } = error;
      return { status: STATUS[code] ?? 400, code, message: problem, cure };
    }
    if (error instanceof HttpException) {
      const cure = 'See the description of the API at crossfade/api/openapi.json.';
      const body = { code: 'refused', message: error.message, cure };
      const told = error.getResponse();
      // What has more to say than a message says it as it is.
      const more = typeof told === 'object' && !('statusCode' in told) ? told : {};
      return { status: error.getStatus(), ...body, ...more };
    }
    const { onFailure = toNestLog } = this.runtime.options;
    onFailure(
      `The admin API failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    const message = 'This replica could not answer.';
    return { status: 500, code: 'failed', message, cure: 'Look at its log, and try again.' };
  }
}

function toNestLog(message: string): void {
  new Logger('Crossfade').error(message);
}
