import type { CrossfadeOptions, LegacyTuple } from 'nestjs-crossfade';

/** What your backend does today to read a user's unread notifications. */
type Unread = (uid: string) => Promise<readonly object[]>;

export function gapOptions(unread: Unread, log: (line: string) => void) {
  return {
    resync: {
      callback: async ({ uid }): Promise<readonly LegacyTuple[]> => {
        const notifications = await unread(uid);
        return [['notifications', { notifications, count: notifications.length }]];
      },
    },
    onGap: ({ source, cause, fromMs, toMs }) => {
      log(`${source} may have missed events for ${toMs - fromMs} ms (${cause})`);
    },
    onFailure: log,
  } satisfies Partial<CrossfadeOptions>;
}
