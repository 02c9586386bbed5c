/** What one policy allows more than another. Whatever is not shown to be covered counts as more. */
import { compareReach } from '@keystead/control-plane/cli/drift/findings/policy-reach.ts';

type Statement = Readonly<Record<string, unknown>>;
const document = (...Statement: readonly Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const deny = (Action: unknown, more: Statement = {}): Statement => ({ ...allow(Action, more), Effect: 'Deny' });
const Condition = { Bool: { 'aws:SecureTransport': 'true' } };

const reach = (before: readonly Statement[], after: readonly Statement[]) => {
  const { allowed, undenied, disallowed, denied } = compareReach([document(...before)], [document(...after)]);
  const texts = (some: typeof allowed) => some.map(({ text }) => text);
  return { allowed: texts(allowed), undenied: texts(undenied), disallowed: texts(disallowed), denied: texts(denied) };
};
const nothing = { allowed: [], undenied: [], disallowed: [], denied: [] };

test.each<[string, Statement[], Statement[]]>([
  ['in other words', [allow(['kms:Encrypt', 'kms:Decrypt'])], [allow('kms:Decrypt'), allow('KMS:encrypt')]],
  ['in another order', [deny('kms:*'), allow('*')], [allow('*'), deny('kms:*')]],
])('a policy %s reaches the same', (_how, before, after) => {
  expect(reach(before, after)).toEqual(nothing);
});

test.each<[string, Statement, Statement]>([
  ['one action of a pattern', allow('kms:*'), allow('kms:Decrypt')],
  ['a narrower pattern', allow('kms:*'), allow('kms:Describe*')],
  ['one resource of all', allow('kms:Decrypt'), allow('kms:Decrypt', { Resource: 'arn:aws:kms:*:1:key/a' })],
  [
    'one resource of a pattern',
    allow('kms:Decrypt', { Resource: 'arn:*' }),
    allow('kms:Decrypt', { Resource: 'arn:x' }),
  ],
  ['a condition more', allow('kms:Decrypt'), allow('kms:Decrypt', { Condition })],
])('%s is less, and not more', (_what, wide, narrow) => {
  expect(reach([wide], [narrow])).toMatchObject({ allowed: [], disallowed: [expect.any(String)] });
  expect(reach([narrow], [wide])).toMatchObject({ allowed: [expect.any(String)], disallowed: [] });
});

test.each<[string, Statement, Statement]>([
  ['another action', allow('kms:Encrypt'), allow('kms:Decrypt')],
  ['a resource in other letters', allow('kms:Encrypt', { Resource: 'a/B' }), allow('kms:Encrypt', { Resource: 'a/b' })],
  [
    'another condition',
    allow('a:b', { Condition }),
    allow('a:b', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  ],
  ['everything but something', allow('kms:*'), { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
  ['a star for one sign', allow('kms:?'), allow('kms:*')],
  ['a dot for any sign', allow('kms:a.b'), allow('kms:axb')],
])('%s is more', (_what, before, after) => {
  expect(reach([before], [after]).allowed).not.toEqual([]);
});

test('a Deny that is gone is told apart from an Allow that is new', () => {
  expect(reach([allow('*'), deny('kms:*')], [allow('*')])).toEqual({ ...nothing, undenied: ['kms:*'] });
  expect(reach([allow('*')], [allow('*'), deny('kms:*')])).toEqual({ ...nothing, denied: ['kms:*'] });
  expect(reach([deny('kms:*')], [deny('kms:*', { Condition })]).undenied).toEqual(['kms:*']);
});

test('principals are those that the policy names; an account id is its root, and a star does not name services', () => {
  const assume = (Principal: unknown) => document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const gained = (before: unknown, after: unknown) =>
    compareReach([assume(before)], [assume(after)]).allowed.map(({ principal }) => principal);
  expect(gained({ AWS: '111122223333' }, { AWS: 'arn:aws:iam::111122223333:root' })).toEqual([]);
  expect(gained({ AWS: '*' }, { AWS: 'arn:aws:iam::111122223333:user/a' })).toEqual([]);
  expect(gained({ AWS: '*' }, { Service: 's3.amazonaws.com' })).toEqual(['s3.amazonaws.com']);
  expect(gained({ AWS: ['a'] }, { AWS: ['a', 'b'], Federated: 'c' })).toEqual(['b', 'c']);
  expect(gained({ AWS: 'arn:a' }, '*')).toEqual(['*']);
});

test('a text that is not a policy reaches nothing', () => {
  expect(compareReach(['', 'null', '[]'], ['{}'])).toEqual(nothing);
});
