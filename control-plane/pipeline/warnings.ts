/** Warnings of a request that succeeded, in a header of its answer: the answers of AWS's operations have no room. */
import type { Answer } from '../context/door.ts';

export const WARNING = 'x-keystead-warning';

/** Clients refuse headers of more than about 16 KiB. */
const MAX_WARNINGS = 8;
const MAX_WARNING_CHARS = 512;

export function withWarnings(answer: Answer, warnings: readonly string[]): Answer {
  const shown = warnings.slice(0, MAX_WARNINGS).map(headerText);
  const more = warnings.length > shown.length ? [`and ${warnings.length - shown.length} more`] : [];
  return { ...answer, headers: { ...answer.headers, [WARNING]: [...shown, ...more].join(' ') } };
}

/** RFC 9110 section 5.5 allows visible ASCII and spaces; names of statements can have any character. */
const headerText = (text: string): string => text.slice(0, MAX_WARNING_CHARS).replace(/[^\x20-\x7e]/g, '?');
