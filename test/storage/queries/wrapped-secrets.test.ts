/** Reads over everything that is wrapped under the root key, on both engines. */
import { wrappedHeader } from '@keystead/control-plane/domain/keys/wrapped-header.ts';
import { type WrappedTable, wrappedTables } from '@keystead/control-plane/storage/port/wrapped-secrets.ts';
import { ids, onEveryEngine } from '../../support/storage/on-every-engine.ts';
import { account, aKeySet, aKeyStore, aMaterial, anAccessKey, anImportedMaterial } from '../../support/storage/rows.ts';

const wrappedUnder = (generation: number) =>
  new Uint8Array(Buffer.concat([wrappedHeader(generation), Buffer.alloc(40, 0xff)]));

onEveryEngine('the store', (on) => {
  describe('what is wrapped under the root key', () => {
    const [first = '', second = ''] = ids(2);
    const generations = [1, 2, 3, 256, 1, 2];

    beforeAll(async () => {
      await on.insertAll('key_sets', [
        aKeySet({ key_id: first, domain_region: 'us-east-1' }),
        aKeySet({ key_id: second, key_spec: 'HMAC_256', origin: 'AWS_CLOUDHSM' }),
      ]);
      const materials = generations.map((generation, i) =>
        aMaterial({ key_id: i < 3 ? first : second, material_id: `m${i}`, wrapped: wrappedUnder(generation) }),
      );
      const orphan = aMaterial({ wrapped: wrappedUnder(1) });
      const importedElsewhere = aMaterial({ key_id: first, material_id: 'm9', wrapped: null });
      await on.insertAll('key_materials', [...materials, orphan, importedElsewhere]);
      await on.insertAll('imported_materials', [
        anImportedMaterial({ key_id: first, region: 'eu-west-1', material_id: 'i1', wrapped: wrappedUnder(1) }),
        anImportedMaterial({ key_id: first, region: 'us-east-1', material_id: 'i1', wrapped: wrappedUnder(2) }),
        anImportedMaterial({ key_id: first, region: 'us-west-2', material_id: 'i1', wrapped: null }),
      ]);
      await on.insertAll('access_keys', [anAccessKey({ access_key_id: 'AKIA1', wrapped_secret: wrappedUnder(1) })]);
      await on.insertAll('custom_key_stores', [
        aKeyStore({ custom_key_store_id: 'cks-1', wrapped_secret: wrappedUnder(2) }),
      ]);
    });

    test('is counted by table and generation', async () => {
      const counts = { key_materials: 0, imported_materials: 0, access_keys: 0, custom_key_stores: 0 };
      expect(await on.store.countWrapped(1)).toEqual(counts);
      const beforeTwo = { ...counts, key_materials: 2, imported_materials: 1, access_keys: 1 };
      expect(await on.store.countWrapped(2)).toEqual(beforeTwo);
      const all = { key_materials: 6, imported_materials: 2, access_keys: 1, custom_key_stores: 1 };
      expect(await on.store.countWrapped(256)).toEqual({ ...all, key_materials: 5 });
      expect(await on.store.countWrapped(257)).toEqual(all);
      expect(await on.store.countWrapped(0xffff_ffff)).toEqual(all);
    });

    test.each([
      [undefined, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5']],
      [2, ['m0', 'm4']],
      [3, ['m0', 'm1', 'm4', 'm5']],
    ])('is listed before generation %s, in pages of every size', async (before, expected) => {
      for (const limit of [1, 2, 3, 10]) {
        const found: string[] = [];
        for (let after: readonly string[] | undefined; ; ) {
          const page = { limit, ...(before !== undefined && { before }), ...(after && { after }) };
          const rows = await on.store.listWrapped('key_materials', page);
          found.push(...rows.map(({ material_id }) => material_id));
          const last = rows.at(-1);
          if (!last || rows.length < limit) break;
          after = [last.account_id, last.key_id, last.material_id];
        }
        expect(found).toEqual(expected);
      }
    });

    test('comes with what it is bound to', async () => {
      const page = { limit: 10 };
      const [material] = await on.store.listWrapped('key_materials', page);
      expect(material).toEqual({
        account_id: account,
        key_id: first,
        material_id: 'm0',
        wrapped: expect.anything(),
        key_spec: 'SYMMETRIC_DEFAULT',
        origin: 'AWS_KMS',
        domain_region: 'us-east-1',
        revision: 1,
      });
      expect(Buffer.from(material?.wrapped ?? []).equals(wrappedUnder(1))).toBe(true);
      expect((await on.store.listWrapped('key_materials', page)).at(-1)).toMatchObject({
        key_spec: 'HMAC_256',
        origin: 'AWS_CLOUDHSM',
      });
      expect((await on.store.listWrapped('imported_materials', page)).map(({ region }) => region)).toEqual([
        'eu-west-1',
        'us-east-1',
      ]);
      expect(await on.store.listWrapped('access_keys', page)).toMatchObject([{ access_key_id: 'AKIA1' }]);
      expect(await on.store.listWrapped('custom_key_stores', page)).toMatchObject([
        { custom_key_store_id: 'cks-1', type: 'AWS_CLOUDHSM', xks_access_key_id: null },
      ]);
    });

    test.each<WrappedTable>([...wrappedTables])('can be gone through beyond the last row of %s', async (table) => {
      const after = { key_materials: 3, imported_materials: 4, access_keys: 1, custom_key_stores: 3 }[table];
      expect(await on.store.listWrapped(table, { limit: 5, after: Array(after).fill('~') })).toEqual([]);
    });
  });

  test('the servers that hold the root key are listed by id', async () => {
    const holder = { oldest: 1, newest: 2, newest_fingerprint: 'ab', seen_at_ms: 5 };
    await on.insertAll('root_key_holders', [
      { holder_id: 'b', ...holder },
      { holder_id: 'a', ...holder },
    ]);
    expect(await on.store.listRootKeyHolders()).toEqual(
      ['a', 'b'].map((holder_id) => ({ holder_id, ...holder, revision: 1 })),
    );
  });
});
