// One backend of a fleet, for test/e2e/fleet.test.ts: embeds the built module and answers its parent in bulk.
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { NestFactory } from '@nestjs/core';
import { CrossfadeAdminModule, adminOptionsFromSettings } from '../../dist/admin.js';
import {
  CrossfadeHealth,
  CrossfadeModule,
  EventProvider,
  InProcessSource,
  optionsFromSettings,
  readSettings,
} from '../../dist/index.js';

const settings = readSettings(process.env);
const legacySource = new InProcessSource();
// A test may ask for quicker handovers than any backend has.
const { HANDOVER = '{}' } = process.env;
const options = { ...optionsFromSettings(settings), legacySource, handover: JSON.parse(HANDOVER) };
const tokens = adminOptionsFromSettings(settings);
class Backend {}
const app = await NestFactory.create(
  {
    module: Backend,
    imports: [
      CrossfadeModule.forRoot({ ...options, isGlobal: true }),
      ...(tokens === undefined ? [] : [CrossfadeAdminModule.forRoot(tokens)]),
    ],
  },
  { logger: false, abortOnError: false },
);
if (tokens === undefined) await app.init();
else await app.listen(settings.http.port, settings.http.host);
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
const events = app.get(EventProvider);
const health = app.get(CrossfadeHealth);

/** When something first held, milliseconds since 1970: all processes of a machine have one clock. */
function when(holds) {
  return new Promise((resolve) => {
    const look = setInterval(() => {
      if (!holds()) return;
      clearInterval(look);
      resolve(Date.now());
    }, 2);
  });
}

const got = { legacy: 0, redis: 0, lastRedisMs: 0 };

function heard({ source }) {
  got[source]++;
  if (source === 'redis') got.lastRedisMs = Date.now();
}

const ANSWERS = {
  url: () => app.getUrl(),
  got: () => got,
  stages: ({ uids }) => uids.map((uid) => events.route(uid).stage),
  flags: () => health.flags(),
  listen: ({ uids }) => {
    for (const uid of uids) events.listen(uid, heard);
  },
  decided: ({ serve }) => when(() => health.flags().serve === serve),
  inStage: ({ uids, stage }) => when(() => uids.every((uid) => events.route(uid).stage === stage)),
  served: ({ uids, source }) => when(() => uids.every((uid) => events.servedBy(uid) === source)),
};

process.on('message', async ({ id, ask, ...details }) => {
  process.send({ id, answer: await ANSWERS[ask](details) });
});
process.send({ id: 0 });
