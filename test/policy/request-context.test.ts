import type { Authority } from '@keystead/policy/authority.ts';
import {
  allConditions,
  type ConditionFacts,
  conditionsOf,
  conditionValue,
  encryptionContextOf,
} from '@keystead/policy/request-context.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { ACCOUNT, alice, anAuthority, builder, database, root } from '../support/policies.ts';

const ctx: ConditionFacts['ctx'] = {
  principal: alice,
  authority: anAuthority(),
  region: 'us-east-1',
  nowMs: Date.parse('2026-03-01T12:00:00.789Z'),
  sourceIp: '203.0.113.7',
  userAgent: 'aws-cli/2',
  secureTransport: true,
};

const key: NonNullable<ConditionFacts['key']> = {
  shared: {
    key_id: 'mrk-1234abcd12ab34cd56ef1234567890ab',
    key_spec: 'SYMMETRIC_DEFAULT',
    key_usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    multi_region: 1,
    primary_region: 'eu-west-1',
  },
  regional: { account_id: ACCOUNT, region: 'us-east-1', tags: '{"Team":"blue","empty":""}' },
};

const valuesOf = (operation: string, input: Record<string, unknown> = {}, more: Partial<ConditionFacts> = {}) =>
  allConditions({ ctx, operation, action: `kms:${operation}`, input, ...more });

test('every request has its caller, time and address', () => {
  expect(valuesOf('DescribeCustomKeyStores')).toEqual({
    'aws:currenttime': '2026-03-01T12:00:00Z',
    'aws:epochtime': '1772366400',
    'aws:principalaccount': ACCOUNT,
    'aws:principalarn': alice.arn,
    'aws:principalisawsservice': 'false',
    'aws:principaltype': 'User',
    'aws:requestedregion': 'us-east-1',
    'aws:securetransport': 'true',
    'aws:sourceip': '203.0.113.7',
    'aws:useragent': 'aws-cli/2',
    'aws:userid': alice.principalId,
    'aws:username': 'alice',
    'aws:viaawsservice': 'false',
    'kms:calleraccount': ACCOUNT,
  });
});

test('root has no user name; operations without a key do not have kms:CallerAccount', () => {
  const values = valuesOf('ListKeys', {}, { ctx: { ...ctx, principal: root } });
  expect(values).toMatchObject({ 'aws:principaltype': 'Account', 'aws:principalarn': root.arn });
  expect(values).not.toHaveProperty(['aws:username']);
  expect(values).not.toHaveProperty(['kms:calleraccount']);
});

test('a key adds its properties, tags and aliases', () => {
  expect(valuesOf('DescribeKey', {}, { key, keyAliases: ['alias/a'] })).toMatchObject({
    'kms:keyspec': 'SYMMETRIC_DEFAULT',
    'kms:customermasterkeyspec': 'SYMMETRIC_DEFAULT',
    'kms:keyusage': 'ENCRYPT_DECRYPT',
    'kms:keyorigin': 'AWS_KMS',
    'kms:multiregion': 'true',
    'kms:multiregionkeytype': 'REPLICA',
    'kms:resourcealiases': ['alias/a'],
    'aws:resourceaccount': ACCOUNT,
    'aws:resourcetag/team': 'blue',
    'aws:resourcetag/empty': '',
  });
  const single = { ...key, shared: { ...key.shared, multi_region: 0 } };
  expect(valuesOf('DescribeKey', {}, { key: single })).not.toHaveProperty(['kms:multiregionkeytype']);
});

test('kms:RequestAlias is there only when an alias named the key, in an operation that takes aliases', () => {
  const viaAlias = { ...key, viaAlias: 'alias/a' };
  for (const operation of ['Encrypt', 'Encapsulate', 'Decapsulate']) {
    expect(valuesOf(operation, {}, { key: viaAlias })).toHaveProperty(['kms:requestalias'], 'alias/a');
  }
  expect(valuesOf('Encrypt', {}, { key })).not.toHaveProperty(['kms:requestalias']);
  expect(valuesOf('UpdateAlias', {}, { key: viaAlias })).not.toHaveProperty(['kms:requestalias']);
});

