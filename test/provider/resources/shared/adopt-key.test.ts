/** `adopt_pending_deletion`, on each resource that has it. */
import { configured, Managed } from '../../../support/provider/managed.ts';
import { RestDoor } from '../../../support/provider/rest-door.ts';

let door: RestDoor;

beforeEach(async () => {
  door = await RestDoor.open();
});
afterEach(() => door.close());

const manage = async (type: string) => new Managed(await configured(door), type);

async function deleted(type: string, config: Parameters<Managed['applied']>[0]): Promise<Managed> {
  const key = await manage(type);
  await key.applied(config);
  const { state } = key;
  await key.destroy();
  key.state = state;
  door.forget();
  return key;
}

test.each(['id', 'arn'])('a key named by its %s is taken back and brought in line', async (form) => {
  const old = await deleted('aws_kms_key', { description: 'old', tags: { old: '1', kept: '1' } });
  const key = await manage('aws_kms_key');
  const config = {
    adopt_pending_deletion: old.text(form),
    enable_key_rotation: true,
    rotation_triggers: { first: '1' },
    tags: { kept: '1', fresh: '1' },
  };
  const state = await key.applied(config);
  expect(door.calls()).toEqual([
    'GetKeyConfiguration',
    'CancelKeyDeletion',
    'UntagResource',
    'TagResource',
    'EnableKey',
    'EnableKeyRotation',
    'GetKeyConfiguration',
  ]);
  expect(state).toMatchObject({ ...config, id: old.id, description: 'old', is_enabled: true });
  await key.refresh();
  expect(await key.isSettled(config)).toBe(true);
  expect(await key.isSettled({ ...config, adopt_pending_deletion: config.adopt_pending_deletion })).toBe(true);
});

test('a key that stays disabled is only taken back', async () => {
  const old = await deleted('aws_kms_key', {});
  const key = await manage('aws_kms_key');
  await key.applied({ adopt_pending_deletion: old.id, is_enabled: false });
  expect(door.calls()).toEqual(['GetKeyConfiguration', 'CancelKeyDeletion', 'GetKeyConfiguration']);
});

test('a key with imported material is taken back without importing it again', async () => {
  const material = { key_material_base64: Buffer.alloc(32, 7).toString('base64'), enabled: true };
  const old = await deleted('aws_kms_external_key', material);
  const key = await manage('aws_kms_external_key');
  await key.applied({ ...material, adopt_pending_deletion: old.id });
  expect(door.calls()).toEqual(['GetKeyConfiguration', 'CancelKeyDeletion', 'EnableKey', 'GetKeyConfiguration']);
  expect(key.state).toMatchObject({ id: old.id, enabled: true });
});

test('a key that does not wait for its deletion is left alone', async () => {
  const other = await manage('aws_kms_key');
  await other.applied({});
  door.forget();
  const key = await manage('aws_kms_key');
  const { state, diagnostics } = await key.apply({ adopt_pending_deletion: other.id });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([
    { severity: 'error', path: ['adopt_pending_deletion'], detail: expect.stringContaining('terraform import') },
  ]);
  expect(door.calls()).toEqual(['GetKeyConfiguration']);
});

test('a key of another spec keeps waiting for its deletion', async () => {
  const old = await deleted('aws_kms_key', { customer_master_key_spec: 'RSA_2048', key_usage: 'SIGN_VERIFY' });
  const key = await manage('aws_kms_key');
  const { state, diagnostics } = await key.apply({ adopt_pending_deletion: old.id });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ severity: 'error', path: ['customer_master_key_spec'] }]);
  expect(door.calls()).not.toContain('CancelKeyDeletion');
});

test('a key that does not exist any more is not replaced by a new one', async () => {
  const key = await manage('aws_kms_key');
  const { state, diagnostics } = await key.apply({ adopt_pending_deletion: '1234abcd-12ab-44cd-96ef-1234567890ab' });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ path: ['adopt_pending_deletion'], detail: expect.stringMatching(/NotFound/) }]);
  expect(door.calls()).not.toContain('CreateKey');
});

test('what fails after the deletion was cancelled keeps the key in the state', async () => {
  const old = await deleted('aws_kms_key', {});
  const key = await manage('aws_kms_key');
  door.refuse('EnableKey', { status: 400, code: 'AccessDeniedException' });
  const { state, diagnostics } = await key.apply({ adopt_pending_deletion: old.id });
  expect(diagnostics).toMatchObject([{ severity: 'error', path: ['is_enabled'] }]);
  expect(state).toMatchObject({ id: old.id, is_enabled: false });
});
