/** Reads over keys, their materials, their uses and key stores, on both engines. */
import { randomUUID } from 'node:crypto';
import { WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { ids, newAccount, onEveryEngine } from '../../support/storage/on-every-engine.ts';
import {
  account,
  aKey,
  aKeySet,
  aKeyStore,
  aMaterial,
  anImportedMaterial,
  aRecord,
  region,
  startMs,
} from '../../support/storage/rows.ts';

onEveryEngine('the store', (on) => {
  describe('keys', () => {
    test('are found by account, Region and id, each with the row that its Regions share', async () => {
      const set = aKeySet({ multi_region: 1 });
      const here = aKey({ key_id: set.key_id });
      const there = aKey({ key_id: set.key_id, region: 'us-east-1', description: 'replica' });
      await on.write(
        { op: 'insert', table: 'key_sets', row: set },
        { op: 'insert', table: 'keys', row: here },
        { op: 'insert', table: 'keys', row: there },
      );
      await on.write({
        op: 'update',
        table: 'key_sets',
        key: { account_id: account, key_id: set.key_id },
        revision: 1,
        set: { primary_region: 'us-east-1' },
      });
      const found = await on.store.findKey(account, 'us-east-1', set.key_id);
      expect(found).toEqual({
        shared: { ...set, primary_region: 'us-east-1', revision: 2 },
        regional: { ...there, revision: 1 },
      });
      expect(await on.store.findKey('999999999999', region, set.key_id)).toBeUndefined();
      expect(await on.store.findKey(account, 'eu-west-1', set.key_id)).toBeUndefined();
      expect(await on.store.findKeyInAnyAccount('us-east-1', set.key_id)).toEqual(found);
      expect(await on.store.findKeyInAnyAccount('eu-west-1', set.key_id)).toBeUndefined();
      const related = await on.store.listRelatedKeys(account, set.key_id);
      expect(related.map((row) => row.region)).toEqual([region, 'us-east-1']);
    });

    test('are listed in pages by id, with correct page ends', async () => {
      const accountId = newAccount();
      const keyIds = ids(5);
      await on.write(
        ...keyIds.map(
          (key_id) => ({ op: 'insert', table: 'keys', row: aKey({ account_id: accountId, key_id }) }) as const,
        ),
      );
      const page = async (limit: number, after?: string) => {
        const { rows, more } = await on.store.listKeys(accountId, region, {
          limit,
          ...defined({ after }),
        });
        return [rows.map((row) => keyIds.indexOf(row.key_id)), more];
      };
      expect(await page(2)).toEqual([[0, 1], true]);
      expect(await page(2, keyIds[1])).toEqual([[2, 3], true]);
      expect(await page(2, keyIds[3])).toEqual([[4], false]);
      expect(await page(5)).toEqual([[0, 1, 2, 3, 4], false]);
      expect(await page(4)).toEqual([[0, 1, 2, 3], true]);
      expect(await page(2, keyIds[4])).toEqual([[], false]);
      expect(await on.store.countKeys(accountId, region, 10)).toBe(5);
      expect(await on.store.countKeys(accountId, region, 5)).toBe(5);
      expect(await on.store.countKeys(accountId, region, 3)).toBe(3);
      expect(await on.store.countKeys(accountId, 'us-east-1', 10)).toBe(0);
    });

    test('are due for rotation when enabled, primary and past their time, oldest first', async () => {
      const dueMs = startMs - 1_000_000;
      const make = async (shared: Parameters<typeof aKeySet>[0], regional: Parameters<typeof aKey>[0] = {}) => {
        const set = aKeySet({ rotation_enabled: 1, next_rotation_at_ms: dueMs, ...shared });
        const key = aKey({ key_id: set.key_id, ...regional });
        await on.write({ op: 'insert', table: 'key_sets', row: set }, { op: 'insert', table: 'keys', row: key });
        return set.key_id;
      };
      const second = await make({});
      const first = await make({ next_rotation_at_ms: dueMs - 1 });
      await make({ next_rotation_at_ms: dueMs + 1 });
      await make({ rotation_enabled: 0 });
      await make({ next_rotation_at_ms: null });
      await make({}, { state: 'Disabled' });
      await make({ primary_region: 'us-east-1' });
      const due = await on.store.listKeysDueForRotation(dueMs, 10);
      expect(due.map((key) => key.shared.key_id)).toEqual([first, second]);
      expect(await on.store.listKeysDueForRotation(dueMs, 1)).toHaveLength(1);
    });

    test('are due for deletion when pending and past their time, oldest first', async () => {
      const make = async (regional: Parameters<typeof aKey>[0]) => {
        const set = aKeySet();
        const key = aKey({ key_id: set.key_id, state: 'PendingDeletion', deletion_at_ms: startMs, ...regional });
        await on.write({ op: 'insert', table: 'key_sets', row: set }, { op: 'insert', table: 'keys', row: key });
        return set.key_id;
      };
      const second = await make({});
      const first = await make({ deletion_at_ms: startMs - 1 });
      await make({ deletion_at_ms: startMs + 1 });
      await make({ state: 'PendingReplicaDeletion' });
      const due = await on.store.listKeysDueForDeletion(startMs, 10);
      expect(due.map((key) => key.regional.key_id)).toEqual([first, second]);
    });

    test('have their materials listed oldest first', async () => {
      const keyId = randomUUID();
      const times = [startMs + 2, startMs, startMs + 1];
      await on.write(
        ...times.map((created_at_ms) => {
          const row = aMaterial({ key_id: keyId, created_at_ms });
          return { op: 'insert', table: 'key_materials', row } as const;
        }),
      );
      const materials = await on.store.listMaterials(account, keyId);
      expect(materials.map((row) => row.created_at_ms - startMs)).toEqual([0, 1, 2]);
      expect(await on.store.findMaterial(account, keyId, 'absent')).toBeUndefined();
      expect(await on.store.listMaterials(account, randomUUID())).toEqual([]);
    });

    test('have a copy of imported material in each Region, listed by Region', async () => {
      const [keyId, materialId] = ids(2) as [string, string];
      const copies = ['us-east-1', 'eu-central-1'].map((place) =>
        anImportedMaterial({ key_id: keyId, material_id: materialId, region: place, description: place }),
      );
      await on.write(...copies.map((row) => ({ op: 'insert', table: 'imported_materials', row }) as const));
      const listed = await on.store.listImportedMaterials(account, keyId);
      expect(listed.map((row) => row.description)).toEqual(['eu-central-1', 'us-east-1']);
      const key = { account_id: account, region: 'us-east-1', key_id: keyId, material_id: materialId };
      await on.write({ op: 'update', table: 'imported_materials', key, revision: 1, set: { wrapped: null } });
      expect(await on.store.findImportedMaterial(account, 'us-east-1', keyId, materialId)).toEqual({
        ...key,
        wrapped: null,
        description: 'us-east-1',
        valid_to_ms: null,
        revision: 2,
      });
      const other = await on.store.findImportedMaterial(account, 'eu-central-1', keyId, materialId);
      expect([...(other?.wrapped ?? [])]).toEqual([1, 2, 3]);
      expect(await on.store.findImportedMaterial(account, 'eu-west-1', keyId, materialId)).toBeUndefined();
      expect(await on.store.listImportedMaterials(account, randomUUID())).toEqual([]);
    });

    test('have imported material listed once it has expired, oldest first', async () => {
      const dueMs = Date.UTC(2001, 0, 1);
      const make = async (valid_to_ms: number | null) => {
        const row = anImportedMaterial({ valid_to_ms });
        await on.write({ op: 'insert', table: 'imported_materials', row });
        return row.key_id;
      };
      const second = await make(dueMs);
      const first = await make(dueMs - 1);
      await make(dueMs + 1);
      await make(null);
      const due = await on.store.listExpiredMaterials(dueMs, 10);
      expect(due.map((row) => row.key_id)).toEqual([first, second]);
      expect(await on.store.listExpiredMaterials(dueMs, 1)).toHaveLength(1);
    });
  });

  describe('custom key stores', () => {
    test('are found by id, and listed by account and Region in order', async () => {
      const owner = newAccount();
      const [first = '', second = ''] = ids(2);
      const rows = [second, first].map((custom_key_store_id) => aKeyStore({ account_id: owner, custom_key_store_id }));
      const elsewhere = aKeyStore({ account_id: owner, region: 'eu-west-3' });
      await on.write(
        ...[...rows, elsewhere].map((row) => ({ op: 'insert', table: 'custom_key_stores', row }) as const),
      );
      expect(await on.store.findCustomKeyStore(owner, region, first)).toEqual({ ...rows[1], revision: 1 });
      expect(await on.store.findCustomKeyStore(owner, 'eu-west-3', first)).toBeUndefined();
      const listed = await on.store.listCustomKeyStores(owner, region);
      expect(listed.map((row) => row.custom_key_store_id)).toEqual([first, second]);
    });

    test.each([
      ['name', { name: 'taken' }],
      ['cluster, in any account', { account_id: '999988887777', cloud_hsm_cluster_id: 'cluster-taken234567' }],
      ['proxy URI', { xks_uri_endpoint: 'https://taken.example', xks_uri_path: '/kms/xks/v1' }],
      [
        'endpoint service, in any account',
        { account_id: '999988887777', xks_vpc_endpoint_service_name: 'com.amazonaws.vpce.eu-west-1.vpce-svc-taken' },
      ],
    ])('cannot share a %s', async (_what, twin) => {
      const taken = {
        account_id: newAccount(),
        name: 'taken',
        cloud_hsm_cluster_id: `cluster-${randomUUID()}`,
        xks_uri_endpoint: 'https://taken.example',
        xks_uri_path: '/kms/xks/v1',
        xks_vpc_endpoint_service_name: randomUUID(),
      };
      const shared = Object.fromEntries(
        Object.keys(twin).map((column) => [column, taken[column as keyof typeof taken]]),
      );
      const owner = 'account_id' in twin ? '999988887777' : taken.account_id;
      await on.write({ op: 'insert', table: 'custom_key_stores', row: aKeyStore(taken) });
      const second = aKeyStore({ ...shared, account_id: owner });
      await expect(on.write({ op: 'insert', table: 'custom_key_stores', row: second })).rejects.toThrow(WriteConflict);
      const other = aKeyStore({ account_id: owner });
      await on.write({ op: 'insert', table: 'custom_key_stores', row: other });
      const { account_id, custom_key_store_id } = other;
      const { account_id: _, ...set } = { ...shared, account_id };
      const key = { account_id, region, custom_key_store_id };
      const renamed = on.write({ op: 'update', table: 'custom_key_stores', key, revision: 1, set });
      await expect(renamed).rejects.toThrow(WriteConflict);
    });

    test('are found by their backing, and while they are being connected or disconnected', async () => {
      const owner = newAccount();
      const endpoint = `https://${randomUUID()}.example`;
      const connecting = aKeyStore({
        account_id: owner,
        connection_state: 'CONNECTING',
        xks_uri_endpoint: endpoint,
        xks_uri_path: '/one/kms/xks/v1',
      });
      const idle = aKeyStore({ account_id: owner, xks_uri_endpoint: endpoint, xks_uri_path: '/two/kms/xks/v1' });
      await on.write(...[connecting, idle].map((row) => ({ op: 'insert', table: 'custom_key_stores', row }) as const));
      const onEndpoint = await on.store.listCustomKeyStoresOn({ xks_uri_endpoint: endpoint });
      expect(onEndpoint.map((row) => row.custom_key_store_id).sort()).toEqual(
        [connecting.custom_key_store_id, idle.custom_key_store_id].sort(),
      );
      expect(await on.store.listCustomKeyStoresOn({ cloud_hsm_cluster_id: 'cluster-none2345677' })).toEqual([]);
      const changing = await on.store.listCustomKeyStoresInTransition(1000);
      const ours = changing.filter((row) => row.account_id === owner);
      expect(ours.map((row) => row.custom_key_store_id)).toEqual([connecting.custom_key_store_id]);
      expect(await on.store.listCustomKeyStoresInTransition(0)).toEqual([]);
    });

    test('are known to have a key, or one for a given external key', async () => {
      const owner = newAccount();
      const row = aKeySet({ account_id: owner, custom_key_store_id: 'cks-1', xks_key_id: 'external' });
      expect(await on.store.hasKeyInKeyStore(owner, 'cks-1')).toBe(false);
      await on.write({ op: 'insert', table: 'key_sets', row });
      expect(await on.store.hasKeyInKeyStore(owner, 'cks-1')).toBe(true);
      expect(await on.store.hasKeyInKeyStore(owner, 'cks-1', 'external')).toBe(true);
      expect(await on.store.hasKeyInKeyStore(owner, 'cks-1', 'other')).toBe(false);
      expect(await on.store.hasKeyInKeyStore(owner, 'cks-2')).toBe(false);
    });
  });

  describe('uses of keys', () => {
    const usageOf = (key: { account_id: string; region: string; key_id: string }, used_at_ms: number) => ({
      account_id: key.account_id,
      region: key.region,
      key_id: key.key_id,
      operation: 'Encrypt' as const,
      used_at_ms,
      event_id: randomUUID(),
      request_id: randomUUID(),
    });

    test('are found by key, and listed for keys that exist, used or not', async () => {
      const accountId = newAccount();
      const [used, unused] = [aKey({ account_id: accountId }), aKey({ account_id: accountId })];
      const usage = usageOf(used, startMs + 1);
      const orphan = usageOf({ ...used, key_id: randomUUID() }, startMs);
      await on.write(
        { op: 'insert', table: 'keys', row: used },
        { op: 'insert', table: 'keys', row: unused },
        { op: 'insert', table: 'key_usage', row: usage },
        { op: 'insert', table: 'key_usage', row: orphan },
      );
      expect(await on.store.findKeyUsage(accountId, region, used.key_id)).toEqual({ ...usage, revision: 1 });
      expect(await on.store.findKeyUsage(accountId, region, unused.key_id)).toBeUndefined();
      const asked = [used.key_id, unused.key_id, orphan.key_id];
      const found = await on.store.listKeyUsages(accountId, region, asked);
      const createdAtMs = startMs;
      const expected = [
        { keyId: used.key_id, createdAtMs, known: { usedAtMs: startMs + 1, revision: 1 } },
        { keyId: unused.key_id, createdAtMs },
      ];
      const byId = (a: { keyId: string }, b: { keyId: string }) => (a.keyId < b.keyId ? -1 : 1);
      expect(found.toSorted(byId)).toEqual(expected.toSorted(byId));
      expect(await on.store.listKeyUsages(accountId, 'us-west-2', asked)).toEqual([]);
    });

    test('are listed by principal and action, the latest first', async () => {
      const [accountId, key_id] = [newAccount(), randomUUID()];
      const used = (principal_id: string, action: string, used_at_ms: number, more: { key_id?: string } = {}) => ({
        account_id: accountId,
        region,
        key_id,
        principal_id,
        action,
        principal_account_id: accountId,
        used_at_ms,
        event_id: randomUUID(),
        facts_json: '{}',
        ...more,
      });
      const rows = [
        used('AIDA1', 'kms:Decrypt', startMs + 1),
        used('AIDA1', 'kms:Encrypt', startMs + 3),
        used('AROA2', 'kms:Decrypt', startMs + 2),
        used('AROA2', 'kms:Decrypt', startMs + 4, { key_id: randomUUID() }),
      ];
      await on.write(...rows.map((row) => ({ op: 'insert', table: 'key_users', row }) as const));
      const listed = async (query: { sinceMs: number; limit: number }) =>
        (await on.store.listKeyUsers(accountId, region, key_id, query)).map(({ revision: _, ...row }) => row);
      expect(await listed({ sinceMs: startMs, limit: 10 })).toEqual([rows[1], rows[2], rows[0]]);
      expect(await listed({ sinceMs: startMs + 2, limit: 10 })).toEqual([rows[1], rows[2]]);
      expect(await listed({ sinceMs: startMs, limit: 1 })).toEqual([rows[1]]);
      const among = await on.store.listKeyUsersAmong(accountId, region, [key_id], ['AROA2', 'AIDA9']);
      expect(among).toEqual([{ ...rows[2], revision: 1 }]);
    });

    test('are still to be read from chains with new records that were not read recently, after their marks', async () => {
      await on.store.write({ mutations: [], changes: [], audit: [aRecord()] });
      const due = await on.store.listChainsToReadForUsage(startMs, 100);
      const heads = (await on.store.listAuditChains()).filter((head) => head.lastSequence > 0);
      expect(due).toEqual(heads.map(({ chainId }) => ({ chainId })));
      expect(await on.store.findUnreadForUsageSince()).toBeLessThanOrEqual(startMs);

      const read = heads.map((head) => ({ chain_id: head.chainId, sequence: head.lastSequence, read_at_ms: startMs }));
      await on.write(...read.map((row) => ({ op: 'insert', table: 'usage_marks', row }) as const));
      expect(await on.store.listChainsToReadForUsage(startMs, 100)).toEqual([]);
      expect(await on.store.findUnreadForUsageSince()).toBeUndefined();

      const late = aRecord({ eventTime: '2026-01-15T12:01:00Z' });
      await on.store.write({ mutations: [], changes: [], audit: [late] });
      expect(await on.store.findUnreadForUsageSince()).toBe(startMs + 60_000);
      expect(await on.store.listChainsToReadForUsage(startMs - 1, 100)).toEqual([]);
      const [grown, ...others] = await on.store.listChainsToReadForUsage(startMs, 100);
      expect(others).toEqual([]);
      const mark = read.find((row) => row.chain_id === grown?.chainId);
      // PostgreSQL can have started another chain for it.
      expect(grown?.mark).toEqual(mark && { sequence: mark.sequence, revision: 1 });
    });
  });
});
