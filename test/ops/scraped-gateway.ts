import { startGateway, type RunningGateway } from '../e2e/gateway/running-gateway.js';

export interface ScrapedGateway {
  readonly gateway: RunningGateway;
  /** `host:port` */
  readonly target: string;
  readonly path: '/crossfade/metrics';
  readonly stop: () => Promise<void>;
}

/** A gateway for a Prometheus to scrape: one client listens at it, and what is said is nobody's. */
export async function startScrapedGateway(env: Record<string, string> = {}): Promise<ScrapedGateway> {
  const gateway = await startGateway({ mode: 'legacy' }, env);
  await gateway.connect('uid=listener').opened;
  await gateway.feed({ uid: 'listener', item: { type: 'notif.add', uid: 'listener' } });
  return {
    gateway,
    target: new URL(gateway.url).host,
    path: '/crossfade/metrics',
    stop: () => gateway.backend.stop(),
  };
}
