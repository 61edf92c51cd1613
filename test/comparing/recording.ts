import { compareTrace } from '../../src/comparing/trace-comparison.js';
import type { TraceReport } from '../../src/comparing/trace-report.js';
import type { ComparingSettings } from '../../src/comparing/comparing-settings.js';

const START_MS = Date.UTC(2025, 8, 20, 11, 44);

/** The publisher's way to write a time. */
export function stamp(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString().replace('Z', '000+00:00');
}

/** Builds a recording of both sources, in any order, and compares it. */
export class Recording {
  private readonly lines: { readonly t: number; readonly [key: string]: unknown }[] = [];

  legacy(t: number, uid: string, listener: string, payload: object): this {
    this.lines.push({ t, source: 'legacy', uid, item: [listener, payload] });
    return this;
  }

  redis(t: number, uid: string, type: string, payload: object, channel = `user:${uid}`): this {
    const message = JSON.stringify({ type, uid, timestamp: stamp(t), payload });
    this.lines.push({ t, source: 'redis', uid, channel, message });
    return this;
  }

  gap(begin: number, end: number): this {
    this.lines.push({ t: begin, source: 'redis', gap: 'begin' }, { t: end, source: 'redis', gap: 'end' });
    return this;
  }

  /** A list said by one side; `readAt` is when it was read, by the clock of whoever read it. */
  list(source: 'legacy' | 'redis', t: number, uid: string, items: readonly object[], readAt = t): this {
    const payload = { notifications: items, count: items.length, timestamp: stamp(readAt) };
    return source === 'legacy'
      ? this.legacy(t, uid, 'notifications', payload)
      : this.redis(t, uid, 'notif.sync', payload);
  }

  message(source: 'legacy' | 'redis', t: number, uid: string, thread: string, message: object): this {
    const payload = {
      space_code: 'sp1',
      thread_key: thread,
      raw_messages: [{ message_type: 'MESSAGE', read: false, timestamp: stamp(t), ...message }],
    };
    return source === 'legacy'
      ? this.legacy(t, uid, `chat_sp1_${thread}`, payload)
      : this.redis(t, uid, 'chat.message', payload, `chat:${uid}:sp1:${thread}`);
  }

  text(): string[] {
    return [...this.lines].sort((a, b) => a.t - b.t).map((line) => JSON.stringify(line));
  }

  compare(settings: ComparingSettings = {}): TraceReport {
    const { report, broken } = compareTrace(this.text(), settings);
    if (broken.length > 0) throw new Error(`The recording is broken: ${JSON.stringify(broken)}`);
    return report;
  }
}
