/** A server that answers, whoever started it. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** who brought it: the environment names it, the PATH has its program, or the program was installed just now */
  readonly origin: 'environment' | 'path' | 'installed';
  /** only such a server can be killed or restarted; `stop` leaves any other alone */
  readonly startedByUs: boolean;
  /** undefined where somebody else started it, and while it is not running; another one after a restart */
  readonly pid: number | undefined;
  /**
   * Sends a signal, and waits until the process has ended; SIGSTOP and SIGCONT, which end nothing, return at once.
   * Does nothing to a server that has ended. @throws where somebody else started the server
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder, killing it first where it runs. @throws where somebody else started it */
  restart(): Promise<void>;
  /** Ends the process, orderly if it will, and removes its folder. Calling it again does nothing. */
  stop(): Promise<void>;
}
