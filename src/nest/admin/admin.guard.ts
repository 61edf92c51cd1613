import {
  ForbiddenException,
  Inject,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AdminTokens, type AdminRole } from './admin-tokens.js';

const ROLE = 'crossfade:role';

/** Marks what only an operator may do; everything else of the admin API asks for a viewer. */
export const ForOperators = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ROLE, 'operator' satisfies AdminRole);

/** What the guard leaves on a request that it let through. */
export interface AdminRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  adminRole?: AdminRole;
}

/** 401 without a known bearer token, 403 where the role does not reach. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    @Inject(AdminTokens) private readonly tokens: AdminTokens,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const role = this.tokens.roleOf(bearerOf(request.headers['authorization']));
    if (role === undefined)
      throw new UnauthorizedException('Send `Authorization: Bearer …` with a token of the admin API.');
    const wanted = this.reflector.getAllAndOverride<AdminRole | undefined>(ROLE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (wanted === 'operator' && role !== 'operator')
      throw new ForbiddenException('This needs a token of the role operator.');
    request.adminRole = role;
    return true;
  }
}

function bearerOf(header: string | string[] | undefined): string {
  return /^Bearer +(\S+)$/i.exec(typeof header === 'string' ? header : '')?.[1] ?? '';
}
