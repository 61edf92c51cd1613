// One backend of a fleet, for test/e2e/fleet.test.ts: embeds the built module and answers its parent in bulk.
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { NestFactory } from '@nestjs/core';
import {
  CrossfadeHealth,
  CrossfadeModule,
  EventProvider,
  InProcessSource,
  optionsFromSettings,
  readSettings,
} from '../../dist/index.js';

const options = { ...optionsFromSettings(readSettings(process.env)), legacySource: new InProcessSource() };
const app = await NestFactory.createApplicationContext(CrossfadeModule.forRoot(options), {
  logger: false,
  abortOnError: false,
});
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

const ANSWERS = {
  stages: ({ uids }) => uids.map((uid) => events.route(uid).stage),
  flags: () => health.flags(),
  listen: ({ uids }) => {
    for (const uid of uids) events.listen(uid, () => undefined);
  },
  decided: ({ serve }) => when(() => health.flags().serve === serve),
  inStage: ({ uids, stage }) => when(() => uids.every((uid) => events.route(uid).stage === stage)),
  served: ({ uids, source }) => when(() => uids.every((uid) => events.servedBy(uid) === source)),
};

process.on('message', async ({ id, ask, ...details }) => {
  process.send({ id, answer: await ANSWERS[ask](details) });
});
process.send({ id: 0 });
