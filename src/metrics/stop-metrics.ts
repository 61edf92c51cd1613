/** What is told of the fleet's stop; part of the catalogue, which says what each field means. */
export const STOP_METRICS = {
  stopped: {
    name: 'crossfade_stopped',
    type: 'gauge',
    unit: 'one',
    help: '1 while a stop holds here and everybody is on legacy, 0 while none does; absent where nobody can be stopped.',
    labels: {},
  },
  stopEpoch: {
    name: 'crossfade_stop_epoch',
    type: 'gauge',
    unit: 'one',
    help: 'Epoch of the last stop or lift that was heard here, the same on every replica that has heard it; 0 before the first.',
    labels: {},
  },
  stopRead: {
    name: 'crossfade_stop_read_timestamp_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: "When the fleet's stop was last read, in seconds since 1970; absent before the first time.",
    labels: {},
  },
  stopProblems: {
    name: 'crossfade_stop_problems',
    type: 'gauge',
    unit: 'one',
    help: 'Things for which a stop might not be heard or kept here.',
    labels: {},
  },
} as const;
