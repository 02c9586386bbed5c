/** Ephemeral resources through the engine, against a REST door. */
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;
let keyArn: string;

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door);
  keyArn = String((await new Managed(engine, 'aws_kms_key').applied({})).arn);
});
afterEach(() => door.close());

const inBase64 = (text: string) => Buffer.from(text).toString('base64');

async function encrypted(plaintext: Buffer | string, context: ObjectValue | null = null): Promise<string> {
  const text = Buffer.from(plaintext).toString('base64');
  return inBase64(JSON.stringify({ arn: keyArn, context, plaintext: text }));
}

describe('aws_kms_secrets', () => {
  const secret = (change: ObjectValue) => ({
    context: null,
    encryption_algorithm: null,
    grant_tokens: null,
    key_id: null,
    ...change,
  });
  const open = (...secrets: readonly ObjectValue[]) =>
    engine.open('aws_kms_secrets', { plaintext: null, region: null, secret: secrets.map(secret) });

  test('decrypts each secret with one call, which carries only what is set', async () => {
    const { result, renewAt, diagnostics } = await open(
      { name: 'a', payload: await encrypted('first', { app: 'orders' }), context: { app: 'orders' } },
      { name: '__proto__', payload: await encrypted('ж'), key_id: keyArn, grant_tokens: ['t'] },
    );
    expect(diagnostics).toEqual([]);
    expect(renewAt).toBeUndefined();
    expect(Object.entries(result?.plaintext as ObjectValue)).toEqual([
      ['a', 'first'],
      ['__proto__', 'ж'],
    ]);
    expect(result?.region).toBe('us-east-1');
    const [first, second] = door.inputs('Decrypt');
    expect(Object.keys(first ?? {}).sort()).toEqual(['CiphertextBlob', 'EncryptionContext']);
    expect(second).toMatchObject({ KeyId: keyArn, GrantTokens: ['t'] });
  });

  test.each([
    ['is not base64', async () => 'no base64!', 'payload is not standard base64'],
    ['is another context', async () => encrypted('x', { app: 'b' }), 'InvalidCiphertextException'],
    ['is not a text', async () => encrypted(Buffer.of(0xff, 0xfe)), 'is not UTF-8'],
  ])('names the secret whose payload %s, without the payload', async (_what, payload, text) => {
    const given = await payload();
    const { result, diagnostics } = await open({ name: 'orders', payload: given });
    expect(result).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: 'error', summary: expect.stringContaining('"orders"'), path: ['secret'] },
    ]);
    expect(diagnostics[0]?.detail).toContain(text);
    expect(JSON.stringify(diagnostics)).not.toContain(given);
  });

  test('has a Region of the partition of the provider', async () => {
    const config = { plaintext: null, region: 'cn-north-1', secret: [] };
    expect((await engine.open('aws_kms_secrets', config)).diagnostics).toMatchObject([{ path: ['region'] }]);
  });

  test('is deferred while the provider block is not known', async () => {
    await engine.configure({ region: unknown, endpoints: [] }, '1.14.0');
    const config = { plaintext: null, region: null, secret: [] };
    expect(await engine.open('aws_kms_secrets', config, { deferralAllowed: true })).toMatchObject({ deferred: true });
    expect((await engine.open('aws_kms_secrets', config)).diagnostics).toMatchObject([{ severity: 'error' }]);
  });
});

describe('aws_kms_data_key', () => {
  const open = (config: ObjectValue) => {
    const names = Object.keys(engine.requireEphemeral('aws_kms_data_key').record.attributes);
    const absent = Object.fromEntries(names.map((name) => [name, null]));
    return engine.open('aws_kms_data_key', { ...absent, key_id: keyArn, ...config });
  };

  test.each([
    ['AES_256 by default', {}, { KeySpec: 'AES_256' }, 32],
    ['of a spec', { key_spec: 'AES_128' }, { KeySpec: 'AES_128' }, 16],
    [
      'of a length',
      { number_of_bytes: 64, context: { a: 'b' } },
      { NumberOfBytes: 64, EncryptionContext: { a: 'b' } },
      64,
    ],
  ])('makes a data key %s', async (_what, config, sent, length) => {
    const { result, diagnostics } = await open(config);
    expect(diagnostics).toEqual([]);
    expect(door.inputs('GenerateDataKey')).toEqual([{ KeyId: keyArn, ...sent }]);
    expect(Buffer.from(String(result?.plaintext_base64), 'base64')).toHaveLength(length);
    expect(result).toMatchObject({ key_arn: keyArn, region: 'us-east-1', ...config });
  });

  test('opens one that was made before, byte for byte', async () => {
    const made = await open({ context: { a: 'b' } });
    const blob = String(made.result?.ciphertext_blob);
    const { result } = await open({ ciphertext_blob: blob, context: { a: 'b' } });
    expect(door.inputs('Decrypt')).toEqual([{ KeyId: keyArn, CiphertextBlob: blob, EncryptionContext: { a: 'b' } }]);
    expect(result).toMatchObject({ ciphertext_blob: blob, plaintext_base64: made.result?.plaintext_base64 });
    expect(door.inputs('GenerateDataKey')).toHaveLength(1);
  });

  test('under a key that does not exist fails at key_id', async () => {
    const { diagnostics } = await open({ key_id: 'alias/none' });
    expect(diagnostics).toMatchObject([{ path: ['key_id'], detail: expect.stringContaining('NotFoundException') }]);
  });
});
