import { Inject, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ActionLog, type LoggedResponse } from './action-log.js';
import { AdminLimits } from './admin-limits.js';
import { AdminRefusal } from './admin-refusal.js';
import type { AdminRequest } from './admin-request.js';
import { AdminTokens, type AdminRole } from './admin-tokens.js';

const ROLE = 'crossfade:role';

/** Marks what only an operator may do; everything else of the admin API asks for a viewer. */
export const ForOperators = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ROLE, 'operator' satisfies AdminRole);

/** 401 without a known bearer token, 403 where the role does not reach, 429 for who asks too often. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    @Inject(AdminTokens) private readonly tokens: AdminTokens,
    @Inject(AdminLimits) private readonly limits: AdminLimits,
    @Inject(ActionLog) private readonly log: ActionLog,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AdminRequest>();
    const response = http.getResponse<LoggedResponse>();
    response.setHeader('Cache-Control', 'no-store');
    const isAction = request.method !== 'GET' && request.method !== 'HEAD';
    if (isAction) this.log.follow(request, response);
    const identity = this.tokens.identify(bearerOf(request.headers.authorization));
    if (identity === undefined) {
      await this.limits.take('strangers', 'all');
      throw new AdminRefusal(
        401,
        'unauthorized',
        'The admin API does not know who asks.',
        'Send `Authorization: Bearer …` with a token of the admin API.',
        { 'WWW-Authenticate': 'Bearer' },
      );
    }
    const { role, name } = identity;
    request.adminRole = role;
    request.adminName = name;
    await this.limits.take(isAction ? 'actions' : 'readings', `${role} ${name}`);
    if (this.wants(context) === 'operator' && role !== 'operator')
      throw new AdminRefusal(
        403,
        'forbidden',
        'A viewer may only read.',
        'Use a token of the role operator.',
      );
    return true;
  }

  private wants(context: ExecutionContext): AdminRole | undefined {
    return this.reflector.getAllAndOverride<AdminRole | undefined>(ROLE, [
      context.getHandler(),
      context.getClass(),
    ]);
  }
}

function bearerOf(header: string | undefined): string {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
}
