/** The error of a start that the operator can fix, and the exit codes of the command line. */

/** The message says what is wrong; the hint says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly hint: string;
  readonly exitCode: number;
  constructor(message: string, hint: string, exitCode: number) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Exit codes of the command line; documented in docs/guide/operating.md. */
export const exitCodes = {
  failure: 1,
  usage: 2,
  dataDirInUse: 3,
  addressInUse: 4,
  rootKey: 5,
  database: 6,
  tls: 7,
  seed: 8,
} as const;
