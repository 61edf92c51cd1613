import type { Comparer, ComparisonSession } from '../../src/contracts/comparer.js';
import type { Topic } from '../../src/domain/topic.js';
import { topicKey } from '../../src/domain/topic.js';

/** Writes down what it is told; throws at everything when it is broken. */
export class FakeComparer implements Comparer {
  readonly told: string[] = [];
  broken = false;

  begin(topic: Topic): ComparisonSession {
    const tell = (what: string): void => {
      if (this.broken) throw new Error('the comparer is broken');
      this.told.push(`${topicKey(topic)} ${what}`);
    };
    tell('begin');
    return {
      attached: (source) => {
        tell(`attached ${source}`);
      },
      detached: (source, gap) => {
        tell(`detached ${source} ${gap.cause}`);
      },
      arrived: (event) => {
        tell(`arrived ${event.source} ${event.type}`);
      },
      handover: (underway) => {
        tell(`handover ${String(underway)}`);
      },
      end: () => {
        tell('end');
      },
    };
  }
}
