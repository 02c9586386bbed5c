/** `aws_iam_policy`. A new document is a new version in force; a policy has five, so the oldest makes room. */
import { limits } from '@keystead/provider-schema/limits.ts';
import { samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import { awsIamPolicy as record } from '@keystead/provider-schema/resources/aws-iam-policy.ts';
import type { Client } from '../client/client.ts';
import {
  changeTags,
  findEntity,
  iam,
  listAll,
  nameAndPrefix,
  nameToCreate,
  newTags,
  removeEntity,
  tagsOf,
} from './shared/identities.ts';
import { identityResource } from './shared/identity-resource.ts';
import { requireText, textOf } from './shared/values.ts';

export const awsIamPolicy = identityResource({
  record,
  title: 'IAM Policy',

  async create(client, planned) {
    const { Policy: policy } = await iam(client, 'CreatePolicy', {
      PolicyName: nameToCreate(planned),
      Path: textOf(planned, 'path'),
      Description: textOf(planned, 'description'),
      PolicyDocument: requireText(planned, 'policy'),
      Tags: newTags(client, planned),
    });
    const arn = policy.Arn ?? '';
    return { id: arn, arn, policy_id: policy.PolicyId ?? null, ...nameAndPrefix(policy.PolicyName ?? '') };
  },

  async read(client, state) {
    const PolicyArn = requireText(state, 'id');
    const found = await findEntity(async () => {
      const { Policy: policy } = await iam(client, 'GetPolicy', { PolicyArn });
      const VersionId = policy.DefaultVersionId ?? '';
      const { PolicyVersion: version } = await iam(client, 'GetPolicyVersion', { PolicyArn, VersionId });
      return { policy, document: version.Document ?? '' };
    });
    if (found === undefined) return null;
    const { policy, document } = found;
    return {
      ...state,
      arn: PolicyArn,
      attachment_count: policy.AttachmentCount ?? 0,
      description: policy.Description ?? null,
      id: PolicyArn,
      ...nameAndPrefix(policy.PolicyName ?? ''),
      path: policy.Path ?? '/',
      policy: document,
      policy_id: policy.PolicyId ?? null,
      ...tagsOf(client, policy.Tags, state),
    };
  },

  changeSteps(client, prior, planned) {
    const PolicyArn = requireText(prior, 'id');
    const document = requireText(planned, 'policy');
    return [
      [
        'policy',
        !samePolicy(document, textOf(prior, 'policy') ?? ''),
        async () => {
          await makeRoom(client, PolicyArn);
          await iam(client, 'CreatePolicyVersion', { PolicyArn, PolicyDocument: document, SetAsDefault: true });
        },
      ],
      [
        'tags',
        true,
        () =>
          changeTags(client, prior, planned, {
            untag: (TagKeys) => iam(client, 'UntagPolicy', { PolicyArn, TagKeys }),
            tag: (Tags) => iam(client, 'TagPolicy', { PolicyArn, Tags }),
          }),
      ],
    ];
  },

  async remove(client, state) {
    const PolicyArn = requireText(state, 'id');
    await removeEntity(async () => {
      for (const VersionId of await replaceableVersions(client, PolicyArn)) {
        await iam(client, 'DeletePolicyVersion', { PolicyArn, VersionId });
      }
      await iam(client, 'DeletePolicy', { PolicyArn });
    });
  },

  importState: (id) => (/^arn:[^:]+:iam::[^:]+:policy\/.+$/.test(id) ? { id } : undefined),
});

/** Versions that are not in force, oldest first. */
async function replaceableVersions(client: Client, PolicyArn: string): Promise<readonly string[]> {
  const versions = await listAll(
    (marker) => iam(client, 'ListPolicyVersions', { PolicyArn, ...marker }),
    (page) => page.Versions,
  );
  const number = (id: string): number => Number(/^v(\d+)/.exec(id)?.[1]);
  return versions
    .filter(({ IsDefaultVersion }) => IsDefaultVersion !== true)
    .map(({ VersionId = '' }) => VersionId)
    .sort((a, b) => number(a) - number(b));
}

async function makeRoom(client: Client, PolicyArn: string): Promise<void> {
  const replaceable = await replaceableVersions(client, PolicyArn);
  const [oldest] = replaceable;
  if (oldest === undefined || replaceable.length + 1 < limits.versionsPerPolicy) return;
  await iam(client, 'DeletePolicyVersion', { PolicyArn, VersionId: oldest });
}
