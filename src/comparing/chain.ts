/** Whatever may stand in a chain; in one at a time. */
export interface Linked<T> {
  /** who came next */
  later: T | undefined;
}

/** A queue of things that know who came after them, so that it takes no room of its own. */
export class Chain<T extends Linked<T>> {
  private head: T | undefined;
  private tail: T | undefined;
  private count = 0;

  get size(): number {
    return this.count;
  }

  push(element: T): void {
    if (this.tail === undefined) this.head = element;
    else this.tail.later = element;
    this.tail = element;
    this.count++;
  }

  first(): T | undefined {
    return this.head;
  }

  shift(): T | undefined {
    const { head } = this;
    if (head === undefined) return undefined;
    this.head = head.later;
    if (this.head === undefined) this.tail = undefined;
    // What has left must not keep alive what came after it.
    head.later = undefined;
    this.count--;
    return head;
  }

  clear(): void {
    this.head = this.tail = undefined;
    this.count = 0;
  }
}
