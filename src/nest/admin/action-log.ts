import { addressOf, type AdminRequest } from './admin-request.js';

/** One action that somebody took, or tried to. */
export interface ActionEntry {
  /** ISO 8601 */
  readonly at: string;
  /** what was asked for, such as `rollback` */
  readonly action: string;
  /** what was said with it; left out where nothing was */
  readonly said?: string;
  /** the role and the name of the token; left out for a stranger */
  readonly role?: string;
  readonly by?: string;
  /** the address it came from */
  readonly from: string;
  /** the status of the answer; 0 where whoever asked left before it */
  readonly status: number;
  /** `done`, or the code of the refusal */
  readonly result: string;
}

/** What is used of a response. */
export interface LoggedResponse {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  setHeader(name: string, value: string): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** a body may hold 16 KB, a line of a log should not */
const MOST_SAID = 300;

/** Tells of each action of the admin API once it is answered: who, what, when, from where, and what came of it. */
export class ActionLog {
  constructor(private readonly tell: (entry: ActionEntry) => void) {}

  follow(request: AdminRequest, response: LoggedResponse): void {
    response.once('close', () => {
      // A flood must not fill the log: what the limit refused was logged as often as the limit lets through.
      if (request.adminRefusal === 'too_many_requests') return;
      this.tell(entryOf(request, response));
    });
  }
}

function entryOf(request: AdminRequest, response: LoggedResponse): ActionEntry {
  const { adminRole, adminName, adminRefusal, body } = request;
  const said = saidIn(body);
  return {
    at: new Date().toISOString(),
    action: actionOf(request),
    ...(said !== undefined && { said }),
    ...(adminRole !== undefined && { role: adminRole }),
    ...(adminName !== undefined && { by: adminName }),
    from: addressOf(request),
    status: response.writableFinished ? response.statusCode : 0,
    result: adminRefusal ?? 'done',
  };
}

function actionOf({ originalUrl = '' }: AdminRequest): string {
  const [path = ''] = originalUrl.split('?');
  return path.replace(/^.*crossfade\/api\/?/i, '').slice(0, 100);
}

function saidIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0) return undefined;
  return JSON.stringify(body).slice(0, MOST_SAID);
}
