import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { compareTrace, type TraceResult } from '../../tools.js';

/** `crossfade compare --trace FILE [--json]`: holds a recording of both sources against each other. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('hold a recording of both sources against each other, in virtual time')
    .requiredOption('--trace <file>', 'one JSON object a line; see docs/comparing.md')
    .option('--json', 'print one JSON object')
    .action(async ({ trace, json }: { trace: string; json?: boolean }) => {
      const result = compareTrace(await linesOf(trace));
      for (const { line, problem } of result.broken) console.error(`${trace}:${line}: ${problem}`);
      if (json === true) console.log(JSON.stringify(result.report));
      else for (const line of reportLines(result)) console.log(line);
    });
}

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity }))
    lines.push(line);
  return lines;
}

function reportLines({ report, broken }: TraceResult): string[] {
  const { matched, mismatches, excused, late, notCompared, unreadable, misrouted, lagSeconds } = report;
  return [
    `matched ${matched}, mismatched ${mismatches.length}, late ${late}, not compared ${notCompared}, unreadable ${unreadable}, misrouted ${misrouted}, broken lines ${broken.length}`,
    `excused: ${
      Object.entries(excused)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(', ') || 'none'
    }`,
    `lag: p50 ${lagSeconds.p50 ?? '–'} s, p99 ${lagSeconds.p99 ?? '–'} s of ${lagSeconds.count}`,
    ...mismatches.map(
      ({ class: outcome, uid, type, key, fields, t }) =>
        `${t.toFixed(3)} s  ${outcome}  ${type}  ${uid}${key === undefined ? '' : `  ${key}`}${fields.length === 0 ? '' : `  [${fields.join(', ')}]`}`,
    ),
  ];
}
