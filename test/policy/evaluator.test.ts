// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates

import type { Authority } from '@keystead/policy/authority.ts';
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import { type Decision, type Finding, reasonOf } from '@keystead/policy/decision.ts';
import { explain } from '@keystead/policy/explain.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import { parseIdentityPolicy, parseKeyPolicy } from '@keystead/policy/policy.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import fc from 'fast-check';
import {
  ACCOUNT,
  alice,
  bob,
  builder,
  database,
  foreignBuilder,
  given,
  KEY_ARN,
  OTHER_ACCOUNT,
  otherRoot,
  root,
  stranger,
} from '../support/policies.ts';
import { runs } from '../support/sizes.ts';
import { type SlowGrant, type SlowRequest, slowAllows } from '../support/slow-policy.ts';

const oneOrList = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const arnsOfPrincipals = [
  ...[root, alice, bob, stranger, otherRoot].map(({ arn }) => arn),
  ...[builder, foreignBuilder].flatMap(({ arn, roleArn }) => [arn, roleArn]),
];
const names = oneOrList(
  fc.constantFrom(...arnsOfPrincipals, ACCOUNT, OTHER_ACCOUNT, '*', alice.principalId, builder.roleId),
);
const principal = fc.oneof(
  fc.constant('*'),
  { weight: 4, arbitrary: names.map((AWS) => ({ AWS })) },
  fc.constantFrom<object>({ Service: database.arn }, { Service: [database.arn, 's3.amazonaws.com'], AWS: alice.arn }),
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
    '*',
    KEY_ARN,
    KEY_ARN,
    `${KEY_ARN}0`,
    'arn:aws:kms:*:key/1234*',
    'arn:aws:kms:*:${aws:PrincipalAccount}:*',
    '${aws:missing}',
    '${kms:GrantOperations}',
    '${*}',
    'arn:aws:kms',
    'arn:aws:kms:us-east-1',
    'arn:aws:s3',
    'arn:aws:kms:us-east-1:111122223333:${kms:EncryptionContextKeys}',
  ),
);
const texts = oneOrList(
  fc.constantFrom(
    'alice',
    'ali*',
    '?ob',
    '${aws:username}',
    '${kms:EncryptionContext:owner}',
    '${kms:GrantOperations}',
    "${kms:EncryptionContextKeys, 'alice'}",
    "${none, 'alice'}",
    'Finance',
    'Decrypt',
    '*',
  ),
);
const arns = oneOrList(
  fc.constantFrom(alice.arn, builder.roleArn, `arn:aws:iam::${ACCOUNT}:user/*`, 'arn:aws:iam::*:*', 'arn:*', '*'),
);
const numbers = oneOrList(fc.constantFrom('7', '10', '10.0', 8));
const booleans = oneOrList(fc.constantFrom('true', 'false', true));
const moments = oneOrList(fc.constantFrom('2026-03-01T12:00:00Z', '2026-03-01', '1772366400', '2027-01-01'));
const ranges = oneOrList(
  fc.constantFrom(
    '203.0.113.0/24',
    '203.0.113.7',
    '0.0.0.0/0',
    '10.0.0.0/8',
    '::/0',
    '2001:db8::/32',
    '2001:DB8:0:0::7',
    '::cb00:7107/112',
    '::ffff:203.0.113.0/120',
    '::ffff:0:0/96',
    '::ffff:0:0/90',
  ),
);
const blobs = oneOrList(fc.constantFrom('QUI=', 'QUE=', ''));

const prefix = fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:');
const suffix = fc.constantFrom('', 'IfExists');
const operator = (...bases: readonly string[]) =>
  fc.tuple(prefix, fc.constantFrom(...bases), suffix).map((parts) => parts.join(''));
const block = (operators: fc.Arbitrary<string>, keys: readonly string[], values: fc.Arbitrary<unknown>) =>
  fc.tuple(operators, fc.dictionary(fc.constantFrom(...keys), values, { minKeys: 1, maxKeys: 2 }));
const ordered = (type: string) =>
  ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((how) => type + how);
