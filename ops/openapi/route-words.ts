import type { AdminRole } from '../../src/nest/admin/admin-tokens.js';

/** What the document says of one route, beside what its code says. */
export interface RouteWords {
  readonly summary: string;
  readonly role: AdminRole;
  /** the exported type of a good answer */
  readonly answer: string;
  /** default application/json */
  readonly media?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryWords>>;
  /** refusals beside those that every route has (401, 429, 500) and actions have (400, 403, 413) */
  readonly refusals?: Readonly<Record<number, string>>;
}

export interface QueryWords {
  readonly description: string;
  readonly type: 'integer' | 'string' | 'boolean';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number | boolean;
  readonly isArray?: boolean;
}

const RECORD = {
  409: 'This process knows of no rollout (`no_rollout`).',
  503: 'The record of the rollout cannot be reached (`record_unreachable`).',
} as const;

const ORDER = {
  409: 'It cannot be done now (`not_now`), or this process knows of no rollout (`no_rollout`). Nothing has changed.',
  503: RECORD[503],
} as const;

const OF_STOP = {
  409: 'Nobody can be stopped (`cannot_stop`), nothing is stopped (`nothing_to_start`), or another word has been said meanwhile (`stopped_again`).',
  503: 'It holds on this replica alone (`reached_replica_alone`); the rest of the answer is that of 200.',
} as const;

const action = (summary: string): RouteWords => ({
  summary,
  role: 'operator',
  answer: 'ActionAnswer',
  refusals: ORDER,
});

/** By method and path, as the controllers declare them. A route that is not here fails the test. */
export const ROUTE_WORDS: Readonly<Record<string, RouteWords>> = {
  'GET crossfade/api/status': {
    summary: 'How this replica stands: mode, users by stage, flags in force, what is ill.',
    role: 'viewer',
    answer: 'ReplicaStatus',
  },
  'GET crossfade/api/explain/:uid': {
    summary: 'Why a user is where it is on this replica.',
    role: 'viewer',
    answer: 'ReplicaExplanation',
    params: { uid: 'the user' },
    refusals: { 400: 'This can be no uid (`invalid_uid`).' },
  },
  'GET crossfade/api/comparison': {
    summary: 'What the comparison of this replica has found. `{}` where nothing is compared.',
    role: 'viewer',
    answer: 'ComparisonReport',
  },
  'GET crossfade/api/record': {
    summary: 'What both sources say of the compared users, as a recording of one JSON object a line.',
    role: 'operator',
    answer: 'string',
    media: 'application/x-ndjson',
    query: {
      seconds: { description: 'for how long', type: 'integer', minimum: 1, maximum: 3600, default: 60 },
      uid: { description: 'only this user; may be given up to 1000 times', type: 'string', isArray: true },
      values: { description: 'with values, where they are allowed', type: 'boolean', default: false },
    },
    refusals: {
      400: 'The query will not do (`invalid_query`).',
      403: 'Values are switched off (`values_are_off`), or the role does not reach (`forbidden`).',
      409: 'Nothing is compared (`nothing_is_compared`).',
      503: 'The process is closing (`closed`).',
    },
  },
  'GET crossfade/api/rollout': {
    summary:
      'Where the rollout stands on its plan, the verdict with its reasons, and what could be done now.',
    role: 'viewer',
    answer: 'RolloutReport',
    refusals: RECORD,
  },
  'GET crossfade/api/history': {
    summary: 'What was decided, by whom and why, newest first.',
    role: 'viewer',
    answer: 'HistoryPage',
    query: {
      limit: { description: 'how many entries', type: 'integer', minimum: 1, maximum: 500, default: 50 },
      before: { description: 'only entries before this number', type: 'integer', minimum: 1 },
      looks: { description: 'the looks too', type: 'boolean', default: false },
    },
    refusals: { 400: 'The query will not do (`invalid_query`).', ...RECORD },
  },
  'GET crossfade/api/events': {
    summary: 'How this replica does, twice a second: Server-Sent Events, each a LiveReading as JSON.',
    role: 'viewer',
    answer: 'LiveReading',
    media: 'text/event-stream',
  },
  'GET crossfade/api/openapi.json': {
    summary: 'This document.',
    role: 'viewer',
    answer: 'object',
  },
  'POST crossfade/api/stop': {
    summary: 'Puts all users of the fleet on legacy, without the flag server, until somebody starts.',
    role: 'operator',
    answer: 'StopAnswer',
    refusals: OF_STOP,
  },
  'POST crossfade/api/start': {
    summary: 'Lifts a stop: the flags hold again.',
    role: 'operator',
    answer: 'StopAnswer',
    refusals: OF_STOP,
  },
  'POST crossfade/api/approve': action('Approves the step that waits, on the evidence that is there.'),
  'POST crossfade/api/pause': action('Holds the rollout where it is; harm still rolls back.'),
  'POST crossfade/api/resume': action('Goes on after a pause, a roll-back or a hand edit.'),
  'POST crossfade/api/widen': action('Passes the gates to the next step, or to the step that is named.'),
  'POST crossfade/api/rollback': action('Takes users back one step, or to the step that is named.'),
};
