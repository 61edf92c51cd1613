import type { Envelope } from '../../src/domain/user-event.js';

export function envelopeOf(uid: string, type: string, payload: object = {}): Envelope {
  return { type, uid, timestamp: '2025-09-20T11:43:59.500000+00:00', payload };
}
