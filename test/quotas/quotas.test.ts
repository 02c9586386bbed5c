/** Quotas: AWS's table, the token buckets, the operator's setting, and the refusal of a caller beyond a quota. */
import { awsQuotas, createThrottle, noQuotas, type Throttle } from '@keystead/control-plane/quotas/quotas.ts';
import { parseQuotas, readQuotas } from '@keystead/control-plane/startup/quota-file.ts';
import { StartError } from '@keystead/control-plane/startup/start-error.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import {
  chargesOf,
  defaultRate,
  isRequestQuota,
  type RequestQuotaName,
  requestQuotas,
  resourceQuotas,
} from '@keystead/provider-schema/quotas.ts';
import { array, assert as check, constantFrom, integer, property } from 'fast-check';
import { aKey } from '../support/a-key.ts';
import { openTestControlPlane, rootOf, type TestControlPlane } from '../support/test-control-plane.ts';

const account = { accountId: '111122223333', region: 'eu-west-1' };

/** How many of `times` requests are admitted. */
function admitted(throttle: Throttle, operation: string, times: number, nowMs: number, rest: object = {}): number {
  const asked = Array.from({ length: times }, () =>
    throttle.admits({ ...account, operation, service: 'kms', members: {}, nowMs, ...rest }),
  );
  return asked.filter(Boolean).length;
}

describe("AWS's request quotas", () => {
  test('cover every KMS operation: its own quota, or one that it shares', () => {
    const kms = Object.values(operations).filter((record) => record.service === 'kms');
    expect(kms).toHaveLength(56);
    for (const { name } of kms) expect(chargesOf(name, {})).not.toEqual([]);
  });

  test('give every operation of every other API a rate', () => {
    const others = Object.values(operations).filter((record) => record.service !== 'kms');
    expect(new Set(others.map(({ service }) => service))).toEqual(new Set(['iam', 'sts', 'cloudtrail', 'keystead']));
    for (const { name, service } of others) expect(chargesOf(name, {}, service)).toHaveLength(1);
  });

  test.each([
    ['CreateUser', 'iam', 100],
    ['AssumeRole', 'sts', 600],
    ['LookupEvents', 'cloudtrail', 2],
    ['GetKeyConfiguration', 'keystead', 1000],
  ] as const)('limit %s of %s to %d requests a second', (operation, service, perSecond) => {
    expect(admitted(createThrottle(awsQuotas), operation, perSecond + 10, 0, { service })).toBe(perSecond);
  });

  test('name only operations that exist', () => {
    const own = Object.keys(requestQuotas).filter((name) => !/^(Crypto|DataKeyPair)|^(Iam|Sts|Keystead)$/.test(name));
    for (const name of own) expect(Object.keys(operations)).toContain(name);
  });

  test.each<[string, object, RequestQuotaName]>([
    ['Encrypt', {}, 'CryptoSymmetric'],
    ['Encrypt', { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }, 'CryptoRsa'],
    ['Decrypt', { EncryptionAlgorithm: 'SM2PKE' }, 'CryptoEcc'],
    ['ReEncrypt', {}, 'CryptoSymmetric'],
    ['ReEncrypt', { DestinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }, 'CryptoRsa'],
    ['ReEncrypt', { SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }, 'CryptoRsa'],
    ['GenerateDataKey', {}, 'CryptoSymmetric'],
    ['GenerateRandom', {}, 'CryptoSymmetric'],
    ['GenerateMac', { MacAlgorithm: 'HMAC_SHA_256' }, 'CryptoSymmetric'],
    ['Sign', { SigningAlgorithm: 'RSASSA_PSS_SHA_512' }, 'CryptoRsa'],
    ['Sign', { SigningAlgorithm: 'ECDSA_SHA_256' }, 'CryptoEcc'],
    ['Verify', { SigningAlgorithm: 'ED25519_SHA_512' }, 'CryptoEcc'],
    ['Verify', { SigningAlgorithm: 'ML_DSA_SHAKE_256' }, 'CryptoMlDsa'],
    ['DeriveSharedSecret', {}, 'CryptoEcc'],
    ['Encapsulate', { EncapsulationAlgorithm: 'ML_KEM' }, 'CryptoMlKem'],
    ['Decapsulate', { EncapsulationAlgorithm: ['not', 'text'] }, 'CryptoMlKem'],
    ['GenerateDataKeyPair', { KeyPairSpec: 'RSA_4096' }, 'DataKeyPairRsa4096'],
    ['GenerateDataKeyPairWithoutPlaintext', { KeyPairSpec: 'ECC_SECG_P256K1' }, 'DataKeyPairEccSecgP256k1'],
    ['GenerateDataKeyPair', { KeyPairSpec: 'ML_KEM_512' }, 'DataKeyPairMlKem512'],
    ['GenerateDataKeyPair', { KeyPairSpec: 'ML_KEM_1024' }, 'DataKeyPairMlKem1024'],
    ['GenerateDataKeyPairWithoutPlaintext', { KeyPairSpec: 'ML_KEM_768' }, 'DataKeyPairMlKem768'],
    ['Encrypt', { EncryptionAlgorithm: ['not', 'text'] }, 'CryptoSymmetric'],
    ['GenerateDataKeyPair', { KeyPairSpec: 'constructor' }, 'CryptoSymmetric'],
    ['DescribeKey', {}, 'DescribeKey'],
  ])('%s %j counts against %s', (operation, members, quota) => {
    expect(chargesOf(operation, members as Record<string, unknown>)).toEqual([{ quota, requests: 1 }]);
  });

  test('count the effects of a request in another Region in that Region', () => {
    expect(chargesOf('ReplicateKey', { ReplicaRegion: 'us-east-1' })).toEqual([
      { quota: 'ReplicateKey', requests: 1 },
      { quota: 'CreateKey', requests: 2, region: 'us-east-1' },
    ]);
    expect(chargesOf('UpdatePrimaryRegion', { PrimaryRegion: 'us-east-1' })).toEqual([
      { quota: 'UpdatePrimaryRegion', requests: 1 },
      { quota: 'UpdatePrimaryRegion', requests: 1, region: 'us-east-1' },
    ]);
    expect(chargesOf('ReplicateKey', { ReplicaRegion: 'x'.repeat(100_000) })).toHaveLength(1);
  });

  test('differ by Region where they do at AWS', () => {
    expect(defaultRate('CryptoSymmetric', 'us-east-1')).toBe(100_000);
    expect(defaultRate('CryptoSymmetric', 'eu-central-1')).toBe(20_000);
    expect(defaultRate('CryptoSymmetric', 'sa-east-1')).toBe(10_000);
    expect(defaultRate('DataKeyPairRsa2048', 'eu-west-1')).toBe(20);
    expect(defaultRate('DataKeyPairRsa4096', 'cn-north-1')).toBe(0.1);
    expect(defaultRate('CreateKey', 'eu-west-1')).toBe(5);
  });
});

