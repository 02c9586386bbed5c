// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
/**
 * Random policies, grants and requests that are built to be expensive: long patterns of few different characters, long
 * values that nearly fit, thousands of short ones, variables that stand for long values, many statements. The same seed
 * gives the same cases.
 */
import type { AuthorizationRequest } from '@keystead/policy/authorize.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import { type CompiledPolicy, parseIdentityPolicy, parseKeyPolicy } from '@keystead/policy/policy.ts';
import { countedConditions } from './counted-work.ts';
import { ACCOUNT, alice, given, KEY_ARN, policyText, type Statement } from './policies.ts';

export interface Random {
  /** 0 ≤ x < below */
  readonly integer: (below: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  /** From 1 to `max`, small numbers as often as large ones of the same order. */
  readonly size: (max: number) => number;
}

/** Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003: shifts 13, 17, 5. */
export function randomFrom(seed: number): Random {
  let state = seed | 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return {
    integer: (below) => Math.floor(next() * below),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    size: (max) => Math.ceil(max ** next()),
  };
}

const KEY_POLICY_CHARS = 32_000;
const IDENTITY_POLICY_CHARS = 6000;
const LONGEST_VALUE = 16_000;

const conditionKeys = [
  'kms:EncryptionContextKeys',
  'aws:UserAgent',
  'aws:TagKeys',
  'kms:EncryptionContext:a',
  'custom:addresses',
  'custom:numbers',
  'aws:Missing',
] as const;

const operatorNames = [
  ...['StringLike', 'StringLike', 'StringNotLike', 'StringEquals', 'StringEqualsIgnoreCase'],
  ...['StringNotEqualsIgnoreCase', 'ArnLike', 'ArnNotLike'],
] as const;

/** A pattern of at most about `length` characters. */
function pattern({ integer, pick, size }: Random, length: number): string {
  const unit = 'a'.repeat(integer(34));
  switch (integer(8)) {
    case 0: // many runs
      return `*${unit}?`.repeat(size(length / (unit.length + 2)));
    case 1: // one long piece that nearly fits everywhere
      return `*${'a'.repeat(size(length))}${pick(['b', '?b', ''])}*`;
    case 2: // a long piece with wildcards
      return `*${'a?'.repeat(size(length / 2))}b*`;
    case 3: // a long piece of different characters
      return `*${Array.from({ length: size(length / 3) }, (_, i) => String.fromCharCode(0x4e00 + i)).join('')}?*`;
    case 4:
      return '${aws:UserAgent}'.repeat(size(length / 16));
    case 5:
      return `arn:*:${unit}*:?*:*${'${kms:EncryptionContext:a}'.repeat(integer(3))}:*${unit}?${unit}b*`;
    case 6:
      return `${size(10_000)}${pick(['', '*', '?*', '${aws:username}'])}`;
    default:
      return `*${unit}${pick(['?', '*', ''])}${unit}b${pick(['*', ''])}`;
  }
}

/** Different texts of together at most `chars` characters. */
function patterns(random: Random, chars: number): readonly string[] {
  const longest = random.size(chars);
  const all: string[] = [];
  for (let left = chars; left > 0 && all.length < 2000; ) {
    const one = `${pattern(random, Math.min(longest, left))}${random.pick(['', String(all.length)])}`;
    left -= Buffer.byteLength(one) + 3;
    if (left > 0) all.push(one);
  }
  return all.length === 0 ? ['*'] : all;
}

function condition(random: Random, chars: number): object {
  const { pick, integer } = random;
  const quantifier = pick(['', 'ForAnyValue:', 'ForAllValues:']);
  const key = pick(conditionKeys);
  if (integer(8) === 0) {
    const ranges = Array.from({ length: Math.ceil(chars / 20) }, (_, i) => `10.${i % 256}.${(i >> 8) % 256}.0/24`);
    return { [`${quantifier}IpAddress`]: { 'custom:addresses': ranges } };
  }
  if (integer(8) === 0) {
    return {
      [`${quantifier}NumericEquals`]: { 'custom:numbers': Array.from({ length: Math.ceil(chars / 8) }, (_, i) => i) },
    };
  }
  return { [`${quantifier}${pick(operatorNames)}`]: { [key]: patterns(random, chars) } };
}

function statements(random: Random, chars: number, ofKey: boolean): readonly Statement[] {
  const { pick, integer, size } = random;
  const count = size(chars / 200);
  const room = Math.floor(chars / count) - 150;
  return Array.from({ length: count }, () => {
    const inCondition = pick([true, true, false]);
    const wide = room > 0 ? patterns(random, room) : ['*'];
    const resources = ofKey ? wide : wide.map((text) => `arn:aws:kms:*:*:${text}`);
    // A set operator for all values is refused in an Allow for some keys: here it is in a Deny.
    return {
      Effect: 'Deny',
      ...(ofKey && { Principal: '*' }),
      Action: integer(6) === 0 ? Array.from({ length: Math.max(1, room >> 4) }, (_, i) => `kms:*${i}?x*`) : 'kms:*',
      ...(inCondition || room <= 0 ? { Resource: '*' } : { [pick(['Resource', 'NotResource'])]: resources }),
      ...(inCondition && room > 0 && { Condition: condition(random, room) }),
    };
  });
}

const keyPolicyOf = (random: Random): CompiledPolicy =>
  parseKeyPolicy(fitting(KEY_POLICY_CHARS, (chars) => policyText(...statements(random, random.size(chars), true))));

const identityPolicyOf = (random: Random): CompiledPolicy =>
  parseIdentityPolicy(policyText(...statements(random, random.size(IDENTITY_POLICY_CHARS), false)));

/** JSON writes some characters with more than one byte: a text that is too long is made again, shorter. */
function fitting(chars: number, make: (chars: number) => string): string {
  const text = make(chars);
  return Buffer.byteLength(text) <= 32_768 ? text : fitting(Math.floor(chars / 2), make);
}

function values(random: Random): readonly string[] {
  const longest = random.size(LONGEST_VALUE);
  const count = random.size(LONGEST_VALUE / longest);
  return Array.from({ length: count }, (_, i) =>
    `${random.pick(['a', 'ab', ':', 'A'])}${i}`.repeat(longest / 2 + 1).slice(0, longest),
  );
}

const policiesOf = (random: Random): readonly CompiledPolicy[] =>
  Array.from({ length: random.integer(4) }, () => identityPolicyOf(random));

function grantsOf({ integer, size }: Random): readonly Grant[] {
  if (integer(10) > 0) return [];
  const pairs = Object.fromEntries(Array.from({ length: integer(8) }, (_, i) => [`name${i}`, 'value']));
  const grant = {
    ...{ grantId: 'g', granteeId: alice.principalId, operations: ['Decrypt', 'Encrypt'], issuingAccount: ACCOUNT },
    constraints: { EncryptionContextEquals: { ...pairs, other: 'value' } },
  };
  return Array.from({ length: size(20_000) }, () => grant);
}

/** A request whose decision is expensive, without an effort. */
export function costlyRequest(random: Random): AuthorizationRequest {
  const long = values(random)[0] ?? '';
  return {
    principal: alice,
    authority: {
      identityPolicies: policiesOf(random),
      ...(random.integer(4) === 0 && { permissionsBoundary: identityPolicyOf(random) }),
      ...(random.integer(4) === 0 && { sessionPolicies: policiesOf(random) }),
      principalTags: {},
    },
    action: 'kms:Encrypt',
    resource: { arn: KEY_ARN, accountId: ACCOUNT },
    resourceKind: 'key',
    conditions: countedConditions(
      given({
        'kms:encryptioncontextkeys': values(random),
        'aws:tagkeys': values(random),
        'aws:useragent': random.pick([long, 'a'.repeat(random.size(LONGEST_VALUE))]),
        'aws:username': 'alice',
        'kms:encryptioncontext:a': 'a'.repeat(random.size(4000)),
        'custom:addresses': Array.from({ length: random.size(300) }, (_, i) => `192.0.${i >> 8}.${i % 256}`),
        'custom:numbers': Array.from({ length: random.size(300) }, (_, i) => `-${i}`),
      }),
    ),
    keyPolicy: keyPolicyOf(random),
    grants: grantsOf(random),
    grantOperation: 'Encrypt',
    encryptionContext: { a: 'b' },
    crossAccount: true,
  };
}
