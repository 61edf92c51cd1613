import type { DemoReading } from './demo-reading.js';

/** How loud a cell is where the terminal has colours. */
type Tone = 'plain' | 'good' | 'bad' | 'faint';

interface Column {
  readonly group: string;
  readonly title: string;
  readonly width: number;
  readonly text: (reading: DemoReading) => string;
  readonly tone?: (reading: DemoReading) => Tone;
}

const GAP = '   ';
const GOOD_PARITY = 0.999;

const COLUMNS: readonly Column[] = [
  ...(['legacy', 'shadow', 'live', 'complete'] as const).map((stage): Column => ({
    group: 'users',
    title: stage,
    width: Math.max(6, stage.length),
    text: ({ users }) => whole(users[stage]),
    tone: ({ users }) => (users[stage] === 0 ? 'faint' : 'plain'),
  })),
  ...(['legacy', 'redis'] as const).map((source): Column => ({
    group: 'events/s from',
    title: source,
    width: 6,
    text: ({ delivered }) => delivered[source].perSecond.toFixed(1),
  })),
  { group: 'comparisons', title: 'matched', width: 8, text: ({ matched }) => whole(matched) },
  ...(
    [
      ['-redis', 'missing_in_redis'],
      ['-legacy', 'missing_in_legacy'],
      ['differ', 'different'],
      ['twice', 'duplicate'],
      ['order', 'reordered'],
    ] as const
  ).map(([title, mismatch]): Column => ({
    group: 'comparisons',
    title,
    width: Math.max(6, title.length),
    text: ({ mismatched }) => (mismatched[mismatch] === 0 ? '·' : whole(mismatched[mismatch])),
    tone: ({ mismatched }) => (mismatched[mismatch] === 0 ? 'faint' : 'bad'),
  })),
  {
    group: 'comparisons',
    title: 'excused',
    width: 7,
    text: ({ excused }) => whole(excused),
    tone: () => 'faint',
  },
  {
    group: 'parity',
    title: '%',
    width: 7,
    text: ({ parity }) => percent(parity),
    tone: ({ parity }) => (parity === undefined ? 'faint' : parity >= GOOD_PARITY ? 'good' : 'bad'),
  },
  { group: 'lag ms', title: 'p50', width: 6, text: ({ lagP50 }) => milliseconds(lagP50) },
  { group: 'lag ms', title: 'p99', width: 6, text: ({ lagP99 }) => milliseconds(lagP99) },
];

const CODES: Readonly<Record<Tone, string>> = {
  plain: '',
  good: '\u001b[32m',
  bad: '\u001b[31m',
  faint: '\u001b[2m',
};
const RESET = '\u001b[0m';

/** The two lines above the columns. `-redis` and `-legacy`: missing there. */
export function tableHeader(colours: boolean): string[] {
  const groups = groupsOf(COLUMNS).map(({ name, columns }) => {
    const width = columns.reduce((sum, { width }) => sum + width + 1, -1);
    return ` ${name} `.length > width ? name.padEnd(width) : centred(name, width);
  });
  const titles = groupsOf(COLUMNS).map(({ columns }) =>
    columns.map(({ title, width }) => title.padStart(width)).join(' '),
  );
  return [`       ${GAP}${groups.join(GAP)}`, `   time${GAP}${titles.join(GAP)}`].map((line) =>
    toned(line.trimEnd(), 'faint', colours),
  );
}

/** One second as a line. `elapsedMs` since the demo began. */
export function tableLine(elapsedMs: number, reading: DemoReading, colours: boolean): string {
  const cells = groupsOf(COLUMNS).map(({ columns }) =>
    columns
      .map(({ text, width, tone }) =>
        toned(text(reading).padStart(width), tone?.(reading) ?? 'plain', colours),
      )
      .join(' '),
  );
  return `${clock(elapsedMs).padStart(7)}${GAP}${cells.join(GAP)}`;
}

/** Parity for a person: never rounded up to 100 while a mismatch stands. */
export function percent(share: number | undefined): string {
  if (share === undefined) return '–';
  return share === 1 ? '100' : (Math.floor(share * 100_000) / 1000).toFixed(3);
}

/** A lag in whole milliseconds, below ten with one digit more. */
export function milliseconds(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  const ms = seconds * 1000;
  return ms.toFixed(Math.abs(ms) < 10 ? 1 : 0);
}

/** A count with a thin mark between thousands. */
export function whole(count: number): string {
  return Math.round(count).toLocaleString('en-US').replaceAll(',', "'");
}

function clock(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  const two = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(seconds % 60)}`;
}

function toned(text: string, tone: Tone, colours: boolean): string {
  return colours && tone !== 'plain' ? `${CODES[tone]}${text}${RESET}` : text;
}

function centred(name: string, width: number): string {
  const rest = width - name.length - 2;
  const left = Math.floor(rest / 2);
  return `${'─'.repeat(left)} ${name} ${'─'.repeat(rest - left)}`;
}

function groupsOf(columns: readonly Column[]): { name: string; columns: Column[] }[] {
  const groups: { name: string; columns: Column[] }[] = [];
  for (const column of columns) {
    const last = groups.at(-1);
    if (last?.name === column.group) last.columns.push(column);
    else groups.push({ name: column.group, columns: [column] });
  }
  return groups;
}
