import { setOrganization } from '@keystead/control-plane/mutations/identity-mutations.ts';
import { updateKey } from '@keystead/control-plane/mutations/mutations.ts';
import { openStoreReadOnly } from '@keystead/control-plane/storage/open.ts';
import { StoreVersionMismatch } from '@keystead/control-plane/storage/port/store.ts';
import { needs } from '../../support/needs.ts';
import { engines, makePlaces, type Places, testClock } from '../../support/storage/engines.ts';
import { aKey, aKeySet, anAccount, aRecord } from '../../support/storage/rows.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

const newestTables = ['drift_stacks', 'drift_reports', 'identity_token_uses', 'touches'];

describe.each(engines)('migrations on %s', (engine) => {
  test('prepare an empty database once, and change nothing the second time', async () => {
    const place = await places.create(engine);
    const first = await place.open();
    await first.write({
      mutations: [{ op: 'insert', table: 'meta', row: { name: 'kept', value: '' } }],
      changes: [],
      audit: [aRecord()],
    });
    await first.close();
    const second = await place.open();
    expect(await second.findMeta('kept')).toBeDefined();
  });

  test('bring a database from before organizations to this schema, and keep its accounts', async () => {
    const place = await places.create(engine);
    const older = await place.open();
    const row = { ...anAccount({ account_id: '444455556666', name: 'payments' }) };
    await older.write({ mutations: [{ op: 'insert', table: 'accounts', row }], changes: [], audit: [aRecord()] });
    const [head] = await older.listAuditChains();
    const mark = { chain_id: head?.chainId ?? '', sequence: 1, read_at_ms: 1 };
    await older.write({ mutations: [{ op: 'insert', table: 'usage_marks', row: mark }], changes: [], audit: [] });
    expect(await older.listChainsToReadForUsage(1, 10)).toEqual([]);
    await older.close();
    for (const column of ['organization_id', 'organization_paths']) {
      await place.tamper(`alter table accounts drop column ${column}`);
    }
    const newer = [
      'root_key_holders',
      'account_aliases',
      'key_users',
      'audit_segments',
      'audit_terms',
      ...newestTables,
    ];
    for (const table of newer) await place.tamper(`drop table ${table}`);
    await place.tamper('alter table keys drop column deletion_protected');
    await place.tamper('alter table change_head drop column last_touch');
    await place.tamper('delete from migrations where number > 1');
    const migrated = await place.open();
    const account = await migrated.findAccount('444455556666');
    expect(account).toEqual({ ...row, revision: 1 });
    const organization = { id: 'o-a1b2c3d4e5', paths: [] };
    await migrated.write({
      mutations: [setOrganization({ ...row, revision: 1 }, organization)],
      changes: [],
      audit: [],
    });
    expect(await migrated.findAccount('444455556666')).toMatchObject({
      organization_id: 'o-a1b2c3d4e5',
      name: 'payments',
    });
    expect(await migrated.findAliasOfAccount('444455556666')).toBeUndefined();
    // The whole log is read again for who used which key.
    expect(await migrated.listChainsToReadForUsage(1, 10)).toEqual([{ chainId: head?.chainId }]);
  });

  test('bring a database from before deletion protection to this schema, and its keys are not protected', async () => {
    const place = await places.create(engine);
    const older = await place.open();
    const set = aKeySet();
    const row = aKey({ key_id: set.key_id, description: 'kept' });
    await older.write({
      mutations: [
        { op: 'insert', table: 'key_sets', row: set },
        { op: 'insert', table: 'keys', row },
      ],
      changes: [],
      audit: [],
    });
    await older.close();
    for (const table of ['audit_segments', 'audit_terms', ...newestTables]) await place.tamper(`drop table ${table}`);
    await place.tamper('alter table keys drop column deletion_protected');
    await place.tamper('alter table change_head drop column last_touch');
    await place.tamper('delete from migrations where number > 5');
    const migrated = await place.open();
    const find = () => migrated.findKey(row.account_id, row.region, row.key_id);
    const regional = { ...row, revision: 1 };
    expect(await find()).toMatchObject({ regional });
    await migrated.write({ mutations: [updateKey({ regional }, { deletion_protected: 1 })], changes: [], audit: [] });
    expect(await find()).toMatchObject({ regional: { ...regional, deletion_protected: 1, revision: 2 } });
  });

  test('refuse a database of a newer program, for servers and readers, and leave it unchanged', async () => {
    const place = await places.create(engine);
    await (await place.open()).close();
    await place.tamper("insert into migrations (number, name, applied_at_ms) values (9999, 'future', 0)");
    await expect(place.open()).rejects.toThrow(StoreVersionMismatch);
    await expect(place.openReadOnly()).rejects.toThrow(/newer keystead/);
    await place.tamper('delete from migrations where number = 9999');
    await place.open();
  });

  test('are required by a reader of an older database', async () => {
    const place = await places.create(engine);
    await (await place.open()).close();
    await place.tamper('delete from migrations where number > 0');
    await expect(place.openReadOnly()).rejects.toThrow(/start the server once/);
  });
});

test('a reader of a directory without a database reports that', async () => {
  const opening = openStoreReadOnly({ database: 'sqlite', dataDir: '/nonexistent', clock: testClock });
  await expect(opening).rejects.toThrow('/nonexistent/keystead.db');
});

test('servers that start together on one empty PostgreSQL database migrate it once', async () => {
  const place = await places.create('postgres');
  const stores = await Promise.all(Array.from({ length: 4 }, () => place.open()));
  for (const store of stores) await store.write({ mutations: [], changes: [], audit: [aRecord()] });
  expect(await stores[0]?.listAuditChains()).toHaveLength(4);
});
