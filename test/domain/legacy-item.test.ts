import { describe, expect, it } from '@jest/globals';
import { envelopeOfLegacyItem, legacyItemOf } from '../../src/domain/legacy-item.js';
import type { Envelope } from '../../src/domain/user-event.js';

const timestamp = '2025-09-20T11:44:00+00:00';
const chat = { space_code: 'sp1', thread_key: 'th1', raw_messages: [] };

describe('given an envelope of the legacy side', () => {
  it.each([
    [{ type: 'notif.sync', timestamp, payload: { notifications: [], timestamp } }, 'notifications'],
    [{ type: 'msg.sync', payload: { messages: [] } }, 'messages'],
    [{ type: 'chat.message', payload: chat }, 'chat_sp1_th1'],
    [{ type: 'chat.message', payload: {} }, 'chat__'],
    [{ type: 'task.progress_update', payload: { task_id: 't' } }, 'task.progress_update'],
  ])('finds the tuple of %j, which says the same', (said, listener) => {
    const envelope: Envelope = { uid: 'u1', ...said };
    const item = legacyItemOf(envelope);
    expect(item).toEqual([listener, said.payload]);
    expect(envelopeOfLegacyItem('u1', item)).toEqual(envelope);
  });

  it.each([
    { type: 'workflow.step_update', job_id: 'j', payload: {} },
    { type: 'notif.sync', timestamp, payload: { notifications: [] } },
    { type: 'notif.add', payload: 'text' },
    { type: 'chat_of_ones_own', payload: {} },
    { type: 'notifications', payload: {} },
  ])('keeps %j as it is, because no tuple holds all of it', (said) => {
    const envelope: Envelope = { uid: 'u1', ...said };
    expect(legacyItemOf(envelope)).toBe(envelope);
    expect(envelopeOfLegacyItem('u1', legacyItemOf(envelope))).toBe(envelope);
  });
});
