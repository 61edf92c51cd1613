import type { Doubter } from '../../src/routing/doubt-book.js';

/** Writes down what is doubted. */
export class FakeDoubter implements Doubter {
  readonly said: string[] = [];

  raise(sinceMs: number): void {
    this.said.push(`raised since ${sinceMs}`);
  }

  settle(): void {
    this.said.push('settled');
  }
}
