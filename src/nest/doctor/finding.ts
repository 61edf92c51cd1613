/** How something was found, from good to bad; `skipped` says that it was not looked at. */
export type Mark = 'ok' | 'warning' | 'fault' | 'skipped';

/** One thing that a checkpoint has to say. What is not well comes with its cure. Holds neither payload nor secret. */
export type Finding =
  | {
      readonly mark: 'ok';
      readonly says: string;
      /** what was measured, milliseconds */
      readonly measuredMs?: number;
    }
  | { readonly mark: 'skipped'; readonly says: string }
  | { readonly mark: 'warning' | 'fault'; readonly says: string; readonly cure: string };

export function ok(says: string, measuredMs?: number): Finding {
  return { mark: 'ok', says, ...(measuredMs !== undefined && { measuredMs }) };
}

export function warning(says: string, cure: string): Finding {
  return { mark: 'warning', says, cure };
}

export function fault(says: string, cure: string): Finding {
  return { mark: 'fault', says, cure };
}

export function skipped(says: string): Finding {
  return { mark: 'skipped', says };
}

const FROM_GOOD_TO_BAD = ['skipped', 'ok', 'warning', 'fault'] as const satisfies readonly Mark[];

/** The worst of them; nothing found means nothing looked at. */
export function worstOf(findings: readonly Finding[]): Mark {
  const worst = Math.max(0, ...findings.map(({ mark }) => FROM_GOOD_TO_BAD.indexOf(mark)));
  return FROM_GOOD_TO_BAD[worst] ?? 'fault';
}

/**
 * A sentence of problem and cure as the rest of Crossfade writes it, taken apart: settings say
 * `problem. Cure.`, flags say `problem: cure.`
 */
export function inTwo(mark: 'warning' | 'fault', sentence: string, parting: '. ' | ': '): Finding {
  const at = sentence.indexOf(parting);
  if (at === -1) return { mark, says: sentence, cure: 'See docs/doctor.md.' };
  const cure = sentence.slice(at + parting.length);
  return { mark, says: sentence.slice(0, at), cure: `${cure.charAt(0).toUpperCase()}${cure.slice(1)}` };
}
