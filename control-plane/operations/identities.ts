/**
 * Users and their access keys, and who the caller is. Keystead's own, in IAM's and STS's terms.
 * Source: AWS IAM API reference, CreateUser, CreateAccessKey and relatives; AWS STS API reference, GetCallerIdentity.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { User } from '@keystead/provider-schema/generated/types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../context.ts';
import { userArn } from '../domain/arn.ts';
import { uniqueId } from '../domain/unique-id.ts';
import { newPrincipal } from '../identity-mutations.ts';
import type { Change, Mutation } from '../storage/store.ts';
import type { AccessKeyRow, PrincipalRow } from '../storage/tables.ts';
import type { Implementation } from './implementation.ts';
import { trailElements } from './trail.ts';

export const getCallerIdentity: Implementation<'GetCallerIdentity'> = {
  async run(ctx) {
    const { accountId, arn, principalId } = ctx.principal;
    return { output: { Account: accountId, Arn: arn, UserId: principalId } };
  },
};

export const createUser: Implementation<'CreateUser'> = {
  async run(ctx, { UserName }) {
    await requireRoomForUser(ctx, UserName);
    await requireUnusedName(ctx, UserName);
    const row = newPrincipal({
      account_id: ctx.accountId,
      kind: 'user',
      name: UserName,
      arn: userArn(ctx.accountId, UserName, '/', ctx.region),
      principal_id: uniqueId('AIDA'),
      created_at_ms: ctx.nowMs,
    });
    const output = { User: userOf(row) };
    return {
      output,
      mutations: [{ op: 'insert', table: 'principals', row }],
      changes: [principalChange(ctx, row, 'created', 'CreateUser')],
      audit: { responseElements: trailElements(output) },
    };
  },
};

export const getUser: Implementation<'GetUser'> = {
  async run(ctx, { UserName }) {
    return { output: { User: userOf(await requireUser(ctx, UserName)) } };
  },
};

export const listUsers: Implementation<'ListUsers'> = {
  async run(ctx) {
    const users = await listUserRows(ctx);
    return { output: { Users: users.map(userOf) } };
  },
};

export const deleteUser: Implementation<'DeleteUser'> = {
  async run(ctx, { UserName }) {
    const user = await requireUser(ctx, UserName);
    const accessKeys = await ctx.store.listAccessKeys(user.principal_id);
    if (accessKeys.length > 0) throw new KmsError('DeleteConflictException', messages.userHasAccessKeys);
    return {
      output: undefined,
      mutations: [{ op: 'delete', table: 'principals', ...userAsRead(user) }, retireName(user)],
      changes: [principalChange(ctx, user, 'deleted', 'DeleteUser')],
    };
  },
};

export const createAccessKey: Implementation<'CreateAccessKey'> = {
  async run(ctx, { UserName }) {
    const user = await requireUser(ctx, UserName);
    const existing = await ctx.store.listAccessKeys(user.principal_id);
    if (existing.length >= limits.accessKeysPerUser) {
      const text = `User ${UserName} has ${limits.accessKeysPerUser} access keys, which is the limit.`;
      throw new KmsError('LimitExceededException', text);
    }
    const accessKeyId = uniqueId('AKIA');
    const { secret, wrapped } = await ctx.hsm.generateSecret({ accountId: ctx.accountId, accessKeyId });
    const row = {
      access_key_id: accessKeyId,
      account_id: ctx.accountId,
      principal_id: user.principal_id,
      wrapped_secret: wrapped,
      status: 'Active',
      created_at_ms: ctx.nowMs,
    } as const;
    const shown = accessKeyOf(row, UserName);
    return {
      output: { AccessKey: { ...shown, SecretAccessKey: secret } },
      mutations: [
        { op: 'insert', table: 'access_keys', row },
        // Creations for one user take turns, and none comes between a deletion and its look for access keys.
        { op: 'update', table: 'principals', ...userAsRead(user), set: {} },
      ],
      changes: [accessKeyChange(ctx, row, 'created', 'CreateAccessKey')],
      audit: { responseElements: { accessKey: trailElements(shown) } },
    };
  },
};

export const listAccessKeys: Implementation<'ListAccessKeys'> = {
  async run(ctx, { UserName }) {
    const user = await requireUser(ctx, UserName);
    const rows = await ctx.store.listAccessKeys(user.principal_id);
    return { output: { AccessKeyMetadata: rows.map((row) => accessKeyOf(row, UserName)) } };
  },
};

export const updateAccessKey: Implementation<'UpdateAccessKey'> = {
  async run(ctx, { UserName, AccessKeyId, Status }) {
    const row = await requireAccessKey(ctx, UserName, AccessKeyId);
    if (row.status === Status) return { output: undefined };
    return {
      output: undefined,
      mutations: [{ op: 'update', table: 'access_keys', ...accessKeyAsRead(row), set: { status: Status } }],
      changes: [accessKeyChange(ctx, row, 'updated', 'UpdateAccessKey')],
    };
  },
};

export const deleteAccessKey: Implementation<'DeleteAccessKey'> = {
  async run(ctx, { UserName, AccessKeyId }) {
    const row = await requireAccessKey(ctx, UserName, AccessKeyId);
    return {
      output: undefined,
      mutations: [{ op: 'delete', table: 'access_keys', ...accessKeyAsRead(row) }],
      changes: [accessKeyChange(ctx, row, 'deleted', 'DeleteAccessKey')],
    };
  },
};

/**
 * Key policies and grants name users by ARN, so a second user of one name would inherit what they gave the first. Until
 * they hold unique ids, a name is used once.
 */
