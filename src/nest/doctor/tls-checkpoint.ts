import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { connectionOf } from '../../domain/redis-endpoint.js';
import type { Checkpoint } from './checkpoint.js';
import type { Examination } from './examination.js';
import { fault, ok, skipped, warning, type Finding } from './finding.js';

const LIMIT_MS = 4_000;
const DAY_MS = 86_400_000;
/** A certificate that ends sooner is to be renewed now: three weeks survive a holiday. */
const FEWEST_DAYS = 21;
/** What OpenSSL says of a certificate that is fine but for its dates: that is told by the days. */
const DATES = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** Shakes hands without refusing anything, and then looks at what the server showed: name, chain, days left. */
export const tlsCheckpoint: Checkpoint = {
  name: 'tls',
  needs: ['tcp'],
  limitMs: 2 * LIMIT_MS,
  cure: 'Write LISTENERS_REDIS_TLS=false where the Redis speaks no TLS, or the port on which it does.',
  async run(examination) {
    const { redis, clock } = examination;
    if (redis.tls === undefined) return [skipped('The settings ask for no TLS')];
    let socket: TLSSocket;
    try {
      socket = await handshake(examination);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'nothing in time';
      return [fault(`${redis.host}:${redis.port} shakes no hands in TLS (${code})`, tlsCheckpoint.cure)];
    }
    const certificate = socket.getPeerCertificate();
    const trouble = redis.tls.verify ? fault : warning;
    const findings = [
      nameOf(redis.host, certificate, trouble),
      chainOf(socket.authorizationError, trouble),
      daysOf(certificate, clock.nowMs(), trouble),
    ];
    const protocol = socket.getProtocol() ?? 'TLS';
    socket.destroy();
    return findings.every(({ mark }) => mark === 'ok')
      ? [ok(`${protocol}; ${findings.map(({ says }) => says).join(', ')}`)]
      : findings;
  },
};

type Trouble = typeof fault;

function handshake({ endpoint, clock }: Examination): Promise<TLSSocket> {
  const { host, port, tls } = connectionOf(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...tls,
      rejectUnauthorized: false,
      // The name is looked at afterwards, so that it hides nothing about the chain.
      checkServerIdentity: () => undefined,
    });
    const cancel = clock.after(LIMIT_MS, () => {
      socket.destroy();
      reject(new Error('no handshake in time'));
    });
    socket.once('secureConnect', () => {
      cancel();
      resolve(socket);
    });
    socket.on('error', (error: Error) => {
      cancel();
      reject(error);
    });
  });
}

function nameOf(host: string, certificate: PeerCertificate, trouble: Trouble): Finding {
  if (checkServerIdentity(host, certificate) === undefined) return ok(`the certificate names ${host}`);
  const names = (certificate.subjectaltname ?? 'nobody').slice(0, 120);
  return trouble(
    `The certificate is for ${names} and not for ${host}`,
    'Write as LISTENERS_REDIS_HOST a name that the certificate holds, not an alias or an address of it.',
  );
}

function chainOf(problem: unknown, trouble: Trouble): Finding {
  const code = problem instanceof Error ? ((problem as NodeJS.ErrnoException).code ?? '') : problem;
  if (typeof code !== 'string' || code === '' || DATES.has(code))
    return ok('an authority known here signed it');
  return trouble(
    `No authority that is known here signed the certificate (${code})`,
    "Give the authority's certificate by LISTENERS_REDIS_TLS_CA_FILE; a managed service needs none.",
  );
}

function daysOf({ valid_from, valid_to }: PeerCertificate, nowMs: number, trouble: Trouble): Finding {
  const days = Math.floor((Date.parse(valid_to) - nowMs) / DAY_MS);
  if (days < 0)
    return trouble(
      `The certificate has expired (${valid_to})`,
      'Renew it at the Redis. If it looks valid, set the clock of this machine.',
    );
  if (Date.parse(valid_from) > nowMs)
    return trouble(
      `The certificate is valid only from ${valid_from}`,
      'Set the clock of this machine, or have the certificate made anew.',
    );
  if (days < FEWEST_DAYS)
    return warning(
      `The certificate ends in ${days} days (${valid_to})`,
      `Renew it before then; below ${FEWEST_DAYS} days this is a warning.`,
    );
  return ok(`${days} days left`);
}
