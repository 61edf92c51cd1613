import type { MetricName } from './metric.js';

/** What a person does about each metric: what is well, and where to look when it is not. */
export const WHAT_TO_DO: Readonly<Record<MetricName, string>> = {
  crossfade_events_received_total:
    'Hold the two sources against each other. `redis` at 0 while `legacy` rises: look at the channel prefix, the publisher and presence.',
  crossfade_events_delivered_total:
    'The share of `redis` should follow the serve percentage. If it does not, look at `crossfade_users` and at `degraded` in `/readyz`.',
  crossfade_delivery_age_seconds:
    'Compare `redis` with `legacy`: both slow is the origin or this process, `redis` alone is the publisher or the link. Below 0: set the clock of the publisher.',
  crossfade_misrouted_total:
    'Anything above 0 is a publisher that writes to the wrong channel. Find it at once: its users see nothing, and somebody else nearly did.',
  crossfade_unreadable_total:
    'Look at what the publisher sends: not JSON, not an object, or without `type`. Another program may share the prefix.',
  crossfade_comparisons_total:
    'Look at the class that rises, then at the samples and paths of `GET /crossfade/api/comparison`.',
  crossfade_excused_total:
    'A few per cent around a deploy are well. `redis_gap` and `legacy_gap`: look at the gaps; `overload`: sample more thinly; `handover`: it passes.',
  crossfade_not_compared_total:
    'Nothing, unless `sampled_out` is more than you meant, or `type_unknown_to_legacy` names a type that legacy should carry.',
  crossfade_late_total: 'Many of a type: its window is too short for the lag; raise `windowMs` of its rule.',
  crossfade_lag_seconds:
    'Below 0 Redis is first, which is well. A 99th percentile beyond 2 s holds the rollout: look at the publisher and at the way to Redis.',
  crossfade_gaps_total:
    '`link`: look at Redis and the network; `presence` and `publisher`: at the publisher; `frozen`: at the CPU of this process. Each gap ends in legacy or in a resync.',
  crossfade_gap_seconds_total:
    'Divided by connected time it is the share that the plan limits (0.1 %). Long and few: Redis; short and many: the network.',
  crossfade_handovers_total:
    '`at_once` to `legacy` says that Redis broke for them; many `turned_back` say that it comes and goes.',
  crossfade_handover_seconds:
    'Some 10 s to `redis` and fractions of a second to `legacy` are well. Minutes: presence is opened too slowly (`CROSSFADE_PRESENCE_OPENS_PER_SECOND`).',
  crossfade_merged_total:
    '`merged` and `held_back` are the handover at work. `filled` says what one source lost; `stale` often: lists arrive out of order.',
  crossfade_resyncs_total:
    '`failed` and `timed_out`: look at the resync port (Firestore, or the callback); until it answers, users see the list from before the gap.',
  crossfade_canaries_total:
    '`heard` should rise steadily. `lost`: look at what lies between this process and Redis; only `unsent`: at the connection for commands. None at all: not allowed, or switched off (`CROSSFADE_CANARY_MS`).',
  crossfade_dropped_total:
    '`comparison`: the comparer is overloaded; sample more thinly. `merge` and `legacy_item`: more came in one handover than is kept.',
  crossfade_instrument_failures_total:
    'Users are served all the same. Look at the log line of the operation; while it goes on, evidence is thin and nothing widens.',
  crossfade_trials_total:
    'Read it as it stands, summed over replicas, with no `rate`. It goes back to 0 when a percentage changes.',
  crossfade_first_mismatches_total:
    'Fewer than six users hold a rollout and do not roll it back: look them up (`worstUsers` of the comparison API).',
  crossfade_qualified_users_total: 'Grows slowly with quiet users. Wait, or let a step prove by events.',
  crossfade_mismatched_users_total:
    'Beyond 1 % of the qualified users is over budget: look at the mismatches by field path.',
  crossfade_early_trials_total:
    'What widening is proven on. If it does not grow, nobody new is compared: look at the compare percentage.',
  crossfade_early_mismatches_total: 'As with the mismatched users; it shows them sooner.',
  crossfade_compared_users_total:
    'Should come near the connected users times the compare percentage, by the sampling.',
  crossfade_user_comparisons_left_out_total:
    'Above 0: more users than are kept by user. The comparisons by class still count them.',
  crossfade_self_test_total:
    '`disagreed` is an error of the measurement, not of Redis. Above 0.1 % nothing widens: look for a reader that is too slow.',
  crossfade_sample_one_in: 'Read every other number of a type with it. 1 compares everybody.',
  crossfade_comparer_load:
    '`queued` near its bound means overload, `items` is what takes memory. Sample more thinly, or compare fewer types.',
  crossfade_users:
    'Where the connected users stand. Nobody in a stage that the flags ask for: look at the route (`crossfade explain UID`).',
  crossfade_redis_up:
    '0: look at `degraded` in `/readyz`, which names the error. `live` users are on legacy; `complete` ones have nothing for 10 s.',
  crossfade_redis_doubts:
    '1: users in `live` are on legacy, and `degraded` in `/readyz` says what to do. It goes back by itself when the evidence is good again.',
  crossfade_flag_percent:
    'All replicas should say the same. One that does not cannot reach the flag server, or reads another environment.',
  crossfade_effective_percent:
    'Should come near `crossfade_flag_percent`, within the chance of few users. At 0 beside a higher one: the mode is a ceiling, or somebody stopped it.',
  crossfade_flag_state_age_seconds:
    'Beyond 60 s nothing widens. Mend the way to the flag server; users stay where they are.',
  crossfade_flag_state_origin:
    '`storage` or `bootstrap`: this replica started without the server and goes by what was kept.',
  crossfade_flag_problems: 'Run `crossfade flags check`: it names each problem with its cure.',
  crossfade_stopped:
    '1: `crossfade status` says by whom and why; `crossfade start` lifts it. Replicas that differ for longer than a second have not heard it: see `crossfade_stop_problems`.',
  crossfade_stop_epoch:
    'All replicas should say the same. One that does not has not heard the last word: see `degraded` in its `/readyz`, and call it by `crossfade stop --replica`.',
  crossfade_stop_read_timestamp_seconds:
    'A second ago at most while Redis answers. Longer: this replica holds what it heard last; see to its way to Redis.',
  crossfade_stop_problems:
    'Above 0: `degraded` in `/readyz` names each with its cure. Until then name this replica to `crossfade stop`.',
  crossfade_control_looks_total:
    'One of all controllers should look; the others are idle. All idle: look at lease and record (Redis or the folder).',
  crossfade_control_verdicts_total: 'See the reasons: the runbook has an entry for each.',
  crossfade_control_decisions_total:
    '`roll_back`: find the cause before you resume. `undo`: a controller that had lost its lease wrote; look at its clock and CPU.',
  crossfade_control_hold_seconds_total:
    'Much of `person`: somebody is waited for; run `crossfade status`. Much of `evidence`: see the reason.',
  crossfade_control_step: 'The steps are those of `crossfade plan show`.',
  crossfade_control_verdict: 'On `hold` read the reason, which says what it waits for.',
  crossfade_control_reason: 'Open the runbook at that code.',
  crossfade_control_wanted_percent:
    'Beside `crossfade_flag_percent`: a difference that lasts is a replica without the flag server; beside the flags themselves it is a hand edit.',
  crossfade_control_budget_left:
    'Falling fast or below 0: look at the mismatches before it becomes a roll-back.',
  crossfade_control_harm_evidence: 'Above a half: look now. At 1 it rolls back by itself.',
  crossfade_control_clean_needed:
    'Wait until it is 0. If it only grows, the rate is too near its budget to be proven.',
  crossfade_gateway_connections: 'A sudden fall is a deploy, the network or the load balancer.',
  crossfade_gateway_refused_total:
    '`full` and `uid_full`: raise the limits or add gateways; tokens: look at the clock and the key of whoever signs; `wrong_origin`: CROSSFADE_GATEWAY_ORIGINS.',
  crossfade_gateway_ended_total:
    '`too_slow` and `no_pong` are the clients or their network; `expired` is a token that is not renewed.',
  crossfade_gateway_resyncs_total:
    'Slow clients caught up. Many: raise `CROSSFADE_GATEWAY_BUFFER_BYTES`, or look at the network.',
  crossfade_gateway_missed_events_total: 'What those clients must read anew; the same cure.',
  crossfade_gateway_legacy_items_total:
    '`heard` should rise with legacy. Only `unheard`: the bridge talks to another gateway than the users.',
  crossfade_gateway_legacy_lost_total:
    "Above 0: the bridge cannot reach the gateway fast enough, or restarts; look at the bridge's log.",
  crossfade_gateway_passed_on_total: '`failed`: the publisher cannot be reached from here.',
};
