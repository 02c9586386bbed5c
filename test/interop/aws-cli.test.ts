/**
 * The `aws` command line against a running server, configured only by endpoint and credentials file. Every operation
 * once. The tests run in parallel, because a call is mostly the command line's own work.
 */
import { createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { writeAwsCliModel } from '../support/aws-cli-model.ts';
import { awsCommandLine, awsProcess } from '../support/aws-command-line.ts';
import { type KeyStoreBackends, startKeyStoreBackends } from '../support/key-store-backends.ts';
import { needs } from '../support/needs.ts';
import { type CommandResult, run, startServer, type TestServer } from '../support/server.ts';

needs('softhsm', 'binding', 'openssl', 'aws');

const PRIMARY = 'us-east-1';
const SECOND = 'eu-central-1';
const ACCOUNT = '111122223333';

type Json = Readonly<Record<string, unknown>>;

/** Ninety commands. */
jest.setTimeout(300_000);

const commandLine = awsCommandLine();
let server: TestServer;
/** The PKCS#11 token and the proxy of the custom key stores. */
let backends: KeyStoreBackends;
/** Models for operations that are newer than the installed command line. */
let dataPath: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  backends = await startKeyStoreBackends();
  server = await startServer({ args: [...backends.args, '--job-interval', '1'] });
  const { stderr } = await run('aws', ['kms', 'encapsulate', '--region', PRIMARY]);
  if (!/invalid choice/i.test(stderr)) return;
  process.stdout.write(
    'the installed aws command line is older than Encapsulate: it gets a model of it from the contract\n',
  );
  dataPath = { AWS_DATA_PATH: await writeAwsCliModel(join(server.dataDir, 'models'), ['Encapsulate', 'Decapsulate']) };
});

afterAll(async () => {
  await server?.stop();
  await backends?.stop();
});

function environment(): Readonly<Record<string, string | undefined>> {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_SESSION_TOKEN: ___, ...env } = process.env;
  return {
    ...env,
    AWS_SHARED_CREDENTIALS_FILE: join(server.dataDir, 'credentials'),
    AWS_CONFIG_FILE: join(server.dataDir, 'no-config'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_DEFAULT_OUTPUT: 'json',
    ...dataPath,
  };
}

function aws(args: readonly string[], region: string): Promise<CommandResult> {
  return commandLine(['kms', ...args, '--endpoint-url', server.endpoint, '--region', region], environment());
}

async function ok(command: string, region = PRIMARY, ...values: readonly string[]): Promise<Json> {
  const { code, stdout, stderr } = await aws([...command.split(' '), ...values], region);
  if (code !== 0) throw new Error(`aws kms ${command}: ${stderr}`);
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Json);
}

/** The refusal as the command line prints it. */
async function refused(command: string, region = PRIMARY, ...values: readonly string[]): Promise<string> {
  const { code, stderr } = await aws([...command.split(' '), ...values], region);
  expect(code).toBeGreaterThan(0);
  return stderr.trim();
}

const errorText = (code: string, operation: string, text: string) =>
  expect.stringContaining(`An error occurred (${code}) when calling the ${operation} operation: ${text}`);

const metadataOf = (answer: Json) =>
  answer.KeyMetadata as { readonly KeyId: string; readonly Arn: string; readonly KeyState: string };
const stateOf = async (KeyId: string, region = PRIMARY) =>
  metadataOf(await ok(`describe-key --key-id ${KeyId}`, region)).KeyState;

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(server.dataDir, name);
  await writeFile(path, content);
  return `fileb://${path}`;
}

const base64 = (text: unknown) => Buffer.from(String(text), 'base64');
const blobFile = (name: string, text: unknown) => file(name, base64(text));

