/**
 * Parts of declared identities that no state has: policies, memberships, access keys, key sets of providers. Terraform
 * cannot see them at all.
 */
import type { Owner } from '../running/all-identities.ts';
import { type DeclaredResource, isIdentityType, nameOf } from '../states/declared.ts';
import { accessKeyAttribute, accessKeyLeaves, keySetDifference } from './identities-credentials.ts';
import { attachmentAttribute, attachmentDifference, inlineDifference, memberDifference } from './identities-parts.ts';
import { type IdentityDifference, tracing } from './identity-difference.ts';
import {
  blocksOf,
  exclusivePolicies,
  findOwner,
  type Holder,
  holderNamed,
  type Kind,
  kinds,
  listOf,
  type World,
} from './identity-world.ts';

/** What the states have. */
export interface Known {
  readonly owners: ReadonlySet<Owner>;
  /** ARNs of policies and providers, ids of access keys. */
  readonly names: ReadonlySet<unknown>;
  /** `user alice name` */
  readonly inline: ReadonlySet<string>;
  /** `user alice arn:…` */
  readonly attachments: ReadonlySet<string>;
  /** `alice staff` */
  readonly members: ReadonlySet<string>;
}

/** Where findings are said to be: identities have no Region. */
interface Place {
  readonly region: string;
  /** Identities that no state has are reported whole: their parts are not reported beside them. */
  readonly all: boolean;
}

const what = 'unknown to Terraform';

export function undeclaredParts(world: World, known: Known, place: Place): readonly IdentityDifference[] {
  const { identities } = world;
  return [
    ...identities.owners.flatMap((owner) => undeclaredOf(owner, world, known, place)),
    ...[...identities.providers.values()].flatMap((provider) =>
      known.names.has(provider.arn) || place.all ? keySetDifference(provider, place.region) : [],
    ),
  ];
}

function undeclaredOf(owner: Owner, world: World, known: Known, place: Place): readonly IdentityDifference[] {
  const { identities } = world;
  const { region, all } = place;
  const isKnown = known.owners.has(owner);
  const holder = holderOf(owner, world);
  const ofOwner = (part: string) => `${owner.kind} ${holder.name} ${part}`;
  const inline = isKnown ? [...owner.inline].filter(([name]) => !known.inline.has(ofOwner(name))) : [];
  const attached = [...owner.attached].filter(
    (arn) => (isKnown || (!all && known.names.has(arn))) && !known.attachments.has(ofOwner(arn)),
  );
  const keys = isKnown ? owner.accessKeys.filter(({ AccessKeyId }) => !known.names.has(AccessKeyId)) : [];
  return [
    ...inline.map(([name, actual]) => inlineDifference({ region, what }, holder, name, undefined, actual, identities)),
    ...attached.map((arn) => {
      const actual = `${arn} of ${owner.kind} ${owner.name}`;
      return attachmentDifference(
        { region, what, attribute: attachmentAttribute(arn), actual },
        holder,
        arn,
        identities,
      );
    }),
    ...keys.map((key) => accessKeyDifference(key, owner, region)),
    ...owner.groups.flatMap((group) => undeclaredMember(holder, group, world, known, place)),
  ];
}

/** By its name in the state, which it can have lost. */
function holderOf(owner: Owner, world: World): Holder {
  const inState = world.declared.find(
    ({ type, values }) => type === `aws_iam_${owner.kind}` && values.unique_id === owner.uniqueId,
  );
  return holderNamed(owner.kind, inState?.values.name ?? owner.name, world);
}

type AccessKey = Owner['accessKeys'][number];

/** @param owner its ARN and name */
export function accessKeyDifference(
  { AccessKeyId = '', Status }: AccessKey,
  owner: { readonly arn: string; readonly name: string },
  region: string,
): IdentityDifference {
  return {
    ...{ region, resourceArn: owner.arn, what, attribute: accessKeyAttribute(AccessKeyId) },
    actual: `${Status} access key of ${owner.name}`,
    severity: Status === 'Active' ? 'access gained' : 'cosmetic',
    asked: { resources: [AccessKeyId], trace: tracing(accessKeyLeaves, Status) },
  };
}

function undeclaredMember(
  user: Holder,
  groupName: string,
  world: World,
  known: Known,
  { region, all }: Place,
): readonly IdentityDifference[] {
  const actualGroup = world.identities.owners.find(({ kind, name }) => kind === 'group' && name === groupName);
  if (!actualGroup || !user.owner) return [];
  const group = holderOf(actualGroup, world);
  if (known.members.has(`${user.name} ${group.name}`)) return [];
  const isUserKnown = known.owners.has(user.owner);
  if (!known.owners.has(actualGroup) && (!isUserKnown || all)) return [];
  const attribute = `member[${JSON.stringify(user.name)}]`;
  const actual = `${user.owner.name} in the group ${groupName}`;
  return [memberDifference({ region, what, attribute, actual }, group, user, world.identities)];
}

export function knownIn({ declared, identities }: World): Known {
  const owners = declared.flatMap(({ type, values }) => {
    const kind = ownerTypes[type];
    return (kind && findOwner(kind, values, identities)) ?? [];
  });
  return {
    owners: new Set(owners),
    names: new Set(declared.filter(({ type }) => isIdentityType(type)).map((one) => nameOf(one).replace(/^\S+ /, ''))),
    inline: new Set(declared.flatMap(inlineOf)),
    attachments: new Set(declared.flatMap(attachmentsOf)),
    members: new Set(
      declared.flatMap(({ type, values }) =>
        type === 'aws_iam_group_membership' ? listOf(values.users).map((user) => `${user} ${values.group}`) : [],
      ),
    ),
  };
}

const ownerTypes: Readonly<Record<string, Kind>> = {
  aws_iam_user: 'user',
  aws_iam_group: 'group',
  aws_iam_role: 'role',
  aws_iam_service_linked_role: 'role',
};

function inlineOf({ type, values }: DeclaredResource): readonly string[] {
  const kind = kinds.find((one) => type === `aws_iam_${one}_policy`);
  if (kind !== undefined) return [`${kind} ${values[kind]} ${values.name}`];
  return type === 'aws_iam_role' ? blocksOf(values).map(({ name }) => `role ${values.name} ${name}`) : [];
}

function attachmentsOf(resource: DeclaredResource): readonly string[] {
  const { type, values } = resource;
  const kind = kinds.find((one) => type === `aws_iam_${one}_policy_attachment`);
  if (kind !== undefined) return [`${kind} ${values[kind]} ${values.policy_arn}`];
  if (type === 'aws_iam_policy_attachment') {
    return kinds.flatMap((one) => listOf(values[`${one}s`]).map((name) => `${one} ${name} ${values.policy_arn}`));
  }
  return type === 'aws_iam_role' ? exclusivePolicies(resource).map((arn) => `role ${values.name} ${arn}`) : [];
}
