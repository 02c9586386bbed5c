// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import { GRANTS_PER_DECISION, newEffort, UNITS_PER_REQUEST } from '@keystead/policy/effort.ts';
import { explain } from '@keystead/policy/explain.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import { lockoutCheck } from '@keystead/policy/lockout.ts';
import { parseIdentityPolicy, parseTrustPolicy } from '@keystead/policy/policy.ts';
import { withOneSource } from '@keystead/policy/re-encryption.ts';
import { authorizeAssumption } from '@keystead/policy/trust.ts';
import { countSteps } from '../support/counted-work.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  bob,
  given,
  KEY_ARN,
  policyText,
  root,
  type Statement,
  serviceOf,
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
  'custom:different': 'x'.repeat(16_000),
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

const costly = /cost too much to evaluate/;
/** Different characters, none of which is in another test's values. */
const different = (count: number) => String.fromCharCode(...Array.from({ length: count }, (_, i) => 0x4e00 + i));

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

  test.each<[string, Statement]>([
    ['a long text in a long value', { 'aws:UserAgent': [`*${'a'.repeat(7900)}b*`, `*${'a'.repeat(7800)}b*`] }],
    ['a long piece of different characters', { 'custom:different': [`*${different(8000)}*`] }],
    [
      'short pieces that nearly fit everywhere',
      { 'aws:UserAgent': filled((i) => `*${'a'.repeat(i % 20)}?${'a'.repeat(9)}b*`) },
    ],
    [
      'a long value substituted thousands of times in one pattern',
      { 'aws:UserAgent': ['${aws:UserAgent}'.repeat(1900)] },
    ],
  ])('%s, with few steps done', (_title, keys) => {
    const { result, steps } = countSteps(() => authorize(request({ Condition: { StringLike: keys } })));
    expect(reasonOf(result)).toMatch(costly);
    expect(steps).toBeLessThan(8 * UNITS_PER_REQUEST);
  });

  test('its text says so, without the reasons of an honest denial', () => {
    const decision = authorize(request(keysLike(filled((i) => `*${i.toString(36)}?Z*`))));
    expect(!decision.allowed && decision.message).toBe(
      `User: ${alice.arn} is not authorized to perform: kms:Encrypt on resource: ${KEY_ARN} ` +
        'because its policies cost too much to evaluate',
    );
  });
});

describe('everything that a decision does is charged', () => {
  const identity = (statement: Statement) => {
    const { Principal: _none, ...own } = aStatement(statement);
    return parseIdentityPolicy(policyText(...Array.from({ length: 100 }, () => own)));
  };
  const refusal = (changes: Partial<AuthorizationRequest>) => {
    const decision = authorize({ ...request({ Principal: { AWS: ACCOUNT } }), ...changes });
    return decision.allowed ? 'allowed' : reasonOf(decision);
  };

  test('texts that are read, though they are looked up and not compared', () => {
    const values = Array.from({ length: 300 }, (_, i) => `B-${i}`);
    const Condition = { 'ForAnyValue:StringEqualsIgnoreCase': { 'kms:EncryptionContextKeys': values } };
    expect(refusal({ authority: anAuthority({ identityPolicies: [identity({ Condition })] }) })).toMatch(costly);
  });

  test.each<[string, Statement]>([
    ['actions', { Action: Array.from({ length: 2000 }, (_, i) => `kms:*${i}?*`) }],
    ['NotAction', { Action: undefined, NotAction: Array.from({ length: 2000 }, (_, i) => `kms:*${i}?*`) }],
    [
      'NotResource',
      { Resource: undefined, NotResource: Array.from({ length: 2000 }, (_, i) => `arn:aws:kms:*${i}?*`) },
    ],
  ])('%s', (_title, statement) => {
    expect(refusal({ authority: anAuthority({ identityPolicies: [identity(statement)] }) })).toMatch(costly);
  });

  test('the policies of a session and a boundary, under one limit with all others', () => {
    const Condition = { StringLike: { 'aws:UserAgent': ['*a?a?a?a?a?a?a?b*'] } };
    const one = parseIdentityPolicy(policyText({ Effect: 'Deny', Action: '*', Resource: '*', Condition }));
    const all = Array.from({ length: 10 }, () => one);
    expect(refusal({ authority: anAuthority({ sessionPolicies: [one] }) })).not.toMatch(costly);
    expect(refusal({ authority: anAuthority({ identityPolicies: all }) })).toMatch(costly);
    expect(refusal({ authority: anAuthority({ sessionPolicies: all }) })).toMatch(costly);
    const half = all.slice(5);
    expect(refusal({ authority: anAuthority({ identityPolicies: half, sessionPolicies: half }) })).toMatch(costly);
  });

  test('grants by the thousand; thousands that a decision can afford are found', () => {
    const grant = (i: number, pairs: Record<string, string>): Grant => ({
      ...{ grantId: `g${i}`, granteeId: bob.principalId, operations: ['Encrypt'], issuingAccount: root.arn },
      constraints: { EncryptionContextEquals: pairs },
    });
    const grants = (count: number) => Array.from({ length: count }, (_, i) => grant(i, { volume: `v${i}` }));
    const ask = (held: readonly Grant[]) => {
      const asked = { principal: bob, grantOperation: 'Encrypt', encryptionContext: { volume: 'mine' } };
      return refusal({ ...asked, grants: held });
    };
    expect(ask([...grants(5000), grant(5000, { volume: 'mine' })])).toBe('allowed');
    expect(ask(grants(5000))).not.toMatch(costly);
    expect(ask(grants(GRANTS_PER_DECISION + 1))).toMatch(costly);
  });

  test('all decisions of one request under one limit', () => {
    const Condition = { StringLike: { 'aws:UserAgent': ['*a?a?a?a?a?a?a?b*'] } };
    const effort = newEffort();
    const ask = () => reasonOf(authorize({ ...request({ Condition }), effort }));
    const answers = Array.from({ length: 10 }, ask);
    expect(answers[0]).not.toMatch(costly);
    expect(answers[9]).toMatch(costly);
  });
});

