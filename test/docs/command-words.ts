import type { Command } from 'commander';
import type { Page } from './page.js';

/** What pages write as commands: what follows `crossfade`, in code within sentences and in blocks of shell. */
export function commandsOf({ path, blocks, inline }: Page): string[] {
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'));
  const written = [...lines, ...inline].flatMap((code) => {
    const bare = code.replace(/(^|\s)#.*$/, '');
    const ours = /(?:^|npx |npm run (?:--silent )?)crossfade(?: --)? +(\S.*)$/.exec(bare)?.[1];
    const demo = /^npm run (?:--silent )?demo -- +(\S.*)$/.exec(bare)?.[1];
    return [ours, demo === undefined ? undefined : `demo ${demo}`].filter((each) => each !== undefined);
  });
  if (path !== 'docs/commands.md') return written;
  // Its tables leave the name of the program out.
  const rows = inline.filter((code) => /^[a-z]+( [a-z]+)?( (\[|--|[A-Z]).*)?$/.test(code));
  return [...written, ...rows];
}

/** What is wrong with a command as it is written; undefined where the program knows all of it. */
export function problemOf(written: string, program: Command): string | undefined {
  const words = written
    .replaceAll(/[[\]]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  let command = program;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('--')) {
      const option = /^--[a-z-]*/.exec(word)?.[0] ?? word;
      if (!knows(command, option)) return `crossfade ${written}: no option ${option}`;
      continue;
    }
    if (command.commands.length === 0) continue;
    const [first = '', ...others] = word.split('|');
    const next = command.commands.find((each) => each.name() === first);
    const unknown = others.find((other) => !command.commands.some((each) => each.name() === other));
    if (next === undefined || unknown !== undefined)
      return `crossfade ${written}: no command ${words[index] ?? ''}`;
    command = next;
  }
  return undefined;
}

function knows(command: Command, option: string): boolean {
  return option === '--help' || command.options.some(({ long }) => long === option);
}
