import { Module } from '@nestjs/common';
import { CrossfadeModule, optionsFromSettings, readSettings } from 'nestjs-crossfade';
import { EventsController } from './events.controller.js';
import { legacySource } from './legacy-source.js';

@Module({
  imports: [
    CrossfadeModule.forRootAsync({
      isGlobal: true,
      useFactory: () => ({ ...optionsFromSettings(readSettings(process.env)), legacySource }),
    }),
  ],
  controllers: [EventsController],
})
export class AppModule {}
