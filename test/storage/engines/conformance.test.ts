import { randomUUID } from 'node:crypto';
import type { NamePage } from '@keystead/control-plane/storage/port/page.ts';
import { type Mutation, type Store, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { needs } from '../../support/needs.ts';
import { engines, makePlaces, type Place, type Places } from '../../support/storage/engines.ts';
import {
  aChange,
  account,
  aGrant,
  aGroup,
  aKey,
  aKeySet,
  aKeyStore,
  aManagedPolicy,
  aMaterial,
  anAccessKey,
  anAlias,
  anAnswer,
  anImportedMaterial,
  aPrincipal,
  aRecord,
  keyArn,
  region,
  startMs,
} from '../../support/storage/rows.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

describe.each(engines)('the %s store', (engine) => {
  let place: Place;
  let store: Store;
  beforeAll(async () => {
    place = await places.create(engine);
    store = await place.open();
  });

  const write = (...mutations: Mutation[]) => store.write({ mutations, changes: [], audit: [] });
  /** Ids in order, so that a test can name pages. */
  const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID()).sort();
  /** An account of its own, where a test counts rows. */
  let accounts = 0;
  const newAccount = () => {
    accounts += 1;
    return String(500_000_000_000 + accounts);
  };

  test('names its engine', () => expect(store.engine).toBe(engine));

  test('answers readiness', () => expect(store.ping()).resolves.toBeUndefined());

  describe('writes', () => {
    test('insert at revision 1, update to the next, delete at the last', async () => {
      const name = randomUUID();
      await write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
      expect(await store.findMeta(name)).toEqual({ name, value: 'one', revision: 1 });
      await write({ op: 'update', table: 'meta', key: { name }, revision: 1, set: { value: 'two' } });
      expect(await store.findMeta(name)).toEqual({ name, value: 'two', revision: 2 });
      await write({ op: 'delete', table: 'meta', key: { name }, revision: 2 });
      expect(await store.findMeta(name)).toBeUndefined();
    });

    test('refuse to insert a row that exists', async () => {
      const name = randomUUID();
      await write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
      await expect(write({ op: 'insert', table: 'meta', row: { name, value: 'two' } })).rejects.toThrow(WriteConflict);
      expect(await store.findMeta(name)).toMatchObject({ value: 'one' });
    });

    test('refuse a second row of a unique column', async () => {
      const principal = aPrincipal();
      await write({ op: 'insert', table: 'principals', row: principal });
      const twin = { ...principal, name: 'other' };
      await expect(write({ op: 'insert', table: 'principals', row: twin })).rejects.toThrow(WriteConflict);
    });

    test.each(['update', 'delete', 'require'] as const)(
      'refuse to %s at another revision or an absent row',
      async (op) => {
        const name = randomUUID();
        await write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
        const set = op === 'update' ? { set: { value: 'two' } } : {};
        const named = { table: 'meta', ...set } as const;
        await expect(write({ ...named, op, key: { name }, revision: 2 } as Mutation)).rejects.toThrow(WriteConflict);
        await expect(write({ ...named, op, key: { name: 'absent' }, revision: 1 } as Mutation)).rejects.toThrow(
          WriteConflict,
        );
        expect(await store.findMeta(name)).toEqual({ name, value: 'one', revision: 1 });
      },
    );

    test('require a revision and change nothing', async () => {
      const [name, other] = ids(2) as [string, string];
      await write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
      await write(
        { op: 'require', table: 'meta', key: { name }, revision: 1 },
        { op: 'insert', table: 'meta', row: { name: other, value: 'made' } },
      );
      expect(await store.findMeta(name)).toEqual({ name, value: 'one', revision: 1 });
      expect(await store.findMeta(other)).toBeDefined();
    });

    test('delete every matching row and no other, or none', async () => {
      const keyId = randomUUID();
      const grants = [aGrant({ key_id: keyId }), aGrant({ key_id: keyId }), aGrant()];
      await write(...grants.map((row) => ({ op: 'insert', table: 'grants', row }) as const));
      await write({ op: 'deleteAll', table: 'grants', where: { account_id: account, region, key_id: keyId } });
      expect(await store.countGrants(account, region, keyId)).toBe(0);
      expect(await store.countGrants(account, region, grants[2]?.key_id ?? '')).toBe(1);
      await write({ op: 'deleteAll', table: 'grants', where: { account_id: account, key_id: randomUUID() } });
    });

    test('refuse deleteAll without a column', async () => {
      await expect(write({ op: 'deleteAll', table: 'grants', where: {} })).rejects.toThrow(TypeError);
    });

    test('refuse to name one row twice', async () => {
      const row = { name: randomUUID(), value: '' };
      const twice = write(
        { op: 'insert', table: 'meta', row },
        { op: 'update', table: 'meta', key: { name: row.name }, revision: 1, set: { value: 'x' } },
      );
      await expect(twice).rejects.toThrow(TypeError);
    });

    test('refuse changes that no audit record explains', async () => {
      const unexplained = store.write({ mutations: [], changes: [aChange()], audit: [] });
      await expect(unexplained).rejects.toThrow(TypeError);
    });

    test('do nothing, successfully, when empty', () => expect(write()).resolves.toBeUndefined());

    test.each(['first', 'last'])('leave nothing behind when the %s condition fails', async (position) => {
      const accountId = newAccount();
      const keyId = randomUUID();
      const failing: Mutation = { op: 'require', table: 'meta', key: { name: 'absent' }, revision: 1 };
      const inserting: Mutation = { op: 'insert', table: 'keys', row: aKey({ account_id: accountId, key_id: keyId }) };
      const changes = [aChange({ accountId })];
      const audit = [aRecord({ recipientAccountId: accountId })];
      const mutations = position === 'first' ? [failing, inserting] : [inserting, failing];
      await expect(store.write({ mutations, changes, audit })).rejects.toThrow(WriteConflict);
      expect(await store.countKeys(accountId, region, 10)).toBe(0);
      expect((await store.listChanges({ accountId, after: 0, limit: 10 })).rows).toEqual([]);
      expect((await store.lookupAudit({ accountId, limit: 10 })).records).toEqual([]);
    });

    test('let one of two win that name the same revision', async () => {
      const name = randomUUID();
      await write({ op: 'insert', table: 'meta', row: { name, value: '' } });
      const update = (value: string) =>
        write({ op: 'update', table: 'meta', key: { name }, revision: 1, set: { value } });
      const results = await Promise.allSettled([update('a'), update('b')]);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]?.reason).toBeInstanceOf(WriteConflict);
      const winner = results[0]?.status === 'fulfilled' ? 'a' : 'b';
      expect(await store.findMeta(name)).toEqual({ name, value: winner, revision: 2 });
    });

    test('let one of many win that insert the same row', async () => {
      const row = { name: randomUUID(), value: '' };
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => write({ op: 'insert', table: 'meta', row })),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    });

    test('are seen by every read that starts after they are acknowledged', async () => {
      for (const name of ids(20)) {
        await write({ op: 'insert', table: 'meta', row: { name, value: '' } });
        expect(await store.findMeta(name)).toBeDefined();
      }
    });
  });

  describe('values', () => {
    test('keep every byte', async () => {
      const wrapped = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      const material = aMaterial({ wrapped });
      await write({ op: 'insert', table: 'key_materials', row: material });
      const found = await store.findMaterial(account, material.key_id, material.material_id);
      expect([...(found?.wrapped ?? [])]).toEqual([...wrapped]);
      const empty = aMaterial({ wrapped: new Uint8Array() });
      await write({ op: 'insert', table: 'key_materials', row: empty });
      expect((await store.findMaterial(account, empty.key_id, empty.material_id))?.wrapped).toHaveLength(0);
    });

    test.each([
      ['empty text', ''],
      ['characters beyond the basic plane', 'clé 🔑 鍵 \u{10ffff}'],
      ['combining marks, unnormalised', 'e\u0301 \u00e9'],
      ['NUL and the characters beside it', '\0 a\0b \x1a0 \x1a1 \x1a\0\x01'],
      ['quotes and comments', `' " \\ ; -- /* $1 ? %s`],
      ['line ends', '\r\n\n\r\u2028'],
      ['32 KiB', 'é'.repeat(16_384)],
    ])('keep %s', async (_, text) => {
      const name = randomUUID();
      await write({ op: 'insert', table: 'meta', row: { name, value: text } });
      expect((await store.findMeta(name))?.value).toBe(text);
    });

    test('keep integers up to 2^53 - 1, and null', async () => {
      const set = aKeySet({ next_rotation_at_ms: Number.MAX_SAFE_INTEGER, rotation_period_in_days: null });
      const key = aKey({ key_id: set.key_id });
      await write({ op: 'insert', table: 'key_sets', row: set }, { op: 'insert', table: 'keys', row: key });
      const found = await store.findKey(account, region, set.key_id);
      expect(found?.shared).toEqual({ ...set, revision: 1 });
      expect(found?.regional).toEqual({ ...key, revision: 1 });
    });

    test('find nothing, calmly, by a name with NUL in it', async () => {
      expect(await store.findKey(account, region, 'a\0b')).toBeUndefined();
      expect(await store.findGrant(account, region, '\0', '\0')).toBeUndefined();
    });

    test('tell apart names that differ in case, accent or trailing space, and order them by code point', async () => {
      const accountId = newAccount();
      const names = ['alias/A', 'alias/B', 'alias/a', 'alias/a ', 'alias/b', 'alias/é', 'alias/\u{1f511}'];
      for (const alias_name of names.toReversed()) {
        await write({ op: 'insert', table: 'aliases', row: anAlias({ account_id: accountId, alias_name }) });
      }
      const { rows } = await store.listAliases(accountId, region, { limit: 10 });
      expect(rows.map((row) => row.alias_name)).toEqual(names);
    });

    test('refuse what the column cannot hold, and go on', async () => {
      const row = { name: randomUUID(), value: null as unknown as string };
      const refused = write({ op: 'insert', table: 'meta', row });
      await expect(refused).rejects.toThrow();
      await expect(refused).rejects.not.toThrow(WriteConflict);
      await write({ op: 'insert', table: 'meta', row: { ...row, value: 'text' } });
    });
  });

  describe('keys', () => {
    test('are found by account, Region and id together, each with what its Regions share', async () => {
      const set = aKeySet({ multi_region: 1 });
      const here = aKey({ key_id: set.key_id });
      const there = aKey({ key_id: set.key_id, region: 'us-east-1', description: 'replica' });
      await write(
        { op: 'insert', table: 'key_sets', row: set },
        { op: 'insert', table: 'keys', row: here },
        { op: 'insert', table: 'keys', row: there },
      );
      await write({
        op: 'update',
        table: 'key_sets',
        key: { account_id: account, key_id: set.key_id },
        revision: 1,
        set: { primary_region: 'us-east-1' },
      });
      const found = await store.findKey(account, 'us-east-1', set.key_id);
      expect(found).toEqual({
        shared: { ...set, primary_region: 'us-east-1', revision: 2 },
        regional: { ...there, revision: 1 },
      });
      expect(await store.findKey('999999999999', region, set.key_id)).toBeUndefined();
      expect(await store.findKey(account, 'eu-west-1', set.key_id)).toBeUndefined();
      expect(await store.findKeyInAnyAccount('us-east-1', set.key_id)).toEqual(found);
      expect(await store.findKeyInAnyAccount('eu-west-1', set.key_id)).toBeUndefined();
      const related = await store.listRelatedKeys(account, set.key_id);
      expect(related.map((row) => row.region)).toEqual([region, 'us-east-1']);
    });

    test('are listed in pages by id, with the edges in place', async () => {
      const accountId = newAccount();
      const keyIds = ids(5);
      await write(
        ...keyIds.map(
          (key_id) => ({ op: 'insert', table: 'keys', row: aKey({ account_id: accountId, key_id }) }) as const,
        ),
      );
      const page = async (limit: number, after?: string) => {
        const { rows, more } = await store.listKeys(accountId, region, {
          limit,
          ...(after === undefined ? {} : { after }),
        });
        return [rows.map((row) => keyIds.indexOf(row.key_id)), more];
      };
      expect(await page(2)).toEqual([[0, 1], true]);
      expect(await page(2, keyIds[1])).toEqual([[2, 3], true]);
      expect(await page(2, keyIds[3])).toEqual([[4], false]);
      expect(await page(5)).toEqual([[0, 1, 2, 3, 4], false]);
      expect(await page(4)).toEqual([[0, 1, 2, 3], true]);
      expect(await page(2, keyIds[4])).toEqual([[], false]);
      expect(await store.countKeys(accountId, region, 10)).toBe(5);
      expect(await store.countKeys(accountId, region, 5)).toBe(5);
      expect(await store.countKeys(accountId, region, 3)).toBe(3);
      expect(await store.countKeys(accountId, 'us-east-1', 10)).toBe(0);
    });

    test('are due for rotation when enabled, primary and past their time, oldest first', async () => {
      const dueMs = startMs - 1_000_000;
      const make = async (shared: Parameters<typeof aKeySet>[0], regional: Parameters<typeof aKey>[0] = {}) => {
        const set = aKeySet({ rotation_enabled: 1, next_rotation_at_ms: dueMs, ...shared });
        const key = aKey({ key_id: set.key_id, ...regional });
        await write({ op: 'insert', table: 'key_sets', row: set }, { op: 'insert', table: 'keys', row: key });
        return set.key_id;
      };
      const second = await make({});
      const first = await make({ next_rotation_at_ms: dueMs - 1 });
      await make({ next_rotation_at_ms: dueMs + 1 });
      await make({ rotation_enabled: 0 });
      await make({ next_rotation_at_ms: null });
      await make({}, { state: 'Disabled' });
      await make({ primary_region: 'us-east-1' });
      const due = await store.listKeysDueForRotation(dueMs, 10);
      expect(due.map((key) => key.shared.key_id)).toEqual([first, second]);
      expect(await store.listKeysDueForRotation(dueMs, 1)).toHaveLength(1);
    });

    test('are due for deletion when pending and past their time, oldest first', async () => {
      const make = async (regional: Parameters<typeof aKey>[0]) => {
        const set = aKeySet();
        const key = aKey({ key_id: set.key_id, state: 'PendingDeletion', deletion_at_ms: startMs, ...regional });
        await write({ op: 'insert', table: 'key_sets', row: set }, { op: 'insert', table: 'keys', row: key });
        return set.key_id;
      };
      const second = await make({});
      const first = await make({ deletion_at_ms: startMs - 1 });
      await make({ deletion_at_ms: startMs + 1 });
      await make({ state: 'PendingReplicaDeletion' });
      const due = await store.listKeysDueForDeletion(startMs, 10);
      expect(due.map((key) => key.regional.key_id)).toEqual([first, second]);
    });

    test('have their materials listed oldest first', async () => {
      const keyId = randomUUID();
      const times = [startMs + 2, startMs, startMs + 1];
      await write(
        ...times.map((created_at_ms) => {
          const row = aMaterial({ key_id: keyId, created_at_ms });
          return { op: 'insert', table: 'key_materials', row } as const;
        }),
      );
      const materials = await store.listMaterials(account, keyId);
      expect(materials.map((row) => row.created_at_ms - startMs)).toEqual([0, 1, 2]);
      expect(await store.findMaterial(account, keyId, 'absent')).toBeUndefined();
      expect(await store.listMaterials(account, randomUUID())).toEqual([]);
    });

    test('have a copy of imported material in each Region, listed by Region', async () => {
      const [keyId, materialId] = ids(2) as [string, string];
      const copies = ['us-east-1', 'eu-central-1'].map((place) =>
        anImportedMaterial({ key_id: keyId, material_id: materialId, region: place, description: place }),
      );
      await write(...copies.map((row) => ({ op: 'insert', table: 'imported_materials', row }) as const));
      const listed = await store.listImportedMaterials(account, keyId);
      expect(listed.map((row) => row.description)).toEqual(['eu-central-1', 'us-east-1']);
      const key = { account_id: account, region: 'us-east-1', key_id: keyId, material_id: materialId };
      await write({ op: 'update', table: 'imported_materials', key, revision: 1, set: { wrapped: null } });
      expect(await store.findImportedMaterial(account, 'us-east-1', keyId, materialId)).toEqual({
        ...key,
        wrapped: null,
        description: 'us-east-1',
        valid_to_ms: null,
        revision: 2,
      });
      const other = await store.findImportedMaterial(account, 'eu-central-1', keyId, materialId);
      expect([...(other?.wrapped ?? [])]).toEqual([1, 2, 3]);
      expect(await store.findImportedMaterial(account, 'eu-west-1', keyId, materialId)).toBeUndefined();
      expect(await store.listImportedMaterials(account, randomUUID())).toEqual([]);
    });

    test('have imported material listed once it expired, oldest first', async () => {
      const dueMs = Date.UTC(2001, 0, 1);
      const make = async (valid_to_ms: number | null) => {
        const row = anImportedMaterial({ valid_to_ms });
        await write({ op: 'insert', table: 'imported_materials', row });
        return row.key_id;
      };
      const second = await make(dueMs);
      const first = await make(dueMs - 1);
      await make(dueMs + 1);
      await make(null);
      const due = await store.listExpiredMaterials(dueMs, 10);
      expect(due.map((row) => row.key_id)).toEqual([first, second]);
      expect(await store.listExpiredMaterials(dueMs, 1)).toHaveLength(1);
    });
  });

  test('aliases are found by name, listed in pages and by key, and counted', async () => {
    const accountId = newAccount();
    const keyId = randomUUID();
    const named = (alias_name: string, target_key_id: string) =>
      ({ op: 'insert', table: 'aliases', row: anAlias({ account_id: accountId, alias_name, target_key_id }) }) as const;
    await write(
      named('alias/1', keyId),
      named('alias/2', randomUUID()),
      named('alias/3', keyId),
      named('alias/4', keyId),
    );
    expect(await store.findAlias(accountId, region, 'alias/1')).toMatchObject({ target_key_id: keyId, revision: 1 });
    expect(await store.findAlias(accountId, 'us-east-1', 'alias/1')).toBeUndefined();
    const page = async (query: Parameters<Store['listAliases']>[2]) => {
      const { rows, more } = await store.listAliases(accountId, region, query);
      return [rows.map((row) => row.alias_name), more];
    };
    expect(await page({ limit: 2 })).toEqual([['alias/1', 'alias/2'], true]);
    expect(await page({ limit: 2, after: 'alias/2' })).toEqual([['alias/3', 'alias/4'], false]);
    expect(await page({ keyId, limit: 2 })).toEqual([['alias/1', 'alias/3'], true]);
    expect(await page({ keyId, limit: 2, after: 'alias/3' })).toEqual([['alias/4'], false]);
    expect(await page({ keyId: randomUUID(), limit: 2 })).toEqual([[], false]);
    expect(await store.countAliases(accountId, region, keyId)).toBe(3);
  });

  test('grants are found by id, name, grantees and retiring principal, listed in pages, and counted', async () => {
    const keyId = randomUUID();
    const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string];
    const retiring_id = `AIDA${randomUUID()}`;
    const retiring = { retiring_principal: `arn:aws:iam::${account}:user/dora`, retiring_id };
    const otherAccount = newAccount();
    const grants = [
      aGrant({
        key_id: keyId,
        grant_id: two,
        grantee_principal: 'bob',
        grantee_id: 'AIDABOB',
        ...retiring,
        name: 'backup',
      }),
      aGrant({ key_id: keyId, grant_id: one, grantee_principal: 'alice', grantee_id: 'alice', ...retiring }),
      aGrant({ key_id: keyId, grant_id: three, grantee_principal: 'carol', grantee_id: 'carol' }),
      aGrant({ account_id: otherAccount, key_id: keyId, grant_id: three, ...retiring }),
    ];
    await write(...grants.map((row) => ({ op: 'insert', table: 'grants', row }) as const));
    const idsOf = (rows: readonly { grant_id: string }[]) => rows.map((row) => row.grant_id);

    expect(await store.findGrant(account, region, keyId, two)).toEqual({ ...grants[0], revision: 1 });
    expect(await store.findGrant(account, region, randomUUID(), two)).toBeUndefined();
    expect(idsOf(await store.findGrantsByName(account, region, keyId, 'backup'))).toEqual([two]);
    expect(idsOf(await store.findGrantsByName(account, region, keyId, 'other'))).toEqual([]);

    const first = await store.listGrants(account, region, keyId, { limit: 2 });
    expect([idsOf(first.rows), first.more]).toEqual([[one, two], true]);
    const last = await store.listGrants(account, region, keyId, { limit: 2, after: two });
    expect([idsOf(last.rows), last.more]).toEqual([[three], false]);
    const bobs = await store.listGrants(account, region, keyId, { granteePrincipal: 'bob', limit: 2 });
    expect(idsOf(bobs.rows)).toEqual([two]);

    const grantedTo = async (...ids: string[]) =>
      idsOf(await store.listGrantsForGrantees(account, region, keyId, ids)).sort();
    expect(await grantedTo('AIDABOB', 'alice')).toEqual([one, two]);
    expect(await grantedTo('AIDABOB')).toEqual([two]);
    expect(await grantedTo('bob')).toEqual([]);
    expect(await grantedTo('nobody', 'AIDABOB', 'alice', 'x', 'carol')).toEqual([one, two, three]);
    expect(await grantedTo()).toEqual([]);

    const retirable = await store.listRetirableGrants(region, retiring_id, { limit: 2 });
    expect([idsOf(retirable.rows), retirable.more]).toEqual([[one, two], true]);
    const rest = await store.listRetirableGrants(region, retiring_id, { limit: 2, after: two });
    expect([rest.rows.map((row) => row.account_id), rest.more]).toEqual([[otherAccount], false]);
    expect(await store.countGrants(account, region, keyId)).toBe(3);
  });

  const insertAll = (table: 'principals' | 'groups' | 'managed_policies' | 'access_keys', rows: readonly object[]) =>
    write(...rows.map((row) => ({ op: 'insert', table, row }) as Mutation));

  test('principals are found by ARN, id and name, and listed by kind, path and name without regard to case', async () => {
    const accountId = newAccount();
    const arn = `arn:aws:iam::${accountId}:root`;
    const root = aPrincipal({ account_id: accountId, kind: 'root', name: '', arn, principal_id: accountId });
    const users = Object.entries({ zoe: '/', Adam: '/finance/', bert: '/finance/eu/', carl: '/fin/' }).map(
      ([name, path]) =>
        aPrincipal({ account_id: accountId, name, path, arn: `arn:aws:iam::${accountId}:user${path}${name}` }),
    );
    await write({ op: 'insert', table: 'accounts', row: { account_id: accountId, name: '', created_at_ms: startMs } });
    await insertAll('principals', [...users, root]);
    const [, adam] = users as [unknown, ReturnType<typeof aPrincipal>];
    expect(await store.findPrincipal(root.arn)).toEqual({ ...root, revision: 1 });
    expect(await store.findPrincipal('absent')).toBeUndefined();
    expect(await store.findPrincipalById(adam.principal_id)).toEqual({
      principal: { ...adam, revision: 1 },
      identityRevision: 1,
    });
    expect(await store.findPrincipalById('absent')).toBeUndefined();
    expect(await store.findPrincipalNamed(accountId, 'user', 'ADAM')).toEqual({ ...adam, revision: 1 });
    expect(await store.findPrincipalNamed(accountId, 'role', 'adam')).toBeUndefined();

    const namesOf = async (page: NamePage) => {
      const { rows, more } = await store.listPrincipals(accountId, 'user', page);
      return [rows.map((row) => row.name), more];
    };
    expect(await namesOf({ limit: 3 })).toEqual([['Adam', 'bert', 'carl'], true]);
    expect(await namesOf({ limit: 3, after: 'carl' })).toEqual([['zoe'], false]);
    expect(await namesOf({ limit: 3, pathPrefix: '/finance/' })).toEqual([['Adam', 'bert'], false]);
    expect(await namesOf({ limit: 1, pathPrefix: '/fin' })).toEqual([['Adam'], true]);
    expect(await store.countPrincipals(accountId, 'user')).toBe(4);

    const twin = aPrincipal({ account_id: accountId, name: 'ZOE', arn: 'another' });
    await expect(insertAll('principals', [twin])).rejects.toThrow(WriteConflict);
  });

  test('access keys are found with their principal and the revision of its account, and listed with their last use', async () => {
    const accountId = newAccount();
    const zoe = aPrincipal({ account_id: accountId, name: 'zoe', arn: `arn:aws:iam::${accountId}:user/zoe` });
    await write({ op: 'insert', table: 'accounts', row: { account_id: accountId, name: '', created_at_ms: startMs } });
    await insertAll('principals', [zoe]);
    const [one, two] = [`AKIA1${accountId}`, `AKIA2${accountId}`];
    const keys = [two, one].map((access_key_id) =>
      anAccessKey({ access_key_id, account_id: accountId, principal_id: zoe.principal_id }),
    );
    await insertAll('access_keys', keys);
    const account = { table: 'accounts', key: { account_id: accountId } } as const;
    await write({ op: 'update', ...account, revision: 1, set: {} });
    const found = await store.findAccessKey(two);
    expect({ ...found, wrapped_secret: [...(found?.wrapped_secret ?? [])] }).toEqual({
      ...keys[0],
      wrapped_secret: [9, 8, 7],
      revision: 1,
      principal: { ...zoe, revision: 1 },
      identityRevision: 2,
    });
    expect(await store.findAccessKey('AKIA0')).toBeUndefined();
    expect((await store.listAccessKeys(zoe.principal_id)).map((row) => row.access_key_id)).toEqual([one, two]);

    const usage = { access_key_id: one, used_at_ms: startMs, service: 'kms', region };
    await write({ op: 'insert', table: 'access_key_usage', row: usage });
    expect(await store.findAccessKeyUsage(one)).toEqual({ ...usage, revision: 1 });
    expect(await store.findAccessKeyUsage(two)).toBeUndefined();
    const usages = await store.listAccessKeyUsages([one, two, 'AKIA0']);
    expect(usages.find((each) => each.accessKeyId === one)).toEqual({
      accessKeyId: one,
      known: { ...usage, revision: 1 },
    });
    expect(usages.find((each) => each.accessKeyId === two)).toEqual({ accessKeyId: two });
    expect(usages).toHaveLength(2);
    expect(await store.listAccessKeyUsages([])).toEqual([]);
  });

  test('accounts are found and listed', async () => {
    const ids = [newAccount(), newAccount()];
    await write(
      ...ids.map((account_id) => {
        const row = { account_id, name: 'n', created_at_ms: startMs };
        return { op: 'insert', table: 'accounts', row } as const;
      }),
    );
    const [first = '', second = ''] = [...ids].sort();
    expect(await store.findAccount(first)).toEqual({
      account_id: first,
      name: 'n',
      created_at_ms: startMs,
      revision: 1,
    });
    expect(await store.findAccount('absent')).toBeUndefined();
    const page = await store.listAccounts({ after: first, limit: 1 });
    expect(page.rows.map((row) => row.account_id)).toEqual([second]);
  });

  test('groups are found and listed, with their members and by member', async () => {
    const accountId = newAccount();
    const groups = ['Ops', 'dev'].map((name) => aGroup({ account_id: accountId, name, name_key: name.toLowerCase() }));
    const users = ['zoe', 'Adam'].map((name) =>
      aPrincipal({ account_id: accountId, name, arn: `arn:aws:iam::${accountId}:user/${name}` }),
    );
    await insertAll('groups', groups);
    await insertAll('principals', users);
    const [ops, dev] = groups as [ReturnType<typeof aGroup>, ReturnType<typeof aGroup>];
    const [zoe, adam] = users as [ReturnType<typeof aPrincipal>, ReturnType<typeof aPrincipal>];
    const members = [
      [ops, zoe],
      [ops, adam],
      [dev, zoe],
    ] as const;
    await write(
      ...members.map(([{ group_id }, { principal_id }]) => {
        const row = { group_id, principal_id, account_id: accountId };
        return { op: 'insert', table: 'group_members', row } as const;
      }),
    );
    expect(await store.findGroupNamed(accountId, 'ops')).toEqual({ ...ops, revision: 1 });
    expect(await store.findGroupNamed(accountId, 'absent')).toBeUndefined();
    const listed = await store.listGroups(accountId, { limit: 1 });
    expect([listed.rows.map((row) => row.name), listed.more]).toEqual([['dev'], true]);
    expect(await store.countGroups(accountId)).toBe(2);
    const inOps = await store.listGroupMembers(ops.group_id, { limit: 5 });
    expect(inOps.rows).toEqual([
      { ...adam, revision: 1 },
      { ...zoe, revision: 1 },
    ]);
    const rest = await store.listGroupMembers(ops.group_id, { after: 'adam', limit: 5 });
    expect(rest.rows.map((row) => row.name)).toEqual(['zoe']);
    expect((await store.listGroupsOf(zoe.principal_id)).map((row) => row.name)).toEqual(['dev', 'Ops']);
    expect(await store.listGroupsOf('absent')).toEqual([]);
  });

  test('managed policies are found, listed and counted, with their versions, newest first', async () => {
    const accountId = newAccount();
    const arnOf = (name: string) => `arn:aws:iam::${accountId}:policy/${name}`;
    const policies = ['B', 'a'].map((name) =>
      aManagedPolicy({ account_id: accountId, name, name_key: name.toLowerCase(), arn: arnOf(name) }),
    );
    await insertAll('managed_policies', policies);
    const [b] = policies as [ReturnType<typeof aManagedPolicy>];
    expect(await store.findManagedPolicy(arnOf('B'))).toEqual({ ...b, revision: 1 });
    expect(await store.findManagedPolicyNamed(accountId, 'b')).toEqual({ ...b, revision: 1 });
    expect(await store.findManagedPolicy('absent')).toBeUndefined();
    const listed = await store.listManagedPolicies(accountId, { limit: 5 });
    expect(listed.rows.map((row) => row.name)).toEqual(['a', 'B']);
    expect(await store.countManagedPolicies(accountId)).toBe(2);
    const version = { policy_id: b.policy_id, account_id: accountId, document: '{}', created_at_ms: startMs };
    await write(
      ...[1, 2, 10].map(
        (version_number) => ({ op: 'insert', table: 'policy_versions', row: { ...version, version_number } }) as const,
      ),
    );
    const versions = await store.listPolicyVersions(b.policy_id);
    expect(versions.map((row) => row.version_number)).toEqual([10, 2, 1]);
  });

  test('policies are listed by whom they are attached to, and whoever they are attached to by policy', async () => {
    const accountId = newAccount();
    const arn = `arn:aws:iam::${accountId}:policy/p`;
    const zoe = aPrincipal({
      account_id: accountId,
      name: 'zoe',
      arn: `arn:aws:iam::${accountId}:user/zoe`,
      permissions_boundary_arn: arn,
    });
    const ops = aGroup({ account_id: accountId, name: 'ops', name_key: 'ops', path: '/teams/' });
    await insertAll('principals', [zoe]);
    await insertAll('groups', [ops]);
    const attached = [
      { owner_id: zoe.principal_id, owner_kind: 'user', policy_arn: arn },
      { owner_id: ops.group_id, owner_kind: 'group', policy_arn: arn },
      { owner_id: zoe.principal_id, owner_kind: 'user', policy_arn: 'arn:aws:iam::aws:policy/Own' },
    ] as const;
    await write(
      ...attached.map((each) => {
        const row = { ...each, account_id: accountId };
        return { op: 'insert', table: 'policy_attachments', row } as const;
      }),
    );
    const own = await store.listAttachments(zoe.principal_id);
    expect(own.map((row) => row.policy_arn)).toEqual([arn, 'arn:aws:iam::aws:policy/Own'].sort());
    expect(await store.listAttachedEntities(accountId, arn)).toEqual([
      { kind: 'group', id: ops.group_id, name: 'ops', path: '/teams/' },
      { kind: 'user', id: zoe.principal_id, name: 'zoe', path: '/' },
    ]);
    expect(await store.countAttachments(accountId, [arn, 'absent'])).toEqual({ [arn]: 2 });
    expect(await store.countBoundaries(accountId, [arn, 'absent'])).toEqual({ [arn]: 1 });
    expect(await store.countAttachments(accountId, [])).toEqual({});
    expect(await store.countBoundaries(accountId, [])).toEqual({});
    expect((await store.listPrincipalsBoundedBy(accountId, arn)).map((row) => row.name)).toEqual(['zoe']);

    const inline = { owner_id: ops.group_id, account_id: accountId, document: '{}' };
    await write(
      { op: 'insert', table: 'inline_policies', row: { ...inline, name: 'b' } },
      { op: 'insert', table: 'inline_policies', row: { ...inline, name: 'a' } },
    );
    expect((await store.listInlinePolicies(ops.group_id)).map((row) => row.name)).toEqual(['a', 'b']);
  });

  test('OIDC providers are found by ARN and listed by URL', async () => {
    const accountId = newAccount();
    const provider = (url: string) => ({
      account_id: accountId,
      url,
      arn: `arn:aws:iam::${accountId}:oidc-provider/${url}`,
      client_ids: '["sts.amazonaws.com"]',
      thumbprints: '[]',
      tags: '{}',
      jwks: null,
      jwks_uri: null,
      created_at_ms: startMs,
    });
    const rows = ['b.example.com', 'a.example.com/x'].map(provider);
    await write(...rows.map((row) => ({ op: 'insert', table: 'oidc_providers', row }) as const));
    expect((await store.listOidcProviders(accountId)).map((row) => row.url)).toEqual([
      'a.example.com/x',
      'b.example.com',
    ]);
    expect(await store.findOidcProvider(rows[0]?.arn ?? '')).toEqual({ ...rows[0], revision: 1 });
    expect(await store.findOidcProvider('absent')).toBeUndefined();
  });

  test('answers to idempotent requests are found by account, principal and key', async () => {
    const answer = anAnswer();
    await write({ op: 'insert', table: 'idempotency', row: answer });
    const { account_id, principal_id, idempotency_key } = answer;
    expect(await store.findIdempotent(account_id, principal_id, idempotency_key)).toEqual({ ...answer, revision: 1 });
    expect(await store.findIdempotent(account_id, 'other', idempotency_key)).toBeUndefined();
    await expect(write({ op: 'insert', table: 'idempotency', row: answer })).rejects.toThrow(WriteConflict);
  });

  test('answers whose day is over are listed, oldest first', async () => {
    // Other tests' answers expire later than any moment here.
    const [second, first, later] = [20, 10, 31].map((expires_at_ms) => anAnswer({ expires_at_ms }));
    for (const row of [second, first, later]) {
      if (row) await write({ op: 'insert', table: 'idempotency', row });
    }
    const keys = async (limit: number) =>
      (await store.listExpiredIdempotency(30, limit)).map((row) => row.idempotency_key);
    expect(await keys(10)).toEqual([first?.idempotency_key, second?.idempotency_key]);
    expect(await keys(1)).toEqual([first?.idempotency_key]);
  });

  describe('the change log', () => {
    test('numbers changes without a gap, in order, and says which request made them', async () => {
      const accountId = newAccount();
      const first = aRecord();
      const changes = [
        aChange({ accountId, keyId: 'k', resourceType: 'alias', resourceId: 'alias/a' }),
        aChange({ accountId, region: 'us-east-1', kind: 'deleted', eventName: 'DeleteKey' }),
      ];
      await store.write({ mutations: [], changes, audit: [first, aRecord()] });
      await store.write({ mutations: [], changes: [aChange({ accountId })], audit: [aRecord()] });
      const { rows, more } = await store.listChanges({ accountId, after: 0, limit: 10 });
      const cause = { atMs: startMs, requestId: first.requestID, eventId: first.eventID };
      const start = rows[0]?.sequence ?? Number.NaN;
      expect(rows.slice(0, 2)).toEqual([
        { ...changes[0], ...cause, sequence: start },
        { ...changes[1], ...cause, sequence: start + 1 },
      ]);
      expect(rows[2]?.sequence).toBe(start + 2);
      expect(more).toBe(false);
      const pages = await store.listChanges({ accountId, after: start, limit: 1 });
      expect([pages.rows.map((row) => row.sequence), pages.more]).toEqual([[start + 1], true]);
      const elsewhere = await store.listChanges({ accountId, region: 'us-east-1', after: 0, limit: 10 });
      expect(elsewhere.rows.map((row) => row.sequence)).toEqual([start + 1]);
    });
  });

  describe('the audit log', () => {
    test('looks records up by account, Region, event, request, time and resource, newest first, in pages', async () => {
      const accountId = newAccount();
      const [keyOne, keyTwo] = ids(2).map(keyArn) as [string, string];
      const naming = (...arns: string[]) => arns.map((ARN) => ({ accountId, type: 'AWS::KMS::Key', ARN }) as const);
      const at = (second: number) => `2026-01-15T12:00:0${second}Z`;
      const record = (second: number, rest: Parameters<typeof aRecord>[0]) =>
        aRecord({ recipientAccountId: accountId, eventTime: at(second), ...rest });
      const records = [
        record(1, { eventName: 'CreateKey', resources: naming(keyOne) }),
        record(2, { eventName: 'Encrypt', resources: naming(keyOne, keyTwo) }),
        record(3, { eventName: 'Encrypt', awsRegion: 'us-east-1', resources: naming(keyTwo, keyTwo) }),
        record(4, { eventName: 'ListKeys' }),
      ];
      for (const audit of records) await store.write({ mutations: [], changes: [], audit: [audit] });
      const found = async (query: Partial<Parameters<Store['lookupAudit']>[0]>) => {
        const { records: rows } = await store.lookupAudit({ accountId, limit: 10, ...query });
        return rows.map((row) => records.findIndex((made) => made.eventID === row.eventID) + 1);
      };
      expect(await found({})).toEqual([4, 3, 2, 1]);
      expect(await found({ accountId: newAccount() })).toEqual([]);
      expect(await found({ region: 'us-east-1' })).toEqual([3]);
      expect(await found({ eventName: 'Encrypt' })).toEqual([3, 2]);
      expect(await found({ requestId: records[0]?.requestID ?? '' })).toEqual([1]);
      expect(await found({ resourceArn: keyOne })).toEqual([2, 1]);
      expect(await found({ resourceArn: keyTwo, eventName: 'Encrypt', region })).toEqual([2]);
      expect(await found({ resourceArn: keyTwo })).toEqual([3, 2]);
      expect(await found({ fromMs: Date.parse(at(2)), toMs: Date.parse(at(3)) })).toEqual([3, 2]);
      expect(await found({ resourceArn: keyOne, fromMs: Date.parse(at(2)) })).toEqual([2]);

      for (const resourceArn of [undefined, keyOne]) {
        const seen: number[] = [];
        let before: string | undefined;
        do {
          const query = { accountId, limit: 1, ...(resourceArn && { resourceArn }), ...(before && { before }) };
          const page = await store.lookupAudit(query);
          seen.push(...page.records.map((row) => records.findIndex((made) => made.eventID === row.eventID) + 1));
          before = page.next;
        } while (before);
        expect(seen).toEqual(resourceArn ? [2, 1] : [4, 3, 2, 1]);
      }
    });

    test('pages through the records of one second without losing or repeating one', async () => {
      const accountId = newAccount();
      const audit = Array.from({ length: 7 }, () => aRecord({ recipientAccountId: accountId }));
      await Promise.all(audit.map((record) => store.write({ mutations: [], changes: [], audit: [record] })));
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.lookupAudit({ accountId, limit: 2, ...(before && { before }) });
        seen.push(...page.records.map((record) => record.eventID));
        before = page.next;
      } while (before);
      expect(seen.toSorted()).toEqual(audit.map((record) => record.eventID).toSorted());
    });

    test('refuses a position that it did not give', async () => {
      const lookup = store.lookupAudit({ accountId: account, limit: 1, before: 'nonsense' });
      await expect(lookup).rejects.toThrow(RangeError);
    });

    test('keeps a record exactly as it was serialised', async () => {
      const record = aRecord({ requestParameters: { text: 'é\0\u2028"\\', nested: [null, 1.5, true] } });
      await store.write({ mutations: [], changes: [], audit: [record] });
      const { records } = await store.lookupAudit({ accountId: account, requestId: record.requestID, limit: 1 });
      expect(records).toEqual([record]);
    });
  });

  describe('custom key stores', () => {
    test('are found by id, and listed by account and Region in order', async () => {
      const owner = newAccount();
      const [first = '', second = ''] = ids(2);
      const rows = [second, first].map((custom_key_store_id) => aKeyStore({ account_id: owner, custom_key_store_id }));
      const elsewhere = aKeyStore({ account_id: owner, region: 'eu-west-3' });
      await write(...[...rows, elsewhere].map((row) => ({ op: 'insert', table: 'custom_key_stores', row }) as const));
      expect(await store.findCustomKeyStore(owner, region, first)).toEqual({ ...rows[1], revision: 1 });
      expect(await store.findCustomKeyStore(owner, 'eu-west-3', first)).toBeUndefined();
      const listed = await store.listCustomKeyStores(owner, region);
      expect(listed.map((row) => row.custom_key_store_id)).toEqual([first, second]);
    });

    test.each([
      ['name', { name: 'taken' }],
      ['cluster, in whichever account', { account_id: '999988887777', cloud_hsm_cluster_id: 'cluster-taken234567' }],
      ['proxy URI', { xks_uri_endpoint: 'https://taken.example', xks_uri_path: '/kms/xks/v1' }],
      [
        'endpoint service, in whichever account',
        { account_id: '999988887777', xks_vpc_endpoint_service_name: 'com.amazonaws.vpce.eu-west-1.vpce-svc-taken' },
      ],
    ])('no two share a %s', async (_what, twin) => {
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
      await write({ op: 'insert', table: 'custom_key_stores', row: aKeyStore(taken) });
      const second = aKeyStore({ ...shared, account_id: owner });
      await expect(write({ op: 'insert', table: 'custom_key_stores', row: second })).rejects.toThrow(WriteConflict);
      const other = aKeyStore({ account_id: owner });
      await write({ op: 'insert', table: 'custom_key_stores', row: other });
      const { account_id, custom_key_store_id } = other;
      const { account_id: _, ...set } = { ...shared, account_id };
      const key = { account_id, region, custom_key_store_id };
      const renamed = write({ op: 'update', table: 'custom_key_stores', key, revision: 1, set });
      await expect(renamed).rejects.toThrow(WriteConflict);
    });

    test('are found by what they stand on, and while they change their connection', async () => {
      const owner = newAccount();
      const endpoint = `https://${randomUUID()}.example`;
      const connecting = aKeyStore({
        account_id: owner,
        connection_state: 'CONNECTING',
        xks_uri_endpoint: endpoint,
        xks_uri_path: '/one/kms/xks/v1',
      });
      const idle = aKeyStore({ account_id: owner, xks_uri_endpoint: endpoint, xks_uri_path: '/two/kms/xks/v1' });
      await write(...[connecting, idle].map((row) => ({ op: 'insert', table: 'custom_key_stores', row }) as const));
      const onEndpoint = await store.listCustomKeyStoresOn({ xks_uri_endpoint: endpoint });
      expect(onEndpoint.map((row) => row.custom_key_store_id).sort()).toEqual(
        [connecting.custom_key_store_id, idle.custom_key_store_id].sort(),
      );
      expect(await store.listCustomKeyStoresOn({ cloud_hsm_cluster_id: 'cluster-none2345677' })).toEqual([]);
      const changing = await store.listCustomKeyStoresInTransition(1000);
      const ours = changing.filter((row) => row.account_id === owner);
      expect(ours.map((row) => row.custom_key_store_id)).toEqual([connecting.custom_key_store_id]);
      expect(await store.listCustomKeyStoresInTransition(0)).toEqual([]);
    });

    test('know whether they hold a key, and one on a given external key', async () => {
      const owner = newAccount();
      const row = aKeySet({ account_id: owner, custom_key_store_id: 'cks-1', xks_key_id: 'external' });
      expect(await store.hasKeyInKeyStore(owner, 'cks-1')).toBe(false);
      await write({ op: 'insert', table: 'key_sets', row });
      expect(await store.hasKeyInKeyStore(owner, 'cks-1')).toBe(true);
      expect(await store.hasKeyInKeyStore(owner, 'cks-1', 'external')).toBe(true);
      expect(await store.hasKeyInKeyStore(owner, 'cks-1', 'other')).toBe(false);
      expect(await store.hasKeyInKeyStore(owner, 'cks-2')).toBe(false);
    });
  });

  describe('uses of keys', () => {
    const usageOf = (key: { account_id: string; region: string; key_id: string }, used_at_ms: number) => ({
      ...{ account_id: key.account_id, region: key.region, key_id: key.key_id },
      ...({ operation: 'Encrypt', used_at_ms, event_id: randomUUID(), request_id: randomUUID() } as const),
    });

    test('are found by key, and listed for keys that exist, used or not', async () => {
      const accountId = newAccount();
      const [used, unused] = [aKey({ account_id: accountId }), aKey({ account_id: accountId })];
      const usage = usageOf(used, startMs + 1);
      const orphan = usageOf({ ...used, key_id: randomUUID() }, startMs);
      await write(
        { op: 'insert', table: 'keys', row: used },
        { op: 'insert', table: 'keys', row: unused },
        { op: 'insert', table: 'key_usage', row: usage },
        { op: 'insert', table: 'key_usage', row: orphan },
      );
      expect(await store.findKeyUsage(accountId, region, used.key_id)).toEqual({ ...usage, revision: 1 });
      expect(await store.findKeyUsage(accountId, region, unused.key_id)).toBeUndefined();
      const asked = [used.key_id, unused.key_id, orphan.key_id];
      const found = await store.listKeyUsages(accountId, region, asked);
      const createdAtMs = startMs;
      const expected = [
        { keyId: used.key_id, createdAtMs, known: { usedAtMs: startMs + 1, revision: 1 } },
        { keyId: unused.key_id, createdAtMs },
      ];
      const byId = (a: { keyId: string }, b: { keyId: string }) => (a.keyId < b.keyId ? -1 : 1);
      expect(found.toSorted(byId)).toEqual(expected.toSorted(byId));
      expect(await store.listKeyUsages(accountId, 'us-west-2', asked)).toEqual([]);
    });

    test('leave chains to read that have grown since, are rested, and where their mark is', async () => {
      await store.write({ mutations: [], changes: [], audit: [aRecord()] });
      const due = await store.listChainsToReadForUsage(startMs, 100);
      const heads = (await store.listAuditChains()).filter((head) => head.lastSequence > 0);
      expect(due).toEqual(heads.map(({ chainId }) => ({ chainId })));
      expect(await store.findUnreadForUsageSince()).toBeLessThanOrEqual(startMs);

      const read = heads.map((head) => ({ chain_id: head.chainId, sequence: head.lastSequence, read_at_ms: startMs }));
      await write(...read.map((row) => ({ op: 'insert', table: 'usage_marks', row }) as const));
      expect(await store.listChainsToReadForUsage(startMs, 100)).toEqual([]);
      expect(await store.findUnreadForUsageSince()).toBeUndefined();

      const late = aRecord({ eventTime: '2026-01-15T12:01:00Z' });
      await store.write({ mutations: [], changes: [], audit: [late] });
      expect(await store.findUnreadForUsageSince()).toBe(startMs + 60_000);
      expect(await store.listChainsToReadForUsage(startMs - 1, 100)).toEqual([]);
      const [grown, ...others] = await store.listChainsToReadForUsage(startMs, 100);
      expect(others).toEqual([]);
      const mark = read.find((row) => row.chain_id === grown?.chainId);
      // PostgreSQL may have begun another chain for it.
      expect(grown?.mark).toEqual(mark && { sequence: mark.sequence, revision: 1 });
    });
  });

  describe('leases', () => {
    const ttlMs = 1_000;

    test('have one holder until they expire, who may renew', async () => {
      const name = randomUUID();
      const first = await store.acquireLease(name, 'one', startMs, ttlMs);
      expect(first).toEqual({ name, fencingToken: 1, revision: 1 });
      expect(await store.acquireLease(name, 'two', startMs + ttlMs - 1, ttlMs)).toBeUndefined();
      const renewed = await store.acquireLease(name, 'one', startMs + 500, ttlMs);
      expect(renewed).toEqual({ name, fencingToken: 1, revision: 2 });
      expect(await store.acquireLease(name, 'two', startMs + ttlMs, ttlMs)).toBeUndefined();
      expect(await store.acquireLease(name, 'two', startMs + 500 + ttlMs, ttlMs)).toMatchObject({ fencingToken: 2 });
      expect(await store.acquireLease(name, 'one', startMs + 500 + ttlMs, ttlMs)).toBeUndefined();
    });

    test('go to one of many that ask at once', async () => {
      const name = randomUUID();
      const asked = Array.from({ length: 8 }, (_, index) =>
        store.acquireLease(name, `holder-${index}`, startMs, ttlMs),
      );
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    test('once released go to anyone, with a larger token', async () => {
      const name = randomUUID();
      const lease = await store.acquireLease(name, 'one', startMs, ttlMs);
      if (!lease) throw new Error('the lease is free');
      await store.releaseLease(lease, 'two');
      expect(await store.acquireLease(name, 'two', startMs, ttlMs)).toBeUndefined();
      await store.releaseLease(lease, 'one');
      expect(await store.acquireLease(name, 'two', startMs, ttlMs)).toMatchObject({ fencingToken: 2 });
    });

    test('fence the writes of a holder that was replaced', async () => {
      const name = randomUUID();
      const old = await store.acquireLease(name, 'one', startMs, ttlMs);
      await store.acquireLease(name, 'two', startMs + ttlMs, ttlMs);
      const late = write(
        { op: 'require', table: 'leases', key: { name }, revision: old?.revision ?? 0 },
        { op: 'insert', table: 'meta', row: { name, value: 'late' } },
      );
      await expect(late).rejects.toThrow(WriteConflict);
      expect(await store.findMeta(name)).toBeUndefined();
    });
  });

  test('a read-only store sees what a running server commits, and has no way to write', async () => {
    const reader = await place.openReadOnly();
    const name = randomUUID();
    await write({ op: 'insert', table: 'meta', row: { name, value: '' } });
    expect(await reader.findMeta(name)).toBeDefined();
    expect('write' in reader).toBe(false);
  });

  test('what was written is there after closing and opening again', async () => {
    const other = await places.create(engine);
    const before = await other.open();
    const record = aRecord();
    await before.write({
      mutations: [{ op: 'insert', table: 'meta', row: { name: 'kept', value: 'yes' } }],
      changes: [aChange()],
      audit: [record],
    });
    await before.close();
    await expect(before.write({ mutations: [], changes: [], audit: [aRecord()] })).rejects.toThrow('closed');
    const after = await other.open();
    expect(await after.findMeta('kept')).toMatchObject({ value: 'yes' });
    expect((await after.listChanges({ after: 0, limit: 10 })).rows).toMatchObject([{ sequence: 1 }]);
  });
});
