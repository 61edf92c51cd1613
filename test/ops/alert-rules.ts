import { parse } from 'yaml';
import { committed } from '../../ops/written-files.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordRule {
  readonly record: string;
  readonly expr: string;
}

const { groups } = parse(committed('ops/prometheus/rules/crossfade.yml')) as {
  groups: { name: string; rules: (AlertRule | RecordRule)[] }[];
};
const all = groups.flatMap(({ rules }) => rules);

export const ALERTS = all.filter((rule) => 'alert' in rule);
export const RECORDS = all.filter((rule) => 'record' in rule);
