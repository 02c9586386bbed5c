/** `aws_iam_service_linked_role`. Its name, service and suffix can be read from its ARN. */
import { awsIamServiceLinkedRole as record } from '@keystead/provider-schema/resources/aws-iam-service-linked-role.ts';
import type { Client } from '../client/client.ts';
import type { ObjectValue } from '../engine/value.ts';
import { changeTags, findEntity, iam, newTags, removeEntity, tagsOf, timeText } from './shared/identities.ts';
import { identityResource } from './shared/identity-resource.ts';
import { requireText, textOf } from './shared/values.ts';

const arnPattern = /^arn:[^:]+:iam::\d+:role\/aws-service-role\/([^/]+)\/([^/]+)$/;

export const awsIamServiceLinkedRole = identityResource({
  record,
  title: 'IAM Service Linked Role',

  async create(client, planned) {
    const { Role: role } = await iam(client, 'CreateServiceLinkedRole', {
      AWSServiceName: requireText(planned, 'aws_service_name'),
      CustomSuffix: textOf(planned, 'custom_suffix'),
      Description: textOf(planned, 'description'),
    });
    if (role === undefined) throw new Error('CreateServiceLinkedRole answered without the role');
    return { id: role.Arn, arn: role.Arn, name: role.RoleName, path: role.Path, unique_id: role.RoleId };
  },

  /** The create call does not take tags. */
  firstSteps(client, known, planned) {
    const Tags = newTags(client, planned) ?? [];
    const RoleName = nameOf(known);
    return [['tags', Tags.length > 0, () => iam(client, 'TagRole', { RoleName, Tags })]];
  },

  async read(client, state) {
    const id = requireText(state, 'id');
    const role = (await findEntity(() => iam(client, 'GetRole', { RoleName: nameOf(state) })))?.Role;
    if (role?.Arn !== id) return null;
    const [, service = ''] = arnPattern.exec(id) ?? [];
    return {
      ...state,
      arn: role.Arn,
      aws_service_name: service,
      create_date: timeText(role.CreateDate),
      custom_suffix: suffixOf(role.RoleName, state),
      description: role.Description ?? null,
      name: role.RoleName,
      path: role.Path,
      ...tagsOf(client, role.Tags, state),
      unique_id: role.RoleId,
    };
  },

  changeSteps(client, prior, planned) {
    const RoleName = nameOf(prior);
    return [
      [
        'description',
        textOf(planned, 'description') !== textOf(prior, 'description'),
        () => iam(client, 'UpdateRoleDescription', { RoleName, Description: textOf(planned, 'description') ?? '' }),
      ],
      ['tags', true, () => changeRoleTags(client, RoleName, prior, planned)],
    ];
  },

  async remove(client, state) {
    const RoleName = nameOf(state);
    await removeEntity(() => iam(client, 'DeleteServiceLinkedRole', { RoleName }));
  },

  importState: (id) => (arnPattern.test(id) ? { id } : undefined),
});

const nameOf = (state: ObjectValue): string => arnPattern.exec(requireText(state, 'id'))?.[2] ?? '';

/** Names of services can hold the separator; a suffix that the state has at the end of the name is the suffix. */
function suffixOf(name: string, state: ObjectValue): string | null {
  const known = textOf(state, 'custom_suffix');
  if (known !== undefined && name.endsWith(`_${known}`)) return known;
  if (state.name !== undefined && state.name !== null) return null;
  return /^AWSServiceRoleFor(?:ApplicationAutoScaling_)?[^_]+_(.+)$/.exec(name)?.[1] ?? null;
}

function changeRoleTags(client: Client, RoleName: string, prior: ObjectValue, planned: ObjectValue): Promise<void> {
  return changeTags(client, prior, planned, {
    untag: (TagKeys) => iam(client, 'UntagRole', { RoleName, TagKeys }),
    tag: (Tags) => iam(client, 'TagRole', { RoleName, Tags }),
  });
}
