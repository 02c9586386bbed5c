import { randomBytes } from 'node:crypto';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let primary: Managed;
let replica: Managed;
const material = randomBytes(32);
const key_material_base64 = material.toString('base64');

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  primary = new Managed(engine, 'aws_kms_external_key');
  replica = new Managed(engine, 'aws_kms_replica_external_key');
  await primary.applied({ multi_region: true, enabled: true, key_material_base64 });
  door.forget();
});
afterEach(() => door.close());

const config = (more: ObjectValue = {}): ObjectValue => ({
  region: 'us-west-2',
  primary_key_arn: primary.state?.arn ?? null,
  enabled: true,
  key_material_base64,
  ...more,
});

test('is made in the Region of its primary key, then gets the same material in its own', async () => {
  const whole = config({ description: 'west', valid_to: '2027-01-01T00:00:00Z', tags: { a: '1' } });
  const state = await replica.applied(whole);
  expect(door.received.map(({ operation, region }) => [operation, region])).toEqual([
    ['ReplicateKey', 'us-east-1'],
    ['GetParametersForImport', 'us-west-2'],
    ['ImportKeyMaterial', 'us-west-2'],
    ['GetKeyConfiguration', 'us-west-2'],
  ]);
  expect(door.imported).toEqual([material, material]);
  expect(state).toMatchObject({
    arn: `arn:aws:kms:us-west-2:111122223333:key/${primary.id}`,
    enabled: true,
    expiration_model: 'KEY_MATERIAL_EXPIRES',
    id: primary.id,
    key_id: primary.id,
    key_state: 'Enabled',
    primary_key_arn: primary.state?.arn,
  });
  await replica.refresh();
  expect(await replica.isSettled(whole)).toBe(true);
});

test('without material it waits', async () => {
  const waiting = config({ enabled: null, key_material_base64: null });
  expect(await replica.applied(waiting)).toMatchObject({ enabled: false, key_state: 'PendingImport' });
  await replica.refresh();
  expect(await replica.isSettled(waiting)).toBe(true);
});

test('changes and another expiry go to its Region', async () => {
  await replica.applied(config());
  door.forget();
  await replica.applied(config({ enabled: false, description: 'west', valid_to: '2027-01-01T00:00:00Z' }));
  expect(door.calls()).toEqual([
    'ReviewPlannedChanges',
    'UpdateKeyDescription',
    'GetParametersForImport',
    'ImportKeyMaterial',
    'DisableKey',
    'GetKeyConfiguration',
  ]);
  expect(new Set(door.received.map(({ region }) => region))).toEqual(new Set(['us-west-2']));
});

test('the Region of the primary key is refused at plan time', async () => {
  const { diagnostics } = await replica.plan(config({ region: null }));
  expect(diagnostics).toMatchObject([{ severity: 'error', path: ['region'] }]);
});

test.each([
  ['whose material KMS made', { Origin: 'AWS_KMS' }, /origin AWS_KMS/],
  ['that is not a replica', { MultiRegionConfiguration: undefined }, /not a multi-Region replica/],
])('a key %s is refused', async (_, change, reason) => {
  await replica.applied(config());
  Object.assign(door.key('us-west-2', replica.id).metadata, change);
  expect(await replica.refresh()).toMatchObject([{ severity: 'error', detail: expect.stringMatching(reason) }]);
});

test('destroy and import are those of a replica', async () => {
  await replica.applied(config());
  const other = new Managed(replica.engine, 'aws_kms_replica_external_key');
  expect(await other.import(`${replica.id}@us-west-2`)).toEqual([]);
  expect(await other.isSettled(config({ key_material_base64: null }))).toBe(true);
  await replica.destroy();
  expect(door.inputs('ScheduleKeyDeletion')).toEqual([{ KeyId: primary.id, PendingWindowInDays: 30 }]);
});
