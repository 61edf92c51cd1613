import { parser } from '@prometheus-io/lezer-promql';

/** What a query asks Prometheus for. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/\$__rate_interval/g, '20s'],
  [/\$__range/g, '10m'],
  [/\$(job|instance|type|controller)\b/g, '.*'],
];

/** A query of a dashboard as Grafana would send it, with everything chosen. */
export function withVariables(expr: string): string {
  return VARIABLES.reduce((text, [variable, value]) => text.replace(variable, value), expr);
}

/** Parses PromQL and lists what it selects. @throws Error with the place, where it cannot be parsed */
export function selectorsOf(expr: string): readonly Selector[] {
  const found: { metric: string; matchers: Selector['matchers'][number][] }[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      const text = expr.slice(from, to);
      if (type.isError) throw new Error(`No PromQL at ${from}, after "${expr.slice(0, from)}": ${expr}`);
      if (type.name === 'VectorSelector')
        found.push({ metric: /^[\w:]*/.exec(text)?.[0] ?? '', matchers: [] });
      const parts =
        type.name === 'UnquotedLabelMatcher' ? /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(text) : null;
      const [, label = '', operator = '', value = ''] = parts ?? [];
      if (parts !== null) found.at(-1)?.matchers.push({ label, operator, value });
    },
  });
  return found;
}
