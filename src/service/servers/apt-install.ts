import { spawn } from 'node:child_process';
import type { Program } from './program.js';

/** Installs a program's packages. Resolves to what went wrong, or undefined; never rejects. */
export type Install = (program: Program) => Promise<string | undefined>;

/** Where the installation keeps what must be known to all processes of the machine. */
export interface InstallPlaces {
  /** asked by Debian's packages before they start a service: exit code 101 forbids it */
  readonly policy: string;
  /** held while one process installs, so that parallel ones wait for it */
  readonly lock: string;
}

const PLACES: InstallPlaces = { policy: '/usr/sbin/policy-rc.d', lock: '/run/crossfade-install.lock' };

/** How packages are installed here, or undefined where they cannot be: no apt-get, or neither root nor passwordless sudo. */
export async function installer(env: NodeJS.ProcessEnv, places = PLACES): Promise<Install | undefined> {
  if (process.platform !== 'linux') return undefined;
  if ((await run('apt-get', ['--version'], env)).code !== 0) return undefined;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && (await run('sudo', ['-n', 'true'], env)).code !== 0) return undefined;
  return async (program) => {
    const script = ['-c', SCRIPT, 'crossfade-install', places.policy, places.lock, ...wordsOf(program)];
    const { code, output } = isRoot
      ? await run('sh', script, env)
      : await run('sudo', ['-n', 'sh', ...script], env);
    return code === 0 ? undefined : `exit code ${code ?? 'none'}: ${lastLines(output)}`;
  };
}

// All of it in one script, so that a killed Node process leaves neither half an installation nor a
// machine whose services no longer start: the shell goes on, and takes the policy away at its end.
const SCRIPT = `
set -eu
policy=$1 lock=$2 commands=$3 packages=$4 services=$5
export DEBIAN_FRONTEND=noninteractive
exec 9>"$lock"
flock -w 900 9 || { echo "another installation has held $lock for 15 minutes"; exit 75; }
for command in $commands; do
  if command -v "$command" >/dev/null 2>&1; then exit 0; fi
done
if [ -e "$policy" ] && grep -q crossfade-install "$policy"; then rm -f "$policy"; fi
if [ -e "$policy" ]; then
  for service in $services; do
    answer=0
    "$policy" "$service" start >/dev/null 2>&1 || answer=$?
    if [ "$answer" -ne 101 ]; then
      echo "$policy would let the service $service start; install $packages by hand"
      exit 77
    fi
  done
else
  trap 'rm -f "$policy"' EXIT
  trap 'exit 129' HUP INT TERM
  printf '#!/bin/sh\\n# crossfade-install: removed when the installation ends\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
for attempt in 1 2 3; do
  if apt-get update 9>&-; then break; fi
  sleep 3
done
apt-get -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $packages 9>&-
for service in $services; do
  update-rc.d "$service" disable 9>&- || true
done
`;

function wordsOf({ commands, packages, services }: Program): string[] {
  return [commands, packages, services].map((words) => words.join(' '));
}

interface Outcome {
  /** null where the command did not start or was killed */
  readonly code: number | null;
  readonly output: string;
}

/** In a session of its own, so that Ctrl-C does not cut a package in half. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      resolve({ code: null, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-5).join(' | ');
}
