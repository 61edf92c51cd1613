/** Which world the backend lives in; a ceiling that flags cannot lift. */
export type Mode = 'legacy' | 'local' | 'prod';

export const MODES = ['legacy', 'local', 'prod'] as const satisfies readonly Mode[];
