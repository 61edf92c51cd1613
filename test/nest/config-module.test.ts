import { describe, expect, it } from '@jest/globals';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { readSettings, validateEnvironment } from '../../src/nest/settings.js';

describe('given ConfigModule with the validation of the settings', () => {
  it('gives the settings to whoever injects ConfigService, and no key of theirs to the process', async () => {
    const validate = () => validateEnvironment({ LISTENERS_MODE: 'local' });
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, validate })],
    }).compile();
    expect(module.get(ConfigService).get('crossfade')).toEqual(readSettings({ LISTENERS_MODE: 'local' }));
    expect(process.env['crossfade']).toBeUndefined();
    delete process.env['LISTENERS_MODE'];
    await module.close();
  });

  it('refuses to start with all faults at once', async () => {
    const validate = () => validateEnvironment({ PORT: 'x', LISTENERS_MODE: 'x' });
    const refused = ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, validate });
    await expect(refused).rejects.toThrow(/LISTENERS_MODE.*\n.*PORT/);
  });
});