describe('a token bucket', () => {
  test('holds one second of requests, and fills evenly', () => {
    const throttle = createThrottle(awsQuotas);
    expect(admitted(throttle, 'CreateKey', 20, 0)).toBe(5);
    expect(admitted(throttle, 'CreateKey', 20, 199)).toBe(0);
    expect(admitted(throttle, 'CreateKey', 20, 400)).toBe(2);
    expect(admitted(throttle, 'CreateKey', 20, 1_000_000)).toBe(5);
  });

  test('is shared by the operations of a quota, and separate for each account and Region', () => {
    const throttle = createThrottle({ rateOf: (name) => (name === 'CryptoSymmetric' ? 3 : undefined) });
    expect(admitted(throttle, 'Encrypt', 2, 0)).toBe(2);
    expect(admitted(throttle, 'Decrypt', 2, 0)).toBe(1);
    expect(admitted(throttle, 'GenerateMac', 1, 0)).toBe(0);
    expect(admitted(throttle, 'Encrypt', 9, 0, { region: 'us-east-1' })).toBe(3);
    expect(admitted(throttle, 'Encrypt', 9, 0, { accountId: '444455556666' })).toBe(3);
    expect(admitted(throttle, 'DescribeKey', 1000, 0)).toBe(1000);
  });

  test('admits a request that counts against two only when both have enough, and charges neither otherwise', () => {
    const throttle = createThrottle(awsQuotas);
    const replicate = { members: { ReplicaRegion: 'us-east-1' } };
    expect(admitted(throttle, 'ReplicateKey', 5, 0, replicate)).toBe(2);
    expect(admitted(throttle, 'CreateKey', 5, 0, { region: 'us-east-1' })).toBe(1);
    expect(admitted(throttle, 'ReplicateKey', 5, 0, { members: { ReplicaRegion: 'us-west-2' } })).toBe(2);
  });

  test('of less than one request per second still admits one at a time', () => {
    const throttle = createThrottle(awsQuotas);
    const china = { region: 'cn-north-1', members: { KeyPairSpec: 'RSA_4096' } };
    expect(admitted(throttle, 'GenerateDataKeyPair', 3, 0, china)).toBe(1);
    expect(admitted(throttle, 'GenerateDataKeyPair', 3, 9_900, china)).toBe(0);
    expect(admitted(throttle, 'GenerateDataKeyPair', 3, 10_000, china)).toBe(1);
  });

  test('is not filled by a clock that steps back', () => {
    const throttle = createThrottle(awsQuotas);
    expect(admitted(throttle, 'CreateKey', 9, 100_000)).toBe(5);
    expect(admitted(throttle, 'CreateKey', 9, 0)).toBe(0);
  });

  test('never admits more in any period than one second of requests and its rate allow', () => {
    const steps = array(integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 200 });
    check(
      property(steps, constantFrom('CreateKey', 'CreateGrant'), (pauses, operation) => {
        const rate = defaultRate(operation, account.region);
        const throttle = createThrottle(awsQuotas);
        let nowMs = 0;
        const times: number[] = [];
        for (const pause of pauses) {
          nowMs += pause;
          for (let i = 0; i < 12; i += 1) if (admitted(throttle, operation, 1, nowMs) === 1) times.push(nowMs);
        }
        times.forEach((from, first) => {
          const last = times.length - 1;
          const seconds = ((times[last] ?? from) - from) / 1000;
          expect(last - first + 1).toBeLessThanOrEqual(rate + seconds * rate + 1e-6);
        });
      }),
    );
  });

  test('is forgotten when it is full again, so that invented Regions cannot fill the memory', () => {
    const throttle = createThrottle(awsQuotas);
    for (let i = 0; i < 30_000; i += 1) admitted(throttle, 'CreateKey', 1, i * 10, { region: `made-up-${i}` });
    expect(admitted(throttle, 'CreateKey', 9, 300_000)).toBe(5);
  });
});

