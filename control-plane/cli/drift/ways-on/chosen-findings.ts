/** The findings that a command names by their ids. */
import { CommandError } from '../../shared/report.ts';
import type { Finding } from '../findings/finding.ts';

/** Without ids, all. @throws CommandError when no finding has one of these ids */
export function chosenFindings(findings: readonly Finding[], ids: readonly string[]): readonly Finding[] {
  const unknown = ids.filter((id) => !findings.some((one) => one.id === id));
  if (unknown.length === 0) return ids.length === 0 ? findings : findings.filter(({ id }) => ids.includes(id));
  throw new CommandError(
    `There is no finding ${unknown.join(', ')} now.`,
    'Take the ids from a report of keystead drift with the same options.',
  );
}
