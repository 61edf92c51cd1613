import { Counter, Gauge } from 'prom-client';
import type { MetricsRegistry } from '../../index.js';
import {
  GATEWAY_CATALOGUE,
  type Ending,
  type GatewayMetric,
  type RefusalReason,
} from './gateway-catalogue.js';

export type Transport = 'ws' | 'sse';
export type LegacyOutcome = 'heard' | 'unheard' | 'repeated' | 'refused';

/** What the gateway counts, in the registry of the module. Every series stands at 0 from the start. */
export class GatewayMetrics {
  private readonly counters: Readonly<
    Record<Exclude<keyof typeof GATEWAY_CATALOGUE, 'connections'>, Counter>
  >;
  private readonly open: Record<Transport, number> = { ws: 0, sse: 0 };

  constructor(registry: MetricsRegistry) {
    const { connections, refused, ended, resyncs, missed, legacyItems, legacyLost, passedOn } =
      GATEWAY_CATALOGUE;
    const { open } = this;
    new Gauge({
      name: connections.name,
      help: connections.help,
      labelNames: ['transport'],
      registers: [registry],
      collect() {
        for (const [transport, count] of Object.entries(open)) this.set({ transport }, count);
      },
    });
    this.counters = {
      refused: counterOf(refused, registry),
      ended: counterOf(ended, registry),
      resyncs: counterOf(resyncs, registry),
      missed: counterOf(missed, registry),
      legacyItems: counterOf(legacyItems, registry),
      legacyLost: counterOf(legacyLost, registry),
      passedOn: counterOf(passedOn, registry),
    };
  }

  refused(reason: RefusalReason): void {
    this.counters.refused.inc({ reason });
  }

  entered(transport: Transport): void {
    this.open[transport]++;
  }

  left(transport: Transport, reason: Ending): void {
    this.open[transport]--;
    this.counters.ended.inc({ reason });
  }

  resynced(missed: number): void {
    this.counters.resyncs.inc();
    this.counters.missed.inc(missed);
  }

  legacyItems(outcome: LegacyOutcome, count: number): void {
    this.counters.legacyItems.inc({ outcome }, count);
  }

  legacyLost(count: number): void {
    this.counters.legacyLost.inc(count);
  }

  passedOn(outcome: 'passed' | 'failed'): void {
    this.counters.passedOn.inc({ outcome });
  }
}

function counterOf({ name, help, labels }: GatewayMetric, registry: MetricsRegistry): Counter {
  const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
  for (const [label, values] of Object.entries(labels))
    for (const value of values) counter.inc({ [label]: value }, 0);
  return counter;
}
