import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { CLOSE_CODES } from '../../../src/service/gateway/close-code.js';
import { GATEWAY_CATALOGUE, type GatewayMetric } from '../../../src/service/gateway/gateway-catalogue.js';
import { GatewayMetrics } from '../../../src/service/gateway/gateway-metrics.js';

const TEXT = readFileSync(new URL('../../../docs/gateway.md', import.meta.url), 'utf8');
const ENTRIES: readonly GatewayMetric[] = Object.values(GATEWAY_CATALOGUE);

function rowOf({ name, type, labels, help }: GatewayMetric): string {
  const names = Object.keys(labels);
  return `| \`${name}\` | ${type} | ${names.length === 0 ? '–' : names.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}

describe('given docs/gateway.md', () => {
  it('documents every metric as it is made, with every value of its labels', () => {
    const rows = TEXT.split('\n').filter((line) => line.startsWith('| `crossfade_'));
    expect(rows.map((row) => row.replace(/ +\|/g, ' |').replace(/\| +/g, '| '))).toEqual(ENTRIES.map(rowOf));
    for (const { labels } of ENTRIES)
      for (const value of Object.values(labels).flat()) expect(TEXT).toContain(`\`${value}\``);
  });

  it('documents every close code', () => {
    for (const [code] of Object.values(CLOSE_CODES)) expect(TEXT).toMatch(new RegExp(`^\\| ${code} `, 'm'));
  });
});

describe('given the metrics of the gateway', () => {
  it('stand in the registry from the start, every series at 0', async () => {
    const registry = new Registry();
    const metrics = new GatewayMetrics(registry);
    metrics.entered('ws');
    metrics.left('ws', 'too_slow');
    metrics.resynced(3);
    const text = await registry.metrics();
    expect(text).toContain('crossfade_gateway_refused_total{reason="uid_full"} 0');
    expect(text).toContain('crossfade_gateway_ended_total{reason="too_slow"} 1');
    expect(text).toContain('crossfade_gateway_connections{transport="ws"} 0');
    expect(text).toContain('crossfade_gateway_missed_events_total 3');
    for (const { name } of ENTRIES) expect(text).toContain(`# TYPE ${name} `);
  });
});
