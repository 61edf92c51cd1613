import type { Timeline } from './timeline.js';
import { topicKey, type Topic } from './topic.js';

/** Takes one envelope per text frame. */
export type FrameSink = (text: string) => void;

interface OpenSocket {
  readonly openedMs: number;
  readonly frame: FrameSink;
}

interface Attendance {
  readonly topic: Topic;
  readonly sockets: Set<OpenSocket>;
  online: boolean;
}

/**
 * Who is present, by the publisher's rules: a topic is present while somebody holds its socket open. Closing
 * any one socket of a uid marks each topic of that uid offline until the next heartbeat of a socket of its own
 * that is left, or until another one opens.
 */
export class PresenceBook {
  private readonly attendances = new Map<string, Attendance>();
  private readonly byUid = new Map<string, Set<Attendance>>();

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
    const attendance = this.attendances.get(key) ?? { topic, sockets: new Set(), online: false };
    this.attendances.set(key, attendance);
    const ofUid = this.byUid.get(topic.uid) ?? new Set();
    this.byUid.set(topic.uid, ofUid.add(attendance));
    const socket: OpenSocket = { openedMs: this.timeline.nowMs, frame };
    attendance.sockets.add(socket);
    this.mark(attendance, true);
    return () => {
      if (!attendance.sockets.delete(socket)) return;
      for (const each of [...ofUid]) this.silence(each, ofUid);
    };
  }

  /** Tells every socket of a topic. */
  frame(topic: Topic, text: string): void {
    for (const socket of this.attendances.get(topicKey(topic))?.sockets ?? []) socket.frame(text);
  }

  private silence(attendance: Attendance, ofUid: Set<Attendance>): void {
    if (attendance.sockets.size > 0) this.awaitHeartbeat(attendance);
    else {
      ofUid.delete(attendance);
      this.attendances.delete(topicKey(attendance.topic));
      if (ofUid.size === 0) this.byUid.delete(attendance.topic.uid);
    }
    this.mark(attendance, false);
  }

  private mark(attendance: Attendance, online: boolean): void {
    if (attendance.online === online) return;
    attendance.online = online;
    this.onChange(attendance.topic, online);
  }

  private awaitHeartbeat(attendance: Attendance): void {
    const { nowMs } = this.timeline;
    const beats = [...attendance.sockets].map(({ openedMs }) => {
      const beatsSoFar = Math.floor((nowMs - openedMs) / this.heartbeatMs);
      return openedMs + (beatsSoFar + 1) * this.heartbeatMs;
    });
    this.timeline.at(Math.min(...beats), () => {
      if (attendance.sockets.size > 0) this.mark(attendance, true);
    });
  }
}
