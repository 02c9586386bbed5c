import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { awsKmsExternalKey } from '@keystead/provider-schema/resources/aws-kms-external-key.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let key: Managed;
beforeEach(async () => {
  door = await RestDoor.open();
  key = new Managed(await configured(door), 'aws_kms_external_key');
});
afterEach(() => door.close());

const material = randomBytes(32);
const key_material_base64 = material.toString('base64');
const valid_to = '2027-01-01T00:00:00Z';
const metadata = () => door.key('us-east-1', key.id).metadata;

test('is made, gets its material wrapped, and is enabled', async () => {
  const whole = { description: 'ours', enabled: true, key_material_base64, valid_to, tags: { a: '1' } };
  const state = await key.applied(whole);
  expect(door.calls()).toEqual(['CreateKey', 'GetParametersForImport', 'ImportKeyMaterial', 'GetKeyConfiguration']);
  expect(door.inputs('CreateKey')).toEqual([
    {
      Origin: 'EXTERNAL',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Description: 'ours',
      Tags: [{ TagKey: 'a', TagValue: '1' }],
    },
  ]);
  expect(door.inputs('GetParametersForImport')).toMatchObject([
    { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
  ]);
  expect(door.inputs('ImportKeyMaterial')).toMatchObject([
    { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: Date.UTC(2027, 0, 1) / 1000 },
  ]);
  expect(door.imported).toEqual([material]);
  expect(state).toMatchObject({
    arn: `arn:aws:kms:us-east-1:111122223333:key/${key.id}`,
    deletion_window_in_days: 30,
    enabled: true,
    expiration_model: 'KEY_MATERIAL_EXPIRES',
    key_state: 'Enabled',
    key_usage: 'ENCRYPT_DECRYPT',
    multi_region: false,
    valid_to,
  });
  expect(state).not.toHaveProperty('key_id');
  await key.refresh();
  expect(await key.isSettled(whole)).toBe(true);
});

test('a private key that is too long for RSA-OAEP is wrapped under an AES key', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  await key.applied({
    enabled: true,
    key_material_base64: privateKey.toString('base64'),
    key_spec: 'RSA_2048',
    key_usage: 'SIGN_VERIFY',
  });
  expect(door.inputs('GetParametersForImport')).toMatchObject([
    { WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256', WrappingKeySpec: 'RSA_4096' },
  ]);
  expect(door.inputs('ImportKeyMaterial')).toMatchObject([{ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }]);
  expect(door.imported).toEqual([privateKey]);
});

test('without material it waits, and enabled = true waits with it', async () => {
  const state = await key.applied({ enabled: true });
  expect(door.calls()).toEqual(['CreateKey', 'GetKeyConfiguration']);
  expect(state).toMatchObject({ expiration_model: '', key_state: 'PendingImport', valid_to: '' });
  await key.refresh();
  expect(key.state).toMatchObject({ enabled: false });
  expect(await key.isSettled({ enabled: true })).toBe(true);
});

test('with material and without enabled it ends up disabled, and the plan warns of it', async () => {
  const config = { key_material_base64 };
  const { diagnostics } = await key.plan(config);
  expect(diagnostics).toMatchObject([{ severity: 'warning', path: ['enabled'] }]);
  const { state } = await key.apply(config);
  expect(door.calls().slice(1, -1)).toEqual(['GetParametersForImport', 'ImportKeyMaterial', 'DisableKey']);
  expect(state).toMatchObject({ enabled: false, key_state: 'Disabled' });
  await key.refresh();
  expect(await key.isSettled(config)).toBe(true);
});

test('changing when the material expires imports it again in place', async () => {
  const config = { enabled: true, key_material_base64, valid_to };
  await key.applied(config);
  door.forget();
  const later = { ...config, valid_to: '2027-06-01T00:00:00Z' };
  const plan = await key.plan(later);
  expect(plan.requiresReplace).toEqual([]);
  await key.applied(later);
  expect(door.calls()).toEqual(['GetParametersForImport', 'ImportKeyMaterial', 'GetKeyConfiguration']);
  expect(door.imported).toEqual([material, material]);
  expect(key.state).toMatchObject({ enabled: true, valid_to: '2027-06-01T00:00:00Z' });
  await key.applied({ enabled: true, key_material_base64 });
  expect(key.state).toMatchObject({ expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE', valid_to: '' });
});

test.each(['2027-01-01T02:00:00+02:00', '2027-01-01T00:00:00.000Z'])(
  'a date is the same however it is written: %s',
  async (spelling) => {
    const config: ObjectValue = { enabled: true, key_material_base64, valid_to: spelling };
    await key.applied(config);
    await key.refresh();
    expect(key.state).toMatchObject({ valid_to: spelling });
    expect(await key.isSettled(config)).toBe(true);
    expect(await key.isSettled({ ...config, valid_to })).toBe(true);
  },
);

test('material that was deleted or has expired is imported again by the next apply', async () => {
  const config = { enabled: true, key_material_base64 };
  await key.applied(config);
  Object.assign(metadata(), { KeyState: 'PendingImport', Enabled: false, ExpirationModel: undefined });
  await key.refresh();
  door.forget();
  await key.applied(config);
  expect(door.calls()).toEqual(['GetParametersForImport', 'ImportKeyMaterial', 'GetKeyConfiguration']);
  expect(key.state).toMatchObject({ enabled: true, key_state: 'Enabled' });
  await key.refresh();
  expect(await key.isSettled(config)).toBe(true);
});

test('a key that lost its material is disabled only once the material is back', async () => {
  const config = { enabled: false, key_material_base64 };
  await key.applied(config);
  Object.assign(metadata(), { KeyState: 'PendingImport', Enabled: false, ExpirationModel: undefined });
  await key.refresh();
  door.forget();
  await key.applied(config);
  expect(door.calls()).toEqual(['GetParametersForImport', 'ImportKeyMaterial', 'DisableKey', 'GetKeyConfiguration']);
  expect(key.state).toMatchObject({ enabled: false, key_state: 'Disabled' });
});

test('it is enabled before other changes and disabled after them, and what follows from it is planned', async () => {
  const config = { enabled: true, key_material_base64 };
  await key.applied(config);
  door.forget();
  await key.applied({ ...config, enabled: false, description: 'ours' });
  expect(door.calls()).toEqual(['ReviewPlannedChanges', 'UpdateKeyDescription', 'DisableKey', 'GetKeyConfiguration']);
  expect(key.state).toMatchObject({ key_state: 'Disabled' });
  door.forget();
  await key.applied({ ...config, policy: '{"Statement":[]}' });
  expect(door.calls()).toEqual([
    'ReviewPlannedChanges',
    'EnableKey',
    'UpdateKeyDescription',
    'PutKeyPolicy',
    'GetKeyConfiguration',
  ]);
  const { planned } = await key.plan({ ...config, policy: '{"Statement":[]}', tags: { a: '1' } });
  expect(planned).toMatchObject({
    enabled: true,
    expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    key_state: 'Enabled',
  });
});

test('other material, another spec or usage make another key', async () => {
  const config = { enabled: true, key_material_base64 };
  await key.applied(config);
  const other = { ...config, key_material_base64: randomBytes(32).toString('base64') };
  const plan = await key.plan(other);
  expect(plan.requiresReplace).toEqual([['key_material_base64']]);
  expect(plan.diagnostics).toMatchObject([{ severity: 'warning', summary: 'A KMS key will be replaced' }]);
  expect((await key.plan({ ...config, key_spec: 'HMAC_256' })).requiresReplace).toEqual([['key_spec']]);
});

test('material that is refused leaves the key tainted and says what to check, not what was sent', async () => {
  door.refuse('ImportKeyMaterial', { status: 400, code: 'IncorrectKeyMaterialException', detail: 'is invalid' });
  const { state, diagnostics } = await key.apply({ enabled: true, key_material_base64 });
  expect(diagnostics).toMatchObject([
    { severity: 'error', path: ['key_material_base64'], detail: expect.stringContaining('Check key_material_base64') },
  ]);
  expect(JSON.stringify(diagnostics)).not.toContain(key_material_base64);
  expect(state).toMatchObject({ key_state: 'PendingImport', enabled: false });
});

const absent = Object.fromEntries(Object.keys(awsKmsExternalKey.attributes).map((name) => [name, null]));

test.each([
  ['key_material_base64', 'not base64!', 'standard base64'],
  ['valid_to', 'tomorrow', 'RFC 3339'],
  ['valid_to', '2027-13-01T00:00:00Z', 'RFC 3339'],
  ['key_spec', 'AES_256', 'one of'],
])('%s = %j is refused before anything is made', async (attribute, value, reason) => {
  const config = { ...absent, [attribute]: value };
  const [problem] = key.engine.validateResource('aws_kms_external_key', config, { writeOnlyAllowed: true });
  expect(problem).toMatchObject({ severity: 'error', path: [attribute] });
  expect(problem?.detail).toContain(reason);
  if (attribute === 'key_material_base64') expect(problem?.detail).not.toContain(value);
});

test.each([
  ['managed by AWS', { KeyManager: 'AWS' }, /managed by AWS/],
  ['whose material KMS made', { Origin: 'AWS_KMS' }, /origin AWS_KMS/],
  [
    'that is a replica',
    { MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA' } },
    /aws_kms_replica_external_key/,
  ],
])('a key %s is refused', async (_, change, reason) => {
  await key.applied({ enabled: true, key_material_base64 });
  Object.assign(metadata(), change);
  expect(await key.refresh()).toMatchObject([{ severity: 'error', detail: expect.stringMatching(reason) }]);
});

test('destroy waits the thirty days of the default', async () => {
  await key.applied({ enabled: true, key_material_base64 });
  const { id } = key;
  await key.destroy();
  expect(door.inputs('ScheduleKeyDeletion')).toEqual([{ KeyId: id, PendingWindowInDays: 30 }]);
});

test('after an import, material in the configuration makes another key, unless it is left out', async () => {
  await key.applied({ enabled: true, key_material_base64 });
  const other = new Managed(key.engine, 'aws_kms_external_key');
  expect(await other.import(key.id)).toEqual([]);
  expect(await other.isSettled({ enabled: true })).toBe(true);
  expect((await other.plan({ enabled: true, key_material_base64 })).requiresReplace).toEqual([['key_material_base64']]);
});

test('a state that hashicorp/aws wrote is taken over without a replacement or a call that changes the key', async () => {
  const config = { enabled: true, key_material_base64 };
  await key.applied(config);
  key.state = { ...key.state, region: null, valid_to: '', description: '', tags: {} };
  await key.refresh();
  door.forget();
  expect((await key.plan(config)).requiresReplace).toEqual([]);
  await key.applied(config);
  expect(door.calls()).toEqual(['GetKeyConfiguration']);
  expect(await key.isSettled(config)).toBe(true);
});

describe('write-only material', () => {
  const config = { enabled: true, key_material_base64_wo: key_material_base64, key_material_base64_wo_version: '1' };

  test('is imported and is in no plan and no state', async () => {
    const { plan, state } = await key.apply(config);
    expect(door.imported).toEqual([material]);
    for (const object of [plan.planned, state]) {
      expect(object).toMatchObject({ key_material_base64_wo: null, key_material_base64_wo_version: '1' });
      expect(JSON.stringify(object, (_name, value) => (typeof value === 'symbol' ? 'unknown' : value))).not.toContain(
        key_material_base64,
      );
    }
    await key.refresh();
    expect(await key.isSettled(config)).toBe(true);
  });

  test('is imported again for another expiry, and after it was deleted', async () => {
    await key.applied(config);
    await key.applied({ ...config, valid_to });
    Object.assign(metadata(), { KeyState: 'PendingImport', Enabled: false });
    await key.refresh();
    await key.applied({ ...config, valid_to });
    expect(door.imported).toEqual([material, material, material]);
  });

  test('replaces the key under another version, and does nothing under the same', async () => {
    const state = await key.applied(config);
    const other = { ...config, key_material_base64_wo: randomBytes(32).toString('base64') };
    expect((await key.plan(other)).planned).toEqual(state);
    expect((await key.plan({ ...other, key_material_base64_wo_version: '2' })).requiresReplace).toEqual([
      ['key_material_base64_wo_version'],
    ]);
  });

  test('takes the place of material in the state without a new key: the same material is imported again', async () => {
    await key.applied({ enabled: true, key_material_base64 });
    const before = key.id;
    const { plan } = await key.apply(config);
    expect(plan.requiresReplace).toEqual([]);
    expect(key.id).toBe(before);
    expect(door.imported).toEqual([material, material]);
    expect(key.state).toMatchObject({ key_material_base64: null, key_material_base64_wo_version: '1' });
    expect(await key.isSettled(config)).toBe(true);
  });

  test('of a key that was imported into the state is imported once more, without a new key', async () => {
    await key.applied({ enabled: true, key_material_base64 });
    const before = key.id;
    await key.import(before);
    const { plan } = await key.apply(config);
    expect([plan.requiresReplace, key.id]).toEqual([[], before]);
    expect(door.imported).toEqual([material, material]);
    expect(await key.isSettled(config)).toBe(true);
  });

  test('that the service refuses is an error at its argument, without the material', async () => {
    door.refuse('ImportKeyMaterial', { status: 400, code: 'IncorrectKeyMaterialException' });
    const { diagnostics } = await key.apply(config);
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['key_material_base64_wo'] }]);
    expect(JSON.stringify(diagnostics)).not.toContain(key_material_base64);
  });

  test.each([
    [
      'beside material in the state',
      { ...config, key_material_base64 },
      'cannot be set together with key_material_base64',
    ],
    ['without a version', { key_material_base64_wo: key_material_base64 }, 'key_material_base64_wo_version. Set both'],
    ['that is not base64', { ...config, key_material_base64_wo: 'no base64!' }, 'must be standard base64.'],
  ])('%s is refused at its path', (_how, wrong: ObjectValue, text) => {
    const [problem, ...others] = key.engine.validateResource('aws_kms_external_key', wrong, { writeOnlyAllowed: true });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: ['key_material_base64_wo'], detail: expect.stringContaining(text) });
    expect(problem?.detail).not.toContain('no base64!');
  });

  test('is refused for a Terraform that would store it', () => {
    expect(key.engine.validateResource('aws_kms_external_key', config, { writeOnlyAllowed: false })).toMatchObject([
      { summary: 'Write-only argument not supported', path: ['key_material_base64_wo'] },
    ]);
  });
});
