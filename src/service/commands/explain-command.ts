import { Command } from 'commander';
import { askReplica, explainFrom, type ExplanationAtHome, type ReplicaExplanation } from '../../tools.js';
import { isUid, CrossfadeError, type Settings } from '../../index.js';
import { baseUrl } from './base-url.js';
import { settingsFromEnvironment } from './environment.js';
import { EXIT_CODES } from './exit-codes.js';

interface Asked {
  readonly replica?: string;
  readonly json?: boolean;
}

/** `crossfade explain UID [--replica URL] [--json]`. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('say why a user is where it is: bucket, percentages, answers, stage and source')
    .argument('<uid>', 'the user')
    .option(
      '--replica <url>',
      'ask this running replica at its admin API (default: the flags themselves)',
      baseUrl,
    )
    .option('--json', 'print one JSON object')
    .action(async (uid: string, { replica, json }: Asked) => {
      const settings = settingsFromEnvironment();
      const explanation =
        replica === undefined ? await explainFrom(uid, settings) : await askAbout(uid, replica, settings);
      if (json === true) console.log(JSON.stringify(explanation));
      else for (const line of linesOf(explanation)) console.log(line);
      if ('problems' in explanation && explanation.problems.length > 0) {
        if (json !== true) for (const problem of explanation.problems) console.error(`problem: ${problem}`);
        process.exitCode = EXIT_CODES.failed;
      }
    });
}

type Explained = ExplanationAtHome | ReplicaExplanation | { readonly problems: readonly string[] };

async function askAbout(uid: string, url: string, settings: Settings): Promise<Explained> {
  if (!isUid(uid))
    throw new CrossfadeError('invalid_uid', 'This can be no uid.', 'Give one without spaces or colons.');
  const path = `explain/${encodeURIComponent(uid)}`;
  const answer = await askReplica<ReplicaExplanation>(url, path, settings);
  return 'problem' in answer ? { problems: [`${url}: ${answer.problem}`] } : answer.body;
}

function linesOf(explained: Explained): readonly string[] {
  if (!('uid' in explained)) return [];
  const { uid, bucket, flags, origin, why } = explained;
  const percents = `compare ${flags.compare.percent ?? '–'} %, serve ${flags.serve.percent ?? '–'} %`;
  const now =
    'servedBy' in explained
      ? [
          explained.servedBy === null
            ? 'Nobody reads this user there now.'
            : `Served now from ${explained.servedBy}.`,
        ]
      : [];
  return [`${uid}: bucket ${bucket} of 100; ${percents}, from ${origin}.`, ...why, ...now];
}
