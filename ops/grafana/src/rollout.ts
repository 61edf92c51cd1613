import {
  CONTROLLER,
  query,
  REPLICAS,
  type DashboardSpec,
  type PanelSpec,
  type RowSpec,
} from './panel-spec.js';

const users = (stages: string): string => `sum(crossfade_users{${REPLICAS},stage=~"${stages}"})`;

/** What is wanted, asked for and in force of one flag; what is in force is weighed by users, not by replicas. */
const percents = (flag: 'compare' | 'serve', stages: string): PanelSpec => ({
  kind: 'lines',
  title: `Flag ${flag}: wanted, asked for, in force`,
  description: `Wanted is the controller's, asked for is what the replicas read, in force is counted from the connected users. They should lie together within a few seconds, and within the chance of few users. Asked for below wanted: the flag server cannot be reached, or somebody edited the flag. In force at 0 below asked for: a kill switch or the mode.`,
  unit: 'percent',
  width: 12,
  min: 0,
  max: 100,
  queries: [
    query(`max(crossfade_control_wanted_percent{${CONTROLLER},flag="${flag}"})`, 'wanted'),
    query(`max(crossfade_flag_percent{${REPLICAS},flag="${flag}"})`, 'asked for (highest replica)'),
    query(`min(crossfade_flag_percent{${REPLICAS},flag="${flag}"})`, 'asked for (lowest replica)'),
    query(`100 * ${users(stages)} / (${users('.+')} > 0)`, 'in force'),
  ],
});

const STANDING: RowSpec = {
  title: 'Where it stands, and why',
  panels: [
    {
      kind: 'word',
      title: 'Verdict',
      description:
        'Of the newest look: widen, hold or roll_back. Empty: no controller acts; look at Health and at crossfade status.',
      unit: 'none',
      width: 4,
      noValue: 'no controller acts',
      colours: { widen: 'green', hold: 'orange', roll_back: 'red' },
      queries: [query(`max by (verdict) (crossfade_control_verdict{${CONTROLLER}}) == 1`, '{{verdict}}')],
    },
    {
      kind: 'word',
      title: 'Reason',
      description: 'Open docs/runbook.md at this code: it says what it waits for and what to do.',
      unit: 'none',
      width: 6,
      noValue: 'no controller acts',
      queries: [query(`max by (reason) (crossfade_control_reason{${CONTROLLER}}) == 1`, '{{reason}}')],
    },
    {
      kind: 'number',
      title: 'Step',
      description: 'As crossfade plan show counts them; -1 before the first.',
      unit: 'none',
      width: 2,
      noValue: '–',
      queries: [query(`max(crossfade_control_step{${CONTROLLER}})`, 'step')],
    },
    {
      kind: 'number',
      title: 'Budget left',
      description:
        "Share of the plan's budget of mismatches that this step has left. Below 0 it is overdrawn: open Parity, and find the class and the type before it becomes a roll-back.",
      unit: 'percentunit',
      width: 4,
      decimals: 0,
      noValue: 'nothing compared',
      steps: [
        [null, 'red'],
        [0, 'orange'],
        [0.3, 'green'],
      ],
      queries: [query(`min(crossfade_control_budget_left{${CONTROLLER}})`, 'left')],
    },
    {
      kind: 'number',
      title: 'Evidence for harm',
      description:
        'As a share of what proves it: at 100 % it rolls back by itself. Above 50 %: look now. Below 0 the evidence speaks against harm.',
      unit: 'percentunit',
      width: 4,
      decimals: 0,
      noValue: 'nothing compared',
      steps: [
        [null, 'green'],
        [0.5, 'orange'],
        [1, 'red'],
      ],
      queries: [query(`max(crossfade_control_harm_evidence{${CONTROLLER}})`, 'harm')],
    },
    {
      kind: 'number',
      title: 'Clean ones still needed',
      description:
        'How many more comparisons and users, all clean, would prove what the gate asks. If it only grows, the rate is too near its budget.',
      unit: 'short',
      width: 4,
      noValue: '–',
      queries: [query(`max by (of) (crossfade_control_clean_needed{${CONTROLLER}})`, '{{of}}')],
    },
  ],
};

const WHO: RowSpec = {
  title: 'Who is where',
  panels: [
    {
      kind: 'stacked',
      title: 'Stages, as shares of the connected users',
      description:
        'A widening should move shares within a minute; a fault of Redis does not change the stage, only who serves. If nobody moves: crossfade explain UID.',
      unit: 'percentunit',
      width: 12,
      min: 0,
      max: 1,
      queries: [
        query(`sum by (stage) (crossfade_users{${REPLICAS}}) / scalar(${users('.+')} > 0)`, '{{stage}}'),
      ],
    },
    {
      kind: 'stacked',
      title: 'Connected users by stage',
      description:
        'A fall of all stages at once is a deploy, the network or the load balancer, not the rollout.',
      unit: 'short',
      width: 12,
      min: 0,
      queries: [query(`sum by (stage) (crossfade_users{${REPLICAS}})`, '{{stage}}')],
    },
    percents('serve', 'live|complete'),
    percents('compare', 'shadow|live'),
    {
      kind: 'lines',
      title: 'In force by replica',
      description:
        'Each replica by its own users, so that few users scatter. One that stays apart has other flags or a kill switch: look at its /readyz.',
      unit: 'percent',
      width: 24,
      min: 0,
      max: 100,
      queries: [query(`crossfade_effective_percent{${REPLICAS}}`, '{{flag}} {{instance}}')],
    },
  ],
};

