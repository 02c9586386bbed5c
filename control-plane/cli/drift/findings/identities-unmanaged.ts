/** Identities and settings of the account that no state has, where the states are said to declare all. */
import type { Owner } from '../running/all-identities.ts';
import { accessKeyDifference, type Known } from './identities-undeclared.ts';
import { judgePolicies } from './identity-access.ts';
import { type IdentityDifference, tracingExistence } from './identity-difference.ts';
import { titles, type World } from './identity-world.ts';
import type { Severity } from './severity.ts';

interface Found {
  readonly attribute: string;
  readonly arn: string;
  readonly actual: string;
  /** Default: `access gained`. */
  readonly severity?: Severity;
  readonly createdBy: readonly string[];
  /** In the change log; default: the ARN. */
  readonly place?: string;
}

/** @param region of the findings: identities have none */
export function unmanagedIdentities(world: World, known: Known, region: string): readonly IdentityDifference[] {
  const { services, account } = world.identities;
  const found = [...owners(world, known), ...policies(world, known), ...providers(world, known), ...others(world)];
  return [
    ...found.map(({ attribute, arn, actual, severity = 'access gained', createdBy, place = arn }) => ({
      ...{ region, resourceArn: arn, what: 'unknown to Terraform' as const, attribute, actual, severity },
      asked: { resources: [place], trace: tracingExistence(createdBy, [], true) },
    })),
    ...services.flatMap(({ Arn: arn, Service: { ServiceName: name }, AccessKeys }) =>
      AccessKeys.map((key) => accessKeyDifference(key, { arn, name }, region)),
    ),
    ...madeLater(account).map((key) =>
      accessKeyDifference(key, { arn: rootOf(account), name: 'the root user' }, region),
    ),
  ];
}

function owners({ identities }: World, known: Known): readonly Found[] {
  return identities.owners
    .filter((owner) => !known.owners.has(owner))
    .map((owner) => ({
      ...{ attribute: owner.kind, arn: owner.arn, actual: describe(owner) },
      createdBy: [`Create${titles[owner.kind]}`, 'CreateServiceLinkedRole'],
    }));
}

function describe({ inline, attached, groups, accessKeys, trust }: Owner): string {
  const counts = [
    [inline.size + attached.size, 'policies'],
    [groups.length, 'groups'],
    [accessKeys.length, 'access keys'],
  ] as const;
  const has = counts.flatMap(([number, thing]) => (number === 0 ? [] : [`${number} ${thing}`]));
  const parts = has.length === 0 ? 'without policies' : `with ${has.join(', ')}`;
  return trust === undefined ? parts : `${parts}; trusts ${trust}`;
}

/** The policies of AWS are in every account. */
function policies({ identities }: World, known: Known): readonly Found[] {
  return [...identities.policies.values()]
    .filter(({ arn }) => !known.names.has(arn) && !arn.includes(':iam::aws:'))
    .map(({ arn, document }) => {
      const uses = identities.owners.filter(({ attached }) => attached.has(arn)).length;
      const { severity } = judgePolicies([], uses > 0 ? [document] : [], []);
      return {
        attribute: 'managed_policy',
        arn,
        actual: `attached ${uses} times`,
        severity,
        createdBy: ['CreatePolicy'],
      };
    });
}

function providers({ identities }: World, known: Known): readonly Found[] {
  return [...identities.providers.values()]
    .filter(({ arn }) => !known.names.has(arn))
    .map(({ arn, clientIds }) => ({
      ...{ attribute: 'provider', arn, actual: `for ${clientIds.join(', ') || 'no audience'}` },
      createdBy: ['CreateOpenIDConnectProvider'],
    }));
}

/** What Terraform cannot declare. */
function others({ identities: { services, account } }: World): readonly Found[] {
  const { AccountId: place, AccountAlias: alias, OrganizationId: id, OrganizationPaths: paths = [] } = account;
  const arn = rootOf(account);
  return [
    ...services.map(({ Arn, Service, AccessKeys }) => ({
      ...{
        attribute: 'service_principal',
        arn: Arn,
        actual: `${Service.ServiceName}, ${AccessKeys.length} access keys`,
      },
      createdBy: ['CreateServicePrincipal'],
    })),
    ...(alias === undefined
      ? []
      : [
          {
            ...{ attribute: 'account_alias', arn, actual: alias, severity: 'cosmetic' as const, place },
            createdBy: ['CreateAccountAlias'],
          },
        ]),
    ...(id === undefined
      ? []
      : [
          {
            attribute: 'organization',
            arn,
            actual: [id, ...paths].join(' '),
            createdBy: ['PutAccountOrganization'],
            place,
          },
        ]),
  ];
}

const rootOf = ({ AccountId }: World['identities']['account']): string => `arn:aws:iam::${AccountId}:root`;

/** Access keys of the root user beside the one that the account was made with, which every account has at first. */
function madeLater({ AccessKeys, CreateDate }: World['identities']['account']) {
  return AccessKeys.filter((key) => key.CreateDate !== CreateDate);
}
