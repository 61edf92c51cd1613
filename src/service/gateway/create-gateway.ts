import type { DynamicModule } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { createBackend, type Backend } from '../backend/create-backend.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { PublisherProxy } from './publisher-proxy.js';
import { Admission } from './admission.js';
import { Refusal } from './refusal.js';
import { isOwnPath, targetOf } from './request-target.js';
import { SocketDoor } from './socket-door.js';
import { StreamDoor } from './stream-door.js';

const HEADERS_WITHIN_MS = 10_000;

/** Makes the gateway of a module; rejects with what is wrong with its settings. */
export async function createGateway(module: DynamicModule): Promise<Backend> {
  // Bodies are passed on as they come; only /legacy/events is read here, by its own rules.
  const gateway = await createBackend(module, { bodyParser: false });
  const { app } = gateway;
  const proxy = app.get(PublisherProxy);
  const admission = app.get(Admission);
  const metrics = app.get(GatewayMetrics);
  app.use((request: Request, response: Response, next: NextFunction) => {
    const { path } = targetOf(request);
    if (path === '/ws') upgradeRequired(response);
    else if (isOwnPath(path)) next();
    else
      admission.toPass(request).then((admitted) => {
        if (!(admitted instanceof Refusal)) {
          proxy.passRequest(request, response);
          return;
        }
        metrics.refused(admitted.reason);
        response.status(admitted.status).json(admitted.body);
      }, next);
  });
  app.use(app.get(StreamDoor).admit);
  const server = app.getHttpServer();
  server.headersTimeout = HEADERS_WITHIN_MS;
  // A body that is passed on may take its time.
  server.requestTimeout = 0;
  server.on('upgrade', app.get(SocketDoor).upgrade);
  return gateway;
}

function upgradeRequired(response: Response): void {
  response
    .status(426)
    .set({ Upgrade: 'websocket' })
    .json({ error: 'upgrade_required', message: 'Connect by WebSocket, or read GET /events/:uid.' });
}
