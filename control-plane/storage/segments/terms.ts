/**
 * What sealed segments are found by. A term stands for one value that look-ups begin with, in one account: an access
 * key, a user, a resource. The index has one row for each term of each segment, not of each record, and a look-up tests
 * the records of the segments that it finds. So two values with the same number cost a reading, and never an answer.
 */
import { hash } from 'node:crypto';
import { type AuditRecord, accessKeyIdOf, userNameOf } from '../../domain/audit/audit-record.ts';

/** `time`: every record of the account; `changes`: those that are not reads. */
export type TermKind = 'time' | 'changes' | 'user' | 'access-key' | 'event' | 'resource';

export interface Term {
  readonly accountId: string;
  readonly kind: TermKind;
  /** Empty where the kind says all. */
  readonly value: string;
}

/** Small enough that it is exact in JavaScript and in either database. */
const NUMBER_BYTES = 6;

export function termNumber({ accountId, kind, value }: Term): number {
  return hash('sha256', `${accountId}/${kind}/${value}`, 'buffer').readUIntBE(0, NUMBER_BYTES);
}

/** What the records of one account are found by. */
class AccountTerms {
  changes = false;
  readonly events = new Set<string>();
  readonly users = new Set<string>();
  readonly accessKeys = new Set<string>();
  readonly resources = new Set<string>();

  add(record: AuditRecord): void {
    if (!record.readOnly) this.changes = true;
    this.events.add(record.eventName);
    const [userName, accessKeyId] = [userNameOf(record), accessKeyIdOf(record)];
    if (userName !== undefined) this.users.add(userName);
    if (accessKeyId !== undefined) this.accessKeys.add(accessKeyId);
    if (record.resources) for (const { ARN } of record.resources) this.resources.add(ARN);
  }

  list(accountId: string): readonly Term[] {
    const ofKind = (kind: TermKind, values: Iterable<string>) =>
      Array.from(values, (value) => ({ accountId, kind, value }));
    return [
      ...ofKind('time', ['']),
      ...ofKind('changes', this.changes ? [''] : []),
      ...ofKind('event', this.events),
      ...ofKind('user', this.users),
      ...ofKind('access-key', this.accessKeys),
      ...ofKind('resource', this.resources),
    ];
  }
}

/** The terms of these records, each once, by their numbers. A text that is not a record has none. */
export function termsOf(texts: Iterable<string>): ReadonlyMap<number, Term> {
  const accounts = new Map<string, AccountTerms>();
  for (const text of texts) {
    const record = parsed(text);
    if (!record) continue;
    const known = accounts.get(record.recipientAccountId);
    const terms = known ?? new AccountTerms();
    if (!known) accounts.set(record.recipientAccountId, terms);
    terms.add(record);
  }
  const terms = [...accounts].flatMap(([accountId, known]) => known.list(accountId));
  return new Map(terms.map((term) => [termNumber(term), term]));
}

function parsed(text: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(text) as AuditRecord;
    return typeof record.recipientAccountId === 'string' && record.userIdentity ? record : undefined;
  } catch {
    return undefined;
  }
}
