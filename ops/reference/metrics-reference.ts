import { LABEL_WORDS } from './label-words.js';
import { METRICS_BY_SPEAKER, type Metric, type MetricName } from './metric.js';
import { WHAT_TO_DO } from './what-to-do.js';

/** Longer lists of values are written once, below the metrics. */
const LONGEST_INLINE = 9;

const TITLES: Readonly<Record<keyof typeof METRICS_BY_SPEAKER, string>> = {
  backend: 'Of every backend and gateway',
  controller: 'Of a controller',
  gateway: 'Of a gateway besides',
};

const MARKS = ['<!-- metrics: made by npm run ops:write -->', '<!-- /metrics -->'] as const;

/**
 * docs/metrics.md with the part between its marks made anew from the code; what stands around it is a person's.
 * @throws Error where a mark is missing
 */
export function withMetricsReference(document: string): string {
  const [from, to] = MARKS.map((mark) => document.indexOf(mark));
  if (from === undefined || to === undefined || from < 0 || to < from)
    throw new Error(`The document lacks its marks. Put ${MARKS.join(' and ')} where the metrics belong.`);
  return `${document.slice(0, from)}${MARKS[0]}\n\n${metricsReference()}\n${document.slice(to)}`;
}

function metricsReference(): string {
  const parts = Object.entries(TITLES).map(([speaker, title]) => {
    const metrics = METRICS_BY_SPEAKER[speaker as keyof typeof METRICS_BY_SPEAKER];
    return [`## ${title}`, '', ...metrics.map(entryOf)].join('\n');
  });
  return [...parts, longLists()].join('\n');
}

function entryOf(metric: Metric): string {
  const { name, type, unit, help, labels, buckets } = metric;
  const details = [
    ...Object.entries(labels).map(([label, values]) => `- \`${label}\`: ${valuesOf(name, label, values)}`),
    ...(buckets === undefined ? [] : [`- buckets: at most ${buckets.join(', ')} and any.`]),
  ];
  return [
    `### \`${name}\``,
    '',
    `${type}, ${unit}${Object.keys(labels).length === 0 ? ', no labels' : ''}. ${help}`,
    '',
    ...(details.length === 0 ? [] : [...details, '']),
    `**Do:** ${WHAT_TO_DO[name as MetricName]}`,
    '',
  ].join('\n');
}

function valuesOf(name: string, label: string, values: readonly string[]): string {
  const words = LABEL_WORDS[name]?.[label];
  if (words !== undefined)
    return `${values.map((value) => `\`${value}\` (${words[value] ?? ''})`).join(', ')}.`;
  if (values.length > LONGEST_INLINE) return `see [values of \`${label}\`](#values-of-${label}).`;
  return `${listed(values)}.`;
}

/** Lists that several metrics share, or that are too long to stand in an entry. */
function longLists(): string {
  const lists = new Map<string, readonly string[]>();
  for (const { name, labels } of Object.values(METRICS_BY_SPEAKER).flat())
    for (const [label, values] of Object.entries(labels)) {
      if (values.length <= LONGEST_INLINE || LABEL_WORDS[name]?.[label] !== undefined) continue;
      const other = lists.get(label);
      if (other !== undefined && other.join() !== values.join())
        throw new Error(`Two long lists are called ${label}: explain one of them in label-words.ts.`);
      lists.set(label, values);
    }
  return [...lists].map(([label, values]) => `### Values of \`${label}\`\n\n${listed(values)}.\n`).join('\n');
}

function listed(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}
