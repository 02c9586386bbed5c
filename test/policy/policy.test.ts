// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates

import { defaultKeyPolicy } from '@keystead/control-plane/domain/keys/default-policy.ts';
import { newEffort } from '@keystead/policy/effort.ts';
import { type Question, reachOf } from '@keystead/policy/evaluate.ts';
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { parseIdentityPolicy, parseKeyPolicy, parseTrustPolicy, principalsNamed } from '@keystead/policy/policy.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import fc from 'fast-check';
import {
  ACCOUNT,
  alice,
  aPolicy,
  aStatement,
  given,
  KEY_ARN,
  policyText,
  root,
  type Statement,
} from '../support/policies.ts';
import { runs } from '../support/sizes.ts';

function refusal(text: string): { code: string; message: string } {
  try {
    parseKeyPolicy(text);
  } catch (error) {
    if (error instanceof KmsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a document is accepted', () => {
  test('when it is the default policy', () => {
    const policy = parseKeyPolicy(defaultKeyPolicy(ACCOUNT, 'us-east-1'));
    expect(policy.version).toBe('2012-10-17');
    expect(policy.statements.map(({ name, effect }) => [name, effect])).toEqual([
      ['Enable IAM User Permissions', 'Allow'],
    ]);
  });

  test.each<[string, Statement]>([
    ['with everyone as principal', { Principal: '*' }],
    ['with everyone as AWS principal', { Principal: { AWS: '*' } }],
    ['with an account id', { Principal: { AWS: ACCOUNT } }],
    ['with a list of principals', { Principal: { AWS: [alice.arn, root.arn] } }],
    ['with a user under a path', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/a/b/alice` } }],
    ['with a role', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/service-role/app` } }],
    ['with a role session', { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/app/session` } }],
    ['with a federated user', { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:federated-user/alice` } }],
    ['with the unique id of a deleted user', { Principal: { AWS: 'AIDACKCEVSQ6C2EXAMPLE' } }],
    ['with a service', { Principal: { Service: 'ec2.amazonaws.com' } }],
    [
      'with several types',
      { Principal: { AWS: root.arn, Federated: 'cognito-identity.amazonaws.com', CanonicalUser: '0'.repeat(64) } },
    ],
    ['with NotPrincipal', { Principal: undefined, NotPrincipal: { AWS: [alice.arn, root.arn] } }],
    ['with NotAction', { Action: undefined, NotAction: 'kms:Decrypt' }],
    ['with NotResource', { Resource: undefined, NotResource: 'arn:aws:kms:*' }],
    ['without Action, to no effect', { Action: undefined }],
    ['without Resource, to no effect', { Resource: undefined }],
    ['with actions in any case and unknown ones', { Action: ['KMS:encrypt', 'kms:Foo', 'kms:Generate*', '*'] }],
    ['with a Sid that has spaces', { Sid: 'Allow use of the key' }],
    [
      'with numbers and booleans in conditions',
      { Condition: { Bool: { 'aws:SecureTransport': true }, NumericLessThan: { a: 7 } } },
    ],
    ['with an empty condition', { Condition: {} }],
  ])('%s', (_title, changes) => {
    expect(() => aPolicy(aStatement(changes))).not.toThrow();
  });

  test('with two statements of one Sid, both of which count', () => {
    const [one, two] = [aStatement({ Sid: 'Twice', Action: 'kms:Encrypt' }), aStatement({ Sid: 'Twice' })];
    expect(aPolicy(one, two).statements.map(({ name }) => name)).toEqual(['Twice', 'Twice']);
  });

  test('with one statement that is not in a list, without version, with an id, with empty Sids', () => {
    const statement = aStatement({ Sid: '' });
    expect(parseKeyPolicy(JSON.stringify({ Id: 'x', Statement: statement })).version).toBe('2008-10-17');
    expect(aPolicy(statement, statement).statements.map(({ name }) => name)).toEqual(['Statement[0]', 'Statement[1]']);
  });
});

