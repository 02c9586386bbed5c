// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
import fc from 'fast-check';
import { authorize } from '../../control-plane/auth/authorize.ts';
import { parseKeyPolicy } from '../../control-plane/auth/policy.ts';
import type { Principal } from '../../control-plane/auth/principal.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  bob,
  given,
  KEY_ARN,
  OTHER_ACCOUNT,
  otherRoot,
  root,
  stranger,
} from '../support/policies.ts';
import { slowAllows } from '../support/slow-policy.ts';

const oneOrList = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const names = oneOrList(
  fc.constantFrom(root.arn, ACCOUNT, alice.arn, bob.arn, stranger.arn, otherRoot.arn, OTHER_ACCOUNT, '*'),
);
const principal = fc.oneof(
  fc.constant('*'),
  names.map((AWS) => ({ AWS })),
);
const action = oneOrList(
  fc.constantFrom(
    'kms:*',
    '*',
    'kms:Encrypt',
    'KMS:decrypt',
    'kms:*crypt',
    'kms:?ncrypt',
    'kms:Re*',
    'kms:RetireGrant',
    's3:*',
  ),
);
const resource = oneOrList(
  fc.constantFrom(
    '*',
    KEY_ARN,
    `${KEY_ARN}0`,
    'arn:aws:kms:*:key/1234*',
    'arn:aws:kms:*:${aws:PrincipalAccount}:*',
    '${aws:missing}',
    '${*}',
  ),
);
const texts = oneOrList(
  fc.constantFrom(
    'alice',
    'ali*',
    '?ob',
    '${aws:username}',
    '${kms:EncryptionContext:owner}',
    "${none, 'alice'}",
    'Finance',
    '*',
  ),
);
const arns = oneOrList(fc.constantFrom(alice.arn, `arn:aws:iam::${ACCOUNT}:user/*`, 'arn:aws:iam::*:*', 'arn:*'));
const numbers = oneOrList(fc.constantFrom('7', '10', '10.0', 8));
const booleans = oneOrList(fc.constantFrom('true', 'false', true));

const prefix = fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:');
const suffix = fc.constantFrom('', 'IfExists');
const operator = (...bases: readonly string[]) =>
  fc.tuple(prefix, fc.constantFrom(...bases), suffix).map((parts) => parts.join(''));
const block = (operators: fc.Arbitrary<string>, keys: readonly string[], values: fc.Arbitrary<unknown>) =>
  fc.tuple(operators, fc.dictionary(fc.constantFrom(...keys), values, { minKeys: 1, maxKeys: 2 }));
const condition = fc
  .array(
    fc.oneof(
      block(
        operator('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'),
        ['aws:username', 'aws:UserName', 'kms:EncryptionContextKeys', 'aws:ResourceTag/owner', 'kms:ResourceAliases'],
        texts,
      ),
      block(operator('ArnLike', 'ArnNotLike'), ['aws:PrincipalArn', 'aws:SourceArn'], arns),
      block(operator('NumericEquals', 'NumericNotEquals', 'NumericLessThan'), ['kms:Window', 'aws:username'], numbers),
      block(operator('Bool'), ['aws:SecureTransport', 'aws:MultiFactorAuthPresent'], booleans),
      block(fc.constant('Null'), ['aws:username', 'aws:SourceArn', 'kms:EncryptionContextKeys'], booleans),
    ),
    { maxLength: 2 },
  )
  .map((blocks) => Object.fromEntries(blocks));

const either = (name: string, value: fc.Arbitrary<unknown>, inverseWeight: number) =>
  fc.oneof(
    { weight: 6, arbitrary: value.map((one) => ({ [name]: one })) },
    { weight: inverseWeight, arbitrary: value.map((one) => ({ [`Not${name}`]: one })) },
  );

const statement = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    either('Principal', principal, 1),
    fc.oneof({ weight: 12, arbitrary: either('Action', action, 1) }, { weight: 1, arbitrary: fc.constant({}) }),
    fc.oneof({ weight: 12, arbitrary: either('Resource', resource, 1) }, { weight: 1, arbitrary: fc.constant({}) }),
    fc.option(condition, { nil: undefined }),
  )
  .map(([Effect, who, what, where, Condition]) => ({
    Effect,
    ...who,
    ...what,
    ...where,
    ...(Condition && { Condition }),
  }));

const document = fc
  .tuple(fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'), fc.array(statement, { minLength: 1, maxLength: 4 }))
  .map(([Version, Statement]) => JSON.stringify({ Version, Statement }));

const values = fc.record(
  {
    'aws:username': fc.constantFrom('alice', 'bob', 'ali*'),
    'aws:principalaccount': fc.constant(ACCOUNT),
    'aws:principalarn': fc.constantFrom(alice.arn, root.arn),
    'aws:securetransport': fc.constantFrom('true', 'false'),
    'kms:window': fc.constantFrom('7', '10', 'x'),
    'kms:encryptioncontext:owner': fc.oneof(fc.constantFrom('alice', 'finance'), fc.constant(['alice', 'bob'])),
    'kms:encryptioncontextkeys': fc.subarray(['alice', 'bob', 'finance']),
    'aws:resourcetag/owner': fc.constant('alice'),
    'kms:resourcealiases': fc.constant(['alice']),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const caller = fc.constantFrom<Principal & { kind: 'root' | 'user' }>(root, alice, bob, stranger, otherRoot);
const asked = fc.constantFrom('kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:RetireGrant', 'kms:PutKeyPolicy');

test('the compiled evaluator and a plain slow one agree on random policies and requests', () => {
  const seen = { allowed: 0, denied: 0 };
  fc.assert(
    fc.property(
      document,
      caller,
      asked,
      values,
      fc.boolean(),
      (text, principal, askedAction, conditions, crossAccount) => {
        const decision = authorize({
          principal,
          action: askedAction,
          resource: { arn: KEY_ARN, accountId: ACCOUNT },
          resourceKind: 'key',
          conditions: given(conditions),
          keyPolicy: parseKeyPolicy(text),
          authority: anAuthority(),
          grants: [],
          crossAccount,
        });
        const expected = slowAllows(text, {
          caller: principal,
          action: askedAction,
          keyArn: KEY_ARN,
          keyAccountId: ACCOUNT,
          conditions,
          crossAccount,
        });
        seen[expected ? 'allowed' : 'denied']++;
        expect(decision.allowed).toBe(expected);
      },
    ),
    { numRuns: 8000 },
  );
  expect(seen.allowed).toBeGreaterThan(500);
  expect(seen.denied).toBeGreaterThan(500);
});

test('a Deny added to a policy never allows more, an Allow never less', () => {
  fc.assert(
    fc.property(document, statement, caller, asked, values, (text, extra, principal, askedAction, conditions) => {
      const before = JSON.parse(text) as { Statement: unknown[] };
      const after = JSON.stringify({ ...before, Statement: [...before.Statement, extra] });
      const allows = (policy: string) =>
        authorize({
          principal,
          action: askedAction,
          resource: { arn: KEY_ARN, accountId: ACCOUNT },
          resourceKind: 'key',
          conditions: given(conditions),
          keyPolicy: parseKeyPolicy(policy),
          authority: anAuthority(),
          grants: [],
          crossAccount: true,
        }).allowed;
      if (extra.Effect === 'Deny') expect(allows(after) && !allows(text)).toBe(false);
      else expect(allows(text) && !allows(after)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
