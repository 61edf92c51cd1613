import { spreadOf } from './figures.js';
import { isReached, type Row } from './row.js';

/** The table as people read it, in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { median, least, most } = spreadOf(row.rounds);
    const [middle, low, high] = [median, least, most].map((figure) => text(figure, row.unit));
    const { goal } = row;
    const toReach =
      goal === undefined
        ? '–'
        : 'atMost' in goal
          ? `≤ ${text(goal.atMost, row.unit)}`
          : `≥ ${text(goal.atLeast, row.unit)}`;
    const verdict = isReached(row) === undefined ? '' : isReached(row) === true ? 'yes' : '**no**';
    return [row.what, row.beside, toReach, `${middle} (${low}–${high})`, verdict, row.note ?? ''];
  });
  const head = ['what', 'beside', 'to reach', 'median (least–most)', 'reached', 'absolute'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function text(figure: number, unit: Row['unit']): string {
  const digits = Math.abs(figure) < 20 ? 2 : 0;
  return unit === '×' ? `${figure.toFixed(2)} ×` : `${figure.toFixed(digits)} ${unit}`;
}
