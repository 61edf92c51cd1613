/* global process */
// Loaded before a controller of a test (`node --import`), never by the product: it lets the process be killed, or
// frozen, at one contact with the world. HALT_AT names it, HALT_SIGNAL says how, HALT_SKIP lets so many pass before.
import { RedisDecisionLog } from '../../dist/coordination/redis-decision-log.js';
import { RedisLease } from '../../dist/coordination/redis-lease.js';
import { UnleashAdmin } from '../../dist/flags/unleash-admin.js';
import { UnleashWriter } from '../../dist/flags/unleash-writer.js';
import { PrometheusEvidenceReader } from '../../dist/metrics/prometheus-evidence-reader.js';

const { HALT_AT, HALT_SIGNAL = 'SIGKILL', HALT_SKIP = '0' } = process.env;
let skip = Number(HALT_SKIP);

function haltAt(place) {
  if (place !== HALT_AT || skip-- !== 0) return;
  process.kill(process.pid, HALT_SIGNAL);
}

function watch({ prototype }, method, namesOf) {
  const original = prototype[method];
  prototype[method] = async function (...args) {
    const names = [namesOf(...args)].flat();
    for (const name of names) haltAt(`before ${name}`);
    const value = await original.apply(this, args);
    for (const name of names) haltAt(`after ${name}`);
    return value;
  };
}

watch(RedisLease, 'acquire', () => 'lease');
watch(RedisDecisionLog, 'last', () => 'reading the record');
watch(UnleashWriter, 'standing', () => 'reading the flags');
watch(PrometheusEvidenceReader, 'read', () => 'evidence');
watch(UnleashAdmin, 'replaceRollout', (flag) => ['write', `write ${flag}`]);
watch(UnleashWriter, 'readBack', () => 'verify');
watch(RedisDecisionLog, 'append', ({ event }) => `recording ${event.kind}`);
