/** Unique ids in IAM's form. Source: IAM User Guide, "IAM identifiers", understanding unique ID prefixes. */
import { randomBytes, randomInt } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The digits that follow each prefix: `AIDA` a user, `AROA` a role, `AGPA` a group, `ANPA` a policy, `AIPA` a service.
 */
const digitsByPrefix = { AIDA: 17, AROA: 17, AGPA: 17, ANPA: 17, AIPA: 17, AKIA: 16 } as const;

/** Position of the account id in a temporary access key id of 80 bits: 40 bits, after the first bit, which is set. */
const ACCOUNT_SHIFT = 39n;
const LEADING_BIT = 1n << 79n;

/**
 * `ASIA…`: the access key id of temporary credentials. They are not stored, so the id itself contains the account, in
 * the encoding of AWS's own access key ids; the rest is random.
 */
export function temporaryAccessKeyId(accountId: string): string {
  const bits =
    LEADING_BIT | (BigInt(accountId) << ACCOUNT_SHIFT) | (BigInt(`0x${randomBytes(5).toString('hex')}`) >> 1n);
  const digits = Array.from({ length: 16 }, (_, i) => BASE32[Number((bits >> BigInt(75 - 5 * i)) & 31n)]);
  return `ASIA${digits.join('')}`;
}

/** The account of a temporary access key id; undefined for any other text. */
export function accountOfTemporaryAccessKeyId(accessKeyId: string): string | undefined {
  if (!/^ASIA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  const bits = [...accessKeyId.slice(4)].reduce((sum, digit) => (sum << 5n) | BigInt(BASE32.indexOf(digit)), 0n);
  const account = (bits & (LEADING_BIT - 1n)) >> ACCOUNT_SHIFT;
  return (bits & LEADING_BIT) !== 0n && account < 10n ** 12n ? String(account).padStart(12, '0') : undefined;
}

/** The prefix of a kind, and random base32 digits. */
export function uniqueId(prefix: keyof typeof digitsByPrefix): string {
  return prefix + Array.from({ length: digitsByPrefix[prefix] }, () => BASE32[randomInt(BASE32.length)]).join('');
}
