import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;
let key: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door);
  key = new Managed(engine, 'aws_kms_key');
  await key.applied({ description: 'orders', multi_region: true });
});

afterEach(() => door.close());

const keyQuery = (key_id: string) => ({ key_id, grant_tokens: null, region: null, id: null });

test('aws_kms_key reads everything about a key in one call', async () => {
  door.forget();
  const { state, diagnostics } = await engine.readData('aws_kms_key', keyQuery(key.id));
  expect(diagnostics).toEqual([]);
  expect(door.calls()).toEqual(['DescribeKey']);
  expect(state).toEqual({
    arn: key.state?.arn,
    aws_account_id: '111122223333',
    cloud_hsm_cluster_id: '',
    creation_date: '2023-11-14T22:13:20Z',
    custom_key_store_id: '',
    customer_master_key_spec: 'SYMMETRIC_DEFAULT',
    deletion_date: null,
    description: 'orders',
    enabled: true,
    expiration_model: '',
    grant_tokens: null,
    id: key.id,
    key_id: key.id,
    key_manager: 'CUSTOMER',
    key_spec: 'SYMMETRIC_DEFAULT',
    key_state: 'Enabled',
    key_usage: 'ENCRYPT_DECRYPT',
    multi_region: true,
    multi_region_configuration: [
      {
        multi_region_key_type: 'PRIMARY',
        primary_key: [{ arn: key.state?.arn, region: 'us-east-1' }],
        replica_keys: [],
      },
    ],
    origin: 'AWS_KMS',
    pending_deletion_window_in_days: 0,
    region: 'us-east-1',
    valid_to: null,
    xks_key_configuration: [],
  });
});

test('aws_kms_key shows the spec and usage of an ML-KEM key', async () => {
  const mlKem = new Managed(engine, 'aws_kms_key');
  const spec = { customer_master_key_spec: 'ML_KEM_768', key_usage: 'ENCAPSULATE_DECAPSULATE' };
  await mlKem.applied(spec);
  const { state, diagnostics } = await engine.readData('aws_kms_key', keyQuery(mlKem.id));
  expect(diagnostics).toEqual([]);
  expect(state).toMatchObject({ ...spec, key_spec: 'ML_KEM_768' });
});

test('aws_kms_key finds a key that waits for its deletion, sends grant tokens, and fails for one that is not there', async () => {
  Object.assign(door.key('us-east-1', key.id).metadata, { KeyState: 'PendingDeletion', DeletionDate: 1_700_000_000.5 });
  const query = { ...keyQuery(key.id), grant_tokens: ['one', 'two'] };
  expect((await engine.readData('aws_kms_key', query)).state).toMatchObject({
    key_state: 'PendingDeletion',
    deletion_date: '2023-11-14T22:13:20Z',
  });
  expect(door.inputs('DescribeKey').at(-1)).toEqual({ KeyId: key.id, GrantTokens: ['one', 'two'] });
  const missing = await engine.readData('aws_kms_key', keyQuery('99999999-9999-4999-8999-999999999999'));
  expect(missing).toMatchObject({ state: null, diagnostics: [{ severity: 'error', path: ['key_id'] }] });
});

test('aws_kms_alias reads its own ARN and its target', async () => {
  door.aliases.set('us-east-1/alias/orders', key.id);
  const { state } = await engine.readData('aws_kms_alias', { name: 'alias/orders', region: null, id: null });
  const arn = 'arn:aws:kms:us-east-1:111122223333:alias/orders';
  expect(state).toEqual({
    arn,
    id: arn,
    name: 'alias/orders',
    region: 'us-east-1',
    target_key_arn: key.state?.arn,
    target_key_id: key.id,
  });
});

test('aws_kms_alias fails for an alias that is not there, and for one whose key waits for deletion', async () => {
  const query = { name: 'alias/orders', region: null, id: null };
  expect((await engine.readData('aws_kms_alias', query)).diagnostics).toMatchObject([
    {
      severity: 'error',
      path: ['name'],
      detail: expect.stringContaining('The alias does not exist in Region us-east-1'),
    },
  ]);
  door.aliases.set('us-east-1/alias/orders', key.id);
  Object.assign(door.key('us-east-1', key.id).metadata, { KeyState: 'PendingDeletion' });
  expect((await engine.readData('aws_kms_alias', query)).diagnostics).toMatchObject([
    { severity: 'error', detail: expect.stringContaining('waits for deletion') },
  ]);
});

test('aws_caller_identity reads the caller that signs', async () => {
  expect((await engine.readData('aws_caller_identity', { id: null })).state).toEqual({
    account_id: '111122223333',
    arn: 'arn:aws:iam::111122223333:root',
    id: '111122223333',
    user_id: '111122223333',
  });
});