describe('parameters', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'CreateKey',
      {},
      {
        'kms:keyspec': 'SYMMETRIC_DEFAULT',
        'kms:keyusage': 'ENCRYPT_DECRYPT',
        'kms:keyorigin': 'AWS_KMS',
        'kms:multiregion': 'false',
      },
    ],
    [
      'CreateKey',
      { MultiRegion: true, KeySpec: 'HMAC_256' },
      { 'kms:keyspec': 'HMAC_256', 'kms:multiregion': 'true', 'kms:multiregionkeytype': 'PRIMARY' },
    ],
    ['CreateKey', { Tags: [{ TagKey: 'Team', TagValue: '' }] }, { 'aws:tagkeys': ['Team'], 'aws:requesttag/team': '' }],
    ['UntagResource', { TagKeys: ['Team'] }, { 'aws:tagkeys': ['Team'] }],
    ['PutKeyPolicy', { BypassPolicyLockoutSafetyCheck: true }, { 'kms:bypasspolicylockoutsafetycheck': 'true' }],
    ['Encrypt', {}, { 'kms:encryptionalgorithm': 'SYMMETRIC_DEFAULT' }],
    ['Decrypt', { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }, { 'kms:encryptionalgorithm': 'RSAES_OAEP_SHA_256' }],
    [
      'GenerateDataKeyPair',
      { KeyPairSpec: 'RSA_2048' },
      { 'kms:datakeypairspec': 'RSA_2048', 'kms:encryptionalgorithm': 'SYMMETRIC_DEFAULT' },
    ],
    [
      'Sign',
      { SigningAlgorithm: 'ECDSA_SHA_256' },
      { 'kms:signingalgorithm': 'ECDSA_SHA_256', 'kms:messagetype': 'RAW' },
    ],
    ['GenerateMac', { MacAlgorithm: 'HMAC_SHA_256' }, { 'kms:macalgorithm': 'HMAC_SHA_256' }],
    ['DeriveSharedSecret', { KeyAgreementAlgorithm: 'ECDH' }, { 'kms:keyagreementalgorithm': 'ECDH' }],
    ['Encapsulate', { EncapsulationAlgorithm: 'ML_KEM' }, { 'kms:encapsulationalgorithm': 'ML_KEM' }],
    ['Decapsulate', { EncapsulationAlgorithm: 'ML_KEM' }, { 'kms:encapsulationalgorithm': 'ML_KEM' }],
    ['EnableKeyRotation', {}, { 'kms:rotationperiodindays': '365' }],
    ['ScheduleKeyDeletion', { PendingWindowInDays: 7 }, { 'kms:schedulekeydeletionpendingwindowindays': '7' }],
    ['ReplicateKey', { ReplicaRegion: 'eu-west-1' }, { 'kms:replicaregion': 'eu-west-1' }],
    ['UpdatePrimaryRegion', { PrimaryRegion: 'eu-west-1' }, { 'kms:primaryregion': 'eu-west-1' }],
    ['ImportKeyMaterial', { ValidTo: new Date(1_772_366_400_000) }, { 'kms:validto': '1772366400' }],
    [
      'GetParametersForImport',
      { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_4096' },
      { 'kms:wrappingalgorithm': 'RSAES_OAEP_SHA_256', 'kms:wrappingkeyspec': 'RSA_4096' },
    ],
    ['ListGrants', {}, { 'kms:grantisforawsresource': 'false' }],
  ])('of %s with %j', (operation, input, expected) => {
    expect(valuesOf(operation, input)).toMatchObject(expected);
  });

  test('that were not given and do not have a default are absent, so that Null can test it', () => {
    for (const name of ['kms:bypasspolicylockoutsafetycheck', 'aws:tagkeys', 'kms:multiregionkeytype']) {
      expect(valuesOf('CreateKey')).not.toHaveProperty([name]);
    }
    expect(valuesOf('ImportKeyMaterial')).not.toHaveProperty(['kms:expirationmodel']);
  });

  test('of CreateGrant: the grant to create, its constraint’s pairs as the encryption context', () => {
    const values = valuesOf('CreateGrant', {
      GranteePrincipal: alice.arn,
      RetiringPrincipal: root.arn,
      Operations: ['Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { Department: 'finance' } },
    });
    expect(values).toMatchObject({
      'kms:granteeprincipal': alice.arn,
      'kms:retiringprincipal': root.arn,
      'kms:grantoperations': ['Encrypt', 'Decrypt'],
      'kms:grantconstrainttype': 'EncryptionContextSubset',
      'kms:encryptioncontext:department': 'finance',
      'kms:encryptioncontextkeys': ['Department'],
    });
  });

  test('of RetireGrant: the grant to retire', () => {
    const grant = { grantId: 'g', granteeId: alice.arn, operations: [], issuingAccount: root.arn };
    const values = valuesOf(
      'RetireGrant',
      {},
      { grant: { ...grant, constraints: { EncryptionContextEquals: { a: '1' } } } },
    );
    expect(values).toMatchObject({
      'kms:grantconstrainttype': 'EncryptionContextEquals',
      'kms:encryptioncontext:a': '1',
    });
  });
});

