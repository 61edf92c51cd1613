import { createHmac } from 'node:crypto';
import type { Clock } from '../contracts/clock.js';
import type { Notice, NoticeMessage } from '../contracts/notice.js';
import { noticeText } from './notice-text.js';

export interface WebhookNoticeOptions {
  readonly url: string;
  /** signs each notice; undefined: unsigned */
  readonly secret: string | undefined;
  readonly clock: Clock;
  /** told of a notice that was given up, without its address */
  readonly onFailure?: (message: string) => void;
}

const RETRY_AFTER_MS = [1_000, 5_000, 30_000, 120_000] as const;
const TIMEOUT_MS = 5_000;
const MOST_WAITING = 100;

/**
 * Tells people by a webhook: `text` for Slack and its like, the whole notice beside it. Signed with HMAC-SHA256 over
 * `timestamp.body`; one after the other, retried four times over two and a half minutes, then given up.
 */
export class WebhookNotice implements Notice {
  private readonly waiting: NoticeMessage[] = [];
  private isSending = false;

  constructor(private readonly options: WebhookNoticeOptions) {}

  tell(message: NoticeMessage): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.waiting.shift();
      this.options.onFailure?.('More notices wait than are kept: the oldest was dropped.');
    }
    this.waiting.push(message);
    if (!this.isSending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    for (let message = this.waiting.shift(); message !== undefined; message = this.waiting.shift())
      await this.deliver(message);
    this.isSending = false;
  }

  private async deliver(message: NoticeMessage): Promise<void> {
    const body = JSON.stringify({ text: noticeText(message), notice: message });
    let problem = await this.post(body);
    for (const delayMs of RETRY_AFTER_MS) {
      if (problem === undefined) return;
      await new Promise<void>((resolve) => this.options.clock.after(delayMs, resolve));
      problem = await this.post(body);
    }
    if (problem !== undefined) this.options.onFailure?.(`A notice was given up: ${problem}`);
  }

  /** Resolves to what went wrong. */
  private async post(body: string): Promise<string | undefined> {
    const { url, secret, clock } = this.options;
    const abort = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => {
      abort.abort();
    });
    const timestamp = String(Math.floor(clock.nowMs() / 1000));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-crossfade-timestamp': timestamp,
          ...(secret !== undefined && {
            'x-crossfade-signature': `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
          }),
        },
        body,
        signal: abort.signal,
      });
      return response.ok ? undefined : `the webhook answered ${response.status}.`;
    } catch {
      return abort.signal.aborted
        ? `the webhook did not answer within ${TIMEOUT_MS} ms.`
        : 'the webhook cannot be reached.';
    } finally {
      cancel();
    }
  }
}
