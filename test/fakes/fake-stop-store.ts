import type { Cancel } from '../../src/contracts/clock.js';
import { StopStoreRefused, type StopStore } from '../../src/contracts/stop-store.js';

/** One text for a fleet; each replica reaches it by a line of its own, which a test can cut. */
export class FakeStopStore {
  text: string | undefined;
  readonly lines: FakeStopLine[] = [];

  line(): FakeStopLine {
    const line = new FakeStopLine(this);
    this.lines.push(line);
    return line;
  }
}

export class FakeStopLine implements StopStore {
  up = true;
  /** the store answers, and refuses */
  refuses = false;
  /** announcements that are lost on the way to this replica */
  deaf = false;
  /** how often each announcement arrives */
  copies = 1;
  reads = 0;
  private readonly listeners = new Set<(text: string) => void>();
  private readonly connected = new Set<() => void>();

  constructor(private readonly store: FakeStopStore) {}

  async read(): Promise<string | undefined> {
    this.reads++;
    await this.answer();
    return this.store.text;
  }

  async replace(from: string | undefined, to: string): Promise<boolean> {
    await this.answer();
    if (this.store.text !== from) return false;
    this.store.text = to;
    return true;
  }

  async announce(text: string): Promise<number> {
    await this.answer();
    const heard = this.store.lines.filter((line) => line.up);
    for (const line of heard) line.hear(text);
    return heard.length;
  }

  listen(listener: (text: string) => void): Cancel {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onConnected(listener: () => void): Cancel {
    this.connected.add(listener);
    return () => this.connected.delete(listener);
  }

  hear(text: string): void {
    if (this.deaf) return;
    for (let copy = 0; copy < this.copies; copy++) for (const listener of this.listeners) listener(text);
  }

  cut(): void {
    this.up = false;
  }

  mend(): void {
    this.up = true;
    for (const listener of this.connected) listener();
  }

  get listenerCount(): number {
    return this.listeners.size + this.connected.size;
  }

  private async answer(): Promise<void> {
    await Promise.resolve();
    if (!this.up) throw new Error('connect ECONNREFUSED');
    if (this.refuses) throw new StopStoreRefused('NOPERM');
  }
}
