import { Catch, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { CrossfadeError, type CrossfadeErrorCode } from '../../domain/errors.js';

interface JsonResponse {
  status(code: number): JsonResponse;
  json(body: unknown): void;
}

const STATUS: Partial<Record<CrossfadeErrorCode, HttpStatus>> = {
  closed: HttpStatus.SERVICE_UNAVAILABLE,
  cannot_stop: HttpStatus.CONFLICT,
  nothing_to_start: HttpStatus.CONFLICT,
  stopped_again: HttpStatus.CONFLICT,
  nothing_is_compared: HttpStatus.CONFLICT,
  too_many_recordings: HttpStatus.TOO_MANY_REQUESTS,
  values_are_off: HttpStatus.FORBIDDEN,
};

/** What Crossfade refuses is told with its code and its cure; 400 unless the table says otherwise. */
@Catch(CrossfadeError)
export class CrossfadeErrorFilter implements ExceptionFilter<CrossfadeError> {
  catch(error: CrossfadeError, host: ArgumentsHost): void {
    const { code, message } = error;
    const status = STATUS[code] ?? HttpStatus.BAD_REQUEST;
    const body = { error: code, message, statusCode: status };
    host.switchToHttp().getResponse<JsonResponse>().status(status).json(body);
  }
}
