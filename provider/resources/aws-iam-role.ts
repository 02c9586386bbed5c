/**
 * `aws_iam_role`. `managed_policy_arns` and `inline_policy` blocks are exclusive where they are configured; where they
 * are not, the role's policies are left alone.
 */
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import { awsIamRole as record } from '@keystead/provider-schema/resources/aws-iam-role.ts';
import type { Client } from '../client/client.ts';
import { type ObjectValue, unknown, type Value } from '../engine/value.ts';
import { boundaryStep } from './aws-iam-user.ts';
import {
  changeTags,
  findEntity,
  iam,
  nameAndPrefix,
  nameToCreate,
  newTags,
  removeEntity,
  tagsOf,
  timeText,
} from './shared/identities.ts';
import { type ChangeStep, identityResource } from './shared/identity-resource.ts';
import { attachExactly, attachedArns, inlineExactly, inlinePolicies } from './shared/role-policies.ts';
import { mapOf, numberOf, requireText, textOf, textsOf } from './shared/values.ts';

type Role = OutputJson<'GetRole'>['Role'];

export const awsIamRole = identityResource({
  record,
  title: 'IAM Role',

  // An empty set says that the role has no managed policies. Without the argument, what others attach stays as it is,
  // and does not make the value one that is known only after apply.
  plan: (prior, proposed, config) => {
    const configured = config.managed_policy_arns ?? null;
    const arns = configured ?? prior?.managed_policy_arns;
    return arns === undefined ? proposed : { ...proposed, managed_policy_arns: arns };
  },

  async create(client, planned) {
    const { Role: role } = await iam(client, 'CreateRole', {
      RoleName: nameToCreate(planned),
      Path: textOf(planned, 'path'),
      Description: textOf(planned, 'description'),
      MaxSessionDuration: numberOf(planned, 'max_session_duration'),
      AssumeRolePolicyDocument: requireText(planned, 'assume_role_policy'),
      PermissionsBoundary: textOf(planned, 'permissions_boundary'),
      Tags: newTags(client, planned),
    });
    return { ...identityOf(role), ...nameAndPrefix(role.RoleName) };
  },

  firstSteps: (client, known, planned) => policySteps(client, requireText(known, 'id'), null, planned),

  async read(client, state) {
    const RoleName = requireText(state, 'id');
    const role = (await findEntity(() => iam(client, 'GetRole', { RoleName })))?.Role;
    if (role === undefined) return null;
    const trust = role.AssumeRolePolicyDocument ?? '';
    return {
      ...state,
      ...identityOf(role),
      ...nameAndPrefix(role.RoleName),
      assume_role_policy: trust,
      description: role.Description ?? null,
      inline_policy: await readInlinePolicies(client, RoleName, state.inline_policy ?? []),
      managed_policy_arns: await attachedArns(client, RoleName),
      max_session_duration: role.MaxSessionDuration ?? null,
      path: role.Path,
      permissions_boundary: role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
      ...tagsOf(client, role.Tags, state),
    };
  },

  changeSteps(client, prior, planned) {
    const RoleName = requireText(prior, 'id');
    const PolicyDocument = requireText(planned, 'assume_role_policy');
    return [
      [
        'assume_role_policy',
        !samePolicy(PolicyDocument, textOf(prior, 'assume_role_policy') ?? ''),
        () => iam(client, 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument }),
      ],
      [
        'description',
        textOf(planned, 'description') !== textOf(prior, 'description'),
        () => iam(client, 'UpdateRoleDescription', { RoleName, Description: textOf(planned, 'description') ?? '' }),
      ],
      [
        'max_session_duration',
        planned.max_session_duration !== prior.max_session_duration,
        () =>
          iam(client, 'UpdateRole', {
            RoleName,
            Description: textOf(planned, 'description'),
            MaxSessionDuration: numberOf(planned, 'max_session_duration'),
          }),
      ],
      boundaryStep(prior, planned, {
        put: (PermissionsBoundary) => iam(client, 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary }),
        remove: () => iam(client, 'DeleteRolePermissionsBoundary', { RoleName }),
      }),
      ...policySteps(client, RoleName, prior, planned),
      [
        'tags',
        true,
        () =>
          changeTags(client, prior, planned, {
            untag: (TagKeys) => iam(client, 'UntagRole', { RoleName, TagKeys }),
            tag: (Tags) => iam(client, 'TagRole', { RoleName, Tags }),
          }),
      ],
    ];
  },

  async remove(client, state) {
    const RoleName = requireText(state, 'id');
    const forced = state.force_detach_policies === true;
    await removeEntity(async () => {
      if (forced || textsOf(state, 'managed_policy_arns').length > 0) await attachExactly(client, RoleName, []);
      // Other resources took theirs away before; what is left was put by a block that is gone, or by hand.
      await inlineExactly(client, RoleName, new Map());
      await iam(client, 'DeleteRole', { RoleName });
    });
  },

  importState: (id) => ({ id }),
});

function identityOf({ Arn: arn, CreateDate, RoleName: id, RoleId: unique_id }: Role): ObjectValue {
  return { arn, create_date: timeText(CreateDate), id, unique_id };
}

function policySteps(
  client: Client,
  roleName: string,
  prior: ObjectValue | null,
  planned: ObjectValue,
): readonly ChangeStep[] {
  const inline = inlineOf(planned);
  const arns = planned.managed_policy_arns ?? null;
  return [
    [
      'managed_policy_arns',
      arns !== null && arns !== unknown && arns !== prior?.managed_policy_arns,
      () => attachExactly(client, roleName, textsOf(planned, 'managed_policy_arns')),
    ],
    [
      'inline_policy',
      blocksOf(planned).length > 0 && planned.inline_policy !== prior?.inline_policy,
      () => inlineExactly(client, roleName, inline),
    ],
  ];
}

const blocksOf = ({ inline_policy: blocks }: ObjectValue): readonly ObjectValue[] =>
  Array.isArray(blocks) ? blocks.map((block: Value) => mapOf(block)) : [];

/** One empty block says that the role has no inline policies. */
function inlineOf(object: ObjectValue): ReadonlyMap<string, string> {
  return new Map(
    blocksOf(object)
      .filter((block) => textOf(block, 'name') !== undefined)
      .map((block) => [requireText(block, 'name'), textOf(block, 'policy') ?? '']),
  );
}

/** Without blocks in the state the role's inline policies belong to others. A document keeps its spelling. */
async function readInlinePolicies(client: Client, roleName: string, before: Value): Promise<Value> {
  const known = inlineOf({ inline_policy: before });
  if (!Array.isArray(before) || before.length === 0) return [];
  const actual = await inlinePolicies(client, roleName);
  if (actual.size === 0 && known.size === 0) return before;
  return [...actual].map(([name, document]) => {
    const spelling = known.get(name);
    return { name, policy: spelling !== undefined && samePolicy(spelling, document) ? spelling : document };
  });
}
