// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
import { authorize } from '@keystead/policy/authorize.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import { explain } from '@keystead/policy/explain.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  given,
  KEY_ARN,
  type Statement,
} from '../support/policies.ts';

/** As many values as a key policy has room for. */
const filled = (make: (i: number) => string): readonly string[] => {
  const values: string[] = [];
  for (let size = 0, i = 0; size < 31_000; i++) {
    const value = make(i);
    size += value.length + 3;
    values.push(value);
  }
  return values;
};
const contextKeys = Array.from({ length: 2700 }, (_, i) => i.toString(36).padStart(2, 'a'));
const longText = 'a'.repeat(16_000);
const conditions = given({
  'kms:encryptioncontextkeys': contextKeys,
  'aws:useragent': longText,
  'aws:username': 'alice',
  'custom:addresses': Array.from({ length: 500 }, (_, i) => `192.0.${i >> 8}.${i % 256}`),
});

const request = (statement: Statement) => ({
  principal: alice,
  authority: anAuthority(),
  action: 'kms:Encrypt',
  resource: { arn: KEY_ARN, accountId: ACCOUNT },
  resourceKind: 'key' as const,
  conditions,
  keyPolicy: aPolicy(aStatement({ Principal: '*', ...statement })),
  grants: [],
  crossAccount: true,
});
const keysLike = (values: readonly string[], operator = 'ForAnyValue:StringLike') => ({
  Condition: { [operator]: { 'kms:EncryptionContextKeys': values } },
});

describe('a decision that costs too much is a denial', () => {
  test.each<[string, Statement]>([
    ['thousands of patterns against thousands of values', keysLike(filled((i) => `*${i.toString(36)}?Z*`))],
    [
      'thousands of patterns against a long value',
      { Condition: { StringLike: { 'aws:UserAgent': filled((i) => `*${i}?*`) } } },
    ],
    [
      'thousands of address ranges',
      {
        Condition: {
          'ForAnyValue:IpAddress': { 'custom:addresses': filled((i) => `10.${i % 256}.${i >> 8}.0/24`) },
        },
      },
    ],
    ['a long value substituted thousands of times', keysLike(filled((i) => `${i}\${aws:UserAgent}`))],
    ['the same in resources', { Resource: filled((i) => `${i}\${aws:UserAgent}\${aws:UserAgent}`) }],
    [
      'under a negated operator, which would allow',
      keysLike(
        filled((i) => `*${i.toString(36)}?Z*`),
        'ForAllValues:StringNotLike',
      ),
    ],
  ])('%s', (_title, statement) => {
    const decision = authorize(request(statement));
    expect(decision.allowed).toBe(false);
    expect(reasonOf(decision)).toMatch(/cost too much to evaluate/);
    expect(explain(request(statement)).decision.allowed).toBe(false);
  });
});

describe('a long but cheap policy is decided', () => {
  test.each<[string, Statement]>([
    [
      'thousands of texts, looked up',
      keysLike(
        filled((i) => i.toString(36).padStart(2, 'a')),
        'ForAnyValue:StringEquals',
      ),
    ],
    ['a pattern that is repeated thousands of times', keysLike([...filled(() => '*?Z*'), 'a*'])],
    ['a pattern of thousands of runs', { Condition: { StringLike: { 'aws:UserAgent': ['*a'.repeat(15_000), '*'] } } }],
    ['thousands of variables with short values', keysLike([...filled(() => '${aws:username}'), 'a*'])],
  ])('%s', (_title, statement) => {
    expect(authorize(request(statement)).allowed).toBe(true);
  });
});
