/** A program that a server is started from, and how a machine comes to have it. */
export interface Program {
  /** what people call it, such as `Redis` */
  readonly name: string;
  /** the commands that start it, the preferred first */
  readonly commands: readonly string[];
  /** folders to look in after those of the PATH, for packages that install elsewhere */
  readonly folders?: readonly string[];
  /** the Debian packages that bring it */
  readonly packages: readonly string[];
  /** the services those packages would start by themselves, and must not */
  readonly services: readonly string[];
  /** what a person can do where it can be neither found nor installed; one sentence each */
  readonly cures: readonly string[];
}

/** Tells a person what is being done, one line at a time. */
export type Say = (line: string) => void;

/** A program that cannot be had, or a server that does not come up; the message ends with the cures. */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';

  constructor(
    problem: string,
    readonly cures: readonly string[],
  ) {
    super([problem, ...cures.map((cure) => `  - ${cure}`)].join('\n'));
  }
}
