/** What the module holds; its own affair. */
export const CROSSFADE_RUNTIME = Symbol('CROSSFADE_RUNTIME');

/** Injects the prom-client Registry that holds the module's metrics. */
export const CROSSFADE_REGISTRY = Symbol('CROSSFADE_REGISTRY');
