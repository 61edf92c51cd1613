import type { Registry } from 'prom-client';
import type { ComparisonEvidence } from '../contracts/comparison-evidence.js';
import type { KillSwitch } from '../contracts/kill-switch.js';
import type { CrossfadeOptions } from './crossfade-options.js';
import type { AdapterParts } from './adapter-parts.js';

/** What of this process the controller looks at. */
interface Controlled {
  readonly registry: Registry;
  readonly comparer: Pick<ComparisonEvidence, 'worstUsers'> | undefined;
  readonly killSwitch: KillSwitch | undefined;
}

/** Starts the controller that the options ask for, beside everything else: nobody waits for it, and it may fail alone. */
export function startControl(
  { control: settings, onFailure }: CrossfadeOptions,
  { registry, comparer, killSwitch }: Controlled,
  { clock, onClose }: AdapterParts,
): void {
  if (settings === undefined) return;
  // A backend that carries no controller does not load one.
  const running = Promise.all([
    import('./tools/run-control.js'),
    import('../metrics/registry-evidence-reader.js'),
  ])
    .then(([{ runControl }, { RegistryEvidenceReader }]) =>
      runControl({
        ...{ settings, registry, clock },
        ownEvidence: new RegistryEvidenceReader({ registry, clock, ...(comparer && { comparer }) }),
        ...(killSwitch && { killSwitch }),
        ...(onFailure && { onFailure }),
      }),
    )
    .catch((error: unknown) => {
      onFailure?.(`The controller did not start: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
  onClose(async () => {
    await (await running)?.close();
  });
}
