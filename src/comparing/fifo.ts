/** A queue whose first element is taken in constant time; it holds no reference to what was taken. */
export class Fifo<T> {
  private elements: (T | undefined)[] = [];
  private head = 0;

  get size(): number {
    return this.elements.length - this.head;
  }

  push(element: T): void {
    this.elements.push(element);
  }

  first(): T | undefined {
    return this.elements[this.head];
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const element = this.elements[this.head];
    this.elements[this.head++] = undefined;
    if (this.head === this.elements.length) this.clear();
    else if (this.head > 1024 && this.head * 2 > this.elements.length) {
      this.elements = this.elements.slice(this.head);
      this.head = 0;
    }
    return element;
  }

  clear(): void {
    this.elements = [];
    this.head = 0;
  }
}
