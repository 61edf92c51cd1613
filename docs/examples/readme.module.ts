import { Module } from '@nestjs/common';
import { CrossfadeModule, InProcessSource } from 'nestjs-crossfade';

const legacySource = new InProcessSource();
// your listeners: legacySource.push(uid, ['notifications', payload])

@Module({
  imports: [
    CrossfadeModule.forRoot({
      isGlobal: true,
      mode: 'local',
      legacySource,
      redis: { host: '127.0.0.1', port: 6379 },
      flags: { file: './flags.json' },
      presence: { serviceUrl: 'http://127.0.0.1:8080' },
    }),
  ],
})
export class AppModule {}
