import { allConditions, type ConditionFacts, encryptionContextOf } from '../../control-plane/auth/request-context.ts';
import { ACCOUNT, alice, anAuthority, root } from '../support/policies.ts';

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

test('who asks, when, from where, is known of every request', () => {
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

test('root has no user name; operations on no key do not know the caller’s account', () => {
  const values = valuesOf('ListKeys', {}, { ctx: { ...ctx, principal: root } });
  expect(values).toMatchObject({ 'aws:principaltype': 'Account', 'aws:principalarn': root.arn });
  expect(values).not.toHaveProperty(['aws:username']);
  expect(values).not.toHaveProperty(['kms:calleraccount']);
});

test('the key brings its properties, tags and aliases', () => {
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

test('the alias counts only when it addressed the key, in an operation that takes aliases', () => {
  const viaAlias = { ...key, viaAlias: 'alias/a' };
  expect(valuesOf('Encrypt', {}, { key: viaAlias })).toHaveProperty(['kms:requestalias'], 'alias/a');
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

  test('that were not given and have no default are absent, so that Null can tell', () => {
    for (const name of ['kms:bypasspolicylockoutsafetycheck', 'aws:tagkeys', 'kms:multiregionkeytype']) {
      expect(valuesOf('CreateKey')).not.toHaveProperty([name]);
    }
    expect(valuesOf('ImportKeyMaterial')).not.toHaveProperty(['kms:expirationmodel']);
  });

  test('of CreateGrant: the grant to be made, its constraint’s pairs as the encryption context', () => {
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

  test('of RetireGrant: the grant to be retired', () => {
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

  test('is absent when empty, when not given and where there can be none', () => {
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
