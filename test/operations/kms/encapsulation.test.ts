import { createPublicKey, encapsulate } from 'node:crypto';
import type { Caller } from '@keystead/control-plane/context/door.ts';
import type { DecapsulateRequest } from '@keystead/provider-schema/generated/types.ts';
import { type MLKEM, ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { aKey } from '../../support/a-key.ts';
import { addRoot, openTestControlPlane, rootOf, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const EncapsulationAlgorithm = 'ML_KEM';
type Spec = 'ML_KEM_512' | 'ML_KEM_768' | 'ML_KEM_1024';
const anEncapsulationKey = (KeySpec: Spec = 'ML_KEM_768', more = {}) =>
  aKey(controlPlane, { KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE', ...more });

async function encapsulated(KeyId = '', as?: Caller) {
  const input = { KeyId, EncapsulationAlgorithm } as const;
  const answer = await controlPlane.perform('Encapsulate', input, as ? { as } : {});
  const { SharedSecret = Buffer.of(), SharedSecretCiphertextBlob = Buffer.of() } = answer;
  return { secret: Buffer.from(SharedSecret), ciphertext: Buffer.from(SharedSecretCiphertextBlob), answer };
}
const decapsulation = (KeyId = '', ciphertext: Uint8Array = Buffer.of()): DecapsulateRequest => ({
  KeyId,
  EncapsulationAlgorithm,
  SharedSecretCiphertextBlob: ciphertext,
});
async function decapsulated(KeyId: string | undefined, ciphertext: Uint8Array, as?: Caller): Promise<Buffer> {
  const answer = await controlPlane.perform('Decapsulate', decapsulation(KeyId, ciphertext), as ? { as } : {});
  return Buffer.from(answer.SharedSecret ?? []);
}
function flipped(bytes: Uint8Array, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

describe.each<[Spec, number, MLKEM]>([
  ['ML_KEM_512', 768, ml_kem512],
  ['ML_KEM_768', 1088, ml_kem768],
  ['ML_KEM_1024', 1568, ml_kem1024],
])('a key of spec %s', (spec, ciphertextBytes, noble) => {
  test(`encapsulates a secret of 32 bytes in ${ciphertextBytes} and derives it again`, async () => {
    const { KeyId, Arn } = await anEncapsulationKey(spec);
    const { secret, ciphertext, answer } = await encapsulated(KeyId);
    expect([secret.length, ciphertext.length]).toEqual([32, ciphertextBytes]);
    expect(answer).toEqual({
      KeyId: Arn,
      EncapsulationAlgorithm,
      SharedSecret: expect.anything(),
      SharedSecretCiphertextBlob: expect.anything(),
    });
    const { SharedSecret, ...rest } = await controlPlane.perform('Decapsulate', decapsulation(KeyId, ciphertext));
    expect(rest).toEqual({ KeyId: Arn, EncapsulationAlgorithm });
    expect(Buffer.from(SharedSecret ?? [])).toEqual(secret);
    expect((await encapsulated(KeyId)).secret).not.toEqual(secret);
  });

  test('derives the secret of a sender who has only its public key', async () => {
    const { KeyId } = await anEncapsulationKey(spec);
    const { PublicKey } = await controlPlane.perform('GetPublicKey', { KeyId });
    const der = Buffer.from(PublicKey ?? []);
    const byOpenssl = encapsulate(createPublicKey({ key: der, format: 'der', type: 'spki' }));
    expect(await decapsulated(KeyId, byOpenssl.ciphertext)).toEqual(byOpenssl.sharedKey);
    const byNoble = noble.encapsulate(Uint8Array.from(der.subarray(-(noble.lengths.publicKey ?? 0))));
    expect(await decapsulated(KeyId, byNoble.cipherText)).toEqual(Buffer.from(byNoble.sharedSecret));
  });

  test('answers other 32 bytes, and no error, for a changed ciphertext of the right length', async () => {
    const [{ KeyId }, another] = [await anEncapsulationKey(spec), await anEncapsulationKey(spec)];
    const { secret, ciphertext } = await encapsulated(KeyId);
    const others = [
      ...[0, 100, ciphertextBytes - 1].map((index) => flipped(ciphertext, index)),
      Buffer.alloc(ciphertextBytes),
      Buffer.alloc(ciphertextBytes, 0xff),
      (await encapsulated(another.KeyId)).ciphertext,
    ];
    const seen = new Set<string>();
    for (const other of others) {
      const derived = await decapsulated(KeyId, other);
      expect(derived).toHaveLength(32);
      expect(await decapsulated(KeyId, other)).toEqual(derived);
      seen.add(derived.toString('hex'));
    }
    expect(seen.size).toBe(others.length);
    expect(seen).not.toContain(secret.toString('hex'));
  });

  test('refuses a ciphertext of another length, whatever it contains', async () => {
    const { KeyId } = await anEncapsulationKey(spec);
    const { ciphertext } = await encapsulated(KeyId);
    for (const other of [
      ciphertext.subarray(1),
      Buffer.concat([ciphertext, Buffer.of(0)]),
      Buffer.of(1),
      Buffer.alloc(6144),
    ]) {
      const input = decapsulation(KeyId, other);
      expect(await controlPlane.refusal('Decapsulate', input)).toBe('InvalidCiphertextException: ');
      expect(await controlPlane.refusal('Decapsulate', { ...input, DryRun: true })).toBe(
        'InvalidCiphertextException: ',
      );
    }
  });
});

describe('a request is refused', () => {
  test.each([
    ['without an algorithm', undefined, 'Member must not be null'],
    ['with another algorithm', 'ECDH', 'Member must satisfy enum value set: [ML_KEM]'],
  ])('%s', async (_how, algorithm, text) => {
    const { KeyId } = await anEncapsulationKey();
    const input = { ...decapsulation(KeyId, Buffer.alloc(1088)), EncapsulationAlgorithm: algorithm } as never;
    expect(await controlPlane.refusal('Decapsulate', input)).toContain(text);
    expect(await controlPlane.refusal('Encapsulate', { KeyId, EncapsulationAlgorithm: algorithm } as never)).toContain(
      text,
    );
  });

  test('without a ciphertext, with an empty one and with one above every limit', async () => {
    const { KeyId } = await anEncapsulationKey();
    for (const length of [0, 6145]) {
      const refusal = await controlPlane.refusal('Decapsulate', decapsulation(KeyId, Buffer.alloc(length)));
      expect(refusal).toMatch(/^ValidationException: .*sharedSecretCiphertextBlob/);
    }
    const { SharedSecretCiphertextBlob: _, ...nothing } = decapsulation(KeyId);
    expect(await controlPlane.refusal('Decapsulate', nothing as never)).toContain('sharedSecretCiphertextBlob');
  });

  test('for a disabled key, and as a dry run', async () => {
    const { KeyId, Arn } = await anEncapsulationKey();
    const { ciphertext } = await encapsulated(KeyId);
    const [encapsulating, decapsulating] = [
      { KeyId, EncapsulationAlgorithm } as const,
      decapsulation(KeyId, ciphertext),
    ];
    const dryRun = /^DryRunOperationException/;
    expect(await controlPlane.refusal('Encapsulate', { ...encapsulating, DryRun: true })).toMatch(dryRun);
    expect(await controlPlane.refusal('Decapsulate', { ...decapsulating, DryRun: true })).toMatch(dryRun);
    await controlPlane.perform('DisableKey', { KeyId });
    const disabled = `DisabledException: ${Arn} is disabled.`;
    expect(await controlPlane.refusal('Encapsulate', encapsulating)).toBe(disabled);
    expect(await controlPlane.refusal('Decapsulate', decapsulating)).toBe(disabled);
  });
});

describe('permission', () => {
  test('by a grant is for its operations only, also for another account', async () => {
    const other = '444455556666';
    await addRoot(controlPlane.store, other, controlPlane.clock.now());
    const { KeyId, Arn } = await anEncapsulationKey();
    const theirs = rootOf(other);
    const input = { KeyId: Arn, EncapsulationAlgorithm } as const;
    expect(await controlPlane.refusal('Encapsulate', input, { as: theirs })).toContain('AccessDeniedException');
    const GranteePrincipal = `arn:aws:iam::${other}:root`;
    await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Encapsulate'] });
    const { secret, ciphertext } = await encapsulated(Arn, theirs);
    expect(await controlPlane.refusal('Decapsulate', decapsulation(Arn, ciphertext), { as: theirs })).toContain(
      'AccessDeniedException',
    );
    await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Decapsulate'] });
    expect(await decapsulated(Arn, ciphertext, theirs)).toEqual(secret);
  });

  test('by a key policy can depend on kms:EncapsulationAlgorithm', async () => {
    const user = await controlPlane.user('sender');
    const root = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:*', Resource: '*' };
    const policy = (algorithm: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          root,
          {
            Effect: 'Allow',
            Principal: { AWS: user.principal.arn },
            Action: 'kms:Encapsulate',
            Resource: '*',
            Condition: { StringEquals: { 'kms:EncapsulationAlgorithm': algorithm } },
          },
        ],
      });
    const { KeyId = '' } = await anEncapsulationKey('ML_KEM_512', { Policy: policy('ML_KEM') });
    expect((await encapsulated(KeyId, user)).secret).toHaveLength(32);
    await controlPlane.perform('PutKeyPolicy', { KeyId, Policy: policy('ANOTHER') });
    const input = { KeyId, EncapsulationAlgorithm } as const;
    expect(await controlPlane.refusal('Encapsulate', input, { as: user })).toContain('AccessDeniedException');
  });
});

test('each use shows as the last use of the key', async () => {
  const { KeyId = '' } = await anEncapsulationKey();
  const lastUse = async () => (await controlPlane.perform('GetKeyLastUsage', { KeyId })).KeyLastUsage?.Operation;
  expect(await lastUse()).toBeUndefined();
  const { ciphertext } = await encapsulated(KeyId);
  expect(await lastUse()).toBe('Encapsulate');
  controlPlane.clock.advance(1000);
  await decapsulated(KeyId, ciphertext);
  expect(await lastUse()).toBe('Decapsulate');
});

test('the records name the algorithm, and contain neither secret nor ciphertext', async () => {
  const { KeyId, Arn } = await anEncapsulationKey();
  const { secret, ciphertext } = await encapsulated(KeyId);
  await decapsulated(KeyId, ciphertext);
  for (const name of ['Encapsulate', 'Decapsulate']) {
    const [event] = await controlPlane.events(name);
    expect(event).toMatchObject({ responseElements: null, resources: [{ ARN: Arn }] });
    expect(event?.requestParameters).toEqual({ keyId: KeyId, encapsulationAlgorithm: EncapsulationAlgorithm });
    for (const bytes of [secret, ciphertext]) {
      expect(JSON.stringify(event)).not.toContain(bytes.toString('base64').slice(0, 24));
      expect(JSON.stringify(event)).not.toContain(bytes.toString('hex').slice(0, 24));
    }
  }
});
