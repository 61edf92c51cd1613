import { describe, expect, it } from '@jest/globals';
import { drawnFault, faultsOf, faultsText, parseFaults } from '../../../src/service/simulator/faults.js';
import { seededRandom } from '../../../src/service/simulator/random.js';

describe('given faults as a person writes them', () => {
  it('reads each kind, with and without a type', () => {
    expect(parseFaults('drop=5%, chat.message:delay=2000ms@10% wrong-prefix')).toEqual([
      { name: 'drop', type: undefined, probability: 0.05, delayMs: 0 },
      { name: 'delay', type: 'chat.message', probability: 0.1, delayMs: 2000 },
      { name: 'wrongPrefix', type: undefined, probability: 1, delayMs: 0 },
    ]);
  });

  it.each(['', 'off', ' , '])('takes "%s" for none', (text) => {
    expect(parseFaults(text)).toEqual([]);
  });

  it.each([
    ['lose=5%', 'no fault "lose=5%"'],
    ['drop', 'how often'],
    ['drop=5', 'how often'],
    ['drop=101%', 'how often'],
    ['drop=-1%', 'how often'],
    ['delay=5%', 'how often'],
    ['delay=2s@5%', 'how often'],
    ['wrongPrefix=5%', 'on or left out'],
    ['chat message:drop=5%', 'no fault "chat"'],
    ['drop=60%,alter=60%', 'more than 100 %'],
    ['drop=60%,chat.message:alter=60%', 'The faults of chat.message'],
  ])('refuses %s and says how one is written', (text, problem) => {
    expect(() => parseFaults(text)).toThrow(problem);
  });

  it.each(['off', 'drop=5%', 'notif.sync:delay=20ms@0.5%, reorder=3%', 'wrongPrefix'])(
    'writes %s as it was read',
    (text) => {
      expect(faultsText(parseFaults(text))).toBe(text);
    },
  );
});

describe('given faults that hold for one type', () => {
  it('lets the one of the type replace the general one of its name, in whatever order they are written', () => {
    const faults = parseFaults('chat.message:drop=50%, drop=1%, alter=2%');
    expect(faultsText(faultsOf(faults, 'chat.message'))).toBe('chat.message:drop=50%, alter=2%');
    expect(faultsText(faultsOf(faults, 'msg.sync'))).toBe('drop=1%, alter=2%');
  });

  it('lets a wrong prefix stand alone', () => {
    expect(faultsText(faultsOf(parseFaults('drop=5%, wrongPrefix'), 'msg.sync'))).toBe('wrongPrefix');
  });

  it('draws each exactly as often as its probability says', () => {
    const faults = parseFaults('drop=5%, duplicate=2%, alter=10%');
    const random = seededRandom(7, 'test');
    const counts: Record<string, number> = {};
    for (let i = 0; i < 100_000; i++) {
      const name = drawnFault(faults, random.next())?.name ?? 'none';
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(counts['drop']).toBeGreaterThan(4_800);
    expect(counts['drop']).toBeLessThan(5_200);
    expect(counts['duplicate']).toBeGreaterThan(1_870);
    expect(counts['duplicate']).toBeLessThan(2_130);
    expect(counts['alter']).toBeGreaterThan(9_700);
    expect(counts['alter']).toBeLessThan(10_300);
  });
});
