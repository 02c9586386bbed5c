/** `aws_iam_policy_attachment`: exclusive, so whatever else has the policy loses it. */
import { awsIamPolicyAttachment as record } from '@keystead/provider-schema/resources/aws-iam-policy-attachment.ts';
import type { Client } from '../client/client.ts';
import type { ObjectValue } from '../engine/value.ts';
import { findEntity, iam, removeEntity } from './shared/identities.ts';
import { type ChangeStep, identityResource } from './shared/identity-resource.ts';
import { splitOnce } from './shared/owned-policies.ts';
import { requireText, textsOf } from './shared/values.ts';

const kinds = {
  users: {
    attach: (client: Client, UserName: string, PolicyArn: string) =>
      iam(client, 'AttachUserPolicy', { UserName, PolicyArn }),
    detach: (client: Client, UserName: string, PolicyArn: string) =>
      iam(client, 'DetachUserPolicy', { UserName, PolicyArn }),
  },
  roles: {
    attach: (client: Client, RoleName: string, PolicyArn: string) =>
      iam(client, 'AttachRolePolicy', { RoleName, PolicyArn }),
    detach: (client: Client, RoleName: string, PolicyArn: string) =>
      iam(client, 'DetachRolePolicy', { RoleName, PolicyArn }),
  },
  groups: {
    attach: (client: Client, GroupName: string, PolicyArn: string) =>
      iam(client, 'AttachGroupPolicy', { GroupName, PolicyArn }),
    detach: (client: Client, GroupName: string, PolicyArn: string) =>
      iam(client, 'DetachGroupPolicy', { GroupName, PolicyArn }),
  },
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as readonly Kind[];

export const awsIamPolicyAttachment = identityResource({
  record,
  title: 'IAM Policy Attachment',

  validate(config) {
    const isEmpty = (value: unknown) =>
      value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    if (!kindNames.every((kind) => isEmpty(config[kind]))) return [];
    return [
      {
        severity: 'error',
        summary: 'Nothing to attach the policy to',
        detail: 'Give at least one of users, roles and groups.',
        path: ['users'],
      },
    ];
  },

  async create(client, planned) {
    const arn = requireText(planned, 'policy_arn');
    const before = await entitiesWith(client, arn);
    for (const kind of kindNames) await exactly(client, kind, arn, before[kind], textsOf(planned, kind));
    return { id: requireText(planned, 'name') };
  },

  async read(client, state) {
    const found = await findEntity(() => entitiesWith(client, requireText(state, 'policy_arn')));
    if (found === undefined || kindNames.every((kind) => found[kind].length === 0)) return null;
    const lists = kindNames.map((kind) => [kind, found[kind].length === 0 ? null : found[kind]] as const);
    return { ...state, ...Object.fromEntries(lists) };
  },

  changeSteps: (client, prior, planned) =>
    kindNames.map((kind): ChangeStep => {
      const arn = requireText(prior, 'policy_arn');
      const [before, after] = [textsOf(prior, kind), textsOf(planned, kind)];
      return [kind, true, () => exactly(client, kind, arn, before, after)];
    }),

  async remove(client, state) {
    const arn = requireText(state, 'policy_arn');
    for (const kind of kindNames) await exactly(client, kind, arn, textsOf(state, kind), []);
  },

  importState(id) {
    const [name, policy_arn] = splitOnce(id, '/');
    return name !== '' && policy_arn.startsWith('arn:') ? { id: name, name, policy_arn } : undefined;
  },
});

async function exactly(
  client: Client,
  kind: Kind,
  arn: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const { attach, detach } = kinds[kind];
  for (const name of before) if (!after.includes(name)) await removeEntity(() => detach(client, name, arn));
  for (const name of after) if (!before.includes(name)) await attach(client, name, arn);
}

async function entitiesWith(client: Client, PolicyArn: string): Promise<Readonly<Record<Kind, readonly string[]>>> {
  const found: Record<Kind, string[]> = { users: [], roles: [], groups: [] };
  let Marker: string | undefined;
  do {
    const page = await iam(client, 'ListEntitiesForPolicy', {
      PolicyArn,
      PolicyUsageFilter: 'PermissionsPolicy',
      Marker,
    });
    found.users.push(...(page.PolicyUsers ?? []).map(({ UserName = '' }) => UserName));
    found.roles.push(...(page.PolicyRoles ?? []).map(({ RoleName = '' }) => RoleName));
    found.groups.push(...(page.PolicyGroups ?? []).map(({ GroupName = '' }) => GroupName));
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);
  return found satisfies ObjectValue;
}
