/** Data sources that use keys, and those that list them. */
import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { dataRefusal, mustReadData } from '../../support/provider/read-data.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;

async function aKey(config: Record<string, string | Record<string, string>> = {}): Promise<Managed> {
  const key = new Managed(engine, 'aws_kms_key');
  await key.applied(config);
  return key;
}

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door);
});

afterEach(() => door.close());

const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-4333-8444-555555555555';

test('aws_kms_ciphertext encrypts a text, also the empty one', async () => {
  door.answers.set('Encrypt', () => ({ CiphertextBlob: 'AQIDBA==', KeyId: keyArn }));
  const config = { key_id: 'alias/orders', plaintext: 'Grüße', context: { a: 'b' } };
  expect(await mustReadData(engine, 'aws_kms_ciphertext', config)).toEqual({
    ...config,
    ciphertext_blob: 'AQIDBA==',
    id: keyArn,
    region: 'us-east-1',
  });
  const Plaintext = Buffer.from('Grüße').toString('base64');
  expect(door.inputs('Encrypt')).toEqual([{ KeyId: 'alias/orders', Plaintext, EncryptionContext: { a: 'b' } }]);
});

test('aws_kms_public_key shows the key in DER and PEM', async () => {
  const der = Buffer.alloc(91, 7).toString('base64');
  door.answers.set('GetPublicKey', () => ({
    KeyId: keyArn,
    KeySpec: 'ECC_NIST_P256',
    KeyUsage: 'SIGN_VERIFY',
    PublicKey: der,
    SigningAlgorithms: ['ECDSA_SHA_256'],
  }));
  const config = { key_id: keyArn, grant_tokens: ['one'] };
  expect(await mustReadData(engine, 'aws_kms_public_key', config)).toEqual({
    arn: keyArn,
    customer_master_key_spec: 'ECC_NIST_P256',
    encryption_algorithms: [],
    grant_tokens: ['one'],
    id: keyArn,
    key_id: keyArn,
    key_usage: 'SIGN_VERIFY',
    public_key: der,
    public_key_pem: [
      '-----BEGIN PUBLIC KEY-----',
      der.slice(0, 64),
      der.slice(64),
      '-----END PUBLIC KEY-----',
      '',
    ].join('\n'),
    region: 'us-east-1',
    signing_algorithms: ['ECDSA_SHA_256'],
  });
  expect(door.inputs('GetPublicKey')).toMatchObject([{ GrantTokens: ['one'] }]);
});

describe('aws_kms_secrets', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  test('decrypts each secret under its name', async () => {
    door.answers.set('Decrypt', ({ CiphertextBlob }) => ({ Plaintext: base64(`open ${CiphertextBlob}`) }));
    const secret = [
      { name: 'a', payload: 'AAAA', context: { k: 'v' } },
      { name: '__proto__', payload: 'BBBB', key_id: 'alias/x', encryption_algorithm: 'RSAES_OAEP_SHA_256' },
    ];
    const state = await mustReadData(engine, 'aws_kms_secrets', { secret });
    expect(Object.entries(state.plaintext as object)).toEqual([
      ['a', 'open AAAA'],
      ['__proto__', 'open BBBB'],
    ]);
    expect(state).toMatchObject({ id: 'us-east-1', region: 'us-east-1' });
    expect(door.inputs('Decrypt')).toEqual([
      { CiphertextBlob: 'AAAA', EncryptionContext: { k: 'v' } },
      { CiphertextBlob: 'BBBB', KeyId: 'alias/x', EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
    ]);
  });

  test('names the secret whose payload is not base64, and does not show the payload', async () => {
    const refusal = await dataRefusal(engine, 'aws_kms_secrets', { secret: [{ name: 'a', payload: 'not base64!' }] });
    expect(refusal).toMatchObject({
      summary: 'decrypting secret "a"',
      detail: expect.stringContaining('payload is not standard base64'),
    });
    expect(refusal.detail).not.toContain('not base64!');
    expect(door.calls()).not.toContain('Decrypt');
  });

  test('refuses a plaintext that is not text', async () => {
    door.answers.set('Decrypt', () => ({ Plaintext: '/w==' }));
    const refusal = await dataRefusal(engine, 'aws_kms_secrets', { secret: [{ name: 'a', payload: 'AAAA' }] });
    expect(refusal.summary).toBe('The plaintext of secret "a" is not text');
  });

  test('fails with the first refusal', async () => {
    door.refuse('Decrypt', { status: 400, code: 'AccessDeniedException', detail: 'no' });
    const secret = [
      { name: 'a', payload: 'AAAA' },
      { name: 'b', payload: 'AAAA' },
    ];
    expect((await dataRefusal(engine, 'aws_kms_secrets', { secret })).summary).toBe('decrypting secret "a"');
    expect(door.inputs('Decrypt')).toHaveLength(1);
  });
});

