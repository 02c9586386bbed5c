/** Declared identities against those that there are, attribute by attribute, policies by meaning. Pure. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { describePolicyDifference, samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import type { Owner } from '../running/all-identities.ts';
import { type DeclaredResource, type IdentityType, isIdentityType } from '../states/declared.ts';
import { compareAccessKey, compareProvider } from './identities-credentials.ts';
import {
  compareAttachment,
  compareInline,
  compareMembership,
  compareOnlyAttachments,
  compareRoleLists,
} from './identities-parts.ts';
import { judgePolicies, judgeTrust, principalsWith } from './identity-access.ts';
import { type IdentityDifference, type Leaves, parameter, tracing, tracingExistence } from './identity-difference.ts';
import { tagChanges } from './identity-tags.ts';
import { findOwner, type Kind, titles, type World } from './identity-world.ts';
import { untouched } from './left.ts';
import type { Severity } from './severity.ts';

type Compare = (resource: DeclaredResource, world: World) => readonly IdentityDifference[];

export function compareIdentities(world: World): readonly IdentityDifference[] {
  return world.declared.flatMap((resource) => {
    const { type } = resource;
    if (!isIdentityType(type) || resource.deposed) return [];
    return comparisons[type](resource, world)
      .filter(({ attribute }) => !resource.ignoresChange?.(attribute))
      .map((difference) => ({
        ...difference,
        ...defined({ isSensitive: resource.sensitive.has(difference.attribute.replace(/\[.*/s, '')) || undefined }),
      }));
  });
}

const comparisons: Readonly<Record<IdentityType, Compare>> = {
  aws_iam_user: (resource, world) => compareOwner('user', resource, world),
  aws_iam_group: (resource, world) => compareOwner('group', resource, world),
  aws_iam_role: (resource, world) => [...compareOwner('role', resource, world), ...compareRoleLists(resource, world)],
  aws_iam_service_linked_role: (resource, world) => compareOwner('role', resource, world),
  aws_iam_policy: comparePolicy,
  aws_iam_user_policy: (resource, world) => compareInline('user', resource, world),
  aws_iam_group_policy: (resource, world) => compareInline('group', resource, world),
  aws_iam_role_policy: (resource, world) => compareInline('role', resource, world),
  aws_iam_user_policy_attachment: (resource, world) => compareAttachment('user', resource, world),
  aws_iam_group_policy_attachment: (resource, world) => compareAttachment('group', resource, world),
  aws_iam_role_policy_attachment: (resource, world) => compareAttachment('role', resource, world),
  aws_iam_policy_attachment: compareOnlyAttachments,
  aws_iam_group_membership: compareMembership,
  aws_iam_access_key: compareAccessKey,
  aws_iam_openid_connect_provider: compareProvider,
};

function compareOwner(kind: Kind, resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { address, region, values } = resource;
  const arn = String(values.arn);
  const about = { address, region, resourceArn: arn };
  const owner = findOwner(kind, values, world.identities);
  if (!owner) {
    const created = [`Create${titles[kind]}`, 'CreateServiceLinkedRole'];
    const trace = tracingExistence(created, [`Delete${titles[kind]}`, 'DeleteServiceLinkedRole'], false);
    return [
      {
        ...about,
        ...{ what: 'missing', attribute: kind, actual: 'gone', severity: 'use lost' },
        asked: { resources: [arn], trace },
      },
    ];
  }
  const resources = [...new Set([arn, owner.arn])];
  return [...ownerChanges(kind, owner, values), ...trustChange(owner, values), ...tagsOf(owner, values, world)].map(
    ({ leaves, same, ...change }) => ({
      ...about,
      what: 'changed' as const,
      ...change,
      asked: { resources, trace: tracing(leaves, change.actual, same) },
    }),
  );
}

/** A difference before it has its subject. */
interface Change
  extends Pick<IdentityDifference, 'attribute' | 'declared' | 'actual' | 'severity' | 'details' | 'access'> {
  readonly leaves: Leaves;
  readonly same?: (left: unknown, actual: unknown) => boolean;
}

function ownerChanges(kind: Kind, owner: Owner, values: DeclaredResource['values']): readonly Change[] {
  const update = `Update${titles[kind]}`;
  const create = `Create${titles[kind]}`;
  return [
    ...change('unique_id', values.unique_id, owner.uniqueId, 'access gained', {
      [create]: ({ responseElements }) => uniqueIdIn(responseElements, kind),
    }),
    ...change('name', values.name, owner.name, 'use lost', { [update]: parameter(`new${titles[kind]}Name`) }),
    ...change('path', values.path, owner.path, 'use lost', {
      [update]: parameter('newPath'),
      [create]: parameter('path', '/'),
    }),
    ...(kind === 'group' ? [] : boundaryChange(titles[kind], owner, values)),
    ...(kind === 'role' ? roleChanges(owner, values) : []),
  ];
}

