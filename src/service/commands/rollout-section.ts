import { CrossfadeError, type Settings } from '../../index.js';
import { Rollout } from '../../tools.js';
import { statusLines } from './rollout-text.js';
import type { StatusSection } from './status-section.js';

/** Where the rollout stands, and what it waits for, as its record says. */
export async function rolloutSection(settings: Settings): Promise<StatusSection> {
  const name = 'rollout';
  let rollout: Rollout | undefined;
  try {
    rollout = await Rollout.open(settings);
    const value = await rollout.status();
    return { name, value, lines: statusLines(value), problems: [] };
  } catch (error) {
    // Whoever runs no controller has no place for its record.
    if (error instanceof CrossfadeError && error.code === 'invalid_settings')
      return { name, value: null, lines: [`rollout: ${error.message}`], problems: [] };
    const reason = error instanceof Error ? error.message : String(error);
    return { name, value: null, lines: [], problems: [`rollout: ${reason}`] };
  } finally {
    await rollout?.close();
  }
}
