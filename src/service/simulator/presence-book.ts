import type { Timeline } from './timeline.js';
import { topicKey, type Topic } from './topic.js';

/** Takes one envelope per text frame. */
export type FrameSink = (text: string) => void;

interface OpenSocket {
  readonly openedMs: number;
  readonly frame: FrameSink;
}

interface Attendance {
  readonly sockets: Set<OpenSocket>;
  online: boolean;
}

/**
 * Who is present, by the publisher's rules: a topic is present while somebody holds its socket open. Closing
 * any one of several sockets marks the topic offline until the next heartbeat of one that is left, or until
 * another socket opens.
 */
export class PresenceBook {
  private readonly attendances = new Map<string, Attendance>();

  constructor(
    private readonly timeline: Timeline,
    private readonly heartbeatMs: number,
    private readonly onChange: (topic: Topic, online: boolean) => void,
  ) {}

  isPresent(topic: Topic): boolean {
    return this.attendances.get(topicKey(topic))?.online ?? false;
  }

  /** topics that are present, and sockets that are open */
  get size(): { readonly present: number; readonly sockets: number } {
    const all = [...this.attendances.values()];
    return {
      present: all.filter(({ online }) => online).length,
      sockets: all.reduce((sum, { sockets }) => sum + sockets.size, 0),
    };
  }

  /** A socket has opened; returns how it is closed. */
  open(topic: Topic, frame: FrameSink): () => void {
    const key = topicKey(topic);
    const attendance = this.attendances.get(key) ?? { sockets: new Set(), online: false };
    this.attendances.set(key, attendance);
    const socket: OpenSocket = { openedMs: this.timeline.nowMs, frame };
    attendance.sockets.add(socket);
    this.mark(topic, attendance, true);
    return () => {
      if (!attendance.sockets.delete(socket)) return;
      if (attendance.sockets.size === 0) this.attendances.delete(key);
      else this.awaitHeartbeat(topic, attendance);
      this.mark(topic, attendance, false);
    };
  }

  /** Tells every socket of a topic. */
  frame(topic: Topic, text: string): void {
    for (const socket of this.attendances.get(topicKey(topic))?.sockets ?? []) socket.frame(text);
  }

  private mark(topic: Topic, attendance: Attendance, online: boolean): void {
    if (attendance.online === online) return;
    attendance.online = online;
    this.onChange(topic, online);
  }

  private awaitHeartbeat(topic: Topic, attendance: Attendance): void {
    const { nowMs } = this.timeline;
    const beats = [...attendance.sockets].map(({ openedMs }) => {
      const beatsSoFar = Math.floor((nowMs - openedMs) / this.heartbeatMs);
      return openedMs + (beatsSoFar + 1) * this.heartbeatMs;
    });
    this.timeline.at(Math.min(...beats), () => {
      if (attendance.sockets.size > 0) this.mark(topic, attendance, true);
    });
  }
}
