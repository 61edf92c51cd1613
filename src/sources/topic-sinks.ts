import type { SourceSink } from '../contracts/event-source.js';

/** The sinks of one topic; replaced, never changed in place, so that a sink may close while it is being told. */
export type TopicSinks = readonly SourceSink[];

export function withSink(sinks: TopicSinks | undefined, sink: SourceSink): TopicSinks {
  return sinks === undefined ? [sink] : [...sinks, sink];
}

/** `undefined` when none is left. */
export function withoutSink(sinks: TopicSinks, sink: SourceSink): TopicSinks | undefined {
  const left = sinks.filter((other) => other !== sink);
  return left.length === 0 ? undefined : left;
}
