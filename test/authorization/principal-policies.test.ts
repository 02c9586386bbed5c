/**
 * What a node remembers about a principal equals what the store holds, whatever changed meanwhile and on which node.
 */
import { authorityOf, createAuthorities } from '@keystead/control-plane/authorization/principal-policies.ts';
import { setOrganization } from '@keystead/control-plane/mutations/identity-mutations.ts';
import { type StoreReader, StoreUnavailable } from '@keystead/control-plane/storage/port/store.ts';
import type { Authority } from '@keystead/policy/authority.ts';
import fc from 'fast-check';
import { policy } from '../support/documents.ts';
import { runs } from '../support/sizes.ts';
import { accountId, openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let userId: string;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  userId = (await controlPlane.perform('CreateUser', { UserName: 'user' })).User.UserId;
  await controlPlane.perform('CreateGroup', { GroupName: 'group' });
  await controlPlane.perform('CreatePolicy', { PolicyName: 'managed', PolicyDocument: policy('kms:A') });
});
afterAll(() => controlPlane?.close());

const arn = `arn:aws:iam::${accountId}:policy/managed`;

/** What can be seen of an authority: its policies by name and statement, its boundary and tags. */
const seen = ({ identityPolicies, permissionsBoundary, principalTags }: Authority) => ({
  policies: identityPolicies.map((each) => [each.name, JSON.stringify(each.statements)]),
  boundary: permissionsBoundary?.name,
  tags: principalTags,
});

async function known(store: StoreReader = controlPlane.store) {
  const found = await store.findPrincipalById(userId);
  if (!found) throw new Error('the user does not exist');
  return found;
}

const user = { UserName: 'user' };
const group = { GroupName: 'group' };
/** Changes that a caller can request; one that does not apply at the moment is refused, and changes nothing. */
const changes: Readonly<Record<string, () => Promise<unknown>>> = {
  join: () => controlPlane.perform('AddUserToGroup', { ...user, ...group }),
  leave: () => controlPlane.perform('RemoveUserFromGroup', { ...user, ...group }),
  attach: () => controlPlane.perform('AttachUserPolicy', { ...user, PolicyArn: arn }),
  detach: () => controlPlane.perform('DetachUserPolicy', { ...user, PolicyArn: arn }),
  attachToGroup: () => controlPlane.perform('AttachGroupPolicy', { ...group, PolicyArn: arn }),
  detachFromGroup: () => controlPlane.perform('DetachGroupPolicy', { ...group, PolicyArn: arn }),
  put: () =>
    controlPlane.perform('PutUserPolicy', { ...user, PolicyName: 'p', PolicyDocument: policy(`kms:P${next()}`) }),
  remove: () => controlPlane.perform('DeleteUserPolicy', { ...user, PolicyName: 'p' }),
  putOnGroup: () =>
    controlPlane.perform('PutGroupPolicy', { ...group, PolicyName: 'g', PolicyDocument: policy('kms:G') }),
  removeFromGroup: () => controlPlane.perform('DeleteGroupPolicy', { ...group, PolicyName: 'g' }),
  version: async () => {
    const { Versions = [] } = await controlPlane.perform('ListPolicyVersions', { PolicyArn: arn });
    const oldest = Versions.findLast((each) => !each.IsDefaultVersion);
    if (Versions.length === 5) {
      await controlPlane.perform('DeletePolicyVersion', { PolicyArn: arn, VersionId: oldest?.VersionId ?? '' });
    }
    const PolicyDocument = policy(`kms:V${next()}`);
    await controlPlane.perform('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument, SetAsDefault: true });
  },
  bound: () => controlPlane.perform('PutUserPermissionsBoundary', { ...user, PermissionsBoundary: arn }),
  unbound: () => controlPlane.perform('DeleteUserPermissionsBoundary', user),
  tag: () => controlPlane.perform('TagUser', { ...user, Tags: [{ Key: 'k', Value: String(next()) }] }),
  untag: () => controlPlane.perform('UntagUser', { ...user, TagKeys: ['k'] }),
};
let last = 0;
const next = () => ++last;

test('after any changes, each of two nodes has what the store holds', async () => {
  const nodes = [createAuthorities(controlPlane.store), createAuthorities(controlPlane.store)];
  const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(changes)), fc.nat(1)), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      for (const [change, node] of sequence) {
        await changes[change]?.().catch(() => undefined);
        const now = await known();
        const remembered = await nodes[node]?.of(now);
        expect(remembered && seen(remembered)).toEqual(seen(await authorityOf(controlPlane.store, now.principal)));
      }
    }),
    { numRuns: runs(15, 500) },
  );
});

test('an authority is read once for each revision of the account', async () => {
  let reads = 0;
  const counting = watched('listInlinePolicies', async () => {
    reads += 1;
  });
  const authorities = createAuthorities(counting);
  for (let i = 0; i < 5; i++) await authorities.of(await known());
  expect(reads).toBe(1);
  await controlPlane.perform('CreateUser', { UserName: 'somebody-else' });
  for (let i = 0; i < 5; i++) await authorities.of(await known());
  expect(reads).toBe(2);
});

test('a request of an account costs no query for its organization, and sees a change of it', async () => {
  let reads = 0;
  const counting = watchedAccounts(() => {
    reads += 1;
  });
  const authorities = createAuthorities(counting);
  const organization = { id: 'o-a1b2c3d4e5', paths: ['o-a1b2c3d4e5/r-ab12/'] };
  for (let i = 0; i < 3; i++) expect((await authorities.of(await known())).organization).toBeUndefined();
  expect(reads).toBe(1);
  for (const next of [organization, undefined]) {
    const account = await controlPlane.store.findAccount(accountId);
    if (!account) throw new Error('the account does not exist');
    await controlPlane.store.write({ mutations: [setOrganization(account, next)], changes: [], audit: [] });
    for (let i = 0; i < 3; i++) expect((await authorities.of(await known())).organization).toEqual(next);
  }
  expect(reads).toBe(3);
});

test('after a change between two of its queries, everything is read again', async () => {
  await changes.remove?.().catch(() => undefined);
  await changes.leave?.().catch(() => undefined);
  let left = 1;
  const racing = watched('listAttachments', async () => {
    if (left-- > 0) await changes.put?.();
  });
  const before = await known();
  const authority = await createAuthorities(racing).of(before);
  expect(seen(authority)).toEqual(seen(await authorityOf(controlPlane.store, (await known()).principal)));
  expect(seen(authority).policies.map(([name]) => name)).toContain(`arn:aws:iam::${accountId}:user/user:p`);
});

test('an account that changes all the time is refused rather than read wrongly', async () => {
  const restless = watched('listAttachments', async () => {
    await changes.tag?.();
  });
  await expect(createAuthorities(restless).of(await known())).rejects.toThrow(StoreUnavailable);
});

/** The store, with `before` run before it reads an account. */
function watchedAccounts(before: () => void): StoreReader {
  return new Proxy<StoreReader>(controlPlane.store, {
    get(store, name, receiver) {
      if (name === 'findAccount') before();
      const own = Reflect.get(store, name, receiver);
      return typeof own === 'function' ? own.bind(store) : own;
    },
  });
}

/** The store, with `before` run before one of its reads. */
function watched(method: 'listAttachments' | 'listInlinePolicies', before: () => Promise<void>): StoreReader {
  return new Proxy<StoreReader>(controlPlane.store, {
    get(store, name, receiver) {
      const own = Reflect.get(store, name, receiver);
      if (name !== method) return typeof own === 'function' ? own.bind(store) : own;
      return async (id: string) => {
        await before();
        return store[method](id);
      };
    },
  });
}
