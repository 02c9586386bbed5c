/** Reads over aliases and grants, on both engines. */
import { randomUUID } from 'node:crypto';
import type { AliasReader } from '@keystead/control-plane/storage/port/aliases.ts';
import { newAccount, onEveryEngine } from '../../support/storage/on-every-engine.ts';
import { account, aGrant, anAlias, region } from '../../support/storage/rows.ts';

onEveryEngine('the store', (on) => {
  test('aliases are found by name, listed in pages and by key, and counted', async () => {
    const accountId = newAccount();
    const keyId = randomUUID();
    const named = (alias_name: string, target_key_id: string) =>
      ({ op: 'insert', table: 'aliases', row: anAlias({ account_id: accountId, alias_name, target_key_id }) }) as const;
    await on.write(
      named('alias/1', keyId),
      named('alias/2', randomUUID()),
      named('alias/3', keyId),
      named('alias/4', keyId),
    );
    expect(await on.store.findAlias(accountId, region, 'alias/1')).toMatchObject({ target_key_id: keyId, revision: 1 });
    expect(await on.store.findAlias(accountId, 'us-east-1', 'alias/1')).toBeUndefined();
    const page = async (query: Parameters<AliasReader['listAliases']>[2]) => {
      const { rows, more } = await on.store.listAliases(accountId, region, query);
      return [rows.map((row) => row.alias_name), more];
    };
    expect(await page({ limit: 2 })).toEqual([['alias/1', 'alias/2'], true]);
    expect(await page({ limit: 2, after: 'alias/2' })).toEqual([['alias/3', 'alias/4'], false]);
    expect(await page({ keyId, limit: 2 })).toEqual([['alias/1', 'alias/3'], true]);
    expect(await page({ keyId, limit: 2, after: 'alias/3' })).toEqual([['alias/4'], false]);
    expect(await page({ keyId: randomUUID(), limit: 2 })).toEqual([[], false]);
    expect(await on.store.countAliases(accountId, region, keyId)).toBe(3);
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
    await on.write(...grants.map((row) => ({ op: 'insert', table: 'grants', row }) as const));
    const idsOf = (rows: readonly { grant_id: string }[]) => rows.map((row) => row.grant_id);

    expect(await on.store.findGrant(account, region, keyId, two)).toEqual({ ...grants[0], revision: 1 });
    expect(await on.store.findGrant(account, region, randomUUID(), two)).toBeUndefined();
    expect(idsOf(await on.store.findGrantsByName(account, region, keyId, 'backup'))).toEqual([two]);
    expect(idsOf(await on.store.findGrantsByName(account, region, keyId, 'other'))).toEqual([]);

    const first = await on.store.listGrants(account, region, keyId, { limit: 2 });
    expect([idsOf(first.rows), first.more]).toEqual([[one, two], true]);
    const last = await on.store.listGrants(account, region, keyId, { limit: 2, after: two });
    expect([idsOf(last.rows), last.more]).toEqual([[three], false]);
    const bobs = await on.store.listGrants(account, region, keyId, { granteePrincipal: 'bob', limit: 2 });
    expect(idsOf(bobs.rows)).toEqual([two]);

    const grantedTo = async (...ids: string[]) =>
      idsOf((await on.store.listGrantsForGrantees(account, region, keyId, ids, 5)).rows).sort();
    expect(await grantedTo('AIDABOB', 'alice')).toEqual([one, two]);
    expect(await grantedTo('AIDABOB')).toEqual([two]);
    expect(await grantedTo('bob')).toEqual([]);
    expect(await grantedTo('nobody', 'AIDABOB', 'alice', 'x', 'carol')).toEqual([one, two, three]);
    expect(await grantedTo()).toEqual([]);
    const cut = await on.store.listGrantsForGrantees(account, region, keyId, ['alice', 'carol'], 1);
    expect([cut.rows.length, cut.more]).toEqual([1, true]);
    const toCarol = (after: string) =>
      on.store.listGrantsForGrantee(account, region, keyId, 'carol', { after, limit: 1 });
    expect(idsOf((await toCarol('')).rows)).toEqual([three]);
    expect(await toCarol(three)).toEqual({ rows: [], more: false });

    const retirable = await on.store.listRetirableGrants(region, retiring_id, { limit: 2 });
    expect([idsOf(retirable.rows), retirable.more]).toEqual([[one, two], true]);
    const rest = await on.store.listRetirableGrants(region, retiring_id, { limit: 2, after: two });
    expect([rest.rows.map((row) => row.account_id), rest.more]).toEqual([[otherAccount], false]);
    const ofOne = await on.store.listRetirableGrants(region, retiring_id, { onKeysOf: otherAccount, limit: 2 });
    expect([ofOne.rows.map((row) => row.account_id), ofOne.more]).toEqual([[otherAccount], false]);
    expect(await on.store.countGrants(account, region, keyId)).toBe(3);
  });
});
