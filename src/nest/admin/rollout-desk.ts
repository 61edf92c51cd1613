import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SystemClock } from '../../coordination/system-clock.js';
import { CrossfadeError } from '../../domain/errors.js';
import type { CrossfadeRuntime } from '../crossfade-runtime.js';
import type { Settings } from '../settings.js';
import { CROSSFADE_RUNTIME } from '../tokens.js';
import { Rollout } from '../tools/open-rollout.js';
import { openRolloutHome, type RolloutHome } from '../tools/rollout-home.js';
import { AdminRefusal } from './admin-refusal.js';

/** The settings by which the API finds the rollout where the module carries no controller; undefined: none is found then. */
export const ROLLOUT_SETTINGS = Symbol('ROLLOUT_SETTINGS');

/** Where the rollout is read and spoken to. Its home is opened when it is first asked for, and kept. */
@Injectable()
export class RolloutDesk implements OnApplicationShutdown {
  private readonly clock = new SystemClock();
  private readonly settings: Settings | undefined;
  private home: Promise<RolloutHome> | undefined;

  constructor(
    @Inject(CROSSFADE_RUNTIME) { options }: CrossfadeRuntime,
    @Inject(ROLLOUT_SETTINGS) settings: Settings | undefined,
  ) {
    this.settings = settings ?? options.control;
  }

  /** Does something with the rollout by the plan as it is now. @throws AdminRefusal 409 without one, 503 where its record cannot be reached */
  async with<T>(act: (rollout: Rollout) => Promise<T>): Promise<T> {
    const { settings } = this;
    if (settings === undefined || (settings.mode === 'legacy' && settings.control.folder === undefined))
      throw new AdminRefusal(
        409,
        'no_rollout',
        'This process knows of no rollout.',
        'Give the settings by which a controller runs: CROSSFADE_CONTROL_FOLDER, or LISTENERS_MODE=local or prod; see docs/rollout.md.',
      );
    try {
      return await act(await Rollout.at(await this.open(settings), settings, this.clock));
    } catch (error) {
      if (error instanceof AdminRefusal || error instanceof CrossfadeError) throw error;
      // The next one who asks opens it anew.
      await this.closeHome();
      throw unreachable(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.closeHome();
  }

  private async open(settings: Settings): Promise<RolloutHome> {
    this.home ??= openRolloutHome(settings, this.clock);
    try {
      return await this.home;
    } catch (error) {
      this.home = undefined;
      throw error;
    }
  }

  private async closeHome(): Promise<void> {
    const { home } = this;
    this.home = undefined;
    await (await home?.catch(() => undefined))?.close();
  }
}

function unreachable(error: unknown): AdminRefusal {
  const why = error instanceof Error ? error.message : String(error);
  return new AdminRefusal(
    503,
    'record_unreachable',
    `The record of the rollout cannot be reached (${why}).`,
    'See to Redis, or to CROSSFADE_CONTROL_FOLDER, and ask again.',
  );
}
