import { PresenceRefused, type PresenceProbe } from '../../presence/presence-probe.js';
import type { Checkpoint } from './checkpoint.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';
import { why } from './why.js';

/** how long the publisher may take for a handshake */
export const PRESENCE_LIMIT_MS = 4_000;
const PONG_LIMIT_MS = 3_000;

/** Opens the presence of the given user, of the lists only: a chat's could mark messages as read. Then pings. */
export const presenceCheckpoint: Checkpoint = {
  name: 'presence',
  needs: ['publisher'],
  limitMs: PRESENCE_LIMIT_MS + PONG_LIMIT_MS + 1_000,
  cure: 'See to the publisher, and to what lies before it: a WebSocket must pass.',
  async run(examination) {
    const { uid, settings, clock } = examination;
    if (settings.serviceUrl === undefined)
      return [skipped('LISTENERS_SERVICE_URL is missing: somebody else holds presence, or nobody')];
    if (uid === undefined) return [skipped('No uid: --uid UID names a user who may be made present')];
    const sinceMs = clock.elapsedMs();
    let presence: PresenceProbe;
    try {
      presence = await examination.openPresence(settings.serviceUrl, uid, PRESENCE_LIMIT_MS);
    } catch (error) {
      return [notOpened(error)];
    }
    if (!presence.isOpen)
      return [
        fault(
          'The publisher closed the socket of presence by itself',
          'Look at its log; a load balancer before it must keep idle connections for longer than 45 s.',
        ),
      ];
    const answered = await Promise.race([
      presence.ping().then(() => true),
      new Promise<false>((resolve) => {
        clock.after(PONG_LIMIT_MS, () => {
          resolve(false);
        });
      }),
    ]);
    if (answered) return [ok('The socket of presence opens and answers a ping', clock.elapsedMs() - sinceMs)];
    return [
      warning(
        `The socket of presence opens and answers no ping within ${PONG_LIMIT_MS / 1000} s`,
        'See to the publisher: Crossfade gives up a socket that does not answer, and opens it anew.',
      ),
    ];
  },
};

function notOpened(error: unknown): Finding {
  if (!(error instanceof PresenceRefused))
    return fault(`The socket of presence does not open (${why(error)})`, presenceCheckpoint.cure);
  const { status } = error;
  if (status === 404)
    return fault(
      'There is no /ws under LISTENERS_SERVICE_URL (404)',
      'Correct LISTENERS_SERVICE_URL: the base, without /ws and without a path that the publisher does not have.',
    );
  if (status === 401 || status === 403)
    return fault(
      `The publisher refuses presence (${status})`,
      'Reach it from inside its network, where it asks for no token; if this is a gateway, name the publisher itself.',
    );
  return fault(`The publisher answers ${status} instead of a WebSocket`, presenceCheckpoint.cure);
}