test.concurrent('a command prints the same in a process of its own', async () => {
  // A Region that no other test changes.
  const region = 'ap-south-1';
  const { KeyId } = metadataOf(await ok('create-key', region));
  const commands: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [`describe-key --key-id ${KeyId}`, {}],
    [`describe-key --key-id ${KeyId}`, { AWS_DEFAULT_OUTPUT: 'text' }],
    ['describe-key --key-id nonsense', {}],
    ['no-such-command', {}],
  ];
  for (const [command, variables] of commands) {
    const args = ['kms', ...command.split(' '), '--endpoint-url', server.endpoint, '--region', region];
    const env = { ...environment(), ...variables };
    const own = await awsProcess(args, env);
    expect(own.stdout + own.stderr).not.toBe('');
    expect(await commandLine(args, env)).toEqual(own);
  }
});

test.concurrent('a key is created, described, disabled, enabled and described again', async () => {
  const created = await ok('create-key --tags TagKey=team,TagValue=orders --description', PRIMARY, 'the first key');
  expect(created.KeyMetadata).toMatchObject({
    AWSAccountId: ACCOUNT,
    Description: 'the first key',
    Enabled: true,
    KeyState: 'Enabled',
    KeySpec: 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyManager: 'CUSTOMER',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  });
  const { KeyId, Arn } = metadataOf(created);
  expect(Arn).toBe(`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/${KeyId}`);
  expect((await ok('list-keys')).Keys).toContainEqual({ KeyId, KeyArn: Arn });
  expect((await ok('list-keys', SECOND)).Keys).not.toContainEqual(expect.objectContaining({ KeyId }));
  await ok(`disable-key --key-id ${KeyId}`);
  expect(await stateOf(KeyId)).toBe('Disabled');
  const plaintext = await file('plaintext', 'hello');
  expect(await refused(`encrypt --key-id ${KeyId} --plaintext ${plaintext}`)).toEqual(
    errorText('DisabledException', 'Encrypt', `${Arn} is disabled.`),
  );
  await ok(`enable-key --key-id ${KeyId}`);
  expect(await stateOf(KeyId)).toBe('Enabled');
  await ok(`update-key-description --key-id ${KeyId} --description other`);
  expect((await ok(`describe-key --key-id ${Arn}`)).KeyMetadata).toMatchObject({ Description: 'other' });
});

test.concurrent('aliases are created, moved, listed and deleted', async () => {
  const [first, second] = [metadataOf(await ok('create-key')), metadataOf(await ok('create-key'))];
  await ok(`create-alias --alias-name alias/orders --target-key-id ${first.KeyId}`);
  const arn = `arn:aws:kms:${PRIMARY}:${ACCOUNT}:alias/orders`;
  expect(await refused(`create-alias --alias-name alias/orders --target-key-id ${first.KeyId}`)).toEqual(
    errorText('AlreadyExistsException', 'CreateAlias', `An alias with the name ${arn} already exists`),
  );
  await ok(`update-alias --alias-name alias/orders --target-key-id ${second.KeyId}`);
  expect(metadataOf(await ok('describe-key --key-id alias/orders')).KeyId).toBe(second.KeyId);
  expect((await ok(`list-aliases --key-id ${second.KeyId}`)).Aliases).toMatchObject([
    { AliasName: 'alias/orders', AliasArn: arn, TargetKeyId: second.KeyId },
  ]);
  await ok('delete-alias --alias-name alias/orders');
  const { Aliases } = (await ok('list-aliases')) as { Aliases: readonly { AliasName: string }[] };
  expect(Aliases.filter(({ AliasName }) => !AliasName.startsWith('alias/aws/'))).toEqual([]);
  expect(await refused('describe-key --key-id alias/orders')).toEqual(
    errorText('NotFoundException', 'DescribeKey', `Alias ${arn} is not found.`),
  );
});

