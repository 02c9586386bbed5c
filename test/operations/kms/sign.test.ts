import { createHash, randomBytes } from 'node:crypto';
import type { MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import { algorithmsOf, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
const keys = new Map<KeySpec, { readonly KeyId: string; readonly Arn: string }>();
/** One key of each spec is enough. */
async function keyOf(KeySpec: KeySpec) {
  const key = keys.get(KeySpec) ?? (await aKey(controlPlane, { KeySpec, KeyUsage: 'SIGN_VERIFY' }));
  keys.set(KeySpec, key);
  return key;
}

beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const Message = Buffer.from('attack at dawn');
const pairs = (Object.keys(keySpecs) as KeySpec[])
  .filter((spec) => spec !== 'SM2')
  .flatMap((spec) =>
    algorithmsOf(spec, 'SIGN_VERIFY').map((algorithm) => [spec, algorithm as SigningAlgorithmSpec] as const),
  );

const digest = (algorithm: SigningAlgorithmSpec, message: Uint8Array) =>
  createHash(`sha${/\d+$/.exec(algorithm)?.[0]}`)
    .update(message)
    .digest();

interface Signing {
  readonly KeyId: string;
  readonly SigningAlgorithm: SigningAlgorithmSpec;
  readonly MessageType?: MessageType;
  readonly Message: Uint8Array;
}

async function signed(input: Signing): Promise<Uint8Array> {
  const { Signature } = await controlPlane.perform('Sign', input);
  if (!Signature) throw new Error('Sign did not return a signature');
  return Signature;
}

test('there are 27 pairs of key spec and signing algorithm', () => {
  expect(pairs).toHaveLength(27);
});

describe.each(pairs)('a key of spec %s with %s', (spec, SigningAlgorithm) => {
  const MessageType = SigningAlgorithm === 'ED25519_PH_SHA_512' ? 'DIGEST' : 'RAW';
  const message = MessageType === 'DIGEST' ? digest(SigningAlgorithm, Message) : Message;

  test('verifies what it signed, and nothing else', async () => {
    const { KeyId, Arn } = await keyOf(spec);
    const input = { KeyId, SigningAlgorithm, MessageType, Message: message } as const;
    const Signature = await signed(input);
    expect(await controlPlane.perform('Verify', { ...input, Signature })).toEqual({
      KeyId: Arn,
      SignatureValid: true,
      SigningAlgorithm,
    });
    const other = Uint8Array.from(message, (byte, i) => (i === 0 ? byte ^ 1 : byte));
    const flipped = Uint8Array.from(Signature, (byte, i) => (i === Signature.length - 1 ? byte ^ 1 : byte));
    for (const wrong of [
      { ...input, Signature: flipped },
      { ...input, Signature: Signature.slice(0, -1) },
      { ...input, Signature: Buffer.of(0) },
      { ...input, Signature: randomBytes(6144) },
      { ...input, Signature, Message: other },
    ]) {
      expect(await controlPlane.refusal('Verify', wrong)).toBe('KMSInvalidSignatureException: ');
    }
  });

  test('neither signs nor verifies for another key', async () => {
    const { KeyId } = await keyOf(spec);
    const stranger = await aKey(controlPlane, {
      KeySpec: spec === 'RSA_4096' ? 'RSA_2048' : spec,
      KeyUsage: 'SIGN_VERIFY',
    });
    const input = { SigningAlgorithm, MessageType, Message: message } as const;
    const Signature = await signed({ KeyId: stranger.KeyId, ...input });
    expect(await controlPlane.refusal('Verify', { KeyId, ...input, Signature })).toBe('KMSInvalidSignatureException: ');
  });
});

test('an RSA-PSS signature that begins with a zero byte does not verify without it', async () => {
  const { KeyId } = await keyOf('RSA_2048');
  const input = { KeyId, SigningAlgorithm: 'RSASSA_PSS_SHA_256', Message } as const;
  // One in 256 does.
  let Signature = await signed(input);
  while (Signature[0] !== 0) Signature = await signed(input);
  await controlPlane.perform('Verify', { ...input, Signature });
  const stripped = { ...input, Signature: Signature.slice(1) };
  expect(await controlPlane.refusal('Verify', stripped)).toBe('KMSInvalidSignatureException: ');
});

const hashing = pairs.filter(([, algorithm]) => /^(RSASSA|ECDSA)/.test(algorithm));

describe.each(hashing)('the digest under %s with %s', (spec, SigningAlgorithm) => {
  test('stands for the same message as the message itself', async () => {
    const { KeyId } = await keyOf(spec);
    const whole = { KeyId, SigningAlgorithm, Message };
    const hashed = {
      KeyId,
      SigningAlgorithm,
      MessageType: 'DIGEST',
      Message: digest(SigningAlgorithm, Message),
    } as const;
    await controlPlane.perform('Verify', { ...hashed, Signature: await signed(whole) });
    await controlPlane.perform('Verify', { ...whole, Signature: await signed(hashed) });
  });

  test('has one length', async () => {
    const { KeyId } = await keyOf(spec);
    const length = digest(SigningAlgorithm, Message).length;
    for (const wrong of [length - 1, length + 1, 1]) {
      const input = { KeyId, SigningAlgorithm, MessageType: 'DIGEST', Message: Buffer.alloc(wrong, 1) } as const;
      const text = `ValidationException: Digest is invalid length for algorithm ${SigningAlgorithm}.`;
      expect(await controlPlane.refusal('Sign', input)).toBe(text);
      expect(await controlPlane.refusal('Verify', { ...input, Signature: Buffer.of(1) })).toBe(text);
    }
  });
});

describe('message types that an algorithm does not have are refused:', () => {
  test.each([
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'EXTERNAL_MU', 64],
    ['RSA_2048', 'RSASSA_PSS_SHA_512', 'EXTERNAL_MU', 64],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'DIGEST', 64],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'DIGEST', 64],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'RAW', 64],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', undefined, 64],
  ] as const)('%s, %s, %s', async (spec, SigningAlgorithm, MessageType, length) => {
    const { KeyId } = await keyOf(spec);
    const input = { KeyId, SigningAlgorithm, MessageType, Message: Buffer.alloc(length, 1) };
    const text = `ValidationException: MessageType ${MessageType ?? 'RAW'} is not valid for algorithm ${SigningAlgorithm}.`;
    expect(await controlPlane.refusal('Sign', input)).toBe(text);
    expect(await controlPlane.refusal('Verify', { ...input, Signature: Buffer.of(1) })).toBe(text);
  });

  test.each([63, 65])('a μ of %d bytes', async (length) => {
    const { KeyId } = await keyOf('ML_DSA_44');
    const input = { KeyId, SigningAlgorithm: 'ML_DSA_SHAKE_256', MessageType: 'EXTERNAL_MU' } as const;
    expect(await controlPlane.refusal('Sign', { ...input, Message: Buffer.alloc(length) })).toBe(
      'ValidationException: Digest is invalid length for algorithm ML_DSA_SHAKE_256.',
    );
  });
});

