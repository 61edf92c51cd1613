import { describe, expect, it } from '@jest/globals';
import { LinkProof } from '../../src/sources/link-proof.js';

const OPTIONS = { tickMs: 200, silenceLimitMs: 1_200, handshakeLimitMs: 5_000 };

/** A connection that is ready at 0 and was `roundTripMs` in its handshake. */
function readyProof(roundTripMs = 1): LinkProof {
  const proof = new LinkProof(OPTIONS, -roundTripMs);
  proof.accepted(-roundTripMs);
  proof.ready(0);
  return proof;
}

/** When it counts as dead, asked every 400 ms and told nothing; undefined where it does not within 20 s. */
function diesAtMs(proof: LinkProof, fromMs = 0): number | undefined {
  for (let atMs = fromMs + 200; atMs < fromMs + 20_000; atMs += 200) {
    if (proof.tick(atMs, 0)) return atMs - fromMs;
    if ((atMs - fromMs) % 400 === 0) proof.asked();
  }
  return undefined;
}

describe('given a peer that owes an answer and says nothing', () => {
  it('counts as dead in less than 2 s', () => {
    expect(diesAtMs(readyProof())).toBe(1_600);
  });

  it('gets twice the time that it took before where it is slow, and at most that of a handshake', () => {
    expect(diesAtMs(readyProof(1_000))).toBe(2_400);
    expect(diesAtMs(readyProof(60_000))).toBe(5_400);
  });

  it('gets more time for the handshake, where nothing can be missed', () => {
    const proof = new LinkProof(OPTIONS, 0);
    proof.accepted(0);
    expect(diesAtMs(proof)).toBe(5_000);
  });

  it('is not dead while bytes come, however long its answer takes', () => {
    const proof = readyProof();
    proof.asked();
    for (let tick = 1; tick < 50; tick++) expect(proof.tick(tick * 200, tick)).toBe(false);
  });

  it('is not dead while there is no connection', () => {
    const proof = readyProof();
    proof.gone();
    expect(diesAtMs(proof)).toBe(undefined);
  });
});

describe('given an answer', () => {
  it('proves the connection up to the moment of the question', () => {
    const proof = readyProof();
    proof.asked();
    proof.answered(400, 900);
    expect(proof.provenAtMs).toBe(400);
  });
});

describe('given a process that stood still', () => {
  it('does not hold the time against the peer, whose answer may be waiting', () => {
    const proof = readyProof();
    proof.asked();
    expect(proof.tick(30_000, 0)).toBe(false);
    expect(diesAtMs(proof, 30_000)).toBe(800);
  });

  it('is told apart from a link that broke by itself, until the link is proven again', () => {
    const proof = readyProof();
    proof.tick(200, 0);
    expect(proof.wasFrozen(300)).toBe(false);
    expect(proof.wasFrozen(5_000)).toBe(true);
    proof.tick(5_000, 0);
    expect(proof.wasFrozen(5_100)).toBe(true);
    proof.answered(5_100, 5_200);
    expect(proof.wasFrozen(5_200)).toBe(false);
  });
});
