import { startGateway } from '../e2e/gateway/running-gateway.js';

export interface ScrapedGateway {
  /** `host:port` */
  readonly target: string;
  readonly path: '/crossfade/metrics';
  readonly stop: () => Promise<void>;
}

/** A gateway for a Prometheus to scrape: one client listens at it, and what is said is nobody's. */
export async function startScrapedGateway(): Promise<ScrapedGateway> {
  const gateway = await startGateway({ mode: 'legacy' });
  await gateway.connect('uid=listener').opened;
  await gateway.feed({ uid: 'listener', item: { type: 'notif.add', uid: 'listener' } });
  return {
    target: new URL(gateway.url).host,
    path: '/crossfade/metrics',
    stop: () => gateway.backend.stop(),
  };
}