describe('a document is rejected with the place of the mistake', () => {
  test.each<[string, string, RegExp]>([
    ['invalid JSON', '{', /^Policy: This policy contains invalid Json$/],
    ['empty text', '', /invalid Json/],
    ['a list', '[]', /^Policy: Must be an object\.$/],
    ['null', 'null', /^Policy: Must be an object/],
    ['no statement', '{"Version":"2012-10-17"}', /Missing required field Statement/],
    ['an empty list of statements', '{"Statement":[]}', /Missing required field Statement/],
    ['a statement that is text', '{"Statement":["x"]}', /^Statement\[0\]: Must be an object/],
    ['an unknown element', '{"Statement":[],"Comment":"x"}', /^Policy: Unknown element "Comment"/],
    ['__proto__', `{"__proto__":{},"Statement":${JSON.stringify(aStatement())}}`, /Unknown element "__proto__"/],
    [
      'an unknown version',
      '{"Version":"2020-01-01","Statement":[]}',
      /^Policy\.Version: The policy must contain a valid version/,
    ],
    ['an Id that is a number', '{"Id":1,"Statement":[]}', /^Policy\.Id: /],
  ])('%s', (_title, text, message) => {
    expect(refusal(text)).toEqual({
      code: 'MalformedPolicyDocumentException',
      message: expect.stringMatching(message),
    });
  });

  const principals = /^Policy contains a statement with one or more invalid principals\.$/;
  test.each<[string, Statement, RegExp]>([
    ['no Effect', { Effect: undefined }, /^Statement\[1\]: Missing required field Effect$/],
    ['an Effect in other case', { Effect: 'allow' }, /^Statement\[1\]\.Effect: Must be Allow or Deny/],
    ['no Principal', { Principal: undefined }, /^Statement\[1\]: Missing required field Principal$/],
    [
      'both Principal and NotPrincipal',
      { NotPrincipal: '*' },
      /^Statement\[1\]: Statement cannot have both Principal and NotPrincipal/,
    ],
    ['both Action and NotAction', { NotAction: 'kms:*' }, /both Action and NotAction/],
    ['both Resource and NotResource', { NotResource: '*' }, /both Resource and NotResource/],
    ['an unknown element', { Ressource: '*' }, /^Statement\[1\]: Unknown element "Ressource"/],
    ['a Sid that is a number', { Sid: 1 }, /^Statement\[1\]\.Sid: /],
    [
      'an action without a vendor',
      { Action: 'Encrypt' },
      /^Statement\[1\]\.Action: Actions\/Conditions must be prefaced by a vendor/,
    ],
    ['a variable in an action', { Action: 'kms:${aws:username}' }, /prefaced by a vendor/],
    ['an action that is a number', { Action: [1] }, /^Statement\[1\]\.Action: Must be a string or a list of strings/],
    ['a principal of an unknown type', { Principal: { Robot: 'x' } }, /Unknown element "Robot"/],
    ['a group', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:group/admins` } }, principals],
    ['an ARN with a wildcard', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/*` } }, principals],
    ['an account of eleven digits', { Principal: { AWS: '11112222333' } }, principals],
    ['free text', { Principal: { AWS: 'alice' } }, principals],
    ['a key as principal', { Principal: { AWS: 'arn:aws:kms:us-east-1:111122223333:key/x' } }, principals],
    ['an empty Principal', { Principal: {} }, principals],
    ['an empty list of principals', { Principal: { AWS: [] } }, principals],
    ['a text other than * as principal', { Principal: ACCOUNT }, principals],
    [
      'an unknown operator',
      { Condition: { StringIs: { a: 'b' } } },
      /^Statement\[1\]\.Condition, a: Invalid Condition type : StringIs\.$/,
    ],
    ['conditions in a list', { Condition: [] }, /^Statement\[1\]\.Condition: Must be an object/],
    [
      'an operator without keys',
      { Condition: { StringEquals: 'x' } },
      /^Statement\[1\]\.Condition\.StringEquals: Must be an object/,
    ],
    ['a condition value that is an object', { Condition: { StringEquals: { a: {} } } }, /strings, numbers or booleans/],
    ['a condition with an empty key', { Condition: { StringEquals: { '': 'x' } } }, /must not be empty/],
  ])('%s', (_title, changes, message) => {
    const text = policyText(aStatement({ Sid: 'first' }), aStatement(changes));
    expect(refusal(text)).toEqual({
      code: 'MalformedPolicyDocumentException',
      message: expect.stringMatching(message),
    });
  });

  test('more than 32 KiB, counted in bytes', () => {
    const filled = (size: number, letter: string) => {
      const empty = policyText(aStatement({ Sid: '' }));
      return policyText(aStatement({ Sid: letter.repeat((size - empty.length) / Buffer.byteLength(letter)) }));
    };
    expect(() => parseKeyPolicy(filled(32_768, 'a'))).not.toThrow();
    expect(refusal(filled(32_769, 'a')).code).toBe('LimitExceededException');
    expect(refusal(filled(33_000, 'é')).code).toBe('LimitExceededException');
  });
});

