import type { AddressInfo } from 'node:net';
import type { DynamicModule, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

export interface Backend {
  readonly app: NestExpressApplication;
  /** Listens; port 0 is any free one. Resolves to the address, without a slash at the end. */
  listen(http: { readonly host: string; readonly port: number }): Promise<string>;
  /** Drains and stops; resolves when nothing is left open. */
  stop(): Promise<void>;
}

/** Makes the reference backend of a module; rejects with what is wrong with its settings. */
export async function createBackend(
  module: DynamicModule,
  more: Pick<NestApplicationOptions, 'bodyParser'> = {},
): Promise<Backend> {
  // Open event streams must not keep a draining process alive; a failed start is told by whoever called.
  const options: NestApplicationOptions = {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
    ...more,
  };
  const app = await NestFactory.create<NestExpressApplication>(module, options);
  app.disable('x-powered-by');
  return {
    app,
    listen: async ({ host, port }) => {
      await app.listen(port, host);
      const bound = app.getHttpServer().address() as AddressInfo;
      return `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`;
    },
    stop: () => app.close(),
  };
}
