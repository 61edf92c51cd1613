import { All, Controller, Inject, Req, UseFilters, UseGuards } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { AdminRefusal } from './admin-refusal.js';
import type { AdminRequest } from './admin-request.js';
import { methodsAt, type AdminRoute } from './admin-routes.js';
import { CrossfadeErrorFilter } from './crossfade-error.filter.js';

/** What the API's module knows of its own routes. */
export const ADMIN_ROUTES = Symbol('ADMIN_ROUTES');

/** Whatever no other controller answers: 405 where another method would be, else 404. The last of the module's. */
@Controller('crossfade/api')
@UseGuards(AdminGuard)
@UseFilters(CrossfadeErrorFilter)
export class UnknownRouteController {
  constructor(@Inject(ADMIN_ROUTES) private readonly routes: readonly AdminRoute[]) {}

  @All(['', '*path'])
  refuse(@Req() { originalUrl = '', method = '' }: AdminRequest): never {
    const [path = ''] = originalUrl.split('?');
    const below = /crossfade\/api.*$/i.exec(path)?.[0] ?? '';
    const allowed = methodsAt(this.routes, below);
    if (allowed.length === 0)
      throw new AdminRefusal(
        404,
        'not_found',
        'The admin API has nothing here.',
        'See what it has at crossfade/api/openapi.json.',
      );
    const instead = allowed.join(' or ');
    throw new AdminRefusal(405, 'method_not_allowed', `${method} is no way to ask this.`, `Use ${instead}.`, {
      Allow: allowed.join(', '),
    });
  }
}