const conditionBlock = fc.oneof(
  block(
    operator(
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
    ),
    [
      'aws:username',
      'aws:UserName',
      'kms:EncryptionContextKeys',
      'kms:GrantOperations',
      'custom:claim',
      'aws:ResourceTag/owner',
      'kms:ResourceAliases',
    ],
    texts,
  ),
  block(operator('StringEquals', 'StringLike', 'StringNotLike'), ['aws:PrincipalArn'], arns),
  block(
    operator('ArnLike', 'ArnNotLike', 'ArnEquals', 'ArnNotEquals'),
    ['aws:PrincipalArn', 'aws:SourceArn', 'aws:username'],
    arns,
  ),
  block(operator(...ordered('Numeric')), ['kms:Window', 'aws:username'], numbers),
  block(operator(...ordered('Date')), ['aws:CurrentTime', 'aws:TokenIssueTime', 'aws:username'], moments),
  block(operator('IpAddress', 'NotIpAddress'), ['aws:SourceIp', 'aws:username'], ranges),
  block(operator('BinaryEquals'), ['custom:blob'], blobs),
  block(operator('Bool'), ['aws:SecureTransport', 'aws:MultiFactorAuthPresent'], booleans),
  block(fc.constant('Null'), ['aws:username', 'aws:SourceArn', 'kms:EncryptionContextKeys'], booleans),
);
const condition = fc.array(conditionBlock, { maxLength: 2 }).map((blocks) => Object.fromEntries(blocks));

const either = (name: string, value: fc.Arbitrary<unknown>, inverseWeight: number) =>
  fc.oneof(
    { weight: 6, arbitrary: value.map((one) => ({ [name]: one })) },
    { weight: inverseWeight, arbitrary: value.map((one) => ({ [`Not${name}`]: one })) },
  );

const statementFor = (who: fc.Arbitrary<object>) =>
  fc
    .tuple(
      fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      who,
      fc.oneof({ weight: 12, arbitrary: either('Action', action, 1) }, { weight: 1, arbitrary: fc.constant({}) }),
      fc.oneof({ weight: 12, arbitrary: either('Resource', resource, 1) }, { weight: 1, arbitrary: fc.constant({}) }),
      fc.option(condition, { nil: undefined, freq: 2 }),
    )
    .map(([Effect, named, what, where, Condition]) => ({
      Effect,
      ...named,
      ...what,
      ...where,
      ...defined({ Condition }),
    }));
/** Everyone, narrowed by a condition on the caller's ARN. */
const narrowed = fc
  .tuple(
    action,
    operator('ArnLike', 'ArnEquals', 'ArnNotLike', 'StringEquals', 'StringLike'),
    fc.constantFrom('aws:PrincipalArn', 'AWS:principalARN'),
    arns,
  )
  .map(([Action, how, key, values]) => ({
    Effect: 'Allow',
    Principal: '*',
    Action,
    Resource: '*',
    Condition: { [how]: { [key]: values } },
  }));
const statement = fc.oneof(
  { weight: 9, arbitrary: statementFor(either('Principal', principal, 1)) },
  { weight: 1, arbitrary: narrowed },
);
/** Identity policies do not have principals; they must have actions, and resources that are ARNs. */
const identityStatement = statementFor(fc.constant({})).map((one) => {
  const { Effect, Action, NotAction, Resource, NotResource, ...rest } = one as Record<string, unknown>;
  const arnsAlone = (value: unknown) => [value].flat().map((text) => (/^(arn:|\*$)/.test(String(text)) ? text : '*'));
  return {
    Effect,
    ...rest,
    ...(NotAction !== undefined ? { NotAction } : { Action: Action ?? 'kms:*' }),
    ...(NotResource !== undefined ? { NotResource: arnsAlone(NotResource) } : { Resource: arnsAlone(Resource ?? '*') }),
  };
});

const versions = fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17');
const documentOf = (statements: fc.Arbitrary<object>, maxLength: number) =>
  fc
    .tuple(versions, fc.array(statements, { minLength: 1, maxLength }))
    .map(([Version, Statement]) => JSON.stringify({ Version, Statement }));
const document = documentOf(statement, 4);
const identityDocument = documentOf(identityStatement, 2);

