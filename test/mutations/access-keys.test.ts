/** How access keys are written, the same for operations, the first start and seed files. */
import {
  accessKeyChange,
  deleteAccessKey,
  deleteAccessKeysOf,
  insertAccessKey,
  newAccessKey,
  updateAccessKey,
} from '@keystead/control-plane/mutations/access-keys.ts';
import { accountId, openTestControlPlane, region, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const wrapped = new Uint8Array([1, 2, 3]);
const write = (mutations: Parameters<TestControlPlane['store']['write']>[0]['mutations']) =>
  controlPlane.store.write({ mutations, changes: [], audit: [] });
const usageOf = (access_key_id: string) => ({ access_key_id, used_at_ms: 1, service: 'kms', region });

/** An access key of the root user, with a last use. */
async function stored(accessKeyId: string) {
  await write([
    insertAccessKey(newAccessKey({ accountId, accessKeyId, wrapped }, accountId, controlPlane.clock.now())),
    { op: 'insert', table: 'access_key_usage', row: usageOf(accessKeyId) },
  ]);
  const row = await controlPlane.store.findAccessKey(accessKeyId);
  if (!row) throw new Error(`the access key ${accessKeyId} does not exist`);
  return row;
}

test('a new access key is active, and belongs to its principal', async () => {
  expect(await stored('AKIANEW')).toMatchObject({
    account_id: accountId,
    principal_id: accountId,
    status: 'Active',
    created_at_ms: controlPlane.clock.now(),
    principal: { kind: 'root' },
  });
});

test('a change names the revision that was read, and fails after another change', async () => {
  const row = await stored('AKIACHANGED');
  await write([updateAccessKey(row, { status: 'Inactive' })]);
  expect((await controlPlane.store.findAccessKey('AKIACHANGED'))?.status).toBe('Inactive');
  await expect(write([updateAccessKey(row, { status: 'Active' })])).rejects.toThrow();
  await expect(write(deleteAccessKey(row))).rejects.toThrow();
});

test('the last use of an access key is deleted with it', async () => {
  const row = await stored('AKIAGONE');
  await write(deleteAccessKey(row));
  expect(await controlPlane.store.findAccessKey('AKIAGONE')).toBeUndefined();
  expect(await controlPlane.store.findAccessKeyUsage('AKIAGONE')).toBeUndefined();
});

test('all access keys of a principal can be deleted at once, with their last uses', async () => {
  const keys = [await stored('AKIAONE'), await stored('AKIATWO')];
  await write(deleteAccessKeysOf(accountId, keys));
  expect(await controlPlane.store.listAccessKeys(accountId)).toEqual([]);
  expect(await controlPlane.store.findAccessKeyUsage('AKIATWO')).toBeUndefined();
});

test('the change log names an access key by its id', () => {
  expect(accessKeyChange({ accountId, region }, 'AKIAONE', 'deleted', 'DeleteAccessKey')).toEqual({
    accountId,
    region,
    resourceType: 'access-key',
    resourceId: 'AKIAONE',
    kind: 'deleted',
    eventName: 'DeleteAccessKey',
  });
});
