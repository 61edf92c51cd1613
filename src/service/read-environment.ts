import { ConfigModule } from '@nestjs/config';
import { readSettings, validateEnvironment, type Settings } from '../index.js';

/**
 * The settings of the environment and of a `.env` file, all checked.
 * @throws CrossfadeError `invalid_settings` with every fault
 */
export async function readEnvironment(): Promise<Settings> {
  // It puts what it reads from the file into the environment.
  await ConfigModule.forRoot({ validate: validateEnvironment });
  return readSettings(process.env);
}
