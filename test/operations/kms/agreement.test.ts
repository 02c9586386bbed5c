import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const peer = (namedCurve: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return { privateKey, PublicKey: publicKey.export({ format: 'der', type: 'spki' }) };
};
const anAgreementKey = (KeySpec: 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'ECC_NIST_P521') =>
  aKey(controlPlane, { KeySpec, KeyUsage: 'KEY_AGREEMENT' });

test.each([
  ['ECC_NIST_P256', 'prime256v1', 32],
  ['ECC_NIST_P384', 'secp384r1', 48],
  ['ECC_NIST_P521', 'secp521r1', 66],
] as const)('a %s key and its peer on %s share a secret of %d bytes', async (spec, curve, length) => {
  const { KeyId, Arn } = await anAgreementKey(spec);
  const { privateKey, PublicKey } = peer(curve);
  const input = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey } as const;
  const { SharedSecret, ...rest } = await controlPlane.perform('DeriveSharedSecret', input);
  expect(rest).toEqual({ KeyId: Arn, KeyAgreementAlgorithm: 'ECDH', KeyOrigin: 'AWS_KMS' });
  const { PublicKey: ours } = await controlPlane.perform('GetPublicKey', { KeyId });
  const publicKey = createPublicKey({ key: Buffer.from(ours ?? []), format: 'der', type: 'spki' });
  expect(SharedSecret).toHaveLength(length);
  expect(Buffer.from(SharedSecret ?? [])).toEqual(diffieHellman({ privateKey, publicKey }));
});

describe('a peer key is refused that', () => {
  const offCurve = () => {
    const { PublicKey } = peer('prime256v1');
    return Uint8Array.from(PublicKey, (byte, i) => (i === PublicKey.length - 1 ? byte ^ 1 : byte));
  };
  test.each<[string, () => Uint8Array]>([
    ['is on another curve', () => peer('secp384r1').PublicKey],
    ['is on a curve of the same length', () => peer('secp256k1').PublicKey],
    ['is not on its curve', offCurve],
    ['has a byte too many', () => Buffer.concat([peer('prime256v1').PublicKey, Buffer.of(0)])],
    ['is of another kind', () => generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' })],
    ['is not a key', () => Buffer.from('key')],
  ])('%s', async (_what, make) => {
    const { KeyId } = await anAgreementKey('ECC_NIST_P256');
    const input = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: make() } as const;
    // AWS sends this code without a text.
    for (const more of [{}, { DryRun: true }]) {
      expect(await controlPlane.refusal('DeriveSharedSecret', { ...input, ...more })).toBe('ValidationException: ');
    }
  });
});

test('a disabled key derives nothing, a dry run shows nothing, and answers to enclaves are refused', async () => {
  const { KeyId, Arn } = await anAgreementKey('ECC_NIST_P256');
  const { PublicKey } = peer('prime256v1');
  const input = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey } as const;
  expect(await controlPlane.refusal('DeriveSharedSecret', { ...input, DryRun: true })).toContain(
    'DryRunOperationException',
  );
  expect(await controlPlane.refusal('DeriveSharedSecret', { ...input, Recipient: {} })).toBe(
    'UnsupportedOperationException: Recipient is not supported: this service does not verify attestation documents.',
  );
  await controlPlane.perform('DisableKey', { KeyId });
  expect(await controlPlane.refusal('DeriveSharedSecret', input)).toBe(`DisabledException: ${Arn} is disabled.`);
});

test('the record names the algorithm, and contains neither key nor secret', async () => {
  const { KeyId } = await anAgreementKey('ECC_NIST_P256');
  const { PublicKey } = peer('prime256v1');
  await controlPlane.perform('DeriveSharedSecret', { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey });
  const [event] = await controlPlane.events('DeriveSharedSecret');
  expect(event).toMatchObject({ responseElements: null });
  expect(event?.requestParameters).toEqual({ keyId: KeyId, keyAgreementAlgorithm: 'ECDH' });
});