const values = fc.record(
  {
    'aws:username': fc.constantFrom('alice', 'bob', 'ali*'),
    'aws:principalaccount': fc.constant(ACCOUNT),
    'aws:principalarn': fc.constantFrom(alice.arn, root.arn, builder.roleArn),
    'aws:securetransport': fc.constantFrom('true', 'false'),
    'aws:currenttime': fc.constantFrom('2026-03-01T12:00:00Z', '2026-12-31T00:00:00Z'),
    'aws:sourceip': fc.constantFrom(
      '203.0.113.7',
      '203.0.114.1',
      '10.1.2.3',
      '2001:db8::7',
      '2001:db9::7',
      '::cb00:7107',
      '::ffff:203.0.113.7',
      '::FFFF:cb00:7201',
    ),
    'custom:blob': fc.constantFrom('QUI=', 'QUE='),
    'custom:claim': fc.constantFrom<string | string[]>('alice', ['alice'], ['alice', 'bob']),
    'kms:window': fc.constantFrom('7', '10', 'x'),
    'kms:encryptioncontext:owner': fc.oneof(fc.constantFrom('alice', 'finance'), fc.constant(['alice', 'bob'])),
    'kms:encryptioncontextkeys': fc.subarray(['alice', 'bob', 'finance']),
    'aws:resourcetag/owner': fc.constant('alice'),
    'kms:grantoperations': fc.subarray(['Decrypt', 'Encrypt', 'alice']),
    'kms:resourcealiases': fc.constant(['alice']),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const caller = fc.constantFrom<SlowRequest['caller']>(
  root,
  alice,
  bob,
  stranger,
  otherRoot,
  builder,
  foreignBuilder,
  database,
);
const asked = fc.constantFrom(
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:DescribeKey',
  'kms:RetireGrant',
  'kms:PutKeyPolicy',
);
const pairs = fc.dictionary(fc.constantFrom('a', 'A', 'b'), fc.constantFrom('1', '2'), { maxKeys: 2 });
const grant: fc.Arbitrary<SlowGrant> = fc
  .record({
    grantee: fc.constantFrom(...arnsOfPrincipals, alice.principalId, builder.roleId, database.arn),
    operations: fc.subarray(['Encrypt', 'Decrypt', 'ReEncryptFrom', 'DescribeKey', 'RetireGrant'], { minLength: 1 }),
    kind: fc.constantFrom('none', 'subset', 'equals'),
    limits: pairs,
  })
  .map(({ kind, limits, ...rest }) => ({ ...rest, ...(kind !== 'none' && { [kind]: limits }) }));

/** Services do not have policies; only sessions have session policies; root does not have a boundary. */
const request = fc
  .record({
    caller,
    action: asked,
    conditions: values,
    crossAccount: fc.boolean(),
    identityPolicies: fc.array(identityDocument, { maxLength: 2 }),
    boundary: fc.option(identityDocument, { nil: undefined, freq: 3 }),
    sessionPolicies: fc.option(fc.array(identityDocument, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 }),
    grants: fc.array(grant, { maxLength: 2 }),
    encryptionContext: pairs,
  })
  .map(({ boundary, sessionPolicies, identityPolicies, ...rest }): SlowRequest => {
    const own = rest.caller.kind === 'user' || rest.caller.kind === 'assumed-role';
    return {
      ...rest,
      keyArn: KEY_ARN,
      keyAccountId: ACCOUNT,
      identityPolicies: own ? identityPolicies : [],
      ...(own && boundary !== undefined && { boundary }),
      ...(rest.caller.kind === 'assumed-role' && sessionPolicies && { sessionPolicies }),
    };
  });

function compiled(keyPolicy: string, slow: SlowRequest): AuthorizationRequest {
  const compile = (text: string) => parseIdentityPolicy(text);
  const authority: Authority = {
    identityPolicies: slow.identityPolicies.map(compile),
    principalTags: {},
    ...(slow.boundary !== undefined && { permissionsBoundary: compile(slow.boundary) }),
    ...(slow.sessionPolicies && { sessionPolicies: slow.sessionPolicies.map(compile) }),
  };
  const { caller: principal, action: askedAction, encryptionContext, crossAccount } = slow;
  return {
    principal,
    authority,
    action: askedAction,
    encryptionContext,
    crossAccount,
    resource: { arn: KEY_ARN, accountId: ACCOUNT },
    resourceKind: 'key',
    conditions: given(slow.conditions),
    keyPolicy: parseKeyPolicy(keyPolicy),
    grants: slow.grants.map(grantOf),
    ...(askedAction !== 'kms:PutKeyPolicy' && { grantOperation: askedAction.slice('kms:'.length) }),
  };
}

const grantOf = ({ grantee, operations, subset, equals }: SlowGrant): Grant => ({
  grantId: 'g',
  granteeId: grantee,
  operations,
  issuingAccount: root.arn,
  constraints: {
    ...defined({ EncryptionContextSubset: subset, EncryptionContextEquals: equals }),
  },
});

const RUNS = runs(1_000, 100_000);

const several = (value: string | readonly string[] | undefined) => Array.isArray(value) && value.length > 0;

/** What the random policies and requests must contain, by the text of all policies of a request. */
const features: Readonly<Record<string, (policies: string, slow: SlowRequest) => boolean>> = {
  'a boundary and a Deny with NotPrincipal': (policies, { boundary }) =>
    boundary !== undefined && policies.includes('"Effect":"Deny","NotPrincipal"'),
  'a list without a set operator': (policies, { conditions }) =>
    several(conditions['kms:grantoperations']) &&
    /"String(Not)?(Equals|Like)(IgnoreCase)?":\{[^{}]*"kms:GrantOperations"/.test(policies),
  'a list as a variable': (policies, { conditions }) =>
    several(conditions['kms:grantoperations']) && policies.includes('${kms:GrantOperations}'),
  'an IPv6 address and an IPv4 range': (policies, { conditions }) =>
    String(conditions['aws:sourceip']).includes('::') && /IpAddress[^{}]*\{[^{}]*\d\.0\/\d/.test(policies),
  'an IPv4-mapped address': (policies, { conditions }) =>
    /^::ffff:/i.test(String(conditions['aws:sourceip'])) && policies.includes('IpAddress'),
  'an incomplete ARN': (policies) => /"arn:aws:(kms|s3)"/.test(policies),
  'everyone, narrowed by aws:PrincipalArn, and a boundary': (policies, { boundary }) =>
    boundary !== undefined && /"Principal":"\*"[^}]*"(Arn|String)(Equals|Like)":\{"aws:PrincipalArn"/.test(policies),
};

test('the compiled evaluator and a plain slow one agree on random policies, grants and requests', () => {
  const seen = { allowed: 0, denied: 0 };
  const covered = new Map(Object.keys(features).map((name) => [name, 0]));
  fc.assert(
    fc.property(document, request, (text, slow) => {
      const expected = slowAllows(text, slow);
      seen[expected ? 'allowed' : 'denied']++;
      const policies = [text, ...slow.identityPolicies, slow.boundary, ...(slow.sessionPolicies ?? [])].join('\n');
      for (const [name, isIn] of Object.entries(features)) {
        if (isIn(policies, slow)) covered.set(name, (covered.get(name) ?? 0) + 1);
      }
      expect(authorize(compiled(text, slow)).allowed).toBe(expected);
    }),
    { numRuns: RUNS },
  );
  expect(seen.allowed).toBeGreaterThan(RUNS / 20);
  expect(seen.denied).toBeGreaterThan(RUNS / 20);
  expect([...covered].filter(([, count]) => count < RUNS / 1_000)).toEqual([]);
});

describe('the two evaluators agree where one element decides', () => {
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const documentOfAll = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  /** A caller whom nothing but the key policy limits; with a boundary that allows everything, or nothing here. */
  const aCaller = fc.record({
    caller: fc.constantFrom<SlowRequest['caller']>(alice, bob, builder, root),
    conditions: values,
    boundary: fc.constantFrom(undefined, documentOfAll(everything), documentOfAll({ ...everything, Action: 's3:*' })),
  });
  interface Asking extends Pick<SlowRequest, 'caller' | 'conditions'> {
    readonly boundary: string | undefined;
  }
  const agree = ({ boundary, ...rest }: Asking, text: string) => {
    const slow: SlowRequest = {
      ...rest,
      action: 'kms:Encrypt',
      keyArn: KEY_ARN,
      keyAccountId: ACCOUNT,
      crossAccount: true,
      identityPolicies: [],
      grants: [],
      encryptionContext: {},
      ...(rest.caller.kind !== 'root' && boundary !== undefined && { boundary }),
    };
    const expected = slowAllows(text, slow);
    expect(authorize(compiled(text, slow)).allowed).toBe(expected);
    return expected;
  };
  const seen = { true: 0, false: 0 };
  const both = () => {
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(RUNS / 20);
    Object.assign(seen, { true: 0, false: 0 });
  };

  test('a condition, of an Allow or a Deny', () => {
    const decided = fc.tuple(fc.constantFrom('Allow', 'Deny'), conditionBlock, versions);
    fc.assert(
      fc.property(decided, aCaller, ([Effect, block, Version], who) => {
        const one = { ...everything, Effect, Principal: '*', Condition: Object.fromEntries([block]) };
        const Statement = Effect === 'Allow' ? [one] : [{ ...everything, Principal: '*' }, one];
        seen[`${agree(who, JSON.stringify({ Version, Statement }))}`]++;
      }),
      { numRuns: 3 * RUNS },
    );
    both();
  });

  test('a NotPrincipal, of a Deny', () => {
    const spared = fc.subarray([alice.arn, builder.arn, builder.roleArn, root.arn, '*'], { minLength: 1 });
    fc.assert(
      fc.property(spared, aCaller, (AWS, who) => {
        const text = documentOfAll(
          { ...everything, Principal: { AWS: [alice.arn, bob.arn, builder.arn, root.arn] } },
          { ...everything, Effect: 'Deny', NotPrincipal: { AWS } },
        );
        seen[`${agree(who, text)}`]++;
      }),
      { numRuns: RUNS },
    );
    both();
  });
});

test('a Deny added to any policy never allows more, and an Allow never less', () => {
  fc.assert(
    fc.property(document, request, statement, identityStatement, (text, slow, extra, extraOwn) => {
      const before = authorize(compiled(text, slow)).allowed;
      const extended = (policy: string, more: object) => {
        const { Version, Statement } = JSON.parse(policy) as { Version: string; Statement: unknown[] };
        return JSON.stringify({ Version, Statement: [...Statement, more] });
      };
      const afterKey = authorize(compiled(extended(text, extra), slow)).allowed;
      expect(extra.Effect === 'Deny' ? afterKey && !before : before && !afterKey).toBe(false);
      const [first, ...others] = slow.identityPolicies;
      if (first === undefined) return;
      const richer = { ...slow, identityPolicies: [extended(first, extraOwn), ...others] };
      const afterOwn = authorize(compiled(text, richer)).allowed;
      expect(extraOwn.Effect === 'Deny' ? afterOwn && !before : before && !afterOwn).toBe(false);
    }),
    { numRuns: runs(300, 5_000) },
  );
});

test('a boundary or a session policy never allows more', () => {
  fc.assert(
    fc.property(document, request, identityDocument, (text, slow, bound) => {
      const { boundary: _b, sessionPolicies: _s, ...free } = slow;
      if (authorize(compiled(text, free)).allowed) return;
      expect(authorize(compiled(text, { ...free, boundary: bound })).allowed).toBe(false);
      expect(authorize(compiled(text, { ...free, sessionPolicies: [bound] })).allowed).toBe(false);
    }),
    { numRuns: runs(300, 5_000) },
  );
});

describe('an explanation', () => {
  const sources = fc.constantFrom(undefined, 'arn:aws:s3:::orders', 'arn:aws:s3:::payroll');
  const patterns = fc.constantFrom(undefined, 'arn:aws:s3:::ord*', 'arn:aws:s3:::*');
  /** With a source of the caller, and grants that require one. */
  const explained = fc.tuple(document, request, sources, patterns).map(([text, slow, source, SourceArn]) => {
    const asked = compiled(text, slow);
    return {
      ...asked,
      ...(source !== undefined && { authority: { ...asked.authority, source: { arn: source } } }),
      grants: asked.grants.map((one) => ({
        ...one,
        constraints: { ...one.constraints, ...defined({ SourceArn }) },
      })),
    };
  });
  const questions: Readonly<Record<string, string>> = { 'identity policy': "the caller's identity policies" };
  const decisive = (decision: Decision): Finding | { policy: 'grant' } | undefined => {
    if (decision.allowed) return decision.by;
    return decision.denial.kind === 'explicit-deny' ? decision.denial.by : undefined;
  };

  test('has the result of the decision, and shows it at the statement or grant that decided', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(explained, (asked) => {
        const { decision, steps } = explain(asked);
        expect(decision).toEqual(authorize(asked));
        const linesOf = (question: string) => steps.find((step) => step.question === question)?.details ?? [];
        expect(steps.at(-1)?.answer).toBe(`${decision.allowed ? 'Allow' : 'Deny'}: ${reasonOf(decision)}`);
        const by = decisive(decision);
        seen.set(by?.policy ?? 'nothing', (seen.get(by?.policy ?? 'nothing') ?? 0) + 1);
        const allowing = linesOf('grants').some((line) => line.endsWith(' allows it'));
        if (!by) expect(allowing).toBe(false);
        else if (by.policy === 'grant') expect(allowing).toBe(true);
        else if ('statement' in by && by.statement !== 'root user') {
          const applying = `${decision.allowed ? 'Allow' : 'Deny'} "${by.statement}": applies`;
          expect(linesOf(questions[by.policy] ?? by.policy).filter((line) => line.startsWith(applying))).not.toEqual(
            [],
          );
        }
      }),
      { numRuns: RUNS },
    );
    for (const policy of ['key policy', 'identity policy', 'grant', 'nothing']) {
      expect([policy, (seen.get(policy) ?? 0) > 5]).toEqual([policy, true]);
    }
  });
});
