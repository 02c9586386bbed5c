import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { ReEncryptRequest } from '@keystead/provider-schema/generated/types.ts';
import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

type RsaSpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';
type Oaep = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';

let controlPlane: TestControlPlane;
const keys = new Map<RsaSpec, { readonly KeyId: string; readonly Arn: string }>();
/** One key of each spec is enough. */
async function keyOf(KeySpec: RsaSpec = 'RSA_2048') {
  const key = keys.get(KeySpec) ?? (await anRsaKey(KeySpec));
  keys.set(KeySpec, key);
  return key;
}
const anRsaKey = (KeySpec: RsaSpec = 'RSA_2048') => aKey(controlPlane, { KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' });

beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const Plaintext = Buffer.from('attack at dawn');
const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256';

async function sealed(KeyId: string, plaintext: Uint8Array = Plaintext, algorithm?: Oaep): Promise<Uint8Array> {
  const input = { KeyId, Plaintext: plaintext, ...defined({ EncryptionAlgorithm: algorithm }) };
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', input);
  if (!CiphertextBlob) throw new Error('Encrypt did not return a ciphertext');
  return CiphertextBlob;
}

describe.each([
  ['RSA_2048', 'RSAES_OAEP_SHA_1', 214, 256],
  ['RSA_2048', 'RSAES_OAEP_SHA_256', 190, 256],
  ['RSA_3072', 'RSAES_OAEP_SHA_1', 342, 384],
  ['RSA_3072', 'RSAES_OAEP_SHA_256', 318, 384],
  ['RSA_4096', 'RSAES_OAEP_SHA_1', 470, 512],
  ['RSA_4096', 'RSAES_OAEP_SHA_256', 446, 512],
] as const)('%s with %s', (spec, algorithm, limit, length) => {
  test(`encrypts up to ${limit} bytes, decrypts them, and leaves no material id`, async () => {
    const { KeyId, Arn } = await keyOf(spec);
    const plaintext = randomBytes(limit);
    const made = await controlPlane.perform('Encrypt', { KeyId, Plaintext: plaintext, EncryptionAlgorithm: algorithm });
    expect(made).toEqual({ CiphertextBlob: expect.anything(), KeyId: Arn, EncryptionAlgorithm: algorithm });
    const { CiphertextBlob } = made;
    expect(CiphertextBlob).toHaveLength(length);
    const opened = await controlPlane.perform('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm: algorithm });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plaintext);
    expect({ ...opened, Plaintext: null }).toEqual({ KeyId: Arn, Plaintext: null, EncryptionAlgorithm: algorithm });
    const tooLong = { KeyId, Plaintext: randomBytes(limit + 1), EncryptionAlgorithm: algorithm };
    expect(await controlPlane.refusal('Encrypt', tooLong)).toBe(
      `ValidationException: Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${limit} bytes.`,
    );
  });
});

test('the key decrypts what was encrypted with its public key', async () => {
  const { KeyId } = await keyOf();
  const { PublicKey } = await controlPlane.perform('GetPublicKey', { KeyId });
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const CiphertextBlob = publicEncrypt({ key, padding, oaepHash: 'sha256' }, Plaintext);
  const opened = await controlPlane.perform('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm });
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
});

describe('an RSA key refuses', () => {
  test('to guess the algorithm', async () => {
    const { KeyId } = await keyOf();
    const text = 'InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.';
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toBe(text);
    const CiphertextBlob = await sealed(KeyId, Plaintext, EncryptionAlgorithm);
    expect(await controlPlane.refusal('Decrypt', { KeyId, CiphertextBlob })).toBe(text);
  });

  test('an encryption context, but not an empty one', async () => {
    const { KeyId } = await keyOf();
    const CiphertextBlob = await sealed(KeyId, Plaintext, EncryptionAlgorithm);
    const text = (member: string) =>
      `ValidationException: ${member} is not valid for key spec RSA_2048: only symmetric encryption keys have an encryption context.`;
    const EncryptionContext = { a: '1' };
    const input = { KeyId, EncryptionAlgorithm, EncryptionContext } as const;
    expect(await controlPlane.refusal('Encrypt', { ...input, Plaintext })).toBe(text('EncryptionContext'));
    expect(await controlPlane.refusal('Decrypt', { ...input, CiphertextBlob })).toBe(text('EncryptionContext'));
    await controlPlane.perform('Decrypt', { ...input, CiphertextBlob, EncryptionContext: {} });
    const moved = { CiphertextBlob, SourceKeyId: KeyId, SourceEncryptionAlgorithm: EncryptionAlgorithm } as const;
    const there = { DestinationKeyId: KeyId, DestinationEncryptionAlgorithm: EncryptionAlgorithm } as const;
    expect(
      await controlPlane.refusal('ReEncrypt', { ...moved, ...there, SourceEncryptionContext: EncryptionContext }),
    ).toBe(text('SourceEncryptionContext'));
    expect(
      await controlPlane.refusal('ReEncrypt', { ...moved, ...there, DestinationEncryptionContext: EncryptionContext }),
    ).toBe(text('DestinationEncryptionContext'));
  });

  test('every ciphertext that it did not make, without a reason', async () => {
    const { KeyId } = await keyOf();
    // One in 256 ciphertexts begins with a zero byte, which belongs to it.
    let blob = await sealed(KeyId, Plaintext, EncryptionAlgorithm);
    while (blob[0] !== 0) blob = await sealed(KeyId, Plaintext, EncryptionAlgorithm);
    const input = { KeyId, CiphertextBlob: blob, EncryptionAlgorithm } as const;
    for (const wrong of [
      { ...input, CiphertextBlob: Uint8Array.from(blob, (byte, i) => (i === 9 ? byte ^ 1 : byte)) },
      { ...input, CiphertextBlob: blob.slice(1) },
      { ...input, CiphertextBlob: Buffer.alloc(256, 0xff) },
      { ...input, CiphertextBlob: Buffer.of(1) },
      { ...input, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' as const },
      { ...input, KeyId: (await anRsaKey()).KeyId },
      { ...input, KeyId: undefined },
    ]) {
      expect(await controlPlane.refusal('Decrypt', wrong)).toBe('InvalidCiphertextException: ');
    }
  });

  test('an algorithm that RSA keys do not have', async () => {
    const { KeyId } = await keyOf();
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext, EncryptionAlgorithm: 'SM2PKE' })).toBe(
      'InvalidKeyUsageException: Algorithm SM2PKE is incompatible with key spec RSA_2048.',
    );
  });

  test('everything while it is disabled', async () => {
    const { KeyId, Arn } = await anRsaKey();
    const CiphertextBlob = await sealed(KeyId, Plaintext, EncryptionAlgorithm);
    await controlPlane.perform('DisableKey', { KeyId });
    const disabled = `DisabledException: ${Arn} is disabled.`;
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext, EncryptionAlgorithm })).toBe(disabled);
    expect(await controlPlane.refusal('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm })).toBe(disabled);
  });
});

test('a dry run refuses what the real call would refuse', async () => {
  const { KeyId } = await keyOf();
  const input = { KeyId, Plaintext, EncryptionAlgorithm, DryRun: true } as const;
  expect(await controlPlane.refusal('Encrypt', input)).toContain('DryRunOperationException');
  expect(await controlPlane.refusal('Encrypt', { ...input, Plaintext: randomBytes(191) })).toContain(
    'larger than 190 bytes',
  );
});

test('the record names algorithm and key, but not the material', async () => {
  const { KeyId, Arn } = await keyOf();
  await sealed(KeyId, Plaintext, EncryptionAlgorithm);
  const [event] = await controlPlane.events('Encrypt');
  expect(event).toMatchObject({ responseElements: null, resources: [{ ARN: Arn }] });
  expect(event?.requestParameters).toEqual({ keyId: KeyId, encryptionAlgorithm: EncryptionAlgorithm });
  expect(Object.keys(event?.additionalEventData ?? {})).toEqual(['keysteadAuthorization']);
});

describe('a ciphertext moves', () => {
  const OAEP = 'RSAES_OAEP_SHA_256';
  const move = async (from: 'symmetric' | 'RSA', to: 'symmetric' | 'RSA') => {
    const source = from === 'RSA' ? await keyOf() : await aKey(controlPlane);
    const destination = to === 'RSA' ? await anRsaKey() : await aKey(controlPlane);
    const CiphertextBlob = await sealed(source.KeyId, Plaintext, from === 'RSA' ? OAEP : undefined);
    const input: ReEncryptRequest = {
      CiphertextBlob,
      ...(from === 'RSA' && { SourceKeyId: source.KeyId, SourceEncryptionAlgorithm: OAEP }),
      DestinationKeyId: destination.KeyId,
      ...(to === 'RSA' && { DestinationEncryptionAlgorithm: OAEP }),
    };
    return { source, destination, answer: await controlPlane.perform('ReEncrypt', input) };
  };

  test.each([
    ['symmetric', 'RSA'],
    ['RSA', 'symmetric'],
    ['RSA', 'RSA'],
  ] as const)('from a %s key to a %s key; only symmetric sides show a material', async (from, to) => {
    const { source, destination, answer } = await move(from, to);
    expect(answer).toMatchObject({
      SourceKeyId: source.Arn,
      KeyId: destination.Arn,
      SourceEncryptionAlgorithm: from === 'RSA' ? OAEP : 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: to === 'RSA' ? OAEP : 'SYMMETRIC_DEFAULT',
    });
    expect('SourceKeyMaterialId' in answer).toBe(from === 'symmetric');
    expect('DestinationKeyMaterialId' in answer).toBe(to === 'symmetric');
    const [event] = await controlPlane.events('ReEncrypt');
    const { keysteadAuthorization: _, ...materials } = event?.additionalEventData ?? {};
    expect(materials).toEqual({
      ...(from === 'symmetric' && { sourceKeyMaterialId: answer.SourceKeyMaterialId }),
      ...(to === 'symmetric' && { destinationKeyMaterialId: answer.DestinationKeyMaterialId }),
    });
    const { CiphertextBlob } = answer;
    const named = to === 'RSA' ? ({ KeyId: destination.KeyId, EncryptionAlgorithm: OAEP } as const) : {};
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob, ...named });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  });

  test('only when the plaintext is short enough for the new key', async () => {
    const [source, destination] = [await aKey(controlPlane), await keyOf()];
    const input = { DestinationKeyId: destination.KeyId, DestinationEncryptionAlgorithm: OAEP } as const;
    await controlPlane.perform('ReEncrypt', { ...input, CiphertextBlob: await sealed(source.KeyId, randomBytes(190)) });
    const tooLong = { ...input, CiphertextBlob: await sealed(source.KeyId, randomBytes(191)) };
    expect(await controlPlane.refusal('ReEncrypt', tooLong)).toBe(
      'ValidationException: Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.',
    );
  });

  test('from an RSA key only when the request names the key that made it', async () => {
    const [source, stranger, destination] = [await keyOf(), await anRsaKey(), await aKey(controlPlane)];
    const CiphertextBlob = await sealed(source.KeyId, Plaintext, OAEP);
    const input = { CiphertextBlob, SourceEncryptionAlgorithm: OAEP, DestinationKeyId: destination.KeyId } as const;
    expect(await controlPlane.refusal('ReEncrypt', input)).toBe('InvalidCiphertextException: ');
    expect(await controlPlane.refusal('ReEncrypt', { ...input, SourceKeyId: stranger.KeyId })).toBe(
      'InvalidCiphertextException: ',
    );
  });
});
