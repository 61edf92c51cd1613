import { Injectable } from '@nestjs/common';

/** Lets a Prometheus that scrapes this process have its last values before the process ends. */
@Injectable()
export class LastScrape {
  private isScraped = false;
  private next: (() => void) | undefined;

  /** An answer has been handed over. */
  scraped(): void {
    this.isScraped = true;
    this.next?.();
  }

  /** Resolves after the next scrape, or after the limit, milliseconds; at once where nobody ever scraped. */
  async wait(limitMs: number): Promise<void> {
    if (!this.isScraped || limitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.next = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