describe('the encryption context', () => {
  test('is each side’s own in ReEncrypt', () => {
    const input = {
      SourceEncryptionContext: { a: '1' },
      DestinationEncryptionContext: { b: '2' },
      SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_1',
    };
    const from = valuesOf('ReEncrypt', input, { action: 'kms:ReEncryptFrom', sameKey: false });
    const to = valuesOf('ReEncrypt', input, { action: 'kms:ReEncryptTo', sameKey: true });
    expect(from).toMatchObject({
      'kms:encryptioncontext:a': '1',
      'kms:encryptionalgorithm': 'RSAES_OAEP_SHA_1',
      'kms:reencryptonsamekey': 'false',
    });
    expect(from).not.toHaveProperty(['kms:encryptioncontext:b']);
    expect(to).toMatchObject({
      'kms:encryptioncontext:b': '2',
      'kms:encryptionalgorithm': 'SYMMETRIC_DEFAULT',
      'kms:reencryptonsamekey': 'true',
    });
    expect(encryptionContextOf('kms:ReEncryptTo', input)).toEqual({ b: '2' });
  });

  test('is absent when empty, when not given and for operations without one', () => {
    expect(valuesOf('Encrypt', { EncryptionContext: {} })).not.toHaveProperty(['kms:encryptioncontextkeys']);
    expect(valuesOf('Encrypt')).not.toHaveProperty(['kms:encryptioncontextkeys']);
    expect(encryptionContextOf('kms:Sign', { EncryptionContext: { a: '1' } })).toBeUndefined();
  });

  test('keeps both values of names that differ only in case', () => {
    expect(valuesOf('Encrypt', { EncryptionContext: { Owner: 'a', OWNER: 'b' } })).toMatchObject({
      'kms:encryptioncontext:owner': ['a', 'b'],
      'kms:encryptioncontextkeys': ['Owner', 'OWNER'],
    });
  });
});