test('μ computed by the caller stands for the same message (FIPS 204 section 6.2)', async () => {
  const { KeyId } = await keyOf('ML_DSA_65');
  const { PublicKey = Buffer.of() } = await controlPlane.perform('GetPublicKey', { KeyId });
  const shake = (...parts: Uint8Array[]) =>
    createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest();
  const publicKey = Buffer.from(PublicKey).subarray(-1952);
  const mu = shake(shake(publicKey), Buffer.of(0, 0), Message);
  const SigningAlgorithm = 'ML_DSA_SHAKE_256';
  const raw = { KeyId, SigningAlgorithm, Message } as const;
  const external = { KeyId, SigningAlgorithm, MessageType: 'EXTERNAL_MU', Message: mu } as const;
  await controlPlane.perform('Verify', { ...external, Signature: await signed(raw) });
  await controlPlane.perform('Verify', { ...raw, Signature: await signed(external) });
});

test('a message has 1 to 4096 bytes', async () => {
  const { KeyId } = await keyOf('ECC_NIST_P256');
  const input = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256' } as const;
  await controlPlane.perform('Sign', { ...input, Message: Buffer.alloc(4096) });
  for (const length of [0, 4097]) {
    expect(await controlPlane.refusal('Sign', { ...input, Message: Buffer.alloc(length) })).toContain(
      'ValidationException',
    );
  }
});

