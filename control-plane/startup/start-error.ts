/** How a start fails that the operator can mend, and the exit codes of the command line. */

/** A mistake of the operator: one sentence, what to do, and the process's exit code. */
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
