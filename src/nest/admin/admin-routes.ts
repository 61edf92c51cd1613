import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

/** One thing that the admin API does. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  /** below the host's own prefix, such as `crossfade/api/explain/:uid` */
  readonly path: string;
  readonly controller: Type;
  readonly handler: string;
}

/** The routes of controllers, as their decorators say. */
export function routesOf(controllers: readonly Type[]): readonly AdminRoute[] {
  return controllers.flatMap((controller) => {
    const base = pathOf(controller);
    const prototype = controller.prototype as Readonly<Record<string, object>>;
    return Object.getOwnPropertyNames(prototype).flatMap((handler) => {
      const method = methodOf(prototype[handler]);
      if (method === undefined) return [];
      const path = `${base}/${pathOf(prototype[handler])}`.replace(/\/+$/, '');
      return [{ method, path, controller, handler }];
    });
  });
}

/** The methods that a path of the API answers, of whoever is asked for it by another; empty where nothing is there. */
export function methodsAt(routes: readonly AdminRoute[], path: string): readonly string[] {
  const asked = path.replace(/^\/+|\/+$/g, '').split('/');
  return routes
    .filter((route) => {
      const parts = route.path.split('/');
      return parts.length === asked.length && parts.every((part, i) => isMatch(part, asked[i] ?? ''));
    })
    .map(({ method }) => method);
}

function isMatch(part: string, asked: string): boolean {
  return part.startsWith(':') || part === asked.toLowerCase();
}

function pathOf(target: unknown): string {
  const path: unknown = Reflect.getMetadata(PATH_METADATA, target as object);
  return typeof path === 'string' ? path.replace(/^\/+|\/+$/g, '') : '';
}

function methodOf(handler: unknown): AdminRoute['method'] | undefined {
  if (typeof handler !== 'function') return undefined;
  const method: unknown = Reflect.getMetadata(METHOD_METADATA, handler);
  if (method === RequestMethod.GET) return 'GET';
  return method === RequestMethod.POST ? 'POST' : undefined;
}
