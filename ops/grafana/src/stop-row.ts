import { query, REPLICAS, type RowSpec } from './panel-spec.js';

/** Whether a stop holds, and whether everybody has heard it. */
export const STOP: RowSpec = {
  title: 'Stop',
  panels: [
    {
      kind: 'states',
      title: 'Stopped by replica',
      description:
        '1: everybody there is on legacy until crossfade start; crossfade status says by whom and why. Replicas that differ for longer than a second have not heard it.',
      unit: 'none',
      width: 12,
      noValue: 'nobody can be stopped',
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [query(`crossfade_stopped{${REPLICAS}}`, '{{instance}}')],
    },
    {
      kind: 'number',
      title: 'Replicas that lack the last word',
      description:
        'They have heard an older stop or lift than others. Call them by crossfade stop --replica.',
      unit: 'none',
      width: 4,
      noValue: 'nobody can be stopped',
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [
        query(
          `count(crossfade_stop_epoch{${REPLICAS}} < scalar(max(crossfade_stop_epoch{${REPLICAS}}))) or 0 * max(crossfade_stop_epoch{${REPLICAS}})`,
          'lack it',
        ),
      ],
    },
    {
      kind: 'number',
      title: 'Longest since the stop was read',
      description:
        'A second at most, beside the interval of the scrape. Longer: that replica holds what it heard last.',
      unit: 's',
      width: 4,
      noValue: 'never read',
      steps: [
        [null, 'green'],
        [90, 'red'],
      ],
      queries: [query(`time() - min(crossfade_stop_read_timestamp_seconds{${REPLICAS}})`, 'since')],
    },
    {
      kind: 'number',
      title: 'Problems of hearing or keeping a stop',
      description: 'degraded in /readyz of the replica names each with its cure.',
      unit: 'none',
      width: 4,
      noValue: 'nobody can be stopped',
      steps: [
        [null, 'green'],
        [1, 'red'],
      ],
      queries: [query(`sum(crossfade_stop_problems{${REPLICAS}})`, 'problems')],
    },
  ],
};
