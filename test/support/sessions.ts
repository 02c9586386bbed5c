/** Users, roles and sessions in a test control plane, looked up by their credentials like the doors do. */
import { type Callers, createCallers } from '@keystead/control-plane/authentication/callers.ts';
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { uniqueId } from '@keystead/control-plane/domain/identifiers/unique-id.ts';
import { insertAccessKey, newAccessKey } from '@keystead/control-plane/mutations/access-keys.ts';
import { bumpAccountRevision, newPrincipal } from '@keystead/control-plane/mutations/identity-mutations.ts';
import type { Mutation } from '@keystead/control-plane/storage/port/store.ts';
import type { PrincipalRow } from '@keystead/control-plane/storage/port/tables.ts';
import { accountId, region, type TestControlPlane } from './test-control-plane.ts';

export type Json = Readonly<Record<string, unknown>>;
export type Statement = Readonly<Record<string, unknown>>;

export const policy = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  more: Json = {},
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

/** A trust policy that lets `Principal` assume the role. */
export const trusting = (Principal: unknown, more: Json = {}, Action: unknown = 'sts:AssumeRole'): string =>
  policy({ Effect: 'Allow', Principal, Action, ...more });

export const arnOfRole = (name: string, account = accountId) => `arn:aws:iam::${account}:role/${name}`;
export const arnOfUser = (name: string, account = accountId) => `arn:aws:iam::${account}:user/${name}`;

interface IdentityOptions {
  readonly account?: string;
  readonly policies?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Changes the account's identities, and its revision like the operations do. */
export async function changeIdentities(
  controlPlane: TestControlPlane,
  mutations: readonly Mutation[],
  account = accountId,
): Promise<void> {
  const row = await controlPlane.store.findAccount(account);
  if (!row) throw new Error(`there is no account ${account}`);
  await controlPlane.store.write({ mutations: [...mutations, bumpAccountRevision(row)], changes: [], audit: [] });
}

const inlinePolicies = (owner: string, account: string, policies: Readonly<Record<string, string>> = {}) =>
  Object.entries(policies).map(
    ([name, document]): Mutation => ({
      op: 'insert',
      table: 'inline_policies',
      row: { owner_id: owner, name, account_id: account, document },
    }),
  );

export async function aRole(
  controlPlane: TestControlPlane,
  name: string,
  trustPolicy: string,
  {
    account = accountId,
    policies,
    tags = {},
    maxSeconds = 3600,
  }: IdentityOptions & { readonly maxSeconds?: number } = {},
): Promise<string> {
  const row = newPrincipal({
    principal_id: uniqueId('AROA'),
    account_id: account,
    kind: 'role',
    name,
    arn: arnOfRole(name, account),
    created_at_ms: controlPlane.clock.now(),
    tags: JSON.stringify(tags),
    trust_policy: trustPolicy,
    max_session_duration_in_seconds: maxSeconds,
  });
  await changeIdentities(
    controlPlane,
    [{ op: 'insert', table: 'principals', row }, ...inlinePolicies(row.principal_id, account, policies)],
    account,
  );
  return row.arn;
}

export interface TestUser {
  readonly caller: Caller;
  readonly accessKeyId: string;
  readonly row: PrincipalRow;
}

/** A user with one access key, and `policies` as inline policies. */
export async function aUser(
  controlPlane: TestControlPlane,
  name: string,
  options: IdentityOptions = {},
): Promise<TestUser> {
  const { account = accountId, policies, tags = {} } = options;
  const row = newPrincipal({
    principal_id: uniqueId('AIDA'),
    account_id: account,
    kind: 'user',
    name,
    arn: arnOfUser(name, account),
    created_at_ms: controlPlane.clock.now(),
    tags: JSON.stringify(tags),
  });
  const accessKeyId = uniqueId('AKIA');
  const { wrapped } = await controlPlane.engines.credentials.generateSecret({ accountId: account, accessKeyId });
  const accessKey = newAccessKey(
    { accountId: account, accessKeyId, wrapped },
    row.principal_id,
    controlPlane.clock.now(),
  );
  const mutations = [{ op: 'insert', table: 'principals', row } as const, insertAccessKey(accessKey)];
  await changeIdentities(controlPlane, [...mutations, ...inlinePolicies(row.principal_id, account, policies)], account);
  const stored = await controlPlane.store.findPrincipal(row.arn);
  if (!stored) throw new Error(`there is no user ${name}`);
  return { caller: await signedBy(controlPlane, { accessKeyId }), accessKeyId, row: stored };
}

export const removeRow = async (
  controlPlane: TestControlPlane,
  { principal_id, revision, account_id }: PrincipalRow,
): Promise<void> =>
  changeIdentities(controlPlane, [{ op: 'delete', table: 'principals', key: { principal_id }, revision }], account_id);

const known = new WeakMap<TestControlPlane, Callers>();

/** One Callers with its caches per control plane, as in a server process. */
function callersOf(controlPlane: TestControlPlane): Callers {
  const { store, credentials, sealedTokens } = controlPlane.engines;
  const callers = known.get(controlPlane) ?? createCallers(store, credentials, sealedTokens);
  known.set(controlPlane, callers);
  return callers;
}

/** Deletes every user, role, access key and policy. */
export async function clearIdentities(controlPlane: TestControlPlane, account = accountId): Promise<void> {
  const tables = ['access_keys', 'inline_policies', 'managed_policies', 'policy_versions'] as const;
  const where = { account_id: account };
  await changeIdentities(
    controlPlane,
    [
      ...tables.map((table) => ({ op: 'deleteAll', table, where }) as const),
      ...(['user', 'role'] as const).map(
        (kind) => ({ op: 'deleteAll', table: 'principals', where: { ...where, kind } }) as const,
      ),
    ],
    account,
  );
}

/** The caller who signs with these credentials now. @throws KmsError like the doors */
export async function signedBy(
  controlPlane: TestControlPlane,
  claimed: { readonly accessKeyId: string; readonly sessionToken?: string },
): Promise<Caller> {
  const scope = { date: '20260101', region, service: 'kms' };
  const found = await callersOf(controlPlane).find(claimed, scope, controlPlane.clock.now());
  if (!found) throw new Error('UnrecognizedClientException');
  const { principal, authority } = found;
  return { principal, authority, accessKeyId: claimed.accessKeyId, accountId: principal.accountId, region };
}

interface Credentials {
  readonly AccessKeyId: string;
  readonly SessionToken: string;
}

/** The caller who holds these temporary credentials now. */
export const entered = (
  controlPlane: TestControlPlane,
  { Credentials }: { readonly Credentials: Credentials },
): Promise<Caller> =>
  signedBy(controlPlane, { accessKeyId: Credentials.AccessKeyId, sessionToken: Credentials.SessionToken });
