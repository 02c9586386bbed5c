/** Behavior that all engines share: writes, values of columns, leases, and durability. */
import { randomUUID } from 'node:crypto';
import { type Mutation, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { ids, newAccount, onEveryEngine } from '../../support/storage/on-every-engine.ts';
import {
  aChange,
  account,
  aGrant,
  aKey,
  aKeySet,
  aMaterial,
  anAlias,
  aPrincipal,
  aRecord,
  region,
  startMs,
} from '../../support/storage/rows.ts';

onEveryEngine('the store', (on) => {
  test('has the name of its engine', () => expect(on.store.engine).toBe(on.engine));

  test('is ready', () => expect(on.store.ping()).resolves.toBeUndefined());

  describe('writes', () => {
    test('insert at revision 1, update to the next, delete at the last', async () => {
      const name = randomUUID();
      await on.write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
      expect(await on.store.findMeta(name)).toEqual({ name, value: 'one', revision: 1 });
      await on.write({ op: 'update', table: 'meta', key: { name }, revision: 1, set: { value: 'two' } });
      expect(await on.store.findMeta(name)).toEqual({ name, value: 'two', revision: 2 });
      await on.write({ op: 'delete', table: 'meta', key: { name }, revision: 2 });
      expect(await on.store.findMeta(name)).toBeUndefined();
    });

    test('refuse to insert a row that exists', async () => {
      const name = randomUUID();
      await on.write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
      await expect(on.write({ op: 'insert', table: 'meta', row: { name, value: 'two' } })).rejects.toThrow(
        WriteConflict,
      );
      expect(await on.store.findMeta(name)).toMatchObject({ value: 'one' });
    });

    test('refuse a second row of a unique column', async () => {
      const principal = aPrincipal();
      await on.write({ op: 'insert', table: 'principals', row: principal });
      const twin = { ...principal, name: 'other' };
      await expect(on.write({ op: 'insert', table: 'principals', row: twin })).rejects.toThrow(WriteConflict);
    });

    test.each(['update', 'delete', 'require'] as const)(
      'refuse to %s at another revision or an absent row',
      async (op) => {
        const name = randomUUID();
        await on.write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
        const set = op === 'update' ? { set: { value: 'two' } } : {};
        const named = { table: 'meta', ...set } as const;
        await expect(on.write({ ...named, op, key: { name }, revision: 2 } as Mutation)).rejects.toThrow(WriteConflict);
        await expect(on.write({ ...named, op, key: { name: 'absent' }, revision: 1 } as Mutation)).rejects.toThrow(
          WriteConflict,
        );
        expect(await on.store.findMeta(name)).toEqual({ name, value: 'one', revision: 1 });
      },
    );

    test('require a revision and change nothing', async () => {
      const [name, other] = ids(2) as [string, string];
      await on.write({ op: 'insert', table: 'meta', row: { name, value: 'one' } });
      await on.write(
        { op: 'require', table: 'meta', key: { name }, revision: 1 },
        { op: 'insert', table: 'meta', row: { name: other, value: 'made' } },
      );
      expect(await on.store.findMeta(name)).toEqual({ name, value: 'one', revision: 1 });
      expect(await on.store.findMeta(other)).toBeDefined();
    });

    test('delete all matching rows and no others, and can match none', async () => {
      const keyId = randomUUID();
      const grants = [aGrant({ key_id: keyId }), aGrant({ key_id: keyId }), aGrant()];
      await on.write(...grants.map((row) => ({ op: 'insert', table: 'grants', row }) as const));
      await on.write({ op: 'deleteAll', table: 'grants', where: { account_id: account, region, key_id: keyId } });
      expect(await on.store.countGrants(account, region, keyId)).toBe(0);
      expect(await on.store.countGrants(account, region, grants[2]?.key_id ?? '')).toBe(1);
      await on.write({ op: 'deleteAll', table: 'grants', where: { account_id: account, key_id: randomUUID() } });
    });

    test('refuse deleteAll without a column', async () => {
      await expect(on.write({ op: 'deleteAll', table: 'grants', where: {} })).rejects.toThrow(TypeError);
    });

    test('refuse to name one row twice', async () => {
      const row = { name: randomUUID(), value: '' };
      const twice = on.write(
        { op: 'insert', table: 'meta', row },
        { op: 'update', table: 'meta', key: { name: row.name }, revision: 1, set: { value: 'x' } },
      );
      await expect(twice).rejects.toThrow(TypeError);
    });

    test('refuse changes without an audit record', async () => {
      const unexplained = on.store.write({ mutations: [], changes: [aChange()], audit: [] });
      await expect(unexplained).rejects.toThrow(TypeError);
    });

    test('succeed without doing anything when empty', () => expect(on.write()).resolves.toBeUndefined());

    test.each(['first', 'last'])('leave nothing behind when the %s condition fails', async (position) => {
      const accountId = newAccount();
      const keyId = randomUUID();
      const failing: Mutation = { op: 'require', table: 'meta', key: { name: 'absent' }, revision: 1 };
      const inserting: Mutation = { op: 'insert', table: 'keys', row: aKey({ account_id: accountId, key_id: keyId }) };
      const changes = [aChange({ accountId })];
      const audit = [aRecord({ recipientAccountId: accountId })];
      const mutations = position === 'first' ? [failing, inserting] : [inserting, failing];
      await expect(on.store.write({ mutations, changes, audit })).rejects.toThrow(WriteConflict);
      expect(await on.store.countKeys(accountId, region, 10)).toBe(0);
      expect((await on.store.listChanges({ accountId, after: 0, limit: 10 })).rows).toEqual([]);
      expect((await on.store.lookupAudit({ accountId, limit: 10 })).records).toEqual([]);
    });

    test('of which two name the same revision: one is committed', async () => {
      const name = randomUUID();
      await on.write({ op: 'insert', table: 'meta', row: { name, value: '' } });
      const update = (value: string) =>
        on.write({ op: 'update', table: 'meta', key: { name }, revision: 1, set: { value } });
      const results = await Promise.allSettled([update('a'), update('b')]);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]?.reason).toBeInstanceOf(WriteConflict);
      const winner = results[0]?.status === 'fulfilled' ? 'a' : 'b';
      expect(await on.store.findMeta(name)).toEqual({ name, value: winner, revision: 2 });
    });

    test('of which many insert the same row: one is committed', async () => {
      const row = { name: randomUUID(), value: '' };
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => on.write({ op: 'insert', table: 'meta', row })),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    });

    test('are seen by every read that starts after they are acknowledged', async () => {
      for (const name of ids(20)) {
        await on.write({ op: 'insert', table: 'meta', row: { name, value: '' } });
        expect(await on.store.findMeta(name)).toBeDefined();
      }
    });
  });

  describe('values', () => {
    test('keep every byte', async () => {
      const wrapped = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      const material = aMaterial({ wrapped });
      await on.write({ op: 'insert', table: 'key_materials', row: material });
      const found = await on.store.findMaterial(account, material.key_id, material.material_id);
      expect([...(found?.wrapped ?? [])]).toEqual([...wrapped]);
      const empty = aMaterial({ wrapped: new Uint8Array() });
      await on.write({ op: 'insert', table: 'key_materials', row: empty });
      expect((await on.store.findMaterial(account, empty.key_id, empty.material_id))?.wrapped).toHaveLength(0);
    });

    test.each([
      ['empty text', ''],
      ['characters beyond the basic plane', 'clé 🔑 鍵 \u{10ffff}'],
      ['combining marks, not normalized', 'e\u0301 \u00e9'],
      ['NUL and the characters beside it', '\0 a\0b \x1a0 \x1a1 \x1a\0\x01'],
      ['quotes and comments', `' " \\ ; -- /* $1 ? %s`],
      ['line ends', '\r\n\n\r\u2028'],
      ['32 KiB', 'é'.repeat(16_384)],
    ])('keep %s', async (_, text) => {
      const name = randomUUID();
      await on.write({ op: 'insert', table: 'meta', row: { name, value: text } });
      expect((await on.store.findMeta(name))?.value).toBe(text);
    });

    test('keep integers up to 2^53 - 1, and null', async () => {
      const set = aKeySet({ next_rotation_at_ms: Number.MAX_SAFE_INTEGER, rotation_period_in_days: null });
      const key = aKey({ key_id: set.key_id });
      await on.write({ op: 'insert', table: 'key_sets', row: set }, { op: 'insert', table: 'keys', row: key });
      const found = await on.store.findKey(account, region, set.key_id);
      expect(found?.shared).toEqual({ ...set, revision: 1 });
      expect(found?.regional).toEqual({ ...key, revision: 1 });
    });

    test('find nothing, without an error, by a name with NUL in it', async () => {
      expect(await on.store.findKey(account, region, 'a\0b')).toBeUndefined();
      expect(await on.store.findGrant(account, region, '\0', '\0')).toBeUndefined();
    });

    test('distinguish names by case, accent and trailing space, and order them by code point', async () => {
      const accountId = newAccount();
      const names = ['alias/A', 'alias/B', 'alias/a', 'alias/a ', 'alias/b', 'alias/é', 'alias/\u{1f511}'];
      for (const alias_name of names.toReversed()) {
        await on.write({ op: 'insert', table: 'aliases', row: anAlias({ account_id: accountId, alias_name }) });
      }
      const { rows } = await on.store.listAliases(accountId, region, { limit: 10 });
      expect(rows.map((row) => row.alias_name)).toEqual(names);
    });

    test('are refused if the column cannot store them, and later writes succeed', async () => {
      const row = { name: randomUUID(), value: null as unknown as string };
      const refused = on.write({ op: 'insert', table: 'meta', row });
      await expect(refused).rejects.toThrow();
      await expect(refused).rejects.not.toThrow(WriteConflict);
      await on.write({ op: 'insert', table: 'meta', row: { ...row, value: 'text' } });
    });
  });

  describe('leases', () => {
    const ttlMs = 1_000;

    test('have one holder until they expire, who can renew them', async () => {
      const name = randomUUID();
      const first = await on.store.acquireLease(name, 'one', startMs, ttlMs);
      expect(first).toEqual({ name, fencingToken: 1, revision: 1 });
      expect(await on.store.acquireLease(name, 'two', startMs + ttlMs - 1, ttlMs)).toBeUndefined();
      const renewed = await on.store.acquireLease(name, 'one', startMs + 500, ttlMs);
      expect(renewed).toEqual({ name, fencingToken: 1, revision: 2 });
      expect(await on.store.acquireLease(name, 'two', startMs + ttlMs, ttlMs)).toBeUndefined();
      expect(await on.store.acquireLease(name, 'two', startMs + 500 + ttlMs, ttlMs)).toMatchObject({ fencingToken: 2 });
      expect(await on.store.acquireLease(name, 'one', startMs + 500 + ttlMs, ttlMs)).toBeUndefined();
    });

    test('go to one of many nodes that ask at once', async () => {
      const name = randomUUID();
      const asked = Array.from({ length: 8 }, (_, index) =>
        on.store.acquireLease(name, `holder-${index}`, startMs, ttlMs),
      );
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });

    test('go to any node once they are released, with a larger fencing token', async () => {
      const name = randomUUID();
      const lease = await on.store.acquireLease(name, 'one', startMs, ttlMs);
      if (!lease) throw new Error('the lease was not acquired, although it is free');
      await on.store.releaseLease(lease, 'two');
      expect(await on.store.acquireLease(name, 'two', startMs, ttlMs)).toBeUndefined();
      await on.store.releaseLease(lease, 'one');
      expect(await on.store.acquireLease(name, 'two', startMs, ttlMs)).toMatchObject({ fencingToken: 2 });
    });

    test('make the writes of a replaced holder fail', async () => {
      const name = randomUUID();
      const old = await on.store.acquireLease(name, 'one', startMs, ttlMs);
      await on.store.acquireLease(name, 'two', startMs + ttlMs, ttlMs);
      const late = on.write(
        { op: 'require', table: 'leases', key: { name }, revision: old?.revision ?? 0 },
        { op: 'insert', table: 'meta', row: { name, value: 'late' } },
      );
      await expect(late).rejects.toThrow(WriteConflict);
      expect(await on.store.findMeta(name)).toBeUndefined();
    });
  });

  test('a read-only store sees the commits of a running server, and cannot write', async () => {
    const reader = await on.place.openReadOnly();
    const name = randomUUID();
    await on.write({ op: 'insert', table: 'meta', row: { name, value: '' } });
    expect(await reader.findMeta(name)).toBeDefined();
    expect('write' in reader).toBe(false);
  });

  test('writes are still there after the store is closed and opened again', async () => {
    const other = await on.places.create(on.engine);
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
