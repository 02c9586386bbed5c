/** The checks that a record can name for an attribute, each with the words that tell the user what is accepted. */
import { accountIdPattern, regionPattern } from '@keystead/provider-schema/arn.ts';
import type { Validator } from '@keystead/provider-schema/terraform.ts';

type NamedCheck = Exclude<Validator['check'], 'length' | 'range' | 'one-of' | 'pattern'>;

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const keyId = `(?:${uuid}|mrk-[0-9a-f]{32})`;
const aliasName = 'alias/[A-Za-z0-9_/-]+';
const account = `(?:aws|aws-managed|third-party|${accountIdPattern}|cw.{10})`;
const arn = `arn:aws(?:-[a-z]+)*:[a-z0-9-]+:(?:${regionPattern})?:${account}?:.+`;
const kmsArn = `arn:aws(?:-[a-z]+)*:kms:${regionPattern}:${accountIdPattern}:`;
const servicePrincipal = '(?:[a-z0-9-]+\\.){1,4}(?:amazonaws|amazon)\\.com';
const principal = `${arn}|${servicePrincipal}`;
const principalMeaning = 'the ARN of a principal, or a service principal like name.amazonaws.com';

/** Section 5.6. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 's');
}

function isJson(text: string): boolean {
  if (text === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface NamedRule {
  readonly accepts: (text: string) => boolean;
  readonly meaning: string;
}

function matching(pattern: string, meaning: string): NamedRule {
  const expression = whole(pattern);
  return { accepts: (text) => expression.test(text), meaning };
}

const named: Readonly<Record<NamedCheck, NamedRule>> = {
  json: { accepts: isJson, meaning: 'valid JSON' },
  arn: matching(`(?:${arn})?`, 'an ARN, like arn:aws:iam::111122223333:role/name'),
  'key-id': matching(keyId, 'a key id: a UUID, or mrk- and 32 lower-case hexadecimal digits'),
  'key-arn': matching(`${kmsArn}key/${keyId}`, 'a key ARN, like arn:aws:kms:REGION:ACCOUNT:key/KEY-ID'),
  'key-id-or-arn': matching(`(?:${kmsArn}key/)?${keyId}`, 'a key id or a key ARN'),
  'key-or-alias': matching(
    `(?:${kmsArn}key/)?${keyId}|(?:${kmsArn})?${aliasName}`,
    'a key id, a key ARN, an alias name (alias/…) or an alias ARN',
  ),
  'alias-name': matching(aliasName, 'an alias name: alias/ and letters, digits, _, / or -'),
  'alias-name-customer': matching(
    `(?!alias/aws/)${aliasName}`,
    'an alias name: alias/ and letters, digits, _, / or -, but not under alias/aws/, which is reserved',
  ),
  time: {
    accepts: (text) => text === '' || (rfc3339.test(text) && !Number.isNaN(Date.parse(text))),
    meaning: 'a time in the form of RFC 3339, like 2027-01-01T00:00:00Z',
  },
  principal: matching(principal, principalMeaning),
  'principal-or-empty': matching(`(?:${principal})?`, principalMeaning),
};

function limits(unit: string, min: number | undefined, max: number | undefined): string {
  const suffix = unit === '' ? '' : ` ${unit}`;
  if (min !== undefined && max !== undefined) return `between ${min} and ${max}${suffix}`;
  return min !== undefined ? `at least ${min}${suffix}` : `at most ${max}${suffix}`;
}

function isWithin(size: number, { min, max }: { readonly min?: number; readonly max?: number }): boolean {
  return size >= (min ?? -Infinity) && size <= (max ?? Infinity);
}

/** Whether the check is about each element of a collection; `length` is about the collection itself. */
export function isAboutElements(validator: Validator): boolean {
  return validator.check !== 'length';
}

/** What is wrong with a known value, as the end of "must be …"; undefined when it is accepted. */
export function problemWith(
  validator: Validator,
  value: string | number | bigint | readonly unknown[],
): string | undefined {
  switch (validator.check) {
    case 'length': {
      const size = typeof value === 'string' ? [...value].length : Array.isArray(value) ? value.length : 0;
      const unit = typeof value === 'string' ? 'characters long' : 'elements long';
      return isWithin(size, validator) ? undefined : limits(unit, validator.min, validator.max);
    }
    case 'range':
      return isWithin(Number(value), validator) ? undefined : limits('', validator.min, validator.max);
    case 'one-of':
      return validator.values.includes(String(value)) ? undefined : `one of ${validator.values.join(', ')}`;
    case 'pattern':
      return new RegExp(validator.pattern).test(String(value)) ? undefined : validator.meaning;
    default:
      return named[validator.check].accepts(String(value)) ? undefined : named[validator.check].meaning;
  }
}
