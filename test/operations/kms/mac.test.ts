import { aKey } from '../../support/a-key.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const Message = Buffer.from('attack at dawn');
const aMacKey = (KeySpec: 'HMAC_224' | 'HMAC_256' | 'HMAC_384' | 'HMAC_512') =>
  aKey(house, { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });

describe.each([
  ['HMAC_224', 'HMAC_SHA_224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 64],
] as const)('a key of spec %s', (spec, MacAlgorithm, length) => {
  test(`makes MACs of ${length} bytes and verifies those and no others`, async () => {
    const { KeyId, Arn } = await aMacKey(spec);
    const input = { KeyId, MacAlgorithm, Message };
    const { Mac = Buffer.of(), ...rest } = await house.perform('GenerateMac', input);
    expect(Mac).toHaveLength(length);
    expect(rest).toEqual({ KeyId: Arn, MacAlgorithm });
    expect(Buffer.from((await house.perform('GenerateMac', input)).Mac ?? [])).toEqual(Buffer.from(Mac));
    expect(await house.perform('VerifyMac', { ...input, Mac })).toEqual({ KeyId: Arn, MacAlgorithm, MacValid: true });
    for (const wrong of [
      { ...input, Mac: Uint8Array.from(Mac, (byte, i) => (i === 0 ? byte ^ 1 : byte)) },
      { ...input, Mac: Mac.slice(0, -1) },
      { ...input, Mac: Buffer.concat([Mac, Buffer.of(0)]) },
      { ...input, Mac, Message: Buffer.from('attack at dusk') },
      { ...input, Mac, KeyId: (await aMacKey(spec)).KeyId },
    ]) {
      expect(await house.refusal('VerifyMac', wrong)).toBe('KMSInvalidMacException: ');
    }
  });

  test('has one algorithm', async () => {
    const { KeyId } = await aMacKey(spec);
    const other = MacAlgorithm === 'HMAC_SHA_256' ? 'HMAC_SHA_512' : 'HMAC_SHA_256';
    const text = `InvalidKeyUsageException: Algorithm ${other} is incompatible with key spec ${spec}.`;
    const input = { KeyId, MacAlgorithm: other, Message } as const;
    expect(await house.refusal('GenerateMac', input)).toBe(text);
    expect(await house.refusal('VerifyMac', { ...input, Mac: Buffer.of(1) })).toBe(text);
  });
});

test('a message has 1 to 4096 bytes', async () => {
  const { KeyId } = await aMacKey('HMAC_256');
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256' } as const;
  await house.perform('GenerateMac', { ...input, Message: Buffer.alloc(4096) });
  for (const length of [0, 4097]) {
    const refusal = await house.refusal('GenerateMac', { ...input, Message: Buffer.alloc(length) });
    expect(refusal).toContain('ValidationException');
  }
});

test('a disabled key makes and verifies no MAC', async () => {
  const { KeyId, Arn } = await aMacKey('HMAC_256');
  await house.perform('DisableKey', { KeyId });
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const;
  const disabled = `DisabledException: ${Arn} is disabled.`;
  expect(await house.refusal('GenerateMac', input)).toBe(disabled);
  expect(await house.refusal('VerifyMac', { ...input, Mac: Buffer.of(1) })).toBe(disabled);
});

test('a dry run refuses what the real call would refuse, a wrong MAC too', async () => {
  const { KeyId } = await aMacKey('HMAC_256');
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const;
  const { Mac = Buffer.of() } = await house.perform('GenerateMac', input);
  expect(await house.refusal('GenerateMac', { ...input, DryRun: true })).toContain('DryRunOperationException');
  expect(await house.refusal('VerifyMac', { ...input, Mac, DryRun: true })).toContain('DryRunOperationException');
  expect(await house.refusal('VerifyMac', { ...input, Mac: Buffer.of(1), DryRun: true })).toBe(
    'KMSInvalidMacException: ',
  );
});

test('the records name the algorithm, and hold neither message nor MAC', async () => {
  const { KeyId } = await aMacKey('HMAC_256');
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const;
  const { Mac = Buffer.of() } = await house.perform('GenerateMac', input);
  await house.perform('VerifyMac', { ...input, Mac });
  for (const name of ['GenerateMac', 'VerifyMac']) {
    const [event] = await house.events(name);
    expect(event).toMatchObject({ responseElements: null, readOnly: true });
    expect(event?.requestParameters).toEqual({ keyId: KeyId, macAlgorithm: 'HMAC_SHA_256' });
  }
});
