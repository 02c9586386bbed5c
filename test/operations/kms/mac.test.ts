import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const Message = Buffer.from('attack at dawn');
const aMacKey = (KeySpec: 'HMAC_224' | 'HMAC_256' | 'HMAC_384' | 'HMAC_512') =>
  aKey(controlPlane, { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });

describe.each([
  ['HMAC_224', 'HMAC_SHA_224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 64],
] as const)('a key of spec %s', (spec, MacAlgorithm, length) => {
  test(`makes MACs of ${length} bytes and verifies only those`, async () => {
    const { KeyId, Arn } = await aMacKey(spec);
    const input = { KeyId, MacAlgorithm, Message };
    const { Mac = Buffer.of(), ...rest } = await controlPlane.perform('GenerateMac', input);
    expect(Mac).toHaveLength(length);
    expect(rest).toEqual({ KeyId: Arn, MacAlgorithm });
    expect(Buffer.from((await controlPlane.perform('GenerateMac', input)).Mac ?? [])).toEqual(Buffer.from(Mac));
    expect(await controlPlane.perform('VerifyMac', { ...input, Mac })).toEqual({
      KeyId: Arn,
      MacAlgorithm,
      MacValid: true,
    });
    for (const wrong of [
      { ...input, Mac: Uint8Array.from(Mac, (byte, i) => (i === 0 ? byte ^ 1 : byte)) },
      { ...input, Mac: Mac.slice(0, -1) },
      { ...input, Mac: Buffer.concat([Mac, Buffer.of(0)]) },
      { ...input, Mac, Message: Buffer.from('attack at dusk') },
      { ...input, Mac, KeyId: (await aMacKey(spec)).KeyId },
    ]) {
      expect(await controlPlane.refusal('VerifyMac', wrong)).toBe('KMSInvalidMacException: ');
    }
  });

  test('has one algorithm', async () => {
    const { KeyId } = await aMacKey(spec);
    const other = MacAlgorithm === 'HMAC_SHA_256' ? 'HMAC_SHA_512' : 'HMAC_SHA_256';
    const text = `InvalidKeyUsageException: Algorithm ${other} is incompatible with key spec ${spec}.`;
    const input = { KeyId, MacAlgorithm: other, Message } as const;
    expect(await controlPlane.refusal('GenerateMac', input)).toBe(text);
    expect(await controlPlane.refusal('VerifyMac', { ...input, Mac: Buffer.of(1) })).toBe(text);
  });
});

test('a message has 1 to 4096 bytes', async () => {
  const { KeyId } = await aMacKey('HMAC_256');
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256' } as const;
  await controlPlane.perform('GenerateMac', { ...input, Message: Buffer.alloc(4096) });
  for (const length of [0, 4097]) {
    const refusal = await controlPlane.refusal('GenerateMac', { ...input, Message: Buffer.alloc(length) });
    expect(refusal).toContain('ValidationException');
  }
});

test('a disabled key neither makes nor verifies a MAC', async () => {
  const { KeyId, Arn } = await aMacKey('HMAC_256');
  await controlPlane.perform('DisableKey', { KeyId });
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const;
  const disabled = `DisabledException: ${Arn} is disabled.`;
  expect(await controlPlane.refusal('GenerateMac', input)).toBe(disabled);
  expect(await controlPlane.refusal('VerifyMac', { ...input, Mac: Buffer.of(1) })).toBe(disabled);
});

test('a dry run refuses what the real call would refuse, a wrong MAC too', async () => {
  const { KeyId } = await aMacKey('HMAC_256');
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const;
  const { Mac = Buffer.of() } = await controlPlane.perform('GenerateMac', input);
  expect(await controlPlane.refusal('GenerateMac', { ...input, DryRun: true })).toContain('DryRunOperationException');
  expect(await controlPlane.refusal('VerifyMac', { ...input, Mac, DryRun: true })).toContain(
    'DryRunOperationException',
  );
  expect(await controlPlane.refusal('VerifyMac', { ...input, Mac: Buffer.of(1), DryRun: true })).toBe(
    'KMSInvalidMacException: ',
  );
});

test('the records name the algorithm, and contain neither message nor MAC', async () => {
  const { KeyId } = await aMacKey('HMAC_256');
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const;
  const { Mac = Buffer.of() } = await controlPlane.perform('GenerateMac', input);
  await controlPlane.perform('VerifyMac', { ...input, Mac });
  for (const name of ['GenerateMac', 'VerifyMac']) {
    const [event] = await controlPlane.events(name);
    expect(event).toMatchObject({ responseElements: null, readOnly: true });
    expect(event?.requestParameters).toEqual({ keyId: KeyId, macAlgorithm: 'HMAC_SHA_256' });
  }
});