test('an algorithm of other keys is refused', async () => {
  const { KeyId } = await keyOf('ECC_NIST_P384');
  const input = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message } as const;
  const text = 'InvalidKeyUsageException: Algorithm ECDSA_SHA_256 is incompatible with key spec ECC_NIST_P384.';
  expect(await controlPlane.refusal('Sign', input)).toBe(text);
  expect(await controlPlane.refusal('Verify', { ...input, Signature: Buffer.of(1) })).toBe(text);
});

test('a disabled key neither signs nor verifies, and does not show its public key', async () => {
  const { KeyId, Arn } = await aKey(controlPlane, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  await controlPlane.perform('DisableKey', { KeyId });
  const disabled = `DisabledException: ${Arn} is disabled.`;
  const input = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message } as const;
  expect(await controlPlane.refusal('Sign', input)).toBe(disabled);
  expect(await controlPlane.refusal('Verify', { ...input, Signature: Buffer.of(1) })).toBe(disabled);
  expect(await controlPlane.refusal('GetPublicKey', { KeyId })).toBe(disabled);
  await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
  expect(await controlPlane.refusal('Sign', input)).toBe(`KMSInvalidStateException: ${Arn} is pending deletion.`);
});

test('a dry run refuses what the real call would refuse, a wrong signature too', async () => {
  const { KeyId } = await keyOf('ECC_NIST_P256');
  const input = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message } as const;
  const Signature = await signed(input);
  expect(await controlPlane.refusal('Sign', { ...input, DryRun: true })).toContain('DryRunOperationException');
  expect(await controlPlane.refusal('Verify', { ...input, Signature, DryRun: true })).toContain(
    'DryRunOperationException',
  );
  const wrong = { ...input, Signature: Buffer.of(1), DryRun: true };
  expect(await controlPlane.refusal('Verify', wrong)).toBe('KMSInvalidSignatureException: ');
});

test('the records show how a message was signed, never the message', async () => {
  const { KeyId, Arn } = await keyOf('RSA_2048');
  const input = { KeyId, SigningAlgorithm: 'RSASSA_PSS_SHA_256', MessageType: 'RAW', Message } as const;
  await controlPlane.perform('Verify', { ...input, Signature: await signed(input) });
  for (const name of ['Sign', 'Verify']) {
    const [event] = await controlPlane.events(name);
    expect(event).toMatchObject({
      requestParameters: { keyId: KeyId, signingAlgorithm: 'RSASSA_PSS_SHA_256', messageType: 'RAW' },
      responseElements: null,
      readOnly: true,
      resources: [{ ARN: Arn }],
    });
    expect(Object.keys(event?.additionalEventData ?? {})).toEqual(['keysteadAuthorization']);
    expect(Object.keys(event?.requestParameters ?? {})).toHaveLength(3);
  }
});

test('a grant for Sign lets its grantee sign, but not verify', async () => {
  const { KeyId } = await keyOf('ECC_NIST_P256');
  const app = await controlPlane.user('signer');
  await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal: app.principal.arn, Operations: ['Sign'] });
  const input = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message } as const;
  const { Signature = Buffer.of() } = await controlPlane.perform('Sign', input, { as: app });
  expect(await controlPlane.refusal('Verify', { ...input, Signature }, { as: app })).toContain('AccessDeniedException');
});
