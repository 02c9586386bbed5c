/**
 * The form of an answer in an audit record: lowerCamelCase members, dates in words.
 * Source: AWS KMS Developer Guide, "Logging AWS KMS API calls with AWS CloudTrail", example entries.
 */
import type { AuditResource } from '../domain/audit/audit-record.ts';

/** Made at its first use: it takes longer to make than the rest of this module. */
let dateInWords: Intl.DateTimeFormat | undefined;

/** `Nov 2, 2021, 11:25:25 PM` */
export function trailDate(date: Date): string {
  dateInWords ??= new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
  // ICU puts a narrow no-break space before AM and PM; CloudTrail writes a plain space.
  return dateInWords.format(date).replace(/\u202f/g, ' ');
}

/** Only for answers without secrets: this leaves out nothing. */
export function trailElements(answer: object): Readonly<Record<string, unknown>> {
  const entries = Object.entries(answer).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), trailValue(value)]),
  );
}

function trailValue(value: unknown): unknown {
  if (value instanceof Date) return trailDate(value);
  if (Array.isArray(value)) return value.map(trailValue);
  return typeof value === 'object' && value !== null ? trailElements(value) : value;
}

/** An alias also has the type of a key here. */
export function trailResource(accountId: string, arn: string): AuditResource {
  return { accountId, type: 'AWS::KMS::Key', ARN: arn };
}
