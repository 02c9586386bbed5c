import {
  Condition,
  type Conditions,
  GlobalConditionKey,
  Key,
  KeyPolicyDocument,
  KmsConditionKey,
  PolicyDocument,
} from '@keystead/constructs/cdktf';
import { TerraformVariable } from 'cdktf';
import { alice, aStack, synthesize, thePolicy } from '../stack.ts';

function conditionOf(conditions: Conditions, effect: 'Allow' | 'Deny' = 'Allow') {
  const stack = aStack();
  new Key(stack, 'key').addToKeyPolicy({ effect, principals: [alice], actions: ['kms:Decrypt'], conditions });
  return thePolicy(synthesize(stack)).Statement[1]?.Condition;
}

/** Conditions as a program of another language gives them, which no type checks. */
const untyped = (block: object) => block as Conditions;

describe('Conditions', () => {
  test('one by one are a block: all of them hold', () => {
    expect(
      conditionOf([
        Condition.stringEquals(
          KmsConditionKey.VIA_SERVICE,
          's3.eu-west-1.amazonaws.com',
          'ec2.eu-west-1.amazonaws.com',
        ),
        Condition.stringEquals(KmsConditionKey.encryptionContext('Department'), 'finance'),
        Condition.bool(GlobalConditionKey.SECURE_TRANSPORT, true),
        Condition.stringLike(GlobalConditionKey.principalTag('team'), 'key-*').ifExists(),
        Condition.arnLike('aws:PrincipalArn', 'arn:aws:iam::*:role/ci-*'),
        Condition.isPresent('aws:SourceIdentity'),
        Condition.stringEquals('kms:EncryptionContextKeys', 'Department').forAnyValue(),
      ]),
    ).toEqual({
      StringEquals: {
        'kms:ViaService': ['s3.eu-west-1.amazonaws.com', 'ec2.eu-west-1.amazonaws.com'],
        'kms:EncryptionContext:Department': 'finance',
      },
      Bool: { 'aws:SecureTransport': 'true' },
      StringLikeIfExists: { 'aws:PrincipalTag/team': 'key-*' },
      ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ci-*' },
      Null: { 'aws:SourceIdentity': 'false' },
      'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'Department' },
    });
  });

  test.each<[string, Condition, string, string | string[]]>([
    ['stringNotEquals', Condition.stringNotEquals('aws:username', 'root'), 'StringNotEquals', 'root'],
    ['stringEqualsIgnoreCase', Condition.stringEqualsIgnoreCase('aws:username', 'a'), 'StringEqualsIgnoreCase', 'a'],
    [
      'stringNotEqualsIgnoreCase',
      Condition.stringNotEqualsIgnoreCase('aws:username', 'a'),
      'StringNotEqualsIgnoreCase',
      'a',
    ],
    ['stringNotLike', Condition.stringNotLike('aws:username', 'a*'), 'StringNotLike', 'a*'],
    ['numericEquals', Condition.numericEquals('kms:RotationPeriodInDays', 90, 180), 'NumericEquals', ['90', '180']],
    ['numericNotEquals', Condition.numericNotEquals('kms:RotationPeriodInDays', 90), 'NumericNotEquals', '90'],
    ['numericLessThan', Condition.numericLessThan('kms:RotationPeriodInDays', 90), 'NumericLessThan', '90'],
    ['numericLessThanEquals', Condition.numericLessThanEquals('kms:ValidTo', 1), 'NumericLessThanEquals', '1'],
    ['numericGreaterThan', Condition.numericGreaterThan('aws:EpochTime', 1), 'NumericGreaterThan', '1'],
    [
      'numericGreaterThanEquals',
      Condition.numericGreaterThanEquals('kms:ScheduleKeyDeletionPendingWindowInDays', 14),
      'NumericGreaterThanEquals',
      '14',
    ],
    ['dateEquals', Condition.dateEquals('aws:CurrentTime', '2026-01-01'), 'DateEquals', '2026-01-01'],
    ['dateNotEquals', Condition.dateNotEquals('aws:CurrentTime', '2026-01-01'), 'DateNotEquals', '2026-01-01'],
    [
      'dateLessThan',
      Condition.dateLessThan('aws:CurrentTime', '2026-01-01T00:00:00Z'),
      'DateLessThan',
      '2026-01-01T00:00:00Z',
    ],
    ['dateLessThanEquals', Condition.dateLessThanEquals('aws:TokenIssueTime', '1'), 'DateLessThanEquals', '1'],
    ['dateGreaterThan', Condition.dateGreaterThan('aws:CurrentTime', '1'), 'DateGreaterThan', '1'],
    ['dateGreaterThanEquals', Condition.dateGreaterThanEquals('aws:CurrentTime', '1'), 'DateGreaterThanEquals', '1'],
    ['binaryEquals', Condition.binaryEquals('token.example.com:hash', 'QUJD'), 'BinaryEquals', 'QUJD'],
    ['ipAddress', Condition.ipAddress('aws:SourceIp', '203.0.113.0/24'), 'IpAddress', '203.0.113.0/24'],
    ['notIpAddress', Condition.notIpAddress('aws:SourceIp', '2001:db8::/32'), 'NotIpAddress', '2001:db8::/32'],
    ['arnEquals', Condition.arnEquals('kms:GranteePrincipal', alice), 'ArnEquals', alice],
    ['arnNotEquals', Condition.arnNotEquals('aws:SourceArn', alice), 'ArnNotEquals', alice],
    ['arnNotLike', Condition.arnNotLike('aws:PrincipalArn', alice), 'ArnNotLike', alice],
    ['isAbsent', Condition.isAbsent('kms:ExpirationModel'), 'Null', 'true'],
  ])('%s is written with its operator', (_name, condition, operator, value) => {
    expect(conditionOf([condition])).toEqual({ [operator]: { [condition.key]: value } });
  });

  test('take numbers and booleans, which policies write as text', () => {
    expect(
      conditionOf({ Bool: { 'aws:SecureTransport': false }, NumericLessThan: { 'aws:MultiFactorAuthAge': 3600 } }),
    ).toEqual({ Bool: { 'aws:SecureTransport': 'false' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } });
  });

  test('take references to other resources, texts and numbers', () => {
    const stack = aStack();
    const age = new TerraformVariable(stack, 'age', { type: 'number' });
    new Key(stack, 'key').addToKeyPolicy({
      principals: [alice],
      actions: ['kms:Decrypt'],
      conditions: { NumericLessThan: { 'aws:MultiFactorAuthAge': [age.numberValue, age.stringValue] } },
    });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform writes references this way.
    const reference = '${var.age}';
    expect(thePolicy(synthesize(stack)).Statement[1]?.Condition).toEqual({
      NumericLessThan: { 'aws:MultiFactorAuthAge': [reference, reference] },
    });
  });

  test.each<[string, object, RegExp]>([
    [
      'a misspelled key of AWS KMS',
      { StringEquals: { 'kms:ViaServic': 'x' } },
      /"kms:ViaServic" is not a condition key: did you mean kms:ViaService\?/,
    ],
    ['a misspelled global key', { StringEquals: { 'aws:PrincipalOrgId2': 'x' } }, /did you mean aws:PrincipalOrgID\?/],
    [
      'a key that is nothing like one',
      { StringEquals: { 'kms:Colour': 'x' } },
      /"kms:Colour" is not a condition key\.$/,
    ],
    [
      'a family without the rest of the name',
      { StringEquals: { 'kms:EncryptionContext:': 'x' } },
      /is not a condition key/,
    ],
    [
      'a misspelled operator',
      { StringEqual: { 'kms:ViaService': 'x' } },
      /"StringEqual" is not a condition operator: did you mean StringEquals\?/,
    ],
    ['IfExists after Null', { NullIfExists: { 'kms:ViaService': 'true' } }, /Invalid Condition type : NullIfExists/],
    [
      'an operator for numbers on a text',
      { NumericEquals: { 'kms:ViaService': '1' } },
      /NumericEquals does not fit kms:ViaService, whose values have the type String/,
    ],
    [
      'an operator for text on an address',
      { StringEquals: { 'aws:SourceIp': '10.0.0.1' } },
      /does not fit aws:SourceIp, whose values have the type IPAddress/,
    ],
    ['an address that is none', { IpAddress: { 'aws:SourceIp': 'home' } }, /Invalid value for IpAddress "home"/],
    ['a boolean that is none', { Bool: { 'aws:SecureTransport': 'yes' } }, /Invalid value for Bool "yes"/],
    [
      'several values without a set operator',
      { StringEquals: { 'kms:GrantOperations': 'Decrypt' } },
      /write ForAnyValue:StringEquals or ForAllValues:StringEquals/,
    ],
    [
      'ForAllValues where a request without the key would be allowed everything',
      { 'ForAllValues:StringEquals': { 'kms:EncryptionContext:a': 'b' } },
      /OverlyPermissiveCondition/,
    ],
    [
      'aliases of the key',
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/a' } },
      /never matches in a key policy/,
    ],
    ['tags of the key', { StringEquals: { 'aws:ResourceTag/a': 'b' } }, /never matches in a key policy/],
  ])('refuse %s, with the path of the key', (_what, block, message) => {
    expect(() => conditionOf(untyped(block))).toThrow(message);
    expect(() => conditionOf(untyped(block))).toThrow(/^\[stack\/key\] /);
  });

  test('of identity policies know the aliases and tags of the key', () => {
    const conditions = {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/a' },
      StringEquals: { 'aws:ResourceTag/a': 'b' },
    };
    const policy = new PolicyDocument({ statements: [{ actions: ['kms:Decrypt'], resources: ['*'], conditions }] });
    expect(policy.toObject().Statement).toEqual([expect.objectContaining({ Condition: conditions })]);
  });

  test('on claims of tokens and on keys of other services are not checked by name', () => {
    const conditions = {
      StringEquals: { 'token.example.com:aud': 'keystead', 'iam:PassedToService': 'ec2.amazonaws.com' },
    };
    expect(conditionOf(conditions)).toEqual(conditions);
  });

  test('that compare one key twice by one operator are refused', () => {
    const twice = [Condition.stringEquals('aws:username', 'a'), Condition.stringEquals('aws:username', 'b')];
    const document = () =>
      new KeyPolicyDocument({ statements: [{ principals: [alice], actions: ['kms:Decrypt'], conditions: twice }] });
    expect(document).toThrow(/StringEquals on aws:username, with different values/);
  });
});
