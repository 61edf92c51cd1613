import type { ComparingSettings } from '../../src/comparing/comparing-settings.js';

export const settings: ComparingSettings = {
  rules: [
    // The legacy side shows one company only: what Redis says of others is left out before comparing.
    {
      type: 'notif.sync',
      settleMs: 1_000,
      normalise: (payload) => ({
        ...payload,
        notifications: (payload['notifications'] as { collection_id?: string }[]).filter(
          (item) => item.collection_id === 'company-1',
        ),
      }),
    },
    // Our own legacy queue carries task progress too: compare it, one user in ten, by task and status.
    {
      type: 'task.*',
      compare: 'event',
      identity: ['payload.task_id', 'payload.status'],
      ignore: ['payload.data.*.host'],
      equalBy: { 'payload.progress': (value) => Math.round(Number(value)) },
      sampleOneIn: 10,
    },
  ],
};
