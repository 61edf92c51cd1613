import type { AdminOptions } from '../../admin.js';
import { readSettings, type CrossfadeOptions } from '../../index.js';

/** What the demo's backend has beside its admin API where the environment asks for the console. */
export interface DemoConsole {
  readonly crossfade: Pick<CrossfadeOptions, 'control' | 'selfTest'>;
  readonly admin: Pick<AdminOptions, 'console'>;
}

/**
 * With CROSSFADE_CONSOLE=true the demo carries a controller that looks every second, with its record in the demo's
 * own folder: so the console has something to show, and its buttons do something.
 */
export function demoConsole(
  env: NodeJS.ProcessEnv,
  folder: string,
  flagsFile: string,
): DemoConsole | undefined {
  const { CROSSFADE_CONSOLE, CROSSFADE_PLAN_FILE, CROSSFADE_SELF_TEST } = env;
  const settings = readSettings({
    CROSSFADE_CONSOLE,
    CROSSFADE_PLAN_FILE,
    CROSSFADE_SELF_TEST,
    // Only so that the console is not refused: the demo has its own token.
    CROSSFADE_ADMIN_OPERATOR_TOKEN: 'the token of the demo',
    LISTENERS_MODE: 'local',
    CROSSFADE_FLAGS_FILE: flagsFile,
    CROSSFADE_CONTROL_FOLDER: folder,
    CROSSFADE_CONTROL_LOOK_MS: '1000',
  });
  if (!settings.console) return undefined;
  return { crossfade: { control: settings, selfTest: settings.selfTest }, admin: { console: true } };
}
