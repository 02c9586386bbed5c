/** What a seed file can contain, and how its mistakes are reported. */
import { parseSeed } from '@keystead/control-plane/startup/seed/seed-file.ts';
import { StartError } from '@keystead/control-plane/startup/start-error.ts';

const key = (members: string): string =>
  `Accounts: [{AccountId: "111122223333", Keys: [{KeyId: 11111111-2222-3333-4444-555555555555, Region: eu-west-1, ${members}}]}]`;
const user = (members: string): string => `Accounts: [{AccountId: "111122223333", Users: [{${members}}]}]`;
const material = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

function problemsOf(text: string): string {
  try {
    parseSeed('seed.yaml', text);
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
  return '';
}

test('a key needs an id and a Region, and nothing else', () => {
  const [read] = parseSeed('seed.yaml', key('')).keys;
  expect(read).toMatchObject({
    accountId: '111122223333',
    region: 'eu-west-1',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    description: '',
    tags: '{}',
    enabled: true,
    aliases: [],
    grants: [],
  });
});

test('JSON is YAML', () => {
  const json = JSON.stringify({ Accounts: [{ AccountId: '111122223333', Users: [{ UserName: 'alice' }] }] });
  expect(parseSeed('seed.json', json).users).toMatchObject([{ userName: 'alice', accessKeys: [] }]);
});

test('the recorded declaration of a key has no material, and that of a user has no secret', () => {
  const { keys } = parseSeed('seed.yaml', key(`KeyMaterial: ${material}, Description: a`));
  expect(keys[0]?.declared).toEqual({
    KeyId: '11111111-2222-3333-4444-555555555555',
    Region: 'eu-west-1',
    Description: 'a',
  });
  const { users } = parseSeed(
    'seed.yaml',
    user('UserName: a, AccessKeys: [{AccessKeyId: AKIASEED000000000000, SecretAccessKey: sixteen-or-more-characters}]'),
  );
  expect(users[0]?.declared).toEqual({ AccessKeyIds: ['AKIASEED000000000000'] });
});

test.each<[string, string, RegExp]>([
  ['text that is not YAML', 'Accounts: [', /line 1/],
  ['the same member twice', 'Accounts: []\nAccounts: []', /unique|duplicate/i],
  ['a bomb of aliases', bomb(), /alias/i],
  ['a list in the place of a mapping', '[]', /the file: it is not a mapping/],
  [
    'an unknown member at the top',
    'Account: []',
    /the file: it has an unknown member "Account"; known members are Accounts/,
  ],
  ['a mapping in the place of a list', 'Accounts: {}', /Accounts: it is not a list/],
  [
    'an account id without quotes',
    'Accounts: [{AccountId: 111122223333}]',
    /Accounts\[0\]\.AccountId: it is not a text; put it in quotes/,
  ],
  ['a short account id', 'Accounts: [{AccountId: "1111"}]', /Accounts\[0\]\.AccountId: it is not an account id/],
  [
    'an account twice',
    'Accounts: [{AccountId: "111122223333"}, {AccountId: "111122223333"}]',
    /Accounts\[1\]: .* already, at Accounts\[0\]/,
  ],
  [
    'a malformed organization',
    'Accounts: [{AccountId: "111122223333", OrganizationId: o-1}]',
    /Accounts\[0\]\.OrganizationId: .*organizationId/,
  ],
  [
    'a malformed path in an organization',
    'Accounts: [{AccountId: "111122223333", OrganizationId: o-a1b2c3d4e5, OrganizationPaths: [o-a1b2c3d4e5/r-ab12]}]',
    /Accounts\[0\]\.OrganizationId: .*organizationPaths/,
  ],
  [
    'a path in another organization',
    'Accounts: [{AccountId: "111122223333", OrganizationId: o-a1b2c3d4e5, OrganizationPaths: [o-zzzzzzzzzz/r-ab12/]}]',
    /Accounts\[0\]\.OrganizationPaths: The path o-zzzzzzzzzz\/r-ab12\/ is not in the organization o-a1b2c3d4e5/,
  ],
  [
    'paths without an organization',
    'Accounts: [{AccountId: "111122223333", OrganizationPaths: [o-a1b2c3d4e5/r-ab12/]}]',
    /Accounts\[0\]\.OrganizationId: it is missing, and OrganizationPaths is not/,
  ],
  ['a user without a name', user('AccessKeys: []'), /Users\[0\]\.UserName: it is missing/],
  ['a user name that IAM refuses', user('UserName: "a b"'), /Users\[0\]\.UserName: .*regular expression pattern/],
  ['two users of one name', user('UserName: a}, {UserName: A'), /Users\[1\]: .* already/],
  [
    'a short secret',
    user('UserName: a, AccessKeys: [{AccessKeyId: AKIASEED000000000000, SecretAccessKey: short}]'),
    /AccessKeys\[0\]\.SecretAccessKey: it is not a secret/,
  ],
  [
    'a bad access key id',
    user('UserName: a, AccessKeys: [{AccessKeyId: short, SecretAccessKey: sixteen-or-more-characters}]'),
    /AccessKeys\[0\]\.AccessKeyId: it is not an access key id/,
  ],
  [
    'a key id that KMS could not give',
    'Accounts: [{AccountId: "111122223333", Keys: [{KeyId: orders, Region: eu-west-1}]}]',
    /Keys\[0\]\.KeyId: it is not a key id/,
  ],
  [
    'an invalid Region name',
    'Accounts: [{AccountId: "111122223333", Keys: [{KeyId: 11111111-2222-3333-4444-555555555555, Region: Europe}]}]',
    /Keys\[0\]\.Region: it is not a Region/,
  ],
  ['an unknown member', key('Alias: alias/a'), /Keys\[0\]: it has an unknown member "Alias"/],
  ['an unknown spec', key('KeySpec: AES'), /Keys\[0\]: 1 validation error detected: Value 'AES' at 'keySpec'/],
  [
    'a usage that the spec does not have',
    key('KeySpec: HMAC_256, KeyUsage: SIGN_VERIFY'),
    /KeyUsage: HMAC_256 keys cannot be used for SIGN_VERIFY/,
  ],
  ['a missing usage', key('KeySpec: RSA_2048'), /KeyUsage: it is missing, and RSA_2048 keys have several usages/],
  ['material that is not Base64', key('KeyMaterial: "not base64!"'), /KeyMaterial: it is neither Base64 nor PEM/],
  ['material as a number', key('KeyMaterial: 17'), /KeyMaterial: it is not a text/],
  [
    'material of a spec that accepts none',
    key(`KeySpec: ML_DSA_44, KeyMaterial: ${material}`),
    /KeyMaterial: the material of ML_DSA_44 keys cannot be given/,
  ],
  [
    'ML-KEM keys in the China Regions',
    'Accounts: [{AccountId: "111122223333", Keys: [{KeyId: 11111111-2222-3333-4444-555555555555, Region: cn-north-1, KeySpec: ML_KEM_512}]}]',
    /KeySpec: the China Regions do not have ML_KEM_512 keys/,
  ],
  ['an alias without its prefix', key('Aliases: [orders]'), /Aliases\[0\]: /],
  ['a reserved alias', key('Aliases: [alias/aws/s3]'), /Aliases\[0\]: refused with NotAuthorizedException/],
  ['an alias twice', key('Aliases: [alias/a, alias/a]'), /Aliases\[1\]: .* already/],
  [
    'a grant without a name',
    key('Grants: [{GranteePrincipal: "arn:aws:iam::111122223333:root", Operations: [Decrypt]}]'),
    /Grants\[0\]\.Name: it is missing/,
  ],
  [
    'a grant of an unknown operation',
    key('Grants: [{Name: a, GranteePrincipal: "arn:aws:iam::111122223333:root", Operations: [Fly]}]'),
    /Grants\[0\]: .*Fly/,
  ],
  ['a reserved tag', key('Tags: {"aws:x": y}'), /Tags: Tags beginning with aws: are reserved/],
  ['a tag that is a number', key('Tags: {Version: 1}'), /Tags\.Version: it is not a text/],
  ['too short a period', key('RotationPeriodInDays: 1'), /RotationPeriodInDays: .*rotationPeriodInDays/],
  [
    'rotation of a key that cannot be rotated',
    key('KeySpec: HMAC_256, RotationPeriodInDays: 365'),
    /RotationPeriodInDays: HMAC_256 keys cannot be rotated/,
  ],
  [
    'a protection that is not a boolean',
    key('DeletionProtection: 1'),
    /DeletionProtection: it is neither true nor false/,
  ],
  ['a flag that is not a boolean', key('Enabled: "no"'), /Enabled: it is neither true nor false/],
])('%s is refused with its place', (_what, text, expected) => {
  expect(problemsOf(text)).toMatch(/^The seed file seed.yaml cannot be used:/);
  expect(problemsOf(text)).toMatch(expected);
});

test('for a private key in another form, the error says how to convert it', () => {
  const pem = '-----BEGIN EC PRIVATE KEY-----\\nAAAA\\n-----END EC PRIVATE KEY-----';
  expect(problemsOf(key(`KeySpec: ECC_NIST_P256, KeyUsage: SIGN_VERIFY, KeyMaterial: "${pem}"`))).toMatch(
    /KeyMaterial: it is a EC PRIVATE KEY, not a PKCS#8 PRIVATE KEY: convert it with openssl pkcs8/,
  );
});

test('all mistakes are reported at once', () => {
  const problems = problemsOf('Accounts: [{AccountId: "1", Keys: [{KeyId: a, Region: b}]}, {AccountId: "2"}]');
  expect(problems.split('\n')).toHaveLength(5);
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 10; i += 1) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  return lines.join('\n');
}
