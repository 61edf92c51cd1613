import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { startRuntime } from '../../src/nest/crossfade-runtime.js';
import { InProcessSource } from '../../src/sources/in-process-source.js';
import type { Envelope } from '../../src/domain/user-event.js';
import { percentile } from './figures.js';
import { FixedFlags } from './fixed-flags.js';
import { uidOf } from './messages.js';
import { serve } from './serve.js';

interface Opening {
  readonly redisPort: number;
  readonly tickerPort: number;
  readonly users: number;
  /** false: the backend as it is without Crossfade */
  readonly isShadowed: boolean;
}

const legacy = new InProcessSource();
let handedOver = new Float64Array();
let onTheWay = new Float64Array();
let count = 0;
let saidAtNs = 0n;
let givenAtMs = 0;

/** What a user's screen is behind: it has the event now. */
function delivered(): void {
  handedOver[count] = (performance.now() - givenAtMs) * 1_000;
  onTheWay[count] = Number(process.hrtime.bigint() - saidAtNs) / 1_000;
  count++;
}

async function open({ redisPort, tickerPort, users, isShadowed }: Opening): Promise<void> {
  if (isShadowed) {
    const { events } = await startRuntime({
      mode: 'local',
      legacySource: legacy,
      redis: { host: '127.0.0.1', port: redisPort },
      flags: { reader: new FixedFlags(() => 'shadow') },
      comparing: { rules: [{ type: 'task.progress_update', compare: 'event' }] },
    });
    for (let user = 0; user < users; user++) events.listen(uidOf(user), delivered);
  }
  const socket = connect({ host: '127.0.0.1', port: tickerPort });
  await once(socket, 'connect');
  createInterface({ input: socket }).on('line', (line) => {
    const space = line.indexOf(' ');
    const said = BigInt(line.slice(0, space));
    const envelope = JSON.parse(line.slice(space)) as Envelope;
    [saidAtNs, givenAtMs] = [said, performance.now()];
    if (isShadowed) legacy.push(envelope.uid, envelope);
    else delivered();
  });
}

function begin({ events }: { events: number }): void {
  handedOver = new Float64Array(events);
  onTheWay = new Float64Array(events);
  count = 0;
}

/** p99, microseconds: from the legacy listener to the reader, and from whoever said it to the reader. */
function read(): { handedOver: number; onTheWay: number } {
  if (count !== handedOver.length) throw new Error(`${count} of ${handedOver.length} events came.`);
  return { handedOver: percentile(handedOver, 0.99), onTheWay: percentile(onTheWay, 0.99) };
}

serve({ open, begin, read, come: () => count });
