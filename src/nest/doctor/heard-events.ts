import type { Clock } from '../../contracts/clock.js';
import { readEnvelope } from '../../domain/envelope.js';

/** What a doctor hears of one user on all the channels that it listens to. Keeps types and channels, never payloads. */
export class HeardEvents {
  private readonly types = new Set<string>();
  private strayed: string | undefined;
  private misroutedCount = 0;
  private told: (() => void) | undefined;

  constructor(
    private readonly uid: string,
    /** where it should come */
    private readonly channel: string,
  ) {}

  /** types of what came where it should, in the order of their first */
  get here(): readonly string[] {
    return [...this.types];
  }

  /** a channel that an event of this user came on instead; undefined where none has */
  get elsewhere(): string | undefined {
    return this.strayed;
  }

  /** messages on the user's channel that name another user */
  get misrouted(): number {
    return this.misroutedCount;
  }

  readonly hear = (channel: string, text: string): void => {
    const read = readEnvelope(text, this.uid);
    // On another channel what names another user is another user's.
    if (read === 'misrouted' && channel === this.channel) this.misroutedCount++;
    if (read === 'unreadable' || read === 'misrouted') return;
    if (channel === this.channel)
      this.types.add(/^[\w.-]{1,40}$/.test(read.type) ? read.type : 'another type');
    else this.strayed ??= channel;
    this.told?.();
  };

  /** For who hears the user's channel in another way too. */
  readonly hearElsewhere = (channel: string, text: string): void => {
    if (channel !== this.channel) this.hear(channel, text);
  };

  /** whether the user was spoken of at all */
  get anything(): boolean {
    return this.types.size > 0 || this.strayed !== undefined;
  }

  /** Resolves at the first event of the user, wherever it came, or when the time is over. */
  first(clock: Clock, limitMs: number): Promise<void> {
    if (this.anything) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(limitMs, resolve);
      this.told = () => {
        cancel();
        resolve();
      };
    });
  }
}
