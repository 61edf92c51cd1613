import type { Subscriber } from 'rxjs';

/** A subscriber of RxJS as a reader; a class, since a function for each of tens of thousands costs 100 B more. */
export class SubscriberReader<Kind extends 'events' | 'bytes', Item> {
  constructor(
    readonly kind: Kind,
    private readonly subscriber: Subscriber<Item>,
  ) {}

  next(item: Item): void {
    this.subscriber.next(item);
  }
}