describe('the quotas setting', () => {
  test('is off, or AWS, or AWS with differences', () => {
    expect(readQuotas('off')).toBe(noQuotas);
    expect(readQuotas('aws')).toBe(awsQuotas);
    const quotas = parseQuotas('file', {
      requests: { CreateKey: 50, DescribeKey: null },
      resources: { keysPerRegion: 7, grantsPerKey: null },
    });
    expect(quotas.rateOf('CreateKey', 'eu-west-1')).toBe(50);
    expect(quotas.rateOf('DescribeKey', 'eu-west-1')).toBeUndefined();
    expect(quotas.rateOf('CryptoSymmetric', 'us-east-1')).toBe(100_000);
    expect(quotas.resources).toEqual({ keysPerRegion: 7, aliasesPerKey: 50, customKeyStoresPerRegion: 10 });
    expect(parseQuotas('file', {}).resources).toEqual(resourceQuotas);
  });

  test.each([
    [[], /it is not a JSON object/],
    [{ request: {} }, /member "request"/],
    [{ requests: [] }, /"requests" is not a JSON object/],
    [{ requests: { Nothing: 1 } }, /no quota "requests.Nothing"/],
    [{ requests: { constructor: 1 } }, /no quota "requests.constructor"/],
    [{ requests: { CreateKey: 0 } }, /"requests.CreateKey" is neither/],
    [{ requests: { CreateKey: '5' } }, /"requests.CreateKey" is neither/],
    [{ resources: { keys: 1 } }, /no quota "resources.keys"/],
    [{ resources: { keysPerRegion: -1 } }, /"resources.keysPerRegion" is neither/],
  ])('%j is refused', (value, reason) => {
    expect(() => parseQuotas('file', value)).toThrow(StartError);
    expect(() => parseQuotas('file', value)).toThrow(reason);
  });

  test('names a file that cannot be read', () => {
    expect(() => readQuotas('/nonexistent.json')).toThrow(/--quotas: \/nonexistent.json cannot be used/);
  });

  test('knows its own names', () => {
    expect(isRequestQuota('CreateKey')).toBe(true);
    expect(isRequestQuota('toString')).toBe(false);
  });
});

