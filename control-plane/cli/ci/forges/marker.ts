/**
 * The first line of a text that a command writes: which text it is, and which run wrote it. People do not see it.
 * `<!-- keystead:plan run=1234001 -->`
 */
import { CommandError } from '../../shared/report.ts';

export interface Marked {
  readonly run: number;
  /** Further values, of the letters, digits and commas of a finding's id. */
  readonly more: string;
}

/** @throws CommandError for a name that could end the comment of HTML */
export function requireName(name: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,99})$/.test(name) && !name.includes('--')) return name;
  throw new CommandError(
    `--id: "${name}" is not a name.`,
    'Use up to 100 letters, digits, dots, slashes and single hyphens.',
  );
}

export function mark(name: string, { run, more }: Marked, text: string): string {
  return `<!-- keystead:${name} run=${run}${more === '' ? '' : ` ids=${more}`} -->\n${text}`;
}

/** @returns undefined for a text that does not begin with this name's line */
export function markOf(name: string, text: string): Marked | undefined {
  const [first = ''] = text.split(/\r?\n/, 1);
  const found = /^<!-- keystead:(\S+) run=(\d+)(?: ids=([\w,]*))? -->$/.exec(first);
  return found?.[1] === name ? { run: Number(found[2]), more: found[3] ?? '' } : undefined;
}

export const withoutMark = (text: string): string => text.replace(/^<!-- keystead:[^\n]*-->\r?\n/, '');
