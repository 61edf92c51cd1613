import type { CheckpointReport, DoctorReport, Finding, Mark } from '../../tools.js';

/** Each a word of its own, so that nothing depends on colour; the loud ones are what is to be done. */
const WORDS: Readonly<Record<Mark, string>> = { ok: 'ok', warning: 'WARN', fault: 'FAULT', skipped: 'skip' };
/** Only a frame around the word. */
const COLOURS: Readonly<Record<Mark, number>> = { ok: 32, warning: 33, fault: 31, skipped: 2 };

const MARK_WIDTH = 7;
const NAME_WIDTH = 16;
const LINE_WIDTH = 80;
const INDENT = ' '.repeat(MARK_WIDTH + NAME_WIDTH);

/** One checkpoint in lines of at most 80 columns, longer only where a single word is. */
export function checkpointLines({ name, findings }: CheckpointReport, colours: boolean): string[] {
  return findings.flatMap((finding, index) => findingLines(index === 0 ? name : '', finding, colours));
}

/** How many of each there were, in one line. */
export function summaryLine({ checkpoints, ok }: DoctorReport): string {
  const count = (mark: Mark): number => checkpoints.filter((each) => each.mark === mark).length;
  const sums = [
    `${count('fault')} with a fault`,
    `${count('warning')} with a warning`,
    `${count('ok')} ok`,
    `${count('skipped')} skipped`,
  ];
  return `${ok ? 'Fit' : 'Not fit'}: ${sums.join(', ')}.`;
}

function findingLines(name: string, finding: Finding, colours: boolean): string[] {
  const [first = '', ...others] = wrapped(finding.says, '');
  const head = `${painted(WORDS[finding.mark], finding.mark, colours)}${name.padEnd(NAME_WIDTH)}${first}`;
  const cure = 'cure' in finding ? wrapped(finding.cure, '-> ') : [];
  return [head, ...[...others, ...cure].map((line) => `${INDENT}${line}`)];
}

function painted(word: string, mark: Mark, colours: boolean): string {
  const padded = word.padEnd(MARK_WIDTH);
  return colours ? `\u001b[${COLOURS[mark]}m${padded}\u001b[0m` : padded;
}

/** Lines that stand beside the indent; what follows `start` hangs under it. */
function wrapped(text: string, start: string): string[] {
  const width = LINE_WIDTH - INDENT.length;
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line !== start && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(start.length) + word;
    } else line += line === start ? word : ` ${word}`;
  }
  return [...lines, line];
}