test('aws_kms_key_last_usage shows the last use, and an empty list without one', async () => {
  const dates = { KeyCreationDate: 1_700_000_000, TrackingStartDate: 1_700_000_001 };
  door.answers.set('GetKeyLastUsage', () => ({ KeyId: keyArn, ...dates }));
  const unused = {
    key_creation_date: '2023-11-14T22:13:20Z',
    key_id: '11111111-2222-4333-8444-555555555555',
    key_last_usage: [],
    region: 'us-east-1',
    tracking_start_date: '2023-11-14T22:13:21Z',
  };
  expect(await mustReadData(engine, 'aws_kms_key_last_usage', { key_id: keyArn })).toEqual(unused);
  const KeyLastUsage = { CloudTrailEventId: 'e', KmsRequestId: 'r', Operation: 'Sign', Timestamp: 1_700_000_002.5 };
  door.answers.set('GetKeyLastUsage', () => ({ KeyId: keyArn, ...dates, KeyLastUsage }));
  expect(await mustReadData(engine, 'aws_kms_key_last_usage', { key_id: keyArn })).toEqual({
    ...unused,
    key_last_usage: [
      { cloud_trail_event_id: 'e', kms_request_id: 'r', operation: 'Sign', timestamp: '2023-11-14T22:13:22Z' },
    ],
  });
});

test('aws_kms_key_last_usage refuses an alias', async () => {
  const refusal = await dataRefusal(engine, 'aws_kms_key_last_usage', { key_id: 'alias/orders' });
  expect(refusal).toMatchObject({ summary: 'Invalid value', path: ['key_id'] });
});

describe('aws_kms_keys and aws_kms_aliases', () => {
  let orders: Managed;
  let billing: Managed;
  let signing: Managed;

  beforeEach(async () => {
    orders = await aKey({ tags: { team: 'shop', stage: 'live' } });
    billing = await aKey({ tags: { team: 'shop', stage: 'test' } });
    signing = await aKey({ customer_master_key_spec: 'RSA_2048', key_usage: 'SIGN_VERIFY' });
    door.aliases.set('us-east-1/alias/orders-live', orders.id);
    door.aliases.set('us-east-1/alias/orders-old', orders.id);
    door.aliases.set('us-east-1/alias/signing', signing.id);
    door.aliases.set('us-east-1/alias/billing', billing.id);
    Object.assign(door.key('us-east-1', billing.id).metadata, { KeyState: 'Disabled' });
    door.forget();
  });

  const idsOf = async (config: Record<string, string | Record<string, string>>) =>
    (await mustReadData(engine, 'aws_kms_keys', config)).ids;
  const namesOf = async (config: Record<string, string | Record<string, string>>) =>
    (await mustReadData(engine, 'aws_kms_aliases', config)).names;

  test('list everything without filters, and then ask about no key', async () => {
    const all = [orders, billing, signing].sort((a, b) => (a.id < b.id ? -1 : 1));
    const state = await mustReadData(engine, 'aws_kms_keys', {});
    expect(state).toMatchObject({ ids: all.map(({ id }) => id), arns: all.map((key) => key.text('arn')) });
    expect(door.calls()).toEqual(['ListKeys', 'ListKeys']);
    expect(await mustReadData(engine, 'aws_kms_aliases', {})).toMatchObject({
      names: ['alias/billing', 'alias/orders-live', 'alias/orders-old', 'alias/signing'],
      target_key_ids: [billing.id, orders.id, orders.id, signing.id],
      arns: expect.arrayContaining(['arn:aws:kms:us-east-1:111122223333:alias/billing']),
      id: 'us-east-1',
    });
  });

  test('are narrowed by spec, state, tags and alias, all at once', async () => {
    expect(await idsOf({ key_spec: 'RSA_2048' })).toEqual([signing.id]);
    expect(await idsOf({ key_state: 'Disabled' })).toEqual([billing.id]);
    expect(await idsOf({ tags: { team: 'shop' }, key_state: 'Enabled' })).toEqual([orders.id]);
    expect(await idsOf({ tags: { team: 'shop', stage: 'other' } })).toEqual([]);
    expect(await idsOf({ alias: 'alias/orders-*' })).toEqual([orders.id]);
    expect(await idsOf({ alias: 'alias/orders' })).toEqual([]);
    expect(await namesOf({ alias: '*-o*' })).toEqual(['alias/orders-old']);
    expect(await namesOf({ tags: { stage: 'test' } })).toEqual(['alias/billing']);
    expect(await namesOf({ key_spec: 'SYMMETRIC_DEFAULT', alias: 'alias/*l*' })).toEqual([
      'alias/billing',
      'alias/orders-live',
      'alias/orders-old',
    ]);
  });

  test('leave out a key that is gone since it was listed', async () => {
    const gone = { status: 404, code: 'NotFoundException' };
    door.refuse('DescribeKey', gone, gone, gone);
    expect(await idsOf({ key_spec: 'RSA_2048' })).toEqual([]);
    expect(await idsOf({ key_spec: 'RSA_2048' })).toEqual([signing.id]);
  });

  test.each([
    ['*', 'alias/a', true],
    ['alias/a*a', 'alias/a', false],
    ['alias/a*a', 'alias/aa', true],
    ['alias/*b*b', 'alias/b', false],
    ['alias/*b*b', 'alias/bab', true],
    ['alias/**', 'alias/', true],
    ['alias/.', 'alias/x', false],
  ])('the pattern %s and the name %s: %s', async (alias, name, fits) => {
    door.aliases.clear();
    door.aliases.set(`us-east-1/${name}`, orders.id);
    expect(await namesOf({ alias })).toEqual(fits ? [name] : []);
  });
});
