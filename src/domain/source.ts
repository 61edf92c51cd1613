/** Where events come from: the process's own queue, or Redis/Valkey Pub/Sub. */
export type Source = 'legacy' | 'redis';

export const SOURCES = ['legacy', 'redis'] as const satisfies readonly Source[];

export function otherSource(source: Source): Source {
  return source === 'legacy' ? 'redis' : 'legacy';
}