describe('the caller', () => {
  const as = (principal: ConditionFacts['ctx']['principal'], authority: Partial<Authority> = {}) =>
    valuesOf('Encrypt', {}, { ctx: { ...ctx, principal, authority: anAuthority(authority) }, key });
  const session = { issuedAtMs: Date.parse('2026-03-01T11:00:00.500Z'), expiresAtMs: 0 };

  test('a session has its role, its own id, its tags and the source of its credentials', () => {
    const values = as(builder, {
      principalTags: { Team: 'blue' },
      session: {
        ...session,
        sourceIdentity: 'alice',
        federatedProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example.com`,
        federatedClaims: { 'Token.example.com:sub': 'repo:a', 'token.example.com:aud': ['x', 'y'] },
      },
    });
    expect(values).toMatchObject({
      'aws:principalarn': builder.roleArn,
      'aws:principaltype': 'AssumedRole',
      'aws:userid': builder.principalId,
      'aws:principaltag/team': 'blue',
      'aws:tokenissuetime': '2026-03-01T11:00:00Z',
      'aws:multifactorauthpresent': 'false',
      'aws:sourceidentity': 'alice',
      'aws:federatedprovider': `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example.com`,
      'token.example.com:sub': 'repo:a',
      'token.example.com:aud': ['x', 'y'],
    });
    expect(values).not.toHaveProperty(['aws:username']);
  });

  test('long-term credentials have neither a second factor nor a time of issue, and nobody is in an organization by default', () => {
    for (const name of ['aws:multifactorauthpresent', 'aws:tokenissuetime', 'aws:principalorgid', 'aws:sourcevpc']) {
      expect(as(alice)).not.toHaveProperty([name]);
    }
  });

  test('users, sessions and root are in their account’s organization; a service is not', () => {
    const paths = ['o-a1b2c3d4e5/r-ab12/', 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/'];
    const organization = { id: 'o-a1b2c3d4e5', paths };
    for (const principal of [alice, builder, root]) {
      expect(as(principal, { organization })).toMatchObject({
        'aws:principalorgid': 'o-a1b2c3d4e5',
        'aws:principalorgpaths': paths,
      });
    }
    const service = as(database, { organization });
    for (const name of ['aws:principalorgid', 'aws:principalorgpaths']) expect(service).not.toHaveProperty([name]);
    const pathless = as(alice, { organization: { id: 'o-a1b2c3d4e5', paths: [] } });
    expect(pathless).not.toHaveProperty(['aws:principalorgpaths']);
  });

  test('a key is in its account’s organization; a request without a key has none', () => {
    const resourceOrganization = { id: 'o-a1b2c3d4e5', paths: ['o-a1b2c3d4e5/r-ab12/'] };
    expect(valuesOf('Encrypt', {}, { key, resourceOrganization })).toMatchObject({
      'aws:resourceorgid': 'o-a1b2c3d4e5',
      'aws:resourceorgpaths': ['o-a1b2c3d4e5/r-ab12/'],
    });
    expect(valuesOf('ListKeys', {}, { resourceOrganization })).not.toHaveProperty(['aws:resourceorgid']);
  });

  test('a service has its name and its source, not an address', () => {
    const source = { arn: 'arn:aws:dynamodb:us-east-1:111122223333:table/a', accountId: ACCOUNT };
    const values = as(database, { source });
    expect(values).toMatchObject({
      'aws:principalisawsservice': 'true',
      'aws:principalservicename': database.arn,
      'aws:principalservicenameslist': [database.arn],
      'aws:sourcearn': source.arn,
      'aws:sourceaccount': ACCOUNT,
      'aws:viaawsservice': 'false',
    });
    const regionalName = 'dynamodb.us-east-1.amazonaws.com';
    expect(as({ ...database, regionalName })).toMatchObject({
      'aws:principalservicename': database.arn,
      'aws:principalservicenameslist': [database.arn, regionalName],
    });
    for (const name of ['aws:principalarn', 'aws:sourceip', 'kms:viaservice'])
      expect(values).not.toHaveProperty([name]);
    expect(as(alice, { source })).not.toHaveProperty(['aws:sourcearn']);
  });

  test('a principal that calls through a service keeps its identity, and the service is named', () => {
    const through = { viaService: 's3.eu-west-1.amazonaws.com' };
    expect(as(alice, through)).toMatchObject({
      'aws:principalarn': alice.arn,
      'aws:principalisawsservice': 'false',
      'aws:viaawsservice': 'true',
      'aws:calledvia': ['s3.amazonaws.com'],
      'aws:calledviafirst': 's3.amazonaws.com',
      'aws:calledvialast': 's3.amazonaws.com',
      'kms:viaservice': 's3.eu-west-1.amazonaws.com',
    });
    expect(as(alice, through)).not.toHaveProperty(['aws:sourceip']);
    const asked = (operation: string) =>
      valuesOf(operation, {}, { ctx: { ...ctx, authority: anAuthority(through) } })['kms:grantisforawsresource'];
    expect(['CreateGrant', 'ListGrants', 'RevokeGrant'].map(asked)).toEqual(['true', 'true', 'true']);
  });
});

test('a new replica has the properties of its primary key, and is a replica', () => {
  const values = valuesOf('ReplicateKey', {}, { action: 'kms:CreateKey', replicaOf: key });
  expect(values).toMatchObject({ 'kms:keyspec': 'SYMMETRIC_DEFAULT', 'kms:multiregionkeytype': 'REPLICA' });
  expect(values).not.toHaveProperty(['aws:resourcetag/team']);
});

test('days without use are there for deleting and disabling a key that was used', () => {
  const days = (operation: string, daysWithoutUse?: number) =>
    valuesOf(operation, {}, { key, ...defined({ daysWithoutUse }) })['kms:trailingdayswithoutkeyusage'];
  expect([days('DisableKey', 90), days('ScheduleKeyDeletion', 0), days('Encrypt', 90), days('DisableKey')]).toEqual([
    '90',
    '0',
    undefined,
    undefined,
  ]);
});

test('tags in IAM’s and KMS’s spelling are request tags; those of an identity are resource tags', () => {
  const values = valuesOf(
    'CreateRole',
    { Tags: [{ Key: 'Team', Value: 'blue' }], PermissionsBoundary: 'arn:aws:iam::1:policy/b' },
    { action: 'iam:CreateRole', resourceTags: { Owner: 'alice' } },
  );
  expect(values).toMatchObject({
    'aws:requesttag/team': 'blue',
    'aws:tagkeys': ['Team'],
    'aws:resourcetag/owner': 'alice',
    'iam:resourcetag/owner': 'alice',
    'iam:permissionsboundary': 'arn:aws:iam::1:policy/b',
  });
});

test('a key that can have several values is a list, also of one, and every other key is a text', () => {
  const through = anAuthority({ viaService: 's3.eu-west-1.amazonaws.com' });
  const grant = { Operations: ['Decrypt'], Constraints: { EncryptionContextSubset: { a: '1' } } };
  const session = { RoleSessionName: 's', TransitiveTagKeys: ['Team'], Tags: [{ Key: 'Team', Value: 'a' }] };
  const requests = [
    valuesOf('CreateGrant', grant, { ctx: { ...ctx, authority: through }, key, keyAliases: ['alias/a'] }),
    valuesOf('UntagResource', { TagKeys: ['Team'] }, { ctx: { ...ctx, principal: database }, key }),
    valuesOf('AssumeRole', session, { action: 'sts:AssumeRole' }),
  ];
  const lists = new Set<string>();
  for (const [name, value] of requests.flatMap((values) => Object.entries(values))) {
    expect([name, typeof conditionValue(name, ['x'])]).toEqual([name, typeof value]);
    if (typeof value !== 'string') lists.add(name);
  }
  expect([...lists].sort()).toEqual([
    'aws:calledvia',
    'aws:principalservicenameslist',
    'aws:tagkeys',
    'kms:encryptioncontextkeys',
    'kms:grantoperations',
    'kms:resourcealiases',
    'sts:transitivetagkeys',
  ]);
  expect(conditionValue('aws:username', ['a', 'b'])).toEqual(['a', 'b']);
});

test('single keys and the list of all keys have the same values', () => {
  const facts: ConditionFacts = {
    ctx: { ...ctx, authority: anAuthority({ principalTags: { Team: 'blue' } }) },
    operation: 'Encrypt',
    action: 'kms:Encrypt',
    input: { EncryptionContext: { a: '1', A: '2' }, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    key,
    keyAliases: ['alias/a'],
  };
  const all = allConditions(facts);
  const one = conditionsOf(facts);
  for (const [name, values] of Object.entries(all)) expect([name, one(name)]).toEqual([name, values]);
  for (const name of ['constructor', '__proto__', 'toString', 'aws:resourcetag/constructor', 'nothing:here']) {
    expect(one(name)).toBeUndefined();
  }
});