describe('what is not a decision about a request has the same limit', () => {
  const manyCostly = Array.from({ length: 60 }, () =>
    aStatement({
      Principal: '*',
      Effect: 'Deny',
      Condition: { StringLike: { 'aws:UserAgent': ['*a?a?a?a?a?a?a?b*'] } },
    }),
  );

  test('an explanation leaves out what would cost as much again as the decision', () => {
    const early = aStatement({ Sid: 'early', Effect: 'Deny', Principal: '*' });
    const { decision, steps } = explain({ ...request({}), keyPolicy: aPolicy(early, ...manyCostly) });
    expect(reasonOf(decision)).toBe('key policy statement "early" denies explicitly');
    const [{ details } = { details: [] }] = steps;
    expect(details).toHaveLength(61);
    expect(details[0]).toMatch(/applies$/);
    expect(details[1]).toMatch(/does not apply/);
    expect(details[60]).toMatch(/is not explained, because that would cost too much$/);
  });

  test('a policy whose check costs too much locks its caller out', () => {
    const Condition = { StringNotLike: { 'aws:PrincipalArn': ['*a?a?a?a?a?a?a?b*'] } };
    const costlyOnes = Array.from({ length: 60 }, () => aStatement({ Principal: '*', Condition }));
    const principal = { ...alice, arn: `${alice.arn}${'a'.repeat(12_000)}` };
    const check = (...all: readonly Statement[]) =>
      lockoutCheck(aPolicy(...all), { principal, authority: anAuthority() }, KEY_ARN, newEffort());
    expect(() => check(aStatement())).not.toThrow();
    expect(() => check(aStatement(), ...costlyOnes)).toThrow(/will not allow you to update the key policy/);
  });

  test('a trust policy, for the bearer of an identity token', () => {
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example.com`;
    const principal = {
      kind: 'federated',
      accountId: ACCOUNT,
      arn: provider,
      principalId: 'x',
      provider,
      subject: 's',
    } as const;
    const statement = (Condition: object) => ({
      ...{ Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity', Condition },
    });
    const ask = (...all: readonly Statement[]) =>
      authorizeAssumption({
        ...{ principal, authority: anAuthority(), role: { arn: `arn:aws:iam::${ACCOUNT}:role/r`, accountId: ACCOUNT } },
        ...{ trustPolicy: parseTrustPolicy(policyText(...all)), action: 'sts:AssumeRoleWithWebIdentity', conditions },
      });
    const cheap = statement({ StringEquals: { 'aws:username': 'alice' } });
    expect(ask(cheap).allowed).toBe(true);
    const dear = Array.from({ length: 20 }, () =>
      statement({ StringLike: { 'aws:UserAgent': ['*a?a?a?a?a?a?a?b*'] } }),
    );
    const decision = ask(cheap, ...dear);
    expect(decision.allowed).toBe(false);
    expect(reasonOf(decision)).toMatch(costly);
  });

  test('the grants of the two keys of a ReEncrypt', () => {
    const grants = (source: string): readonly Grant[] =>
      Array.from({ length: 4000 }, (_, i) => ({
        ...{ grantId: `${source}${i}`, granteeId: bob.principalId, operations: ['Encrypt'], issuingAccount: root.arn },
        constraints: { SourceArn: source },
      }));
    const principal = serviceOf(ACCOUNT, 'dynamodb.amazonaws.com');
    const side = (source: string) => {
      const held = grants(source).map((one) => ({ ...one, granteeId: principal.arn }));
      const authority = anAuthority({ source: { arn: 'arn:aws:dynamodb:us-east-1:1:table/a' } });
      const asked = { ...request({ Principal: { AWS: ACCOUNT } }), principal, authority, grants: held };
      return { ...asked, grantOperation: 'Encrypt', effort };
    };
    const effort = newEffort();
    const [from, to] = [side('arn:aws:dynamodb:us-east-1:1:table/*'), side('arn:aws:dynamodb:us-east-1:1:*/a')];
    const decided = withOneSource(
      { request: from, decision: authorize(from) },
      { request: to, decision: authorize(to) },
    );
    expect(decided?.map(reasonOf)[1]).toMatch(costly);
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