test.concurrent('policies and tags are read and written', async () => {
  const { KeyId } = metadataOf(await ok('create-key'));
  const read = await ok(`get-key-policy --key-id ${KeyId} --policy-name default`);
  const policy = JSON.parse(String(read.Policy)) as { readonly Statement: readonly Json[] };
  expect(policy.Statement[0]).toMatchObject({ Sid: 'Enable IAM User Permissions', Action: 'kms:*' });
  const Statement = [...policy.Statement, { ...policy.Statement[0], Sid: 'second' }];
  await ok(
    `put-key-policy --key-id ${KeyId} --policy-name default --policy`,
    PRIMARY,
    JSON.stringify({ ...policy, Statement }),
  );
  expect(JSON.parse(String((await ok(`get-key-policy --key-id ${KeyId}`)).Policy)).Statement).toHaveLength(2);
  expect((await ok(`list-key-policies --key-id ${KeyId}`)).PolicyNames).toEqual(['default']);
  const lockout = JSON.stringify({ ...policy, Statement: [{ ...policy.Statement[0], Action: 'kms:Encrypt' }] });
  expect(await refused(`put-key-policy --key-id ${KeyId} --policy`, PRIMARY, lockout)).toEqual(
    errorText(
      'MalformedPolicyDocumentException',
      'PutKeyPolicy',
      'The new key policy will not allow you to update the key policy in the future.',
    ),
  );
  await ok(`tag-resource --key-id ${KeyId} --tags TagKey=team,TagValue=orders TagKey=stage,TagValue=test`);
  await ok(`untag-resource --key-id ${KeyId} --tag-keys stage`);
  expect((await ok(`list-resource-tags --key-id ${KeyId}`)).Tags).toEqual([{ TagKey: 'team', TagValue: 'orders' }]);
  expect(await refused(`tag-resource --key-id ${KeyId} --tags TagKey=aws:team,TagValue=x`)).toEqual(
    errorText('TagException', 'TagResource', 'Tags beginning with aws: are reserved'),
  );
});

test.concurrent('grants are created, listed, revoked and retired', async () => {
  const { KeyId, Arn } = metadataOf(await ok('create-key'));
  const root = `arn:aws:iam::${ACCOUNT}:root`;
  const create = `create-grant --key-id ${KeyId} --grantee-principal ${root} --operations Encrypt Decrypt`;
  const first = await ok(
    `${create} --retiring-principal ${root} --name first --constraints EncryptionContextSubset={Department=finance}`,
  );
  const second = await ok(create);
  const { Grants } = await ok(`list-grants --key-id ${KeyId}`);
  expect(Grants).toHaveLength(2);
  expect(Grants).toContainEqual(
    expect.objectContaining({
      KeyId: Arn,
      GrantId: first.GrantId,
      Name: 'first',
      GranteePrincipal: root,
      RetiringPrincipal: root,
      IssuingAccount: root,
      Operations: ['Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { Department: 'finance' } },
    }),
  );
  expect((await ok(`list-retirable-grants --retiring-principal ${root}`)).Grants).toHaveLength(1);
  await ok(`revoke-grant --key-id ${KeyId} --grant-id ${second.GrantId}`);
  await ok(`retire-grant --grant-token ${first.GrantToken}`);
  expect((await ok(`list-grants --key-id ${KeyId}`)).Grants).toEqual([]);
  expect(await refused(`revoke-grant --key-id ${KeyId} --grant-id ${second.GrantId}`)).toContain('(NotFoundException)');
});

test.concurrent('rotation is switched on, read, done on demand and listed', async () => {
  const { KeyId } = metadataOf(await ok('create-key'));
  expect((await ok(`get-key-rotation-status --key-id ${KeyId}`)).KeyRotationEnabled).toBe(false);
  await ok(`enable-key-rotation --key-id ${KeyId} --rotation-period-in-days 180`);
  expect(await ok(`get-key-rotation-status --key-id ${KeyId}`)).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 180,
    NextRotationDate: expect.anything(),
  });
  await ok(`disable-key-rotation --key-id ${KeyId}`);
  expect((await ok(`rotate-key-on-demand --key-id ${KeyId}`)).KeyId).toContain(KeyId);
  const { Rotations } = await ok(`list-key-rotations --key-id ${KeyId}`);
  expect(Rotations).toMatchObject([{ RotationType: 'ON_DEMAND' }]);
});

