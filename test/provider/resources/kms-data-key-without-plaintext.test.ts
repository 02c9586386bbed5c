import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let dataKey: Managed;
let keyId: string;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  const key = new Managed(engine, 'aws_kms_key');
  await key.applied({});
  keyId = key.id;
  dataKey = new Managed(engine, 'kms_data_key_without_plaintext');
  door.forget();
});

afterEach(() => door.close());

test.each([
  [{}, { KeySpec: 'AES_256' }],
  [{ key_spec: 'AES_128' }, { KeySpec: 'AES_128' }],
  [{ number_of_bytes: 64 }, { NumberOfBytes: 64 }],
])('%j asks for %j once, and is settled', async (more, sent) => {
  const config = { key_id: keyId, ...more };
  const state = await dataKey.applied(config);
  expect(door.inputs('GenerateDataKeyWithoutPlaintext')).toEqual([{ KeyId: keyId, ...sent }]);
  expect(state.ciphertext_blob).toMatch(/^[A-Za-z0-9+/]{103}$/);
  expect(state.id).toBe(dataKey.text('ciphertext_blob').slice(6, 36));
  await dataKey.refresh();
  expect(await dataKey.isSettled(config)).toBe(true);
  expect(door.calls()).toEqual(['GenerateDataKeyWithoutPlaintext']);
});

test.each([
  ['key_id', { key_id: 'alias/other' }],
  ['key_spec', { key_spec: 'AES_128' }],
  ['number_of_bytes', { number_of_bytes: 16 }],
  ['keepers', { keepers: { round: '2' } }],
  ['region', { region: 'us-west-2' }],
])('another %s makes another data key', async (name, change) => {
  const config = { key_id: keyId, keepers: { round: '1' } };
  await dataKey.applied(config);
  expect((await dataKey.plan({ ...config, ...change })).requiresReplace).toEqual([[name]]);
});

test('both lengths, and lengths that do not exist, are refused at plan time', () => {
  const check = (config: object) =>
    dataKey.engine.validateResource(dataKey.type, { key_id: keyId, ...config }, { writeOnlyAllowed: true });
  expect(check({ key_spec: 'AES_256', number_of_bytes: 32 })).toMatchObject([
    { path: ['key_spec'] },
    { path: ['number_of_bytes'] },
  ]);
  expect(check({ number_of_bytes: 1025 })).toMatchObject([{ path: ['number_of_bytes'] }]);
  expect(check({ key_spec: 'AES_512' })).toMatchObject([{ path: ['key_spec'] }]);
});

test.each([
  ['AES_256', { key_spec: 'AES_256' }],
  ['32', { number_of_bytes: 32 }],
  ['', {}],
])('is imported with its length "%s", and then settled', async (length, more) => {
  const config = { key_id: keyId, ...more };
  const { id, ciphertext_blob } = await dataKey.applied(config);
  expect(await dataKey.import(`${keyId},${length},${String(ciphertext_blob)}=`)).toEqual([]);
  expect(dataKey.state).toMatchObject({ id, ciphertext_blob, region: 'us-east-1' });
  expect(await dataKey.isSettled(config)).toBe(true);
  await dataKey.import(`alias/orders,${length},${String(ciphertext_blob)}@eu-west-1`);
  expect(dataKey.state).toMatchObject({ key_id: 'alias/orders', region: 'eu-west-1' });
});

test('an import id without a ciphertext is refused with its form', async () => {
  expect(await dataKey.import(keyId)).toMatchObject([{ detail: expect.stringContaining('KEY,AES_256,CIPHERTEXT') }]);
});

test('a key that is refused leaves no state, and destroying calls nothing', async () => {
  const { state, diagnostics } = await dataKey.apply({ key_id: '1234abcd-12ab-44cd-96ef-1234567890ab' });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ path: ['key_id'], detail: expect.stringMatching(/NotFoundException/) }]);
  await dataKey.applied({ key_id: keyId });
  door.forget();
  expect(await dataKey.destroy()).toEqual([]);
  expect(door.calls()).toEqual([]);
});