describe('hostile documents', () => {
  test.each([
    ['nested lists', '['.repeat(32_000)],
    ['nested lists, closed', '['.repeat(16_000) + ']'.repeat(16_000)],
    ['nested objects', '{"Statement":'.repeat(2_400)],
    [
      'nested values',
      `{"Statement":[{"Effect":"Allow","Principal":${'{"AWS":'.repeat(4_000)}"*"${'}'.repeat(4_000)}}]}`,
    ],
  ])('%s are rejected without harm', (_title, text) => {
    expect(refusal(text).code).toBe('MalformedPolicyDocumentException');
  });

  test('random JSON, and valid documents with random parts, are either parsed or rejected', () => {
    const part = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('*', 'Allow', 'kms:*', root.arn, ACCOUNT, '2012-10-17', '${aws:username}'),
    );
    const names = fc.constantFrom(
      'Sid',
      'Effect',
      'Principal',
      'NotPrincipal',
      'Action',
      'Resource',
      'Condition',
      '__proto__',
    );
    const statement = fc
      .tuple(fc.dictionary(names, part), fc.boolean())
      .map(([parts, valid]) => (valid ? { ...aStatement(), ...parts } : parts));
    const document = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc
        .record({ Version: part, Statement: fc.oneof(part, fc.array(statement)) })
        .map((value) => JSON.stringify(value)),
      fc.array(statement, { minLength: 1 }).map((statements) => JSON.stringify({ Statement: statements })),
    );
    let accepted = 0;
    fc.assert(
      fc.property(document, (text) => {
        try {
          parseKeyPolicy(text);
          accepted++;
        } catch (error) {
          expect(error).toBeInstanceOf(KmsError);
        }
      }),
      { numRuns: runs(1000, 50_000) },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

test('principalsNamed lists the accounts, users and roles in Principal and NotPrincipal', () => {
  const policy = aPolicy(
    aStatement({ Principal: { AWS: [ACCOUNT, alice.arn, '*'], Service: 'ec2.amazonaws.com' } }),
    aStatement({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:role/app` } }),
  );
  expect(principalsNamed(policy)).toEqual([
    { kind: 'account', accountId: ACCOUNT },
    { kind: 'user', accountId: ACCOUNT, arn: alice.arn },
    { kind: 'role', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/app` },
  ]);
});

test('a stored policy is compiled once and found again by its text', () => {
  const text = policyText(aStatement({ Sid: 'kept' }));
  const first = compiledKeyPolicy(text);
  expect(compiledKeyPolicy(text)).toBe(first);
  for (let i = 0; i < 200; i++) compiledKeyPolicy(policyText(aStatement({ Sid: `${i}-${'x'.repeat(30_000)}` })));
  const again = compiledKeyPolicy(text);
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});

describe('an identity policy', () => {
  const statement = { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' };
  const parse = (changes: Statement) => parseIdentityPolicy(policyText({ ...statement, ...changes }));

  test.each<[string, Statement]>([
    ['everything', { Action: '*' }],
    ['keys by pattern', { Resource: ['arn:aws:kms:*:111122223333:key/*', 'arn:aws:kms:*'] }],
    ['a service, by an incomplete ARN', { Resource: 'arn:aws:kms' }],
    ['a resource with a variable', { Resource: 'arn:aws:s3:::home/${aws:username}/*' }],
    ['NotAction and NotResource', { Action: undefined, NotAction: 'iam:*', Resource: undefined, NotResource: '*' }],
    ['a Sid of letters and digits', { Sid: 'AllowUse1' }],
  ])('can name %s', (_title, changes) => {
    expect(parse(changes).statements[0]?.principals.everyone).toBe(true);
  });

  test.each<[string, Statement, RegExp]>([
    ['a principal', { Principal: '*' }, /^Statement\[0\]: Policy document should not specify a principal\.$/],
    ['NotPrincipal', { NotPrincipal: '*' }, /should not specify a principal/],
    ['no action', { Action: undefined }, /^Statement\[0\]: Policy statement must contain actions\.$/],
    ['an empty list of actions', { Action: [] }, /must contain actions/],
    ['no resource', { Resource: undefined }, /^Statement\[0\]: Policy statement must contain resources\.$/],
    [
      'a bare key id',
      { Resource: '1234abcd-12ab-34cd-56ef-1234567890ab' },
      /^Statement\[0\]\.Resource: Resource 1234abcd.* must be in ARN format or "\*"\.$/,
    ],
    ['a prefix without parts', { Resource: 'arn' }, /ARN format/],
    ['colons in a variable only', { Resource: 'arn:${aws:a:b:c:d:e}' }, /ARN format/],
    ['a variable in an incomplete ARN', { Resource: 'arn:aws:kms:us-east-1:${aws:PrincipalAccount}' }, /ARN format/],
    ['a Sid with spaces', { Sid: 'Allow use' }, /^Statement\[0\]\.Sid: .*alpha-numeric/],
  ])('is rejected with %s', (_title, changes, message) => {
    expect(() => parse(changes)).toThrow(message);
  });

  test('is rejected with two statements of one Sid, and so is a trust policy', () => {
    const both = (statement: Statement) => policyText({ ...statement, Sid: 'Twice' }, { ...statement, Sid: 'Twice' });
    const text = /\(SID\) in a single policy must be unique/;
    const held = { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' };
    expect(() => parseIdentityPolicy(both(held))).toThrow(text);
    const trust = { Effect: 'Allow', Principal: { AWS: alice.arn }, Action: 'sts:AssumeRole' };
    expect(() => parseTrustPolicy(both(trust))).toThrow(text);
  });

  test('is not bounded in size here, because the limit depends on its place', () => {
    expect(() => parse({ Resource: Array.from({ length: 2000 }, () => 'arn:aws:kms:us-east-1:*:*') })).not.toThrow();
  });
});

describe('an incomplete ARN in an identity policy', () => {
  const applies = (Resource: string, resourceArn = KEY_ARN) => {
    const [statement] = parseIdentityPolicy(policyText({ Effect: 'Allow', Action: 'kms:*', Resource })).statements;
    const question = {
      ...{ principal: alice, hasBoundary: false, action: 'kms:Encrypt', resourceArn, conditions: given() },
      effort: newEffort(),
    };
    return statement && reachOf(statement, question);
  };

  test.each<[string, boolean]>([
    ['arn:aws', true],
    ['arn:aws:kms', true],
    ['arn:aws:kms:us-east-1', true],
    [`arn:aws:kms:us-east-1:${ACCOUNT}`, true],
    ['arn:aws:k*', true],
    ['arn:aws:s3', false],
    ['arn:aws:kms:eu-central-1', false],
    ['arn:aws:kms::111122223333', false],
    ['arn:aws:km', false],
  ])('%s has * for each missing part: %s', (resource, expected) => {
    expect(applies(resource)).toBe(expected ? 'direct' : 'none');
  });

  test('has six parts, which a * at its end cannot be at once', () => {
    expect(applies('arn:aws:kms:*:key/1234*')).toBe('none');
    expect(applies('arn:aws:kms:*:*:key/1234*')).toBe('direct');
  });
});

describe('a trust policy', () => {
  const statement = { Effect: 'Allow', Principal: { AWS: alice.arn }, Action: 'sts:AssumeRole' };
  const parse = (changes: Statement) =>
    parseTrustPolicy(
      policyText(
        Object.fromEntries(Object.entries({ ...statement, ...changes }).filter(([, value]) => value !== undefined)),
      ),
    );
  const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.example.com`;
  const reachOfTrust = (changes: Statement, principal: Question['principal'], action = 'sts:AssumeRole') => {
    const [compiled] = parse(changes).statements;
    return (
      compiled &&
      reachOf(compiled, {
        principal,
        hasBoundary: false,
        action,
        resourceArn: 'arn:aws:iam::1:role/r',
        conditions: given(),
        effort: newEffort(),
      })
    );
  };

  test('names users, accounts, services and providers, and has no resource', () => {
    expect(reachOfTrust({}, alice)).toBe('direct');
    expect(reachOfTrust({ Principal: { AWS: ACCOUNT } }, alice)).toBe('account');
    const service = { kind: 'aws-service', accountId: ACCOUNT, arn: 'ec2.amazonaws.com', principalId: 'x' } as const;
    expect(reachOfTrust({ Principal: { Service: 'ec2.amazonaws.com' } }, service)).toBe('direct');
    expect(reachOfTrust({ Principal: { Service: 'sqs.amazonaws.com' } }, service)).toBe('none');
    const federated = { kind: 'federated', provider } as const;
    const byIdentityToken = { Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' };
    expect(reachOfTrust(byIdentityToken, federated, 'sts:AssumeRoleWithWebIdentity')).toBe('direct');
    expect(
      reachOfTrust(byIdentityToken, { ...federated, provider: `${provider}2` }, 'sts:AssumeRoleWithWebIdentity'),
    ).toBe('none');
    expect(reachOfTrust({ Action: ['sts:TagSession', 'sts:*'] }, alice)).toBe('direct');
  });

  test.each<[string, Statement, RegExp]>([
    ['a resource', { Resource: '*' }, /^Statement\[0\]: Has prohibited field Resource$/],
    ['NotResource', { NotResource: '*' }, /prohibited field Resource/],
    ['an action of another service', { Action: 'kms:Decrypt' }, /may only specify STS AssumeRole actions/],
    ['every action', { Action: '*' }, /may only specify STS AssumeRole actions/],
    ['no principal', { Principal: undefined }, /Missing required field Principal/],
    ['NotPrincipal', { Principal: undefined, NotPrincipal: { AWS: alice.arn } }, /prohibited field NotPrincipal$/],
    ['NotPrincipal in a Deny', { Effect: 'Deny', Principal: undefined, NotPrincipal: '*' }, /field NotPrincipal$/],
    ['Principal and NotPrincipal', { NotPrincipal: { AWS: root.arn } }, /prohibited field NotPrincipal$/],
    ['actions of which one is another service’s', { Action: ['sts:AssumeRole', 'kms:Decrypt'] }, /STS AssumeRole/],
    ['no action', { Action: undefined }, /must contain actions/],
    ['an ARN that is not a provider’s', { Principal: { Federated: 'arn:aws:iam::1:user/x' } }, /invalid principals/],
    ['a name that is not a service’s', { Principal: { Service: 'ec2' } }, /invalid principals/],
    ['every service', { Principal: { Service: '*' } }, /invalid principals/],
  ])('is rejected with %s', (_title, changes, message) => {
    expect(() => parse(changes)).toThrow(message);
  });
});

test('a name that occurs twice in an object is rejected at any depth, also when it is escaped differently', () => {
  const twice = (text: string) => refusal(text).message;
  expect(twice('{"Version":"2012-10-17","Statement":[],"Statement":[]}')).toBe(
    'Policy: The name "Statement" occurs twice.',
  );
  const statement = (inner: string) =>
    `{"Statement":[{"Effect":"Deny",${inner},"Principal":"*","Action":"kms:*","Resource":"*"}]}`;
  expect(twice(statement('"Effect":"Allow"'))).toContain('"Effect" occurs twice');
  expect(twice(statement('"\\u0045ffect" : "Allow"'))).toContain('"Effect" occurs twice');
  expect(twice(statement('"Condition":{"Bool":{"a":true,"a":false}}'))).toContain('"a" occurs twice');
  expect(() => parseKeyPolicy(statement('"Sid":"a\\": \\"{\\"Effect\\":"'))).not.toThrow();
});

test('a Sid names its statement in decisions, and long ones are cut off', () => {
  const [statement] = aPolicy(aStatement({ Sid: 's'.repeat(30_000) })).statements;
  expect(statement?.name).toBe('s'.repeat(128));
});