function uniqueIdIn(elements: unknown, kind: Kind): unknown {
  const made = (elements as Readonly<Record<string, Readonly<Record<string, unknown>>>> | null)?.[kind];
  return made?.[`${kind}Id`] ?? untouched;
}

/** An attribute that the state does not hold is not declared. */
function change(
  attribute: string,
  declared: unknown,
  actual: unknown,
  severity: Severity,
  leaves: Leaves,
): readonly Change[] {
  if (declared === undefined || declared === null || declared === actual) return [];
  return [{ attribute, declared, actual, severity, leaves }];
}

/** Without a boundary, or with another one, other policies can allow more. */
function boundaryChange(kind: string, { boundary }: Owner, values: DeclaredResource['values']): readonly Change[] {
  const declared = values.permissions_boundary || undefined;
  if (declared === boundary) return [];
  return [
    {
      attribute: 'permissions_boundary',
      ...defined({ declared, actual: boundary }),
      severity: declared === undefined ? 'use lost' : 'protection lost',
      leaves: {
        [`Put${kind}PermissionsBoundary`]: parameter('permissionsBoundary'),
        [`Delete${kind}PermissionsBoundary`]: () => undefined,
        [`Create${kind}`]: parameter('permissionsBoundary', undefined),
      },
    },
  ];
}

function roleChanges({ description = '', maxSessionDuration }: Owner, values: DeclaredResource['values']) {
  const duration = values.max_session_duration;
  return [
    ...change('description', values.description ?? '', description, 'cosmetic', {
      UpdateRole: parameter('description'),
      UpdateRoleDescription: parameter('description'),
      CreateRole: parameter('description', ''),
      CreateServiceLinkedRole: parameter('description', ''),
    }),
    ...change(
      'max_session_duration',
      duration,
      maxSessionDuration,
      Number(maxSessionDuration) > Number(duration) ? 'protection lost' : 'use lost',
      {
        UpdateRole: parameter('maxSessionDuration', limits.maxSessionDurationInSeconds.default),
        CreateRole: parameter('maxSessionDuration', limits.maxSessionDurationInSeconds.default),
      },
    ),
  ];
}

function trustChange({ trust = '' }: Owner, { assume_role_policy: declared }: DeclaredResource['values']) {
  if (typeof declared !== 'string' || declared === '' || samePolicy(declared, trust)) return [];
  const made: Change = {
    ...{ attribute: 'assume_role_policy', declared, actual: trust },
    details: describePolicyDifference(declared, trust),
    ...judgeTrust(declared, trust),
    leaves: {
      UpdateAssumeRolePolicy: parameter('policyDocument'),
      CreateRole: parameter('assumeRolePolicyDocument'),
    },
    same: sameDocument,
  };
  return [made];
}

const sameDocument = (left: unknown, actual: unknown): boolean => samePolicy(String(left), String(actual));

function tagsOf(
  { tags }: Pick<Owner, 'tags'>,
  { tags_all: declared }: DeclaredResource['values'],
  { options }: World,
): readonly Change[] {
  return tagChanges(declared, tags, options.ignoresTag).map((tag) => ({ ...tag, severity: 'cosmetic' }));
}

function comparePolicy(resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { address, region, values } = resource;
  const arn = String(values.arn);
  const about = { address, region, resourceArn: arn };
  const policy = world.identities.policies.get(arn);
  if (!policy) {
    const trace = tracingExistence(['CreatePolicy'], ['DeletePolicy'], false);
    const missing = { what: 'missing', attribute: 'managed_policy', actual: 'gone', severity: 'use lost' } as const;
    return [{ ...about, ...missing, asked: { resources: [arn], trace } }];
  }
  const declared = String(values.policy ?? '');
  const changes: readonly Change[] = [
    ...change('policy_id', values.policy_id, policy.policyId, 'access gained', { CreatePolicy: () => policy.policyId }),
    ...tagsOf(policy, values, world),
  ];
  const differences = changes.map(({ leaves, same, ...one }) => ({
    ...about,
    what: 'changed' as const,
    ...one,
    asked: { resources: [arn], trace: tracing(leaves, one.actual, same) },
  }));
  if (declared === '' || samePolicy(declared, policy.document)) return differences;
  return [
    ...differences,
    {
      ...about,
      ...{ what: 'changed', attribute: 'policy', declared, actual: policy.document },
      details: describePolicyDifference(declared, policy.document),
      ...judgePolicies([declared], [policy.document], principalsWith(arn, world.identities)),
      // A version never changes: which one is in force decides.
      asked: { resources: [arn], trace: tracing(versionLeft, policy.versionId) },
    },
  ];
}

const versionLeft: Leaves = {
  CreatePolicy: () => 'v1',
  SetDefaultPolicyVersion: parameter('versionId'),
  CreatePolicyVersion: ({ requestParameters, responseElements }) => {
    const { policyVersion } = (responseElements ?? {}) as { policyVersion?: { readonly versionId?: string } };
    return requestParameters?.setAsDefault === true ? policyVersion?.versionId : untouched;
  },
};
