import { BadRequestException, Controller, Param, Sse, type MessageEvent } from '@nestjs/common';
import { EventProvider, isUid } from 'nestjs-crossfade';
import { map, type Observable } from 'rxjs';

@Controller('events')
export class EventsController {
  constructor(private readonly events: EventProvider) {}

  // Take the uid from your session instead: whoever may name it may listen to everybody.
  @Sse(':uid')
  read(@Param('uid') uid: string): Observable<MessageEvent> {
    if (!isUid(uid)) throw new BadRequestException('This is no uid.');
    return this.events.stream(uid).pipe(map(({ envelope }) => ({ data: envelope })));
  }
}
