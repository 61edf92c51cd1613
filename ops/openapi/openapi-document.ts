import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import {
  ApiBody,
  ApiExcludeController,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { CrossfadeAdminModule } from '../../src/admin.js';
import { InProcessSource } from '../../src/index.js';
import { ACTION_BODIES } from '../../src/nest/admin/action-bodies.js';
import { ADMIN_CONTROLLERS } from '../../src/nest/admin/crossfade-admin.module.js';
import { routesOf, type AdminRoute } from '../../src/nest/admin/admin-routes.js';
import { STOP_BODIES } from '../../src/nest/admin/stop-body.js';
import { UnknownRouteController } from '../../src/nest/admin/unknown-route.controller.js';
import { BackendModule } from '../../src/service/backend/backend.module.js';
import { answerSchemas } from './answer-schemas.js';
import { ROUTE_WORDS, type RouteWords } from './route-words.js';

/** Where the document is committed. */
export const OPENAPI_FILE = fileURLToPath(new URL('../../src/nest/admin/openapi.json', import.meta.url));

const BODIES = { ...ACTION_BODIES, ...STOP_BODIES };

const EVERYWHERE = {
  401: 'Without a token that is known (`unauthorized`).',
  429: 'Too often; `Retry-After` says how many seconds to wait (`too_many_requests`).',
  500: 'The replica could not answer; its log says why (`failed`).',
} as const;

const OF_OPERATORS = { 403: 'The role does not reach (`forbidden`).' } as const;

const OF_ACTIONS = {
  400: 'The body will not do (`invalid_body`).',
  413: 'The body is too large (`body_too_large`).',
} as const;

/** The description of the admin API, made from its controllers, its types and its bodies. */
export async function openApiDocument(): Promise<OpenAPIObject> {
  const routes = routesOf(ADMIN_CONTROLLERS);
  for (const route of routes) describeRoute(route);
  ApiExcludeController()(UnknownRouteController);
  const backend = BackendModule.with(
    { mode: 'legacy', legacySource: new InProcessSource() },
    { viewer: ['nobody-will-ever-use-this'] },
  );
  const app = await NestFactory.create(backend, { logger: false });
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Crossfade admin API')
    .setDescription(
      'Every refusal is JSON of code, message and cure. A viewer reads, an operator acts too; no GET changes anything.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    include: [CrossfadeAdminModule],
    operationIdFactory: operationIdOf,
  });
  await app.close();
  const types = routes.map((route) => wordsOf(route).answer).filter((name) => /^[A-Z]/.test(name));
  const schemas = answerSchemas([...new Set([...types, 'RefusalBody'])]);
  return { ...document, components: { ...document.components, schemas: schemas } };
}

/** The document as it is committed. */
export async function openApiText(): Promise<string> {
  const text = JSON.stringify(await openApiDocument());
  return format(text, { ...(await resolveConfig(OPENAPI_FILE)), filepath: OPENAPI_FILE });
}

function operationIdOf(controller: string, handler: string): string {
  const name = controller.replace(/Controller$/, '');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}_${handler}`;
}

function wordsOf({ method, path }: AdminRoute): RouteWords {
  const words = ROUTE_WORDS[`${method} ${path}`];
  if (words === undefined) throw new Error(`${method} ${path} has no entry in ops/openapi/route-words.ts.`);
  return words;
}

function describeRoute(route: AdminRoute): void {
  const words = wordsOf(route);
  const { summary, role, query = {}, params = {} } = words;
  const description = role === 'viewer' ? 'For viewers and operators.' : 'For operators.';
  const media = words.media ?? 'application/json';
  const decorators = [
    ApiOperation({ summary, description }),
    ApiSecurity('bearer'),
    ApiProduces(media),
    ApiResponse({ status: 200, description: 'Done.', content: { [media]: { schema: answerOf(words) } } }),
    ...Object.entries(refusalsOf(route, words)).map(([status, text]) =>
      ApiResponse({
        status: Number(status),
        description: text,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/RefusalBody' } } },
      }),
    ),
    ...Object.entries(params).map(([name, text]) => ApiParam({ name, description: text })),
    ...Object.entries(query).map(([name, { description: text, type, isArray = false, ...bounds }]) =>
      ApiQuery({
        ...{ name, description: text, required: false },
        schema: isArray ? { type: 'array', items: { type } } : { type, ...bounds },
      }),
    ),
    ...bodyOf(route),
  ];
  const prototype = route.controller.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, route.handler) ?? {};
  for (const decorate of decorators) decorate(prototype, route.handler, descriptor);
}

function answerOf({ answer }: RouteWords): never {
  const schema = /^[A-Z]/.test(answer) ? { $ref: `#/components/schemas/${answer}` } : { type: answer };
  return schema as never;
}

function refusalsOf({ method }: AdminRoute, { role, refusals = {} }: RouteWords): Record<string, string> {
  return {
    ...EVERYWHERE,
    ...(role === 'operator' ? OF_OPERATORS : {}),
    ...(method === 'POST' ? OF_ACTIONS : {}),
    ...refusals,
  };
}

function bodyOf({ method, path }: AdminRoute): MethodDecorator[] {
  if (method !== 'POST') return [];
  const name = path.split('/').at(-1) as keyof typeof BODIES;
  const schema: Record<string, unknown> = { ...z.toJSONSchema(BODIES[name], { io: 'input' }) };
  delete schema['$schema'];
  return [ApiBody({ required: false, schema })];
}
