/** How a failed command ends: one sentence, a hint, an exit code. A stack only with KEYSTEAD_DEBUG=1. */
import { exitCodes, StartError } from '../../startup/start-error.ts';

/** A mistake that the user can correct. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly hint: string;
  readonly exitCode: number;
  constructor(message: string, hint: string, exitCode: number = exitCodes.failure) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Prints the error to standard error. @returns the exit code */
export function report(error: unknown): number {
  const known = error instanceof CommandError || error instanceof StartError;
  console.error(`keystead: ${error instanceof Error ? error.message : String(error)}`);
  if (known) console.error(`hint: ${error.hint}`);
  if (process.env.KEYSTEAD_DEBUG === '1' && error instanceof Error) console.error(error.stack);
  return known ? error.exitCode : exitCodes.failure;
}
