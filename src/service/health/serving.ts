import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Whether the process takes users: not yet, yes, or no more. */
@Injectable()
export class Serving implements OnApplicationBootstrap {
  state: 'starting' | 'serving' | 'draining' = 'starting';

  onApplicationBootstrap(): void {
    this.state = 'serving';
  }
}