test.concurrent('data is encrypted, decrypted, re-encrypted; data keys and random bytes are made', async () => {
  const [first, second] = [metadataOf(await ok('create-key')), metadataOf(await ok('create-key'))];
  const secret = Buffer.from([0, 1, 2, 0xff, 0xfe, 10, 13]);
  const plaintext = await file('secret', secret);
  const context = '--encryption-context Department=finance';
  const made = await ok(`encrypt --key-id ${first.KeyId} --plaintext ${plaintext} ${context}`);
  expect(made).toMatchObject({ KeyId: first.Arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
  const blob = await blobFile('ciphertext', made.CiphertextBlob);
  const opened = await ok(`decrypt --ciphertext-blob ${blob} ${context}`);
  expect(opened).toMatchObject({ KeyId: first.Arn, Plaintext: secret.toString('base64') });
  expect(await refused(`decrypt --ciphertext-blob ${blob}`)).toContain(
    'An error occurred (InvalidCiphertextException) when calling the Decrypt operation',
  );
  expect(await refused(`decrypt --key-id ${second.KeyId} --ciphertext-blob ${blob} ${context}`)).toEqual(
    errorText(
      'IncorrectKeyException',
      'Decrypt',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    ),
  );
  const again = await ok(
    `re-encrypt --ciphertext-blob ${blob} --source-encryption-context Department=finance --destination-key-id ${second.KeyId}`,
  );
  expect(again).toMatchObject({ SourceKeyId: first.Arn, KeyId: second.Arn });
  const reopened = await ok(`decrypt --ciphertext-blob ${await blobFile('again', again.CiphertextBlob)}`);
  expect(reopened).toMatchObject({ KeyId: second.Arn, Plaintext: secret.toString('base64') });
  const dataKey = await ok(`generate-data-key --key-id ${first.KeyId} --key-spec AES_256`);
  const wrapped = await blobFile('data-key', dataKey.CiphertextBlob);
  expect((await ok(`decrypt --ciphertext-blob ${wrapped}`)).Plaintext).toBe(dataKey.Plaintext);
  const hidden = await ok(`generate-data-key-without-plaintext --key-id ${first.KeyId} --number-of-bytes 24`);
  expect(hidden.Plaintext).toBeUndefined();
  const opaque = await ok(`decrypt --ciphertext-blob ${await blobFile('hidden', hidden.CiphertextBlob)}`);
  expect(Buffer.from(String(opaque.Plaintext), 'base64')).toHaveLength(24);
  const random = await ok('generate-random --number-of-bytes 16');
  expect(Buffer.from(String(random.Plaintext), 'base64')).toHaveLength(16);
  expect(await refused(`generate-data-key --key-id ${first.KeyId}`)).toEqual(
    errorText('ValidationException', 'GenerateDataKey', 'Please specify either number of bytes or key spec.'),
  );
});

test.concurrent('a signature made here verifies here and with openssl, from the public key alone', async () => {
  const made = await ok('create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY');
  expect(made.KeyMetadata).toMatchObject({ KeySpec: 'ECC_NIST_P256', SigningAlgorithms: ['ECDSA_SHA_256'] });
  const { KeyId, Arn } = metadataOf(made);
  const how = `--key-id ${KeyId} --signing-algorithm ECDSA_SHA_256`;
  const message = await file('to-sign', 'attack at dawn');
  const signed = await ok(`sign ${how} --message ${message}`);
  expect(signed).toMatchObject({ KeyId: Arn, SigningAlgorithm: 'ECDSA_SHA_256' });
  const signature = await blobFile('signature', signed.Signature);
  expect(await ok(`verify ${how} --message ${message} --signature ${signature}`)).toMatchObject({
    SignatureValid: true,
  });
  const other = await file('not-signed', 'attack at dusk');
  expect(await refused(`verify ${how} --message ${other} --signature ${signature}`)).toContain(
    'An error occurred (KMSInvalidSignatureException) when calling the Verify operation',
  );
  const shown = await ok(`get-public-key --key-id ${KeyId}`);
  expect(shown).toMatchObject({ KeyId: Arn, KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] });
  await blobFile('public.der', shown.PublicKey);
  const path = (name: string) => join(server.dataDir, name);
  const { stdout } = await run('openssl', [
    'dgst',
    '-sha256',
    ...['-keyform', 'DER', '-verify', path('public.der'), '-signature', path('signature'), path('to-sign')],
  ]);
  expect(stdout.trim()).toBe('Verified OK');
});

test.concurrent('a MAC made here verifies here', async () => {
  expect(await refused('create-key --key-spec HMAC_256')).toEqual(
    errorText('ValidationException', 'CreateKey', 'You must specify a KeyUsage value for all KMS keys except for'),
  );
  const { KeyId, Arn } = metadataOf(await ok('create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC'));
  const how = `--key-id ${KeyId} --mac-algorithm HMAC_SHA_256`;
  const message = await file('to-authenticate', 'attack at dawn');
  const { Mac } = await ok(`generate-mac ${how} --message ${message}`);
  const mac = await blobFile('mac', Mac);
  expect(await ok(`verify-mac ${how} --message ${message} --mac ${mac}`)).toMatchObject({ KeyId: Arn, MacValid: true });
  const other = await file('not-authenticated', 'attack at dusk');
  expect(await refused(`verify-mac ${how} --message ${other} --mac ${mac}`)).toContain(
    'An error occurred (KMSInvalidMacException) when calling the VerifyMac operation',
  );
  expect(await refused(`get-public-key --key-id ${KeyId}`)).toEqual(
    errorText('UnsupportedOperationException', 'GetPublicKey', `${Arn} key spec is HMAC_256 which is not valid`),
  );
});

test.concurrent('deletion is scheduled and cancelled', async () => {
  const { KeyId, Arn } = metadataOf(await ok('create-key'));
  expect(await ok(`schedule-key-deletion --key-id ${KeyId} --pending-window-in-days 7`)).toMatchObject({
    KeyId: Arn,
    KeyState: 'PendingDeletion',
    PendingWindowInDays: 7,
    DeletionDate: expect.anything(),
  });
  expect(await refused(`enable-key --key-id ${KeyId}`)).toEqual(
    errorText('KMSInvalidStateException', 'EnableKey', `${Arn} is pending deletion.`),
  );
  expect((await ok(`cancel-key-deletion --key-id ${KeyId}`)).KeyId).toBe(Arn);
  expect(await stateOf(KeyId)).toBe('Disabled');
});

test.concurrent('a multi-Region key works in two Regions and moves its primary', async () => {
  const { KeyId, Arn } = metadataOf(await ok('create-key --multi-region'));
  expect(KeyId).toMatch(/^mrk-/);
  expect(await refused(`describe-key --key-id ${KeyId}`, SECOND)).toEqual(
    errorText('NotFoundException', 'DescribeKey', `Key '${Arn.replace(PRIMARY, SECOND)}' does not exist`),
  );
  const replicated = await ok(`replicate-key --key-id ${KeyId} --replica-region ${SECOND}`);
  expect(replicated.ReplicaKeyMetadata).toMatchObject({
    Arn: Arn.replace(PRIMARY, SECOND),
    MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA' },
  });
  const made = await ok(`encrypt --key-id ${KeyId} --plaintext ${await file('plaintext', 'hello')}`);
  const opened = await ok(
    `decrypt --key-id ${KeyId} --ciphertext-blob ${await blobFile('mrk', made.CiphertextBlob)}`,
    SECOND,
  );
  expect(opened).toMatchObject({
    Plaintext: Buffer.from('hello').toString('base64'),
    KeyId: Arn.replace(PRIMARY, SECOND),
  });
  await ok(`update-primary-region --key-id ${KeyId} --primary-region ${SECOND}`);
  expect((await ok(`describe-key --key-id ${KeyId}`, SECOND)).KeyMetadata).toMatchObject({
    MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', PrimaryKey: { Region: SECOND } },
  });
  expect(await refused(`describe-key --key-id ${Arn}`, SECOND)).toEqual(
    errorText('NotFoundException', 'DescribeKey', `Invalid arn ${PRIMARY}`),
  );
});

test.concurrent('mistakes are reported in the words of AWS', async () => {
  const unknown = '1234abcd-12ab-34cd-56ef-1234567890ab';
  expect(await refused(`describe-key --key-id ${unknown}`)).toEqual(
    errorText(
      'NotFoundException',
      'DescribeKey',
      `Key 'arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/${unknown}' does not exist`,
    ),
  );
  expect(await refused('describe-key --key-id nonsense')).toEqual(
    errorText('NotFoundException', 'DescribeKey', "Invalid keyId 'nonsense'"),
  );
  const { KeyId } = metadataOf(await ok('create-key'));
  expect(await refused(`create-alias --alias-name orders --target-key-id ${KeyId}`)).toEqual(
    errorText('ValidationException', 'CreateAlias', 'Alias must start with the prefix "alias/".'),
  );
  expect(await refused('create-key --key-spec NO_SUCH_SPEC')).toEqual(
    errorText(
      'ValidationException',
      'CreateKey',
      "1 validation error detected: Value 'NO_SUCH_SPEC' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [",
    ),
  );
  expect(await refused(`delete-imported-key-material --key-id ${KeyId}`)).toEqual(
    errorText(
      'UnsupportedOperationException',
      'DeleteImportedKeyMaterial',
      `arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/${KeyId} origin is AWS_KMS which is not valid for this operation.`,
    ),
  );
});

test.concurrent('key material that openssl wrapped is imported, deleted, and imported again', async () => {
  const { KeyId } = metadataOf(await ok('create-key --origin EXTERNAL'));
  expect(await stateOf(KeyId)).toBe('PendingImport');
  const path = (name: string) => join(server.dataDir, `import.${name}`);
  await writeFile(path('material'), randomBytes(32));
  const importIt = async () => {
    const parameters = await ok(
      `get-parameters-for-import --key-id ${KeyId} --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096`,
    );
    await writeFile(path('der'), Buffer.from(String(parameters.PublicKey), 'base64'));
    const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'];
    const how = ['-encrypt', '-pubin', '-keyform', 'DER', '-inkey', path('der')];
    const options = oaep.flatMap((option) => ['-pkeyopt', option]);
    const files = ['-in', path('material'), '-out', path('wrapped')];
    expect(await run('openssl', ['pkeyutl', ...how, ...options, ...files])).toMatchObject({ code: 0 });
    const importTokenFile = await blobFile('import.token', parameters.ImportToken);
    return ok(
      `import-key-material --key-id ${KeyId} --import-token ${importTokenFile} --encrypted-key-material fileb://${path('wrapped')} ` +
        '--expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE',
    );
  };
  const { KeyMaterialId } = await importIt();
  const made = await ok(`encrypt --key-id ${KeyId} --plaintext ${await file('imported', 'hello')}`);
  expect(await ok(`delete-imported-key-material --key-id ${KeyId}`)).toMatchObject({ KeyMaterialId });
  expect(await stateOf(KeyId)).toBe('PendingImport');
  expect(await importIt()).toMatchObject({ KeyMaterialId });
  const sealed = await blobFile('imported.sealed', made.CiphertextBlob);
  expect(await ok(`decrypt --ciphertext-blob ${sealed}`)).toMatchObject({ KeyMaterialId });
});

test.concurrent('data key pairs and shared secrets are made, and the last use of a key is read', async () => {
  const { KeyId } = metadataOf(await ok('create-key'));
  expect((await ok(`get-key-last-usage --key-id ${KeyId}`)).KeyLastUsage).toEqual({});
  const pair = await ok(`generate-data-key-pair --key-id ${KeyId} --key-pair-spec ECC_NIST_P256`);
  const sealed = await blobFile('pair.sealed', pair.PrivateKeyCiphertextBlob);
  expect((await ok(`decrypt --ciphertext-blob ${sealed}`)).Plaintext).toBe(pair.PrivateKeyPlaintext);
  const closed = await ok(`generate-data-key-pair-without-plaintext --key-id ${KeyId} --key-pair-spec ECC_NIST_P256`);
  expect(closed).not.toHaveProperty('PrivateKeyPlaintext');
  expect((await ok(`get-key-last-usage --key-id ${KeyId}`)).KeyLastUsage).toMatchObject({
    Operation: 'GenerateDataKeyPairWithoutPlaintext',
  });
  const mine = metadataOf(await ok('create-key --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT')).KeyId;
  const theirs = await blobFile('pair.public', pair.PublicKey);
  const agreed = await ok(
    `derive-shared-secret --key-id ${mine} --key-agreement-algorithm ECDH --public-key ${theirs}`,
  );
  const { PublicKey } = await ok(`get-public-key --key-id ${mine}`);
  const secret = diffieHellman({
    privateKey: createPrivateKey({ key: base64(pair.PrivateKeyPlaintext), format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: base64(PublicKey), format: 'der', type: 'spki' }),
  });
  expect(base64(agreed.SharedSecret)).toEqual(secret);
});

test.concurrent('a shared secret is encapsulated, and derived again', async () => {
  const { KeyId, Arn } = metadataOf(await ok('create-key --key-spec ML_KEM_768 --key-usage ENCAPSULATE_DECAPSULATE'));
  const named = `--key-id ${KeyId} --encapsulation-algorithm ML_KEM`;
  const { SharedSecret, SharedSecretCiphertextBlob } = await ok(`encapsulate ${named}`);
  expect(base64(SharedSecret)).toHaveLength(32);
  const blob = await blobFile('encapsulated', SharedSecretCiphertextBlob);
  const derived = await ok(`decapsulate ${named} --shared-secret-ciphertext-blob ${blob}`);
  expect(derived).toEqual({ KeyId: Arn, SharedSecret, EncapsulationAlgorithm: 'ML_KEM' });
  const short = await file('encapsulated.short', base64(SharedSecretCiphertextBlob).subarray(1));
  expect(await refused(`decapsulate ${named} --shared-secret-ciphertext-blob ${short}`)).toContain(
    'An error occurred (InvalidCiphertextException) when calling the Decapsulate operation:',
  );
});

test.concurrent('a custom key store is created, connected, used, changed and deleted', async () => {
  // As JSON, because the command line would fetch a parameter that is a URL.
  const { CustomKeyStoreId } = await ok(
    'create-custom-key-store --cli-input-json',
    PRIMARY,
    JSON.stringify(backends.externalStore),
  );
  const named = `--custom-key-store-id ${CustomKeyStoreId}`;
  const connection = async (wanted: string) => {
    for (;;) {
      const { CustomKeyStores } = await ok(`describe-custom-key-stores ${named}`);
      const [entry] = CustomKeyStores as readonly { readonly ConnectionState: string }[];
      if (entry?.ConnectionState === wanted) return;
      if (entry?.ConnectionState === 'FAILED') throw new Error('the key store does not connect');
    }
  };
  await ok(`update-custom-key-store ${named} --new-custom-key-store-name renamed`);
  await ok(`connect-custom-key-store ${named}`);
  await connection('CONNECTED');
  const { KeyId, Arn } = metadataOf(
    await ok(`create-key --origin EXTERNAL_KEY_STORE ${named} --xks-key-id ${backends.newExternalKey()}`),
  );
  const made = await ok(`encrypt --key-id ${KeyId} --plaintext ${await file('external', 'hello')}`);
  const sealed = await blobFile('external.sealed', made.CiphertextBlob);
  expect(base64((await ok(`decrypt --ciphertext-blob ${sealed}`)).Plaintext)).toEqual(Buffer.from('hello'));
  await ok(`disconnect-custom-key-store ${named}`);
  await connection('DISCONNECTED');
  expect(metadataOf(await ok(`describe-key --key-id ${Arn}`)).KeyState).toBe('Unavailable');
  expect(await refused(`delete-custom-key-store ${named}`)).toEqual(
    errorText('CustomKeyStoreHasCMKsException', 'DeleteCustomKeyStore', ''),
  );
});
