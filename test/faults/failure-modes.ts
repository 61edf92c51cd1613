import { readFileSync, writeFileSync } from 'node:fs';
import type { FaultRow, Figures } from './fault-row.js';
import type { FaultStage } from './module-under-test.js';

const DOC = new URL('../../docs/failure-modes.md', import.meta.url);
const LINES = /(?<=\| -+ \|\n)(?:\|.*\n)+/;

/** One line of the table in the documents. */
export interface DocumentedRow {
  readonly fault: string;
  readonly stage: string;
  readonly user: string;
  readonly metrics: string;
  readonly howLong: string;
}

/** The stages that a row speaks of. */
export function stagesOf({ words }: FaultRow): readonly FaultStage[] {
  return (['live', 'complete'] as const).filter((stage) => words[stage] !== undefined);
}

/** The table as docs/failure-modes.md has it. */
export function documentedRows(): readonly DocumentedRow[] {
  const lines = LINES.exec(readFileSync(DOC, 'utf8'))?.[0].trim().split('\n') ?? [];
  return lines.map((line) => {
    const [fault = '', stage = '', user = '', metrics = '', howLong = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { fault, stage, user, metrics, howLong };
  });
}

/** Puts a row with what was measured into the documents, in its place; what is in no table any more leaves. */
export function writeFigures(
  row: FaultRow,
  stage: FaultStage,
  figures: Figures,
  order: readonly FaultRow[],
): void {
  const words = row.words[stage];
  if (words === undefined) return;
  const line = { fault: row.fault, stage, ...words, howLong: howLong(figures) };
  const isThis = (other: DocumentedRow): boolean => other.fault === row.fault && other.stage === stage;
  const rows = documentedRows();
  const places = new Map(order.map(({ fault }, place) => [fault, place]));
  const all = [...rows.filter((other) => !isThis(other) && places.has(other.fault)), line].sort(
    (one, other) =>
      (places.get(one.fault) ?? 0) - (places.get(other.fault) ?? 0) || other.stage.localeCompare(one.stage),
  );
  const text = readFileSync(DOC, 'utf8');
  writeFileSync(DOC, text.replace(LINES, all.map(lineOf).join('')));
}

/** The figures in words; a figure that is too small to matter is left out. */
export function howLong({ noticedMs, wellMs, longestMs }: Figures): string {
  return [
    ...(noticedMs === undefined ? [] : [`noticed after ${seconds(noticedMs)}`]),
    `well ${seconds(wellMs)} after its end`,
    `longest wait of an event ${seconds(longestMs)}`,
  ].join('; ');
}

/** The seconds that `howLong` gave for being noticed and for being well again; undefined where it does not say. */
export function figuresIn(text: string): {
  readonly noticed: number | undefined;
  readonly well: number | undefined;
} {
  const figure = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return { noticed: figure(/noticed after ([\d.]+) s/), well: figure(/well ([\d.]+) s after/) };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function lineOf({ fault, stage, user, metrics, howLong: figures }: DocumentedRow): string {
  return `| ${[fault, stage, user, metrics, figures].join(' | ')} |\n`;
}
