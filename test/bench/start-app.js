// A Nest application that starts and says how long that took. Argument: with or without the module, and its mode.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import 'reflect-metadata';

const [, , mode, port] = process.argv;
const imports = [];
if (mode !== 'bare') {
  const { CrossfadeModule, InProcessSource, optionsFromSettings, readSettings } =
    await import('../../dist/index.js');
  const legacySource = new InProcessSource();
  const flags = { compare: true, serve: false, serveIsFull: false };
  const reader = {
    cohorts: () => flags,
    state: () => ({ origin: 'file', problems: [] }),
    onChange: () => () => {},
  };
  // As a host does: its settings come from the environment.
  const env =
    mode === 'local' ? { LISTENERS_MODE: mode, LISTENERS_REDIS_PORT: port } : { LISTENERS_MODE: mode };
  const options = optionsFromSettings(readSettings(env));
  imports.push(CrossfadeModule.forRoot({ ...options, legacySource, flags: { reader } }));
}
class App {}
Module({ imports })(App);

const app = await NestFactory.create(App, { logger: false });
await app.listen(0, '127.0.0.1');
// Since the process began, so that what has to be loaded counts.
process.send({
  wallMs: performance.now(),
  cpuMs: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
});
process.on('disconnect', () => process.exit());
