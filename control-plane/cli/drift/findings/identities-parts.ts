/** Declared inline policies, attachments of managed policies, and memberships of groups. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { describePolicyDifference, samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import type { Identities } from '../running/all-identities.ts';
import type { DeclaredResource } from '../states/declared.ts';
import { documentsOf, judgePolicies, principalsOf } from './identity-access.ts';
import { type IdentityDifference, only, parameter, tracing } from './identity-difference.ts';
import {
  blocksOf,
  exclusivePolicies,
  type Holder,
  holderNamed,
  type Kind,
  kinds,
  listOf,
  titles,
  type World,
} from './identity-world.ts';

type About = Pick<IdentityDifference, 'address' | 'region' | 'what'>;

export const inlineAttribute = (name: string): string => `inline_policy[${JSON.stringify(name)}]`;
export const attachmentAttribute = (arn: string): string => `attachment[${JSON.stringify(arn)}]`;

const sameDocument = (left: unknown, actual: unknown): boolean =>
  left === undefined || actual === undefined ? left === actual : samePolicy(String(left), String(actual));

const affected = ({ owner, arn }: Holder, identities: Identities): readonly string[] =>
  owner ? principalsOf(owner, identities) : [arn];

const given = (document: string | undefined): readonly string[] => (document === undefined ? [] : [document]);

/** @param declared undefined: no state has it @param actual undefined: it is gone */
export function inlineDifference(
  about: About,
  holder: Holder,
  name: string,
  declared: string | undefined,
  actual: string | undefined,
  identities: Identities,
): IdentityDifference {
  const leaves = {
    [`Put${titles[holder.kind]}Policy`]: only('policyName', name, parameter('policyDocument')),
    [`Delete${titles[holder.kind]}Policy`]: only('policyName', name, () => undefined),
  };
  const isChanged = declared !== undefined && actual !== undefined;
  return {
    ...about,
    resourceArn: holder.arn,
    attribute: inlineAttribute(name),
    ...defined({ declared, actual }),
    ...(isChanged && { details: describePolicyDifference(declared, actual) }),
    ...judgePolicies(given(declared), given(actual), affected(holder, identities)),
    asked: { resources: holder.places, trace: tracing(leaves, actual, sameDocument) },
  };
}

function inlineOf(
  { address, region }: DeclaredResource,
  holder: Holder,
  name: string,
  declared: string,
  { identities }: World,
): readonly IdentityDifference[] {
  const actual = holder.owner?.inline.get(name);
  if (!holder.owner && holder.isDeclared) return [];
  if (actual !== undefined && (declared === '' || samePolicy(declared, actual))) return [];
  const what = actual === undefined ? 'missing' : 'changed';
  return [inlineDifference({ address, region, what }, holder, name, declared, actual, identities)];
}

export function compareInline(kind: Kind, resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { values, ignoresChange } = resource;
  const found = inlineOf(
    resource,
    holderNamed(kind, values[kind], world),
    String(values.name),
    String(values.policy ?? ''),
    world,
  );
  return found.filter(({ what }) => what !== 'changed' || !ignoresChange?.('policy'));
}

/** A managed policy that an owner lost, or has although no state says so. */
export function attachmentDifference(
  about: About & Pick<IdentityDifference, 'attribute' | 'declared' | 'actual'>,
  holder: Holder,
  policyArn: string,
  identities: Identities,
): IdentityDifference {
  const isThere = about.what !== 'missing';
  const document = identities.policies.get(policyArn)?.document;
  const leaves = {
    [`Attach${titles[holder.kind]}Policy`]: only('policyArn', policyArn, () => true),
    [`Detach${titles[holder.kind]}Policy`]: only('policyArn', policyArn, () => false),
  };
  const [none, some] = [[], document === undefined ? [] : [document]];
  return {
    ...about,
    resourceArn: holder.arn,
    ...(isThere
      ? judgePolicies(none, some, affected(holder, identities))
      : judgePolicies(some, none, affected(holder, identities))),
    asked: { resources: holder.places, trace: tracing(leaves, isThere) },
  };
}

function missingAttachment(
  { address, region }: DeclaredResource,
  holder: Holder,
  policyArn: string,
  attribute: string,
  { identities }: World,
): readonly IdentityDifference[] {
  const { owner, isDeclared, kind, name } = holder;
  if (owner?.attached.has(policyArn) || (!owner && isDeclared)) return [];
  const declared = `${policyArn} of ${kind} ${name}`;
  return [
    attachmentDifference({ address, region, what: 'missing', attribute, declared }, holder, policyArn, identities),
  ];
}

export function compareAttachment(kind: Kind, resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { values } = resource;
  const policyArn = String(values.policy_arn);
  const holder = holderNamed(kind, values[kind], world);
  return missingAttachment(resource, holder, policyArn, attachmentAttribute(policyArn), world);
}

/** Those beside the declared ones are reported as unknown to Terraform. */
export function compareOnlyAttachments(resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { values } = resource;
  return kinds.flatMap((kind) =>
    listOf(values[`${kind}s`]).flatMap((name) =>
      missingAttachment(
        resource,
        holderNamed(kind, name, world),
        String(values.policy_arn),
        `${kind}s[${JSON.stringify(name)}]`,
        world,
      ),
    ),
  );
}

/** The policies that a role's own arguments give it. */
export function compareRoleLists(resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { values } = resource;
  const holder = holderNamed('role', values.name, world);
  const attachedElsewhere = new Set(
    world.declared.flatMap((other) =>
      other.type === 'aws_iam_role_policy_attachment' && other.values.role === values.name
        ? [other.values.policy_arn]
        : [],
    ),
  );
  return [
    ...blocksOf(values).flatMap(({ name, policy }) =>
      inlineOf(resource, holder, String(name), String(policy ?? ''), world),
    ),
    ...exclusivePolicies(resource)
      .filter((arn) => !attachedElsewhere.has(arn))
      .flatMap((arn) => missingAttachment(resource, holder, arn, `managed_policy_arns[${JSON.stringify(arn)}]`, world)),
  ];
}

const memberLeaves = (user: string) => ({
  AddUserToGroup: only('userName', user, () => true),
  RemoveUserFromGroup: only('userName', user, () => false),
});

/** A user who left a group, or is in one although no state says so. */
export function memberDifference(
  about: About & Pick<IdentityDifference, 'attribute' | 'declared' | 'actual'>,
  group: Holder,
  user: Holder,
  identities: Identities,
): IdentityDifference {
  const isThere = about.what !== 'missing';
  const documents = group.owner ? documentsOf(group.owner, identities) : [];
  return {
    ...about,
    resourceArn: group.arn,
    ...(isThere ? judgePolicies([], documents, [user.arn]) : judgePolicies(documents, [], [user.arn])),
    asked: { resources: group.places, trace: tracing(memberLeaves(user.name), isThere) },
  };
}

export function compareMembership(resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { address, region, values } = resource;
  const group = holderNamed('group', values.group, world);
  if (!group.owner && group.isDeclared) return [];
  return listOf(values.users).flatMap((name) => {
    const user = holderNamed('user', name, world);
    const isThere = group.owner !== undefined && user.owner?.groups.includes(group.owner.name);
    if (isThere || (!user.owner && user.isDeclared)) return [];
    const attribute = `users[${JSON.stringify(name)}]`;
    return [
      memberDifference({ address, region, what: 'missing', attribute, declared: name }, group, user, world.identities),
    ];
  });
}
