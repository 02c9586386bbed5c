/** Reads over accounts, principals and policies, on both engines. */
import { organizationOf } from '@keystead/control-plane/domain/identities/organization.ts';
import { setOrganization } from '@keystead/control-plane/mutations/identity-mutations.ts';
import type { NamePage } from '@keystead/control-plane/storage/port/page.ts';
import { WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { newAccount, onEveryEngine } from '../../../support/storage/on-every-engine.ts';
import {
  aGroup,
  aManagedPolicy,
  anAccessKey,
  anAccount,
  aPrincipal,
  region,
  startMs,
} from '../../../support/storage/rows.ts';

onEveryEngine('the store', (on) => {
  test('principals are found by ARN, id and name, and listed by kind, path and name without regard to case', async () => {
    const accountId = newAccount();
    const arn = `arn:aws:iam::${accountId}:root`;
    const root = aPrincipal({ account_id: accountId, kind: 'root', name: '', arn, principal_id: accountId });
    const users = Object.entries({ zoe: '/', Adam: '/finance/', bert: '/finance/eu/', carl: '/fin/' }).map(
      ([name, path]) =>
        aPrincipal({ account_id: accountId, name, path, arn: `arn:aws:iam::${accountId}:user${path}${name}` }),
    );
    await on.insertAll('accounts', [anAccount({ account_id: accountId })]);
    await on.insertAll('principals', [...users, root]);
    const [, adam] = users as [unknown, ReturnType<typeof aPrincipal>];
    expect(await on.store.findPrincipal(root.arn)).toEqual({ ...root, revision: 1 });
    expect(await on.store.findPrincipal('absent')).toBeUndefined();
    expect(await on.store.findPrincipalById(adam.principal_id)).toEqual({
      principal: { ...adam, revision: 1 },
      identityRevision: 1,
    });
    expect(await on.store.findPrincipalById('absent')).toBeUndefined();
    expect(await on.store.findPrincipalNamed(accountId, 'user', 'ADAM')).toEqual({ ...adam, revision: 1 });
    expect(await on.store.findPrincipalNamed(accountId, 'role', 'adam')).toBeUndefined();

    const namesOf = async (page: NamePage) => {
      const { rows, more } = await on.store.listPrincipals(accountId, 'user', page);
      return [rows.map((row) => row.name), more];
    };
    expect(await namesOf({ limit: 3 })).toEqual([['Adam', 'bert', 'carl'], true]);
    expect(await namesOf({ limit: 3, after: 'carl' })).toEqual([['zoe'], false]);
    expect(await namesOf({ limit: 3, pathPrefix: '/finance/' })).toEqual([['Adam', 'bert'], false]);
    expect(await namesOf({ limit: 1, pathPrefix: '/fin' })).toEqual([['Adam'], true]);
    expect(await on.store.countPrincipals(accountId, 'user')).toBe(4);

    const twin = aPrincipal({ account_id: accountId, name: 'ZOE', arn: 'another' });
    await expect(on.insertAll('principals', [twin])).rejects.toThrow(WriteConflict);
  });

  test('access keys are found with their principal and the revision of its account, and listed with their last use', async () => {
    const accountId = newAccount();
    const zoe = aPrincipal({ account_id: accountId, name: 'zoe', arn: `arn:aws:iam::${accountId}:user/zoe` });
    await on.insertAll('accounts', [anAccount({ account_id: accountId })]);
    await on.insertAll('principals', [zoe]);
    const [one, two] = [`AKIA1${accountId}`, `AKIA2${accountId}`];
    const keys = [two, one].map((access_key_id) =>
      anAccessKey({ access_key_id, account_id: accountId, principal_id: zoe.principal_id }),
    );
    await on.insertAll('access_keys', keys);
    const account = { table: 'accounts', key: { account_id: accountId } } as const;
    await on.write({ op: 'update', ...account, revision: 1, set: {} });
    const found = await on.store.findAccessKey(two);
    expect({ ...found, wrapped_secret: [...(found?.wrapped_secret ?? [])] }).toEqual({
      ...keys[0],
      wrapped_secret: [9, 8, 7],
      revision: 1,
      principal: { ...zoe, revision: 1 },
      identityRevision: 2,
    });
    expect(await on.store.findAccessKey('AKIA0')).toBeUndefined();
    expect((await on.store.listAccessKeys(zoe.principal_id)).map((row) => row.access_key_id)).toEqual([one, two]);

    const usage = { access_key_id: one, used_at_ms: startMs, service: 'kms', region };
    await on.write({ op: 'insert', table: 'access_key_usage', row: usage });
    expect(await on.store.findAccessKeyUsage(one)).toEqual({ ...usage, revision: 1 });
    expect(await on.store.findAccessKeyUsage(two)).toBeUndefined();
    const usages = await on.store.listAccessKeyUsages([one, two, 'AKIA0']);
    expect(usages.find((each) => each.accessKeyId === one)).toEqual({
      accessKeyId: one,
      known: { ...usage, revision: 1 },
    });
    expect(usages.find((each) => each.accessKeyId === two)).toEqual({ accessKeyId: two });
    expect(usages).toHaveLength(2);
    expect(await on.store.listAccessKeyUsages([])).toEqual([]);
  });

  test('accounts are found and listed', async () => {
    const ids = [newAccount(), newAccount()];
    await on.insertAll(
      'accounts',
      ids.map((account_id) => anAccount({ account_id, name: 'n' })),
    );
    const [first = '', second = ''] = [...ids].sort();
    expect(await on.store.findAccount(first)).toEqual({ ...anAccount({ account_id: first, name: 'n' }), revision: 1 });
    expect(await on.store.findAccount('absent')).toBeUndefined();
    const page = await on.store.listAccounts({ after: first, limit: 1 });
    expect(page.rows.map((row) => row.account_id)).toEqual([second]);
  });

  test('an account has an organization until it is taken out, and each change is a new revision', async () => {
    const account_id = newAccount();
    await on.insertAll('accounts', [anAccount({ account_id })]);
    const stored = async () => {
      const row = await on.store.findAccount(account_id);
      if (!row) throw new Error('the account does not exist');
      return row;
    };
    const listed = async () =>
      (await on.store.listAccountsInOrganizations()).filter((row) => row.account_id === account_id);
    expect(organizationOf(await stored())).toBeUndefined();
    expect(await listed()).toEqual([]);
    const organization = {
      id: 'o-a1b2c3d4e5',
      paths: ['o-a1b2c3d4e5/r-ab12/', 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/'],
    };
    const before = await stored();
    await on.write(setOrganization(before, organization));
    expect(organizationOf(await stored())).toEqual(organization);
    expect(await listed()).toEqual([{ ...(await stored()), revision: 2 }]);
    await expect(on.write(setOrganization(before, undefined))).rejects.toThrow(WriteConflict);
    await on.write(setOrganization(await stored(), undefined));
    expect(await stored()).toEqual({ ...before, revision: 3 });
    expect(await listed()).toEqual([]);
  });

  test('groups are found and listed, with their members and by member', async () => {
    const accountId = newAccount();
    const groups = ['Ops', 'dev'].map((name) => aGroup({ account_id: accountId, name, name_key: name.toLowerCase() }));
    const users = ['zoe', 'Adam'].map((name) =>
      aPrincipal({ account_id: accountId, name, arn: `arn:aws:iam::${accountId}:user/${name}` }),
    );
    await on.insertAll('groups', groups);
    await on.insertAll('principals', users);
    const [ops, dev] = groups as [ReturnType<typeof aGroup>, ReturnType<typeof aGroup>];
    const [zoe, adam] = users as [ReturnType<typeof aPrincipal>, ReturnType<typeof aPrincipal>];
    const members = [
      [ops, zoe],
      [ops, adam],
      [dev, zoe],
    ] as const;
    await on.write(
      ...members.map(([{ group_id }, { principal_id }]) => {
        const row = { group_id, principal_id, account_id: accountId };
        return { op: 'insert', table: 'group_members', row } as const;
      }),
    );
    expect(await on.store.findGroupNamed(accountId, 'ops')).toEqual({ ...ops, revision: 1 });
    expect(await on.store.findGroupNamed(accountId, 'absent')).toBeUndefined();
    const listed = await on.store.listGroups(accountId, { limit: 1 });
    expect([listed.rows.map((row) => row.name), listed.more]).toEqual([['dev'], true]);
    expect(await on.store.countGroups(accountId)).toBe(2);
    const inOps = await on.store.listGroupMembers(ops.group_id, { limit: 5 });
    expect(inOps.rows).toEqual([
      { ...adam, revision: 1 },
      { ...zoe, revision: 1 },
    ]);
    const rest = await on.store.listGroupMembers(ops.group_id, { after: 'adam', limit: 5 });
    expect(rest.rows.map((row) => row.name)).toEqual(['zoe']);
    expect((await on.store.listGroupsOf(zoe.principal_id)).map((row) => row.name)).toEqual(['dev', 'Ops']);
    expect(await on.store.listGroupsOf('absent')).toEqual([]);
  });

  test('managed policies are found, listed and counted, with their versions, newest first', async () => {
    const accountId = newAccount();
    const arnOf = (name: string) => `arn:aws:iam::${accountId}:policy/${name}`;
    const policies = ['B', 'a'].map((name) =>
      aManagedPolicy({ account_id: accountId, name, name_key: name.toLowerCase(), arn: arnOf(name) }),
    );
    await on.insertAll('managed_policies', policies);
    const [b] = policies as [ReturnType<typeof aManagedPolicy>];
    expect(await on.store.findManagedPolicy(arnOf('B'))).toEqual({ ...b, revision: 1 });
    expect(await on.store.findManagedPolicyNamed(accountId, 'b')).toEqual({ ...b, revision: 1 });
    expect(await on.store.findManagedPolicy('absent')).toBeUndefined();
    const listed = await on.store.listManagedPolicies(accountId, { limit: 5 });
    expect(listed.rows.map((row) => row.name)).toEqual(['a', 'B']);
    expect(await on.store.countManagedPolicies(accountId)).toBe(2);
    const version = { policy_id: b.policy_id, account_id: accountId, document: '{}', created_at_ms: startMs };
    await on.write(
      ...[1, 2, 10].map(
        (version_number) => ({ op: 'insert', table: 'policy_versions', row: { ...version, version_number } }) as const,
      ),
    );
    const versions = await on.store.listPolicyVersions(b.policy_id);
    expect(versions.map((row) => row.version_number)).toEqual([10, 2, 1]);
  });

  test('policies are listed by owner, and owners by policy', async () => {
    const accountId = newAccount();
    const arn = `arn:aws:iam::${accountId}:policy/p`;
    const zoe = aPrincipal({
      account_id: accountId,
      name: 'zoe',
      arn: `arn:aws:iam::${accountId}:user/zoe`,
      permissions_boundary_arn: arn,
    });
    const ops = aGroup({ account_id: accountId, name: 'ops', name_key: 'ops', path: '/teams/' });
    await on.insertAll('principals', [zoe]);
    await on.insertAll('groups', [ops]);
    const attached = [
      { owner_id: zoe.principal_id, owner_kind: 'user', policy_arn: arn },
      { owner_id: ops.group_id, owner_kind: 'group', policy_arn: arn },
      { owner_id: zoe.principal_id, owner_kind: 'user', policy_arn: 'arn:aws:iam::aws:policy/Own' },
    ] as const;
    await on.write(
      ...attached.map((each) => {
        const row = { ...each, account_id: accountId };
        return { op: 'insert', table: 'policy_attachments', row } as const;
      }),
    );
    const own = await on.store.listAttachments(zoe.principal_id);
    expect(own.map((row) => row.policy_arn)).toEqual([arn, 'arn:aws:iam::aws:policy/Own'].sort());
    expect(await on.store.listAttachedEntities(accountId, arn)).toEqual([
      { kind: 'group', id: ops.group_id, name: 'ops', path: '/teams/' },
      { kind: 'user', id: zoe.principal_id, name: 'zoe', path: '/' },
    ]);
    expect(await on.store.countAttachments(accountId, [arn, 'absent'])).toEqual({ [arn]: 2 });
    expect(await on.store.countBoundaries(accountId, [arn, 'absent'])).toEqual({ [arn]: 1 });
    expect(await on.store.countAttachments(accountId, [])).toEqual({});
    expect(await on.store.countBoundaries(accountId, [])).toEqual({});
    expect((await on.store.listPrincipalsBoundedBy(accountId, arn)).map((row) => row.name)).toEqual(['zoe']);

    const inline = { owner_id: ops.group_id, account_id: accountId, document: '{}' };
    await on.write(
      { op: 'insert', table: 'inline_policies', row: { ...inline, name: 'b' } },
      { op: 'insert', table: 'inline_policies', row: { ...inline, name: 'a' } },
    );
    expect((await on.store.listInlinePolicies(ops.group_id)).map((row) => row.name)).toEqual(['a', 'b']);
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
    await on.write(...rows.map((row) => ({ op: 'insert', table: 'oidc_providers', row }) as const));
    expect((await on.store.listOidcProviders(accountId)).map((row) => row.url)).toEqual([
      'a.example.com/x',
      'b.example.com',
    ]);
    expect(await on.store.findOidcProvider(rows[0]?.arn ?? '')).toEqual({ ...rows[0], revision: 1 });
    expect(await on.store.findOidcProvider('absent')).toBeUndefined();
  });

  test('aliases of accounts are found by alias and by account, and each is stored once', async () => {
    const [one, two] = [newAccount(), newAccount()];
    const alias = `alias-${one}`;
    await on.write({ op: 'insert', table: 'account_aliases', row: { alias, account_id: one } });
    const row = { alias, account_id: one, revision: 1 };
    expect(await on.store.findAccountAlias(alias)).toEqual(row);
    expect(await on.store.findAliasOfAccount(one)).toEqual(row);
    expect(await on.store.findAliasOfAccount(two)).toBeUndefined();
    const taken = on.write({ op: 'insert', table: 'account_aliases', row: { alias, account_id: two } });
    await expect(taken).rejects.toThrow(WriteConflict);
    await on.write({ op: 'delete', table: 'account_aliases', key: { alias }, revision: 1 });
    expect(await on.store.findAccountAlias(alias)).toBeUndefined();
  });
});
