import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CrossfadeOptions } from './crossfade-options.js';

export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: CROSSFADE_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<CrossfadeOptions>({ moduleName: 'Crossfade' })
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();
