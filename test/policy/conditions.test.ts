// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
import { type Conditions, compileCondition, conditionHolds as holdsWithin } from '@keystead/policy/conditions.ts';
import { newEffort } from '@keystead/policy/effort.ts';
import { conditionsOf } from '@keystead/policy/request-context.ts';
import { alice, anAuthority, given as conditions } from '../support/policies.ts';

const ctx = {
  principal: alice,
  authority: anAuthority(),
  region: 'us-east-1',
  nowMs: 0,
  sourceIp: '',
  userAgent: '',
  secureTransport: true,
};

const conditionHolds = (one: ReturnType<typeof compileCondition>, values: Conditions) =>
  holdsWithin(one, values, newEffort());
const condition = (operator: string, key: string, values: readonly string[], effect: 'Allow' | 'Deny' = 'Deny') =>
  compileCondition({ operator, key, values, effect, variables: true, where: 'Statement[0].Condition' });
const holds = (
  operator: string,
  values: string | readonly string[],
  given: string | readonly string[] | undefined,
  effect?: 'Allow' | 'Deny',
) =>
  conditionHolds(
    condition(operator, 'Aws:Test', typeof values === 'string' ? [values] : values, effect),
    conditions(given === undefined ? {} : { 'aws:test': given }),
  );
/** The result in an Allow and in a Deny. */
const inBoth = (...args: [string, string | readonly string[], string | readonly string[] | undefined]) => ({
  Allow: holds(...args, 'Allow'),
  Deny: holds(...args, 'Deny'),
});

