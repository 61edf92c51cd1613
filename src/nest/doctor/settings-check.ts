import { CrossfadeError } from '../../domain/errors.js';
import { readSettings, type Settings } from '../settings.js';
import { fault, inTwo, ok, type Finding } from './finding.js';

/** The settings, where they can be read, and what is to be said of them. */
export interface SettingsCheck {
  readonly settings: Settings | undefined;
  readonly findings: readonly Finding[];
}

/** The first checkpoint: reads the environment as a backend does that starts now. */
export function checkSettings(env: Readonly<Record<string, unknown>>): SettingsCheck {
  try {
    const settings = readSettings(env);
    const { warnings } = settings;
    return {
      settings,
      findings: [ok(sentenceOf(settings)), ...warnings.map((sentence) => inTwo('warning', sentence, '. '))],
    };
  } catch (error) {
    if (!(error instanceof CrossfadeError)) throw error;
    // The cure of wrong settings lists every fault on a line of its own.
    const faults = error.cure.split('\n  - ').filter((each) => each !== '');
    return { settings: undefined, findings: faults.map((sentence) => inTwo('fault', sentence, '. ')) };
  }
}

/** A certificate authority that cannot be read is found here and not by a client's stack trace. */
export function faultOfStart(error: unknown): Finding {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return fault(
    `What the settings name cannot be read (${code})`,
    'Look at the files that they name, such as LISTENERS_REDIS_TLS_CA_FILE.',
  );
}

function sentenceOf({ mode, redis, prefixes, legacy }: Settings): string {
  if (redis === undefined) return 'Mode legacy: events come from the backend itself';
  const tls = redis.tls === undefined ? 'without TLS' : 'with TLS';
  const retired = legacy === 'retired' ? '; legacy is retired' : '';
  return `Mode ${mode}, ${redis.host}:${redis.port} ${tls}, prefixes ${prefixes.user} and ${prefixes.chat}${retired}`;
}
