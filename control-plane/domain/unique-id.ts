/** Unique ids in IAM's form. Source: IAM User Guide, "IAM identifiers", understanding unique ID prefixes. */
import { randomInt } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The digits that follow each prefix: `AIDA` a user, `AKIA` an access key. */
const digitsByPrefix = { AIDA: 17, AKIA: 16 } as const;

/** A prefix that tells the kind, and random base32 digits. */
export function uniqueId(prefix: keyof typeof digitsByPrefix): string {
  return prefix + Array.from({ length: digitsByPrefix[prefix] }, () => BASE32[randomInt(BASE32.length)]).join('');
}