describe('operators', () => {
  test.each<[string, string | string[], string | string[], boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringNotEqualsIgnoreCase', 'a', 'A', false],
    ['StringLike', 'a*', 'ab', true],
    ['StringLike', 'a?', 'a', false],
    ['StringNotLike', 'a*', 'ab', false],
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', '10', 'ten', false],
    ['NumericNotEquals', '10', '11', true],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '9', '10', true],
    ['NumericGreaterThan', '-9', '-10', false],
    ['NumericGreaterThanEquals', '10', '10', true],
    ['DateEquals', '2026-03-01', '2026-03-01T00:00:00Z', true],
    ['DateEquals', '2026-03-01T02:00:00+02:00', '1772323200', true],
    ['DateNotEquals', '2026-03-01', '2026-03-02', true],
    ['DateLessThan', '2026-03-01T00:00:00Z', '2026-02-28T23:59:59Z', true],
    ['DateLessThanEquals', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z', true],
    ['DateGreaterThan', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.5Z', true],
    ['DateGreaterThanEquals', '2026-03-01T00:00:00Z', 'yesterday', false],
    ['Bool', 'true', 'true', true],
    ['Bool', 'TRUE', 'true', true],
    ['Bool', 'false', 'true', false],
    ['BinaryEquals', 'QUI=', 'QUI=', true],
    ['BinaryEquals', 'QUI=', 'QUE=', false],
    ['IpAddress', '203.0.113.0/24', '203.0.113.7', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.7', false],
    ['IpAddress', '203.0.113.7', '203.0.113.7', true],
    ['IpAddress', ['10.0.0.0/8', '2001:db8::/32'], '2001:db8:1::1', true],
    ['IpAddress', '0.0.0.0/0', 'somewhere', false],
    ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
    ['IpAddress', '::/0', '203.0.113.7', false],
    ['IpAddress', '::/0', '::ffff:203.0.113.7', false],
    ['IpAddress', '203.0.113.0/24', '::ffff:203.0.113.7', true],
    ['IpAddress', '203.0.113.0/24', '::ffff:203.0.114.7', false],
    ['IpAddress', '::ffff:203.0.113.0/120', '203.0.113.7', true],
    ['NotIpAddress', '203.0.113.0/24', '203.0.113.7', false],
    ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', true],
    ['NotIpAddress', '203.0.113.0/24', '::ffff:203.0.113.7', false],
    ['NotIpAddress', '0.0.0.0/0', '2001:db8::1', true],
    ['NotIpAddress', '::/0', '203.0.113.7', true],
    ['ArnEquals', 'arn:aws:iam::*:user/a*', 'arn:aws:iam::111122223333:user/alice', true],
    ['ArnLike', 'arn:aws:iam::*:user/a*', 'arn:aws:iam::111122223333:user/bob', false],
    ['ArnNotEquals', 'arn:aws:iam::*:user/a*', 'arn:aws:iam::111122223333:user/bob', true],
    ['ArnNotLike', 'arn:aws:iam::*:user/a*', 'arn:aws:iam::111122223333:user/alice', false],
    ['Null', 'true', 'x', false],
    ['Null', 'false', 'x', true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['b', 'c'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'd'], false],
    ['ForAllValues:StringEquals', ['a', 'b'], ['b', 'a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['b', 'c'], false],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a'], ['a'], false],
    ['ForAllValues:StringNotLike', ['a*'], ['b', 'ab'], false],
    ['ForAllValues:StringNotLike', ['a*'], ['b', 'c'], true],
    ['StringEquals', [], 'a', false],
  ])('%s %j with %j: %s', (operator, values, given, expected) => {
    expect(holds(operator, values, given)).toBe(expected);
  });

  test.each<[string, string, boolean]>([
    ['StringEquals', 'a', false],
    ['StringNotEquals', 'a', true],
    ['StringEqualsIfExists', 'a', true],
    ['StringNotEqualsIfExists', 'a', true],
    ['NumericLessThan', '1', false],
    ['NumericNotEquals', '1', true],
    ['DateNotEquals', '2026-03-01', true],
    ['Bool', 'false', false],
    ['BoolIfExists', 'false', true],
    ['IpAddress', '0.0.0.0/0', false],
    ['NotIpAddress', '0.0.0.0/0', true],
    ['ArnLike', '*', false],
    ['ArnNotLike', '*', true],
    ['Null', 'true', true],
    ['Null', 'false', false],
    ['ForAllValues:StringEquals', 'a', true],
    ['ForAnyValue:StringEquals', 'a', false],
    ['ForAnyValue:StringNotEquals', 'a', false],
    ['ForAllValues:StringEqualsIfExists', 'a', true],
  ])('%s %j for an absent key, or an empty list: %s', (operator, value, expected) => {
    expect(inBoth(operator, value, undefined)).toEqual({ Allow: expected, Deny: expected });
    expect(inBoth(operator, value, [])).toEqual({ Allow: expected, Deny: expected });
  });
});

describe('where AWS does not say what a condition means, it denies', () => {
  test.each<[string, string | string[], string | string[]]>([
    ['StringEquals', 'a', ['a', 'b']],
    ['StringEquals', ['a', 'b'], ['a', 'b']],
    ['StringEquals', 'a', ['a']],
    ['StringLike', '*', ['a', 'b']],
    ['StringEqualsIfExists', 'a', ['a', 'b']],
    ['StringNotEquals', 'a', ['b', 'c']],
    ['StringNotEquals', ['a', 'b'], ['a', 'b']],
    ['StringNotLikeIfExists', 'a', ['b']],
    ['NumericLessThan', '10', ['1', '2']],
    ['ArnNotLike', 'arn:*:*:*:*:a', ['arn:aws:s3:::b', 'arn:aws:s3:::c']],
    ['IpAddress', '203.0.113.0/24', ['203.0.113.7']],
  ])('a list without a set operator: %s %j with %j', (operator, values, given) => {
    expect(inBoth(operator, values, given)).toEqual({ Allow: false, Deny: true });
  });

  test('a list that fits nothing does not deny', () => {
    expect(inBoth('StringEquals', 'a', ['b', 'c'])).toEqual({ Allow: false, Deny: false });
    expect(inBoth('NumericLessThan', '10', ['x'])).toEqual({ Allow: false, Deny: false });
  });

  test('a list needs a set operator, not the test for its presence', () => {
    expect(inBoth('ForAnyValue:StringEquals', 'a', ['a'])).toEqual({ Allow: true, Deny: true });
    expect(inBoth('ForAllValues:StringEquals', 'a', ['a'])).toEqual({ Allow: true, Deny: true });
    expect(inBoth('Null', 'false', ['a', 'b'])).toEqual({ Allow: true, Deny: true });
  });

  test.each<[string, string, string]>([
    ['NumericNotEquals', '10', 'ten'],
    ['DateNotEquals', '2026-03-01', 'yesterday'],
    ['NotIpAddress', '203.0.113.0/24', 'somewhere'],
    ['NotIpAddress', '203.0.113.0/24', 'fe80::1%eth0'],
    ['ArnNotLike', 'arn:aws:s3:::a', 'a'],
    ['ArnNotEqualsIfExists', 'arn:aws:s3:::a', 'a'],
    ['ForAllValues:NumericNotEquals', '10', 'ten'],
    ['ForAnyValue:NumericNotEquals', '10', 'ten'],
  ])('a value of another type under a negated operator: %s %j with %j', (operator, value, given) => {
    expect(inBoth(operator, value, given)).toEqual({ Allow: false, Deny: true });
  });

  test.each(['ForAnyValue:StringEqualsIfExists', 'ForAnyValue:StringNotEqualsIfExists', 'ForAnyValue:BoolIfExists'])(
    '%s for an absent key',
    (operator) => {
      const value = operator.includes('Bool') ? 'true' : 'a';
      expect(inBoth(operator, value, undefined)).toEqual({ Allow: false, Deny: true });
      expect(inBoth(operator, value, [])).toEqual({ Allow: false, Deny: true });
    },
  );

  test.each(['${aws:TagKeys}', "${aws:TagKeys, 'alice'}"])('a list as the variable %s', (variable) => {
    const under = (operator: string, effect: 'Allow' | 'Deny', tagKeys: readonly string[]) =>
      conditionHolds(
        condition(operator, 'aws:username', [variable], effect),
        conditions({ 'aws:username': 'alice', 'aws:tagkeys': tagKeys }),
      );
    for (const tagKeys of [['alice'], ['alice', 'bob']]) {
      for (const operator of ['StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike']) {
        expect([operator, under(operator, 'Allow', tagKeys)]).toEqual([operator, false]);
      }
      expect(under('StringNotEquals', 'Deny', tagKeys)).toBe(true);
    }
    // Without a list, its default stands for it.
    expect(under('StringEquals', 'Allow', [])).toBe(variable.includes(','));
  });
});

describe('keys and values', () => {
  test('names of keys do not distinguish case; inherited names are not keys', () => {
    const values = conditions({ 'kms:encryptioncontext:department': 'finance' });
    expect(conditionHolds(condition('StringEquals', 'kms:EncryptionContext:DEPARTMENT', ['finance']), values)).toBe(
      true,
    );
    expect(conditionHolds(condition('Null', 'constructor', ['true']), conditions({}))).toBe(true);
    expect(conditionHolds(condition('Null', '__proto__', ['true']), conditions({}))).toBe(true);
  });

  test('a variable in a value stands for the caller’s own', () => {
    const own = condition('StringEquals', 'kms:EncryptionContext:owner', ['${aws:username}']);
    const values = { 'kms:encryptioncontext:owner': 'alice', 'aws:username': 'alice' };
    expect(conditionHolds(own, conditions(values))).toBe(true);
    expect(conditionHolds(own, conditions({ ...values, 'aws:username': 'bob' }))).toBe(false);
    expect(conditionHolds(own, conditions({ 'kms:encryptioncontext:owner': 'alice' }))).toBe(false);
    expect(conditionHolds(own, conditions({ ...values, 'aws:username': ['alice', 'bob'] }))).toBe(false);
  });

  test.each([
    ['StringEqual', 'a'],
    ['stringEquals', 'a'],
    ['ForSomeValues:StringEquals', 'a'],
    ['NullIfExists', 'true'],
    ['ForAnyValue:Null', 'true'],
    ['constructor', 'a'],
    ['', 'a'],
    ['NumericEquals', 'ten'],
    ['NumericEquals', '${aws:epochtime}'],
    ['DateEquals', 'yesterday'],
    ['Bool', 'yes'],
    ['Null', ''],
    ['BinaryEquals', 'not base64!'],
    ['IpAddress', '203.0.113.0/33'],
    ['IpAddress', '203.0.113'],
    ['IpAddress', '203.0.113.0/24/8'],
  ])('%s with %j is rejected when the policy is put', (operator, value) => {
    expect(() => condition(operator, 'aws:test', [value])).toThrow(
      expect.objectContaining({ code: 'MalformedPolicyDocumentException' }),
    );
  });

  describe('on a tag, by its exact key', () => {
    const tagged = (tags: Readonly<Record<string, string>>): Conditions => {
      const facts = { ctx, operation: 'CreateUser', action: 'iam:CreateUser', input: {}, resourceTags: tags };
      return conditionsOf(facts);
    };
    const holdsFor = (operator: string, values: readonly string[], tags: Readonly<Record<string, string>>) => ({
      Allow: conditionHolds(condition(operator, 'aws:ResourceTag/Team', values, 'Allow'), tagged(tags)),
      Deny: conditionHolds(condition(operator, 'AWS:resourceTAG/Team', values, 'Deny'), tagged(tags)),
    });
    const [exact, other, both] = [{ Team: 'blue' }, { team: 'blue' }, { Team: 'blue', team: 'red' }];

    test.each<[string, string, Readonly<Record<string, string>>, boolean, boolean]>([
      ['StringEquals', 'blue', exact, true, true],
      ['StringEquals', 'blue', other, false, true],
      ['StringEquals', 'blue', both, true, true],
      ['StringEquals', 'red', both, false, true],
      ['StringEquals', 'blue', {}, false, false],
      ['StringEqualsIfExists', 'blue', other, true, true],
      ['StringEqualsIfExists', 'red', other, false, true],
      ['StringEqualsIfExists', 'blue', {}, true, true],
      ['StringNotEquals', 'red', exact, true, true],
      ['StringNotEquals', 'blue', exact, false, false],
      ['StringNotEquals', 'blue', other, false, true],
      ['StringNotEquals', 'red', both, false, true],
      ['StringNotEquals', 'blue', {}, true, true],
      ['Null', 'false', exact, true, true],
      ['Null', 'false', other, false, true],
      ['Null', 'true', other, false, true],
      ['Null', 'true', {}, true, true],
    ])('%s %s with the tags %j: %p in an Allow, %p in a Deny', (operator, value, tags, inAllow, inDeny) => {
      expect(holdsFor(operator, [value], tags)).toEqual({ Allow: inAllow, Deny: inDeny });
    });

    test('as a variable too: a tag of another case has no one value', () => {
      const named = (operator: string, effect: 'Allow' | 'Deny', tags: Readonly<Record<string, string>>) =>
        conditionHolds(condition(operator, 'aws:UserName', ['${aws:ResourceTag/Team}'], effect), (name, tagKey) =>
          name === 'aws:username' ? 'blue' : tagged(tags)(name, tagKey),
        );
      expect([exact, other, both].map((tags) => named('StringEquals', 'Allow', tags))).toEqual([true, false, false]);
      expect([exact, other, both].map((tags) => named('StringNotEquals', 'Allow', tags))).toEqual([
        false,
        false,
        false,
      ]);
      expect([exact, other, both].map((tags) => named('StringNotEquals', 'Deny', tags))).toEqual([false, true, true]);
    });
  });

  test('ForAllValues in an Allow on a pair or tag that the caller chooses is rejected as overly permissive', () => {
    for (const key of ['kms:EncryptionContext:Department', 'aws:RequestTag/team']) {
      expect(() => condition('ForAllValues:StringEquals', key, ['a'], 'Allow')).toThrow(/^OverlyPermissiveCondition: /);
      expect(() => condition('ForAllValues:StringEquals', key, ['a'], 'Deny')).not.toThrow();
    }
    expect(() => condition('ForAllValues:StringEquals', 'kms:EncryptionContextKeys', ['a'], 'Allow')).not.toThrow();
  });
});
