/** What a seed file may say, and how its mistakes are told. */
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

test('what is remembered of a key holds no material, and of a user no secret', () => {
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
  ['no YAML', 'Accounts: [', /line 1/],
  ['the same member twice', 'Accounts: []\nAccounts: []', /unique|duplicate/i],
  ['a bomb of aliases', bomb(), /alias/i],
  ['no mapping', '[]', /the file: it is no mapping/],
  ['a stranger at the top', 'Account: []', /the file: it has a member "Account"; known are Accounts/],
  ['no list', 'Accounts: {}', /Accounts: it is no list/],
  [
    'an account id without quotes',
    'Accounts: [{AccountId: 111122223333}]',
    /Accounts\[0\]\.AccountId: it is no text; put it in quotes/,
  ],
  ['a short account id', 'Accounts: [{AccountId: "1111"}]', /Accounts\[0\]\.AccountId: it is no account id/],
  [
    'an account twice',
    'Accounts: [{AccountId: "111122223333"}, {AccountId: "111122223333"}]',
    /Accounts\[1\]: .* already, at Accounts\[0\]/,
  ],
  ['a user without a name', user('AccessKeys: []'), /Users\[0\]\.UserName: it is missing/],
  ['a user name that IAM refuses', user('UserName: "a b"'), /Users\[0\]\.UserName: .*regular expression pattern/],
  ['two users of one name', user('UserName: a}, {UserName: A'), /Users\[1\]: .* already/],
  [
    'a short secret',
    user('UserName: a, AccessKeys: [{AccessKeyId: AKIASEED000000000000, SecretAccessKey: short}]'),
    /AccessKeys\[0\]\.SecretAccessKey: it is no secret/,
  ],
  [
    'a bad access key id',
    user('UserName: a, AccessKeys: [{AccessKeyId: short, SecretAccessKey: sixteen-or-more-characters}]'),
    /AccessKeys\[0\]\.AccessKeyId: it is no access key id/,
  ],
  [
    'a key id that KMS could not give',
    'Accounts: [{AccountId: "111122223333", Keys: [{KeyId: orders, Region: eu-west-1}]}]',
    /Keys\[0\]\.KeyId: it is no key id/,
  ],
  [
    'a Region that is none',
    'Accounts: [{AccountId: "111122223333", Keys: [{KeyId: 11111111-2222-3333-4444-555555555555, Region: Europe}]}]',
    /Keys\[0\]\.Region: it is no Region/,
  ],
  ['a strange member', key('Alias: alias/a'), /Keys\[0\]: it has a member "Alias"/],
  ['a spec that is none', key('KeySpec: AES'), /Keys\[0\]: 1 validation error detected: Value 'AES' at 'keySpec'/],
  [
    'a usage the spec has not',
    key('KeySpec: HMAC_256, KeyUsage: SIGN_VERIFY'),
    /KeyUsage: HMAC_256 keys are not for SIGN_VERIFY/,
  ],
  ['an open usage', key('KeySpec: RSA_2048'), /KeyUsage: it is missing, and RSA_2048 keys have several/],
  ['material that is no Base64', key('KeyMaterial: "not base64!"'), /KeyMaterial: it is neither Base64 nor PEM/],
  ['material as a number', key('KeyMaterial: 17'), /KeyMaterial: it is no text/],
  [
    'material of a spec that takes none',
    key(`KeySpec: ML_DSA_44, KeyMaterial: ${material}`),
    /KeyMaterial: the material of ML_DSA_44 keys cannot be given/,
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
    'a grant of a strange operation',
    key('Grants: [{Name: a, GranteePrincipal: "arn:aws:iam::111122223333:root", Operations: [Fly]}]'),
    /Grants\[0\]: .*Fly/,
  ],
  ['a reserved tag', key('Tags: {"aws:x": y}'), /Tags: Tags beginning with aws: are reserved/],
  ['a tag that is a number', key('Tags: {Version: 1}'), /Tags\.Version: it is no text/],
  ['too short a period', key('RotationPeriodInDays: 1'), /RotationPeriodInDays: .*rotationPeriodInDays/],
  [
    'rotation of a key that has none',
    key('KeySpec: HMAC_256, RotationPeriodInDays: 365'),
    /RotationPeriodInDays: HMAC_256 keys are not rotated/,
  ],
  ['a flag that is none', key('Enabled: "no"'), /Enabled: it is neither true nor false/],
])('%s is refused with its place', (_what, text, expected) => {
  expect(problemsOf(text)).toMatch(/^The seed file seed.yaml cannot be used:/);
  expect(problemsOf(text)).toMatch(expected);
});

test('a private key in another form is told how to become one', () => {
  const pem = '-----BEGIN EC PRIVATE KEY-----\\nAAAA\\n-----END EC PRIVATE KEY-----';
  expect(problemsOf(key(`KeySpec: ECC_NIST_P256, KeyUsage: SIGN_VERIFY, KeyMaterial: "${pem}"`))).toMatch(
    /KeyMaterial: it is a EC PRIVATE KEY, not a PKCS#8 PRIVATE KEY: openssl pkcs8/,
  );
});

test('every mistake is told at once', () => {
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
