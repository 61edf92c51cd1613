import type { SourceSink, SourceSubscription } from '../contracts/event-source.js';

/**
 * One topic while somebody reads it. Nearly all have one reader, and there are tens of thousands: the first
 * reader's subscription is the topic itself, and only further ones cost an object.
 */
export abstract class OpenTopic implements SourceSubscription {
  /** Replaced, never changed in place, so that a reader may close while it is being told. */
  private others: readonly SourceSink[] | undefined;

  constructor(private first: SourceSink | undefined) {}

  /** The only reader; undefined where there are more. */
  get onlyReader(): SourceSink | undefined {
    return this.others === undefined ? this.first : undefined;
  }

  get isRead(): boolean {
    return this.first !== undefined || this.others !== undefined;
  }

  tell(what: (sink: SourceSink) => void): void {
    const { first, others } = this;
    if (first !== undefined) what(first);
    others?.forEach(what);
  }

  /** One more reader. */
  add(sink: SourceSink): SourceSubscription {
    this.others = [...(this.others ?? []), sink];
    return {
      close: () => {
        if (this.others?.includes(sink) !== true) return;
        const left = this.others.filter((other) => other !== sink);
        this.others = left.length === 0 ? undefined : left;
        this.leaveIfUnread();
      },
    };
  }

  /** The first reader leaves. */
  close(): void {
    if (this.first === undefined) return;
    this.first = undefined;
    this.leaveIfUnread();
  }

  /** Nobody reads it any more. */
  protected abstract leave(): void;

  private leaveIfUnread(): void {
    if (!this.isRead) this.leave();
  }
}
