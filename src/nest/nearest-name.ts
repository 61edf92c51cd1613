const MAX_NAME_CHARACTERS = 80;

/** The name that `name` was most likely meant to be, or `undefined` where none is within `maxEdits` changes of a character. */
export function nearestName(name: string, names: readonly string[], maxEdits: number): string | undefined {
  let nearest: string | undefined;
  let fewest = maxEdits + 1;
  if (name.length > MAX_NAME_CHARACTERS) return undefined;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const edits = editsBetween(name.toUpperCase(), candidate);
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** How many characters must be put in, taken out or changed to make one text of the other. */
function editsBetween(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (above[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[to.length] ?? 0;
}
