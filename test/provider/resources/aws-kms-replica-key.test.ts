import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let primary: Managed;
let replica: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  primary = new Managed(engine, 'aws_kms_key');
  replica = new Managed(engine, 'aws_kms_replica_key');
  await primary.applied({ multi_region: true });
  door.forget();
});

afterEach(() => door.close());

const config = (more: ObjectValue = {}): ObjectValue => ({
  region: 'us-west-2',
  primary_key_arn: primary.state?.arn ?? null,
  ...more,
});

test('is made in the Region of its primary key, then managed in its own', async () => {
  const policy = '{ "Statement": [] }';
  const whole = config({ description: 'west', enabled: false, policy, tags: { a: '1' } });
  const state = await replica.applied(whole);
  expect(door.received.map(({ operation, region }) => [operation, region])).toEqual([
    ['ReviewPlannedChanges', 'us-west-2'],
    ['ReplicateKey', 'us-east-1'],
    ['DisableKey', 'us-west-2'],
    ['GetKeyConfiguration', 'us-west-2'],
  ]);
  expect(door.inputs('ReplicateKey')).toEqual([
    {
      KeyId: primary.id,
      ReplicaRegion: 'us-west-2',
      Description: 'west',
      Policy: policy,
      Tags: [{ TagKey: 'a', TagValue: '1' }],
    },
  ]);
  expect(state).toMatchObject({
    arn: `arn:aws:kms:us-west-2:111122223333:key/${primary.id}`,
    deletion_window_in_days: 30,
    enabled: false,
    id: primary.id,
    key_rotation_enabled: false,
    key_spec: 'SYMMETRIC_DEFAULT',
  });
  await replica.refresh();
  expect(await replica.isSettled(whole)).toBe(true);
});

test('without a description it stays without one', async () => {
  await replica.applied(config());
  await replica.refresh();
  expect(replica.state).toMatchObject({ description: '' });
  expect(await replica.isSettled(config())).toBe(true);
});

test('the Region of the primary key is refused at plan time', async () => {
  const { diagnostics } = await replica.plan(config({ region: null }));
  expect(diagnostics).toMatchObject([{ severity: 'error', path: ['region'] }]);
});

test('updates go to its Region: tags first, enable, description, policy, disable last', async () => {
  await replica.applied(config({ enabled: false }));
  door.forget();
  await replica.applied(config({ description: 'west', policy: '{"Statement":[]}', tags: { a: '1' } }));
  expect(door.calls()).toEqual([
    'ReviewPlannedChanges',
    'TagResource',
    'EnableKey',
    'UpdateKeyDescription',
    'PutKeyPolicy',
    'GetKeyConfiguration',
  ]);
  expect(new Set(door.received.map(({ region }) => region))).toEqual(new Set(['us-west-2']));
});

test('a primary key that moved to another Region shows as a replacement', async () => {
  await replica.applied(config());
  const moved = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1';
  const stored = door.key('us-west-2', replica.id).metadata.MultiRegionConfiguration;
  Object.assign(stored as object, { PrimaryKey: { Arn: moved, Region: 'eu-west-1' } });
  await replica.refresh();
  expect(replica.state).toMatchObject({ primary_key_arn: moved });
  expect((await replica.plan(config())).requiresReplace).toEqual([['primary_key_arn']]);
});

test.each([
  ['managed by AWS', { KeyManager: 'AWS' }, /managed by AWS/],
  ['with imported key material', { Origin: 'EXTERNAL' }, /origin EXTERNAL/],
  ['that is not a replica', { MultiRegionConfiguration: undefined }, /not a multi-Region replica/],
])('a key %s is refused', async (_, metadata, reason) => {
  await replica.applied(config());
  Object.assign(door.key('us-west-2', replica.id).metadata, metadata);
  expect(await replica.refresh()).toMatchObject([{ severity: 'error', detail: expect.stringMatching(reason) }]);
});

test('destroy waits the thirty days of the default', async () => {
  await replica.applied(config());
  const { diagnostics } = await replica.planDestroy();
  expect(diagnostics[0]?.detail).toContain('related keys in other Regions can still decrypt');
  await replica.destroy();
  expect(door.inputs('ScheduleKeyDeletion')).toEqual([{ KeyId: primary.id, PendingWindowInDays: 30 }]);
  expect(door.received.at(-1)?.region).toBe('us-west-2');
});

test('a failure after its creation keeps it, tainted, as it is', async () => {
  door.refuse('DisableKey', { status: 409, code: 'KMSInvalidStateException', detail: 'is creating.' });
  const { state, diagnostics } = await replica.apply(config({ enabled: false }));
  expect(diagnostics).toMatchObject([{ severity: 'error', path: ['enabled'] }]);
  expect(state).toMatchObject({ id: primary.id, enabled: true });
});

test('import with its Region is followed by a plan without changes', async () => {
  await replica.applied(config({ description: 'west' }));
  const other = new Managed(replica.engine, 'aws_kms_replica_key');
  expect(await other.import(`${replica.id}@us-west-2`)).toEqual([]);
  expect(await other.isSettled(config({ description: 'west' }))).toBe(true);
});