describe('a caller beyond a quota', () => {
  const controlPlanes: TestControlPlane[] = [];
  const open = async (...quotas: Parameters<typeof openTestControlPlane>) => {
    const controlPlane = await openTestControlPlane(...quotas);
    controlPlanes.push(controlPlane);
    return controlPlane;
  };
  afterEach(async () => {
    for (const controlPlane of controlPlanes.splice(0)) await controlPlane.close();
  });

  test("is refused in AWS's words, in the trail too, and served again a moment later", async () => {
    const controlPlane = await open(awsQuotas);
    for (let i = 0; i < 5; i += 1) await aKey(controlPlane);
    expect(await controlPlane.refusal('CreateKey', {})).toBe(
      'ThrottlingException: You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    );
    const events = await controlPlane.events('CreateKey');
    expect(events.map((event) => event.errorCode).filter(Boolean)).toEqual(['ThrottlingException']);
    await controlPlane.perform('CreateKey', {}, { as: rootOf('444455556666') });
    controlPlane.clock.advance(200);
    await aKey(controlPlane);
  });

  test('is refused before the request is validated, and dry runs count', async () => {
    const controlPlane = await open({ rateOf: (name) => (name === 'CryptoSymmetric' ? 1 : undefined) });
    const { KeyId } = await aKey(controlPlane);
    const encrypt = { KeyId, Plaintext: Buffer.from('x'), DryRun: true };
    expect(await controlPlane.refusal('Encrypt', encrypt)).toMatch(/^DryRunOperationException/);
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob: new Uint8Array(), KeyId: 'nonsense' })).toMatch(
      /^ThrottlingException/,
    );
  });

  test('has no more keys than the quota; AWS managed keys are not counted', async () => {
    const controlPlane = await open({ resources: { keysPerRegion: 3 } });
    await controlPlane.perform('DescribeKey', { KeyId: 'alias/aws/s3' });
    await controlPlane.perform('DescribeKey', { KeyId: 'alias/aws/sqs' });
    await controlPlane.perform('CreateAlias', {
      AliasName: 'alias/zoo',
      TargetKeyId: (await aKey(controlPlane)).KeyId,
    });
    await aKey(controlPlane);
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    expect(await controlPlane.refusal('CreateKey', {})).toMatch(/^LimitExceededException: The account has 3 KMS keys/);
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    const there = { region: 'us-east-1' };
    await aKey(controlPlane, {}, there);
    await aKey(controlPlane, {}, there);
    expect(await controlPlane.refusal('CreateKey', {}, there)).toMatch(/^LimitExceededException/);
    const { KeyId: other } = await aKey(controlPlane, { MultiRegion: true }, { region: 'us-west-2' });
    const replica = { KeyId: other, ReplicaRegion: 'us-east-1' };
    expect(await controlPlane.refusal('ReplicateKey', replica, { region: 'us-west-2' })).toMatch(
      /^LimitExceededException/,
    );
  });

  test('has no more grants and aliases on a key than the quotas', async () => {
    const controlPlane = await open({ resources: { grantsPerKey: 2, aliasesPerKey: 1 } });
    const { KeyId } = await aKey(controlPlane);
    const grant = { KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Decrypt' as const] };
    await controlPlane.perform('CreateGrant', grant);
    await controlPlane.perform('CreateGrant', grant);
    expect(await controlPlane.refusal('CreateGrant', grant)).toMatch(/^LimitExceededException: .* has 2 grants/);
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/one', TargetKeyId: KeyId });
    expect(await controlPlane.refusal('CreateAlias', { AliasName: 'alias/two', TargetKeyId: KeyId })).toMatch(
      /^LimitExceededException: .* has 1 aliases/,
    );
  });

  test('does not exist while quotas are off', async () => {
    const controlPlane = await open(noQuotas);
    const { KeyId } = await aKey(controlPlane);
    for (let i = 0; i < 51; i += 1) {
      await controlPlane.perform('CreateAlias', { AliasName: `alias/many-${i}`, TargetKeyId: KeyId });
    }
  });
});
