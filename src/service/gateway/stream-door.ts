import type { NextFunction, Request, Response } from 'express';
import { isUid } from '../../index.js';
import type { Admission, Admitted } from './admission.js';
import type { Ending } from './gateway-catalogue.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { Listener, ListenerBook, ListenerEnding } from './listener-book.js';
import { Refusal } from './refusal.js';
import { targetOf } from './request-target.js';

const PREFIX = '/events/';

/** Whoever wants Server-Sent Events comes through here first. */
export class StreamDoor {
  constructor(
    private readonly admission: Admission,
    private readonly book: ListenerBook,
    private readonly metrics: GatewayMetrics,
  ) {}

  /** A middleware: what is not for `/events/` goes by. */
  readonly admit = (request: Request, response: Response, next: NextFunction): void => {
    const { path } = targetOf(request);
    if (!path.startsWith(PREFIX)) {
      next();
      return;
    }
    this.allowOrigin(request, response);
    if (request.method === 'OPTIONS') {
      response.status(204).end();
      return;
    }
    this.answer(request, uidOf(path), response).then((isAdmitted) => {
      if (isAdmitted) next();
    }, next);
  };

  private async answer(request: Request, uid: string | undefined, response: Response): Promise<boolean> {
    const admitted =
      uid === undefined
        ? new Refusal(400, 'bad_request', 'This is no uid. Give 1 to 128 characters of [A-Za-z0-9._@|+-].')
        : await this.admission.toListen(request, uid);
    const refusal = admitted instanceof Refusal ? admitted : this.book.objection(uid ?? '');
    if (refusal === undefined && uid !== undefined && !(admitted instanceof Refusal)) {
      if (!response.destroyed) this.attend(uid, admitted, response);
      return true;
    }
    if (refusal !== undefined) {
      this.metrics.refused(refusal.reason);
      if (refusal.status === 401) response.set('WWW-Authenticate', 'Bearer');
      response.status(refusal.status).json(refusal.body);
    }
    return false;
  }

  private attend(uid: string, { expiresAtMs }: Admitted, response: Response): void {
    let ending: Ending | undefined;
    const listener: Listener = {
      uid,
      expiresAtMs,
      tick: () => undefined,
      end: (why: ListenerEnding) => {
        ending ??= why;
        response.end();
      },
      cutOff: () => {
        response.destroy();
      },
    };
    const leave = this.book.enter(listener);
    this.metrics.entered('sse');
    response.on('close', () => {
      leave();
      this.metrics.left('sse', ending ?? (response.locals['tooSlow'] === true ? 'too_slow' : 'client'));
    });
  }

  /** A page of a known origin may read, and may send its token in a header. */
  private allowOrigin({ headers: { origin } }: Request, response: Response): void {
    response.vary('Origin');
    if (origin === undefined || !this.admission.isOriginKnown(origin)) return;
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Headers': 'Authorization, Last-Event-ID, Cache-Control',
      'Access-Control-Max-Age': '600',
    });
  }
}

function uidOf(path: string): string | undefined {
  try {
    const uid = decodeURIComponent(path.slice(PREFIX.length));
    return isUid(uid) ? uid : undefined;
  } catch {
    return undefined;
  }
}