function retireName(user: PrincipalRow): Mutation {
  return {
    op: 'insert',
    table: 'meta',
    row: { name: retiredName(user.account_id, user.name), value: user.principal_id },
  };
}

async function requireUnusedName(ctx: Context, userName: string): Promise<void> {
  if (await ctx.store.findMeta(retiredName(ctx.accountId, userName))) {
    throw new KmsError('EntityAlreadyExistsException', messages.userNameRetired(userName));
  }
}

/** User names are told apart without regard to case, as in IAM. */
function retiredName(accountId: string, userName: string): string {
  return `retired-user/${accountId}/${userName.toLowerCase()}`;
}

async function listUserRows(ctx: Context): Promise<readonly PrincipalRow[]> {
  return (await ctx.store.listPrincipals(ctx.accountId, 'user', { limit: limits.usersPerAccount })).rows;
}

/** User names differ by more than case. */
async function requireRoomForUser(ctx: Context, userName: string): Promise<void> {
  const users = await listUserRows(ctx);
  if (users.some((row) => row.name.toLowerCase() === userName.toLowerCase())) {
    throw new KmsError('EntityAlreadyExistsException', messages.userExists(userName));
  }
  if (users.length >= limits.usersPerAccount) {
    throw new KmsError(
      'LimitExceededException',
      `The account has ${limits.usersPerAccount} users, which is the limit.`,
    );
  }
}

/** By name, not by ARN: the ARN has the partition of the Region in which the user was made, and users are global. */
async function requireUser(ctx: Context, userName: string): Promise<PrincipalRow> {
  const user = (await listUserRows(ctx)).find((row) => row.name === userName);
  if (!user) throw new KmsError('NoSuchEntityException', messages.userNotFound(userName));
  return user;
}

async function requireAccessKey(ctx: Context, userName: string, accessKeyId: string): Promise<AccessKeyRow> {
  const user = await requireUser(ctx, userName);
  const row = (await ctx.store.listAccessKeys(user.principal_id)).find((key) => key.access_key_id === accessKeyId);
  if (!row) throw new KmsError('NoSuchEntityException', messages.accessKeyNotFound(accessKeyId));
  return row;
}

function userOf(row: Omit<PrincipalRow, 'revision'>): User {
  return { UserName: row.name, UserId: row.principal_id, Arn: row.arn, CreateDate: new Date(row.created_at_ms) };
}

function accessKeyOf(row: Omit<AccessKeyRow, 'revision'>, userName: string) {
  return {
    UserName: userName,
    AccessKeyId: row.access_key_id,
    Status: row.status,
    CreateDate: new Date(row.created_at_ms),
  };
}

function userAsRead({ principal_id, revision }: PrincipalRow) {
  return { key: { principal_id }, revision };
}

function accessKeyAsRead({ access_key_id, revision }: AccessKeyRow) {
  return { key: { access_key_id }, revision };
}

function principalChange(
  ctx: Context,
  row: Pick<PrincipalRow, 'account_id' | 'arn'>,
  kind: Change['kind'],
  eventName: string,
): Change {
  return {
    accountId: row.account_id,
    region: ctx.region,
    resourceType: 'principal',
    resourceId: row.arn,
    kind,
    eventName,
  };
}

function accessKeyChange(
  ctx: Context,
  row: Pick<AccessKeyRow, 'account_id' | 'access_key_id'>,
  kind: Change['kind'],
  eventName: string,
): Change {
  return {
    accountId: row.account_id,
    region: ctx.region,
    resourceType: 'access-key',
    resourceId: row.access_key_id,
    kind,
    eventName,
  };
}
