/** Terraform's errors that a pipeline meets, in plain words and with what to do. */
import { CommandError } from '../../shared/report.ts';
import type { Diagnostic } from './messages.ts';
import type { Ended } from './terraform.ts';

/** The error of a command that failed. @param what `terraform plan` */
export function failureOf(what: string, { code, messages, stderr, interrupted }: Ended): CommandError {
  const errors = messages.flatMap(({ diagnostic }) => (diagnostic?.severity === 'error' ? [diagnostic] : []));
  if (interrupted) return new CommandError(`${what} was interrupted.`, 'Run the job again.');
  for (const error of errors) {
    const known = lockedState(error) ?? staleplan(error);
    if (known) return known;
  }
  const [first] = errors;
  const why = first ? `: ${first.summary}` : stderr === '' ? ` with exit code ${code}` : '';
  return new CommandError(`${what} failed${why}.`, 'Its messages are above.');
}

function lockedState({ summary, detail }: Diagnostic): CommandError | undefined {
  if (!/acquiring the state lock/i.test(summary)) return undefined;
  const value = (name: string) => new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(detail)?.[1];
  // The HTTP backend writes the information of the run that asks, and of the holder only its id.
  const holderId = /already locked: ID=([^\s"]+)/.exec(detail)?.[1];
  if (holderId !== undefined) return lockedBy(holderId, '');
  const [id, who, operation, created] = ['ID', 'Who', 'Operation', 'Created'].map(value);
  if (id === undefined) {
    return new CommandError(
      `The lock of the state cannot be had: ${detail.split('\n')[0]}`,
      'Look at what the backend says; --lock-timeout waits for a lock that another run holds.',
    );
  }
  const holder = [who && `by ${who}`, operation && `for ${operation}`, created && `since ${created}`];
  return lockedBy(id, holder.map((part) => (part ? ` ${part}` : '')).join(''));
}

const lockedBy = (id: string, holder: string): CommandError =>
  new CommandError(
    `Another run holds the lock of the state${holder}.`,
    'Wait for its end and run the job again, or wait with --lock-timeout 10m. If that run is dead, free the lock: ' +
      `terraform force-unlock ${id}`,
  );

function staleplan({ summary }: Diagnostic): CommandError | undefined {
  if (/saved plan is stale/i.test(summary)) return staleState();
  if (/does not match the given state/i.test(summary)) return otherState();
  return undefined;
}

/** The state changed after the plan was made. */
export function staleState(): CommandError {
  return new CommandError(
    'The state moved on after this plan was made: something else was applied since. Nothing was applied.',
    'Make a new plan, have it reviewed, and apply that one.',
  );
}

/** The plan belongs to another state. */
export function otherState(): CommandError {
  return new CommandError(
    'This plan was made for another state than the one of this directory and workspace. Nothing was applied.',
    'Apply it where it was made: the same stack, backend and workspace.',
  );
}
