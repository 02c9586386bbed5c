/**
 * The owner of the policies that a command is about: a user, a group or a role. IAM has separate operations for each of
 * the three; here they have the same names.
 */
import { Option } from 'commander';
import type { Connection } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { listAll } from './lists.ts';

export interface PolicyOwner {
  putPolicy(name: string, document: string): Promise<void>;
  deletePolicy(name: string): Promise<void>;
  attachPolicy(arn: string): Promise<void>;
  detachPolicy(arn: string): Promise<void>;
  /** Names of its inline policies. */
  policyNames(): Promise<readonly string[]>;
  /** ARNs of managed policies. */
  attachedArns(): Promise<readonly string[]>;
}

/** Only users and roles have a permissions boundary. */
export interface BoundedOwner extends PolicyOwner {
  putBoundary(arn: string): Promise<void>;
  deleteBoundary(): Promise<void>;
}

type OwnerOptions = Readonly<Record<string, string>>;

/** Exactly one of them must be given. */
export const ownerOptions: readonly Option[] = [
  new Option('--user <name>', 'a user'),
  new Option('--group <name>', 'a group').conflicts('user'),
  new Option('--role <name>', 'a role').conflicts(['user', 'group']),
];

export const boundedOptions = ownerOptions.filter(({ long }) => long !== '--group');

/** @throws CommandError when the options do not name an owner */
export function ownerOf(connection: Connection, options: OwnerOptions): PolicyOwner {
  return options.group === undefined ? boundedOwnerOf(connection, options) : groupOf(connection, options.group);
}

/** @throws CommandError when the options do not name an owner */
export function boundedOwnerOf(connection: Connection, { user, role }: OwnerOptions): BoundedOwner {
  if (user !== undefined) return userOf(connection, user);
  if (role !== undefined) return roleOf(connection, role);
  throw new CommandError('The owner of the policy is missing.', 'Give --user NAME, --group NAME or --role NAME.', 2);
}

export function userOf(connection: Connection, UserName: string): BoundedOwner {
  const { call } = connection;
  return {
    putPolicy: (PolicyName, PolicyDocument) => call('PutUserPolicy', { UserName, PolicyName, PolicyDocument }),
    deletePolicy: (PolicyName) => call('DeleteUserPolicy', { UserName, PolicyName }),
    attachPolicy: (PolicyArn) => call('AttachUserPolicy', { UserName, PolicyArn }),
    detachPolicy: (PolicyArn) => call('DetachUserPolicy', { UserName, PolicyArn }),
    policyNames: () => listAll(connection, 'ListUserPolicies', { UserName }, 'PolicyNames'),
    attachedArns: async () =>
      arnsOf(await listAll(connection, 'ListAttachedUserPolicies', { UserName }, 'AttachedPolicies')),
    putBoundary: (PermissionsBoundary) => call('PutUserPermissionsBoundary', { UserName, PermissionsBoundary }),
    deleteBoundary: () => call('DeleteUserPermissionsBoundary', { UserName }),
  };
}

export function groupOf(connection: Connection, GroupName: string): PolicyOwner {
  const { call } = connection;
  return {
    putPolicy: (PolicyName, PolicyDocument) => call('PutGroupPolicy', { GroupName, PolicyName, PolicyDocument }),
    deletePolicy: (PolicyName) => call('DeleteGroupPolicy', { GroupName, PolicyName }),
    attachPolicy: (PolicyArn) => call('AttachGroupPolicy', { GroupName, PolicyArn }),
    detachPolicy: (PolicyArn) => call('DetachGroupPolicy', { GroupName, PolicyArn }),
    policyNames: () => listAll(connection, 'ListGroupPolicies', { GroupName }, 'PolicyNames'),
    attachedArns: async () =>
      arnsOf(await listAll(connection, 'ListAttachedGroupPolicies', { GroupName }, 'AttachedPolicies')),
  };
}

export function roleOf(connection: Connection, RoleName: string): BoundedOwner {
  const { call } = connection;
  return {
    putPolicy: (PolicyName, PolicyDocument) => call('PutRolePolicy', { RoleName, PolicyName, PolicyDocument }),
    deletePolicy: (PolicyName) => call('DeleteRolePolicy', { RoleName, PolicyName }),
    attachPolicy: (PolicyArn) => call('AttachRolePolicy', { RoleName, PolicyArn }),
    detachPolicy: (PolicyArn) => call('DetachRolePolicy', { RoleName, PolicyArn }),
    policyNames: () => listAll(connection, 'ListRolePolicies', { RoleName }, 'PolicyNames'),
    attachedArns: async () =>
      arnsOf(await listAll(connection, 'ListAttachedRolePolicies', { RoleName }, 'AttachedPolicies')),
    putBoundary: (PermissionsBoundary) => call('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary }),
    deleteBoundary: () => call('DeleteRolePermissionsBoundary', { RoleName }),
  };
}

const arnsOf = (attached: readonly { readonly PolicyArn?: string | undefined }[]): readonly string[] =>
  attached.flatMap(({ PolicyArn }) => PolicyArn ?? []);
