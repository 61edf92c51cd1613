import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceHealth } from '../../src/contracts/source-health.js';
import { DoubtBook } from '../../src/routing/doubt-book.js';

let book: DoubtBook;
let said: string[];

beforeEach(() => {
  said = [];
  const health: SourceHealth = {
    doubt: ({ cause, sinceMs }) => said.push(`${cause} since ${sinceMs}`),
    clear: (cause) => said.push(`${cause} cleared`),
  };
  book = new DoubtBook();
  book.tell(health);
});

describe('given several reasons to doubt', () => {
  it('tells the publisher for each, and clears it only with the last of them', () => {
    book.of('readyz').raise(1);
    book.of('missing_in_redis').raise(2);
    book.of('readyz').raise(3);
    book.of('readyz').settle();
    expect([...book.standing]).toEqual(['missing_in_redis']);
    book.of('missing_in_redis').settle();
    book.of('first_list').settle();
    expect(said).toEqual(['publisher since 1', 'publisher since 2', 'publisher cleared']);
  });

  it('keeps the canary apart from the publisher', () => {
    book.of('canary').raise(1);
    book.of('first_list').raise(2);
    book.of('canary').settle();
    expect(said).toEqual(['canary since 1', 'publisher since 2', 'canary cleared']);
  });
});
