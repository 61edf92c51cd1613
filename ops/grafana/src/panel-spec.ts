/** How a panel shows its numbers. */
export type PanelKind =
  /** lines over time */
  | 'lines'
  /** lines that add up */
  | 'stacked'
  /** one number now */
  | 'number'
  /** the label of what is 1 now */
  | 'word'
  /** what was 1 when, or the value as a state */
  | 'states'
  /** a histogram over time */
  | 'heat'
  /** one row for each replica, with links to it */
  | 'links';

/** One query of a panel. */
export interface PanelQuery {
  /** PromQL, with Grafana's variables */
  readonly expr: string;
  readonly legend: string;
}

/** A panel as a dashboard names it; what it looks like is made of this. */
export interface PanelSpec {
  readonly kind: PanelKind;
  readonly title: string;
  /** what well is, and what to do when it is not */
  readonly description: string;
  /** one of Grafana's units */
  readonly unit: string;
  /** of 24 columns */
  readonly width: number;
  readonly queries: readonly PanelQuery[];
  /** from which value on a number has this colour; the first from the beginning */
  readonly steps?: readonly (readonly [from: number | null, colour: 'green' | 'orange' | 'red'])[];
  /** the colour of a word, where it says how well things are */
  readonly colours?: Readonly<Record<string, string>>;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** what is shown where there is nothing */
  readonly noValue?: string;
}

/** Some panels under one heading. */
export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  /** the question that the dashboard answers */
  readonly description: string;
  /** whether its numbers can be narrowed to one event type */
  readonly byType: boolean;
  /** whether it shows a controller, which may be scraped by a job of its own */
  readonly ofController?: boolean;
  readonly rows: readonly RowSpec[];
}

/** A query for a panel. */
export function query(expr: string, legend: string): PanelQuery {
  return { expr, legend };
}

/** What narrows a metric of a backend to the replicas that were chosen. */
export const REPLICAS = 'job=~"$job",instance=~"$instance"';
/** The same, and to the event types that were chosen. */
export const TYPED = `${REPLICAS},type=~"$type"`;
/** What narrows a metric of a controller, of which those that stand by say nothing of the rollout. */
export const CONTROLLER = 'job=~"$controller"';