const HISTORY: RowSpec = {
  title: 'How it came here',
  panels: [
    {
      kind: 'states',
      title: 'Reasons over time',
      description:
        'One line for each reason that was given. Long stretches of one: the runbook says what to do.',
      unit: 'none',
      width: 24,
      queries: [query(`max by (reason) (crossfade_control_reason{${CONTROLLER}}) == 1`, '{{reason}}')],
    },
    {
      kind: 'lines',
      title: 'Budget left and evidence for harm',
      description:
        'Budget begins anew with each step. Harm rising towards 100 % while the budget falls: stop and look, before it rolls back.',
      unit: 'percentunit',
      width: 12,
      queries: [
        query(`min(crossfade_control_budget_left{${CONTROLLER}})`, 'budget left'),
        query(`max(crossfade_control_harm_evidence{${CONTROLLER}})`, 'evidence for harm'),
      ],
    },
    {
      kind: 'lines',
      title: 'Looks, verdicts and decisions per minute',
      description:
        'Some looked per minute, from one controller. Only idle: look at lease and record. Decisions are rare; each is drawn into every panel.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(
          `60 * sum by (outcome) (rate(crossfade_control_looks_total{${CONTROLLER}}[$__rate_interval]))`,
          'look {{outcome}}',
        ),
        query(
          `60 * sum by (verdict) (rate(crossfade_control_verdicts_total{${CONTROLLER}}[$__rate_interval]))`,
          '{{verdict}}',
        ),
        query(
          `60 * sum by (kind) (rate(crossfade_control_decisions_total{${CONTROLLER}}[$__rate_interval]))`,
          'decision {{kind}}',
        ),
      ],
    },
    {
      kind: 'stacked',
      title: 'What the time is spent on',
      description:
        'Share of the time that was spent holding, for a person or for the evidence. Much for a person: somebody has to approve or resume.',
      unit: 'percentunit',
      width: 12,
      min: 0,
      queries: [
        query(
          `sum by (waits_for) (rate(crossfade_control_hold_seconds_total{${CONTROLLER}}[$__rate_interval]))`,
          'waits for {{waits_for}}',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Handovers per minute',
      description:
        'A wave to redis after each widening is well. A wave to legacy, at_once: Redis broke. Many turned_back: it comes and goes.',
      unit: 'cpm',
      width: 12,
      min: 0,
      queries: [
        query(
          `60 * sum by (to, result) (rate(crossfade_handovers_total{${REPLICAS}}[$__rate_interval]))`,
          'to {{to}} {{result}}',
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Time of a handover',
      description:
        'Median and 99th percentile of this range. Some 10 s to redis are meant; much more: raise CROSSFADE_PRESENCE_OPENS_PER_SECOND if the publisher can bear it.',
      unit: 's',
      width: 12,
      min: 0,
      queries: ['0.5', '0.99'].map((quantile) =>
        query(
          `histogram_quantile(${quantile}, sum by (le, to) (increase(crossfade_handover_seconds_bucket{${REPLICAS}}[$__range])))`,
          `${quantile} to {{to}}`,
        ),
      ),
    },
    {
      kind: 'lines',
      title: 'What came of things while two sources were merged, per second',
      description:
        'merged and held_back are handovers at work. filled is what one source had lost; redis_only is what legacy does not know.',
      unit: 'cps',
      width: 12,
      min: 0,
      queries: [
        query(
          `sum by (outcome) (rate(crossfade_merged_total{${REPLICAS}}[$__rate_interval]))`,
          '{{outcome}}',
        ),
      ],
    },
  ],
};

/** The sums by user are read as they stand and added up over replicas: they go back to 0 with each percentage. */
const sum = (name: string, legend: string): ReturnType<typeof query> =>
  query(`sum(crossfade_${name}_total{${REPLICAS}})`, legend);

const EVIDENCE: RowSpec = {
  title: 'The evidence since the percentages came in force',
  panels: [
    {
      kind: 'lines',
      title: 'Users behind it',
      description:
        'Begins anew with each percentage and with each restart. Fewer than six users who mismatched do not roll back: look them up in the samples.',
      unit: 'short',
      width: 12,
      min: 0,
      queries: [
        sum('compared_users', 'compared'),
        sum('qualified_users', 'with ten comparisons'),
        sum('first_mismatches', 'mismatched at all'),
        sum('mismatched_users', 'mismatched within ten, of those'),
        sum('early_mismatches', 'mismatched within ten, of all'),
      ],
    },
    {
      kind: 'lines',
      title: 'Comparisons behind it',
      description:
        'Should grow with traffic. Left out: beyond the bound on users; they are counted by class all the same.',
      unit: 'short',
      width: 12,
      min: 0,
      queries: [
        sum('trials', 'up to the first mismatch of each user'),
        sum('early_trials', 'within the first ten'),
        sum('user_comparisons_left_out', 'left out'),
      ],
    },
  ],
};

export const ROLLOUT: DashboardSpec = {
  uid: 'crossfade-rollout',
  title: 'Crossfade: Rollout',
  description: 'Where the rollout stands, why it holds, and how it came here.',
  byType: false,
  ofController: true,
  rows: [STANDING, WHO, EVIDENCE, HISTORY],
};
