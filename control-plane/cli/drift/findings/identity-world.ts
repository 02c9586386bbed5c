/** The state and the identities that it is compared with, and who is meant by a name. */
import type { Identities, Owner } from '../running/all-identities.ts';
import type { DeclaredResource } from '../states/declared.ts';
import type { CompareOptions } from './compare.ts';

export interface World {
  /** Without deposed ones. */
  readonly declared: readonly DeclaredResource[];
  readonly identities: Identities;
  readonly options: CompareOptions;
}

export type Kind = Owner['kind'];
export const kinds = ['user', 'group', 'role'] as const;

/** As operations of IAM write them. */
export const titles = { user: 'User', group: 'Group', role: 'Role' } as const;

/** A renamed user or group keeps its unique id; one that was deleted and made anew keeps its name. */
export function findOwner(
  kind: Kind,
  { unique_id: id, name }: DeclaredResource['values'],
  { owners }: Identities,
): Owner | undefined {
  const ofKind = owners.filter((one) => one.kind === kind);
  return ofKind.find(({ uniqueId }) => uniqueId === id) ?? ofKind.find((one) => one.name === name);
}

export const ownerNamed = (kind: Kind, name: unknown, { owners }: Identities): Owner | undefined =>
  owners.find((owner) => owner.kind === kind && owner.name === name);

/** A user, group or role that policies belong to, as it is now or was. */
export interface Holder {
  readonly kind: Kind;
  readonly name: string;
  readonly arn: string;
  /** Where its changes are in the change log: also under the ARN that it had before it was renamed. */
  readonly places: readonly string[];
  readonly owner?: Owner;
  /** The state declares it: then its absence is reported with itself. */
  readonly isDeclared: boolean;
}

export function holderNamed(kind: Kind, name: unknown, { declared, identities }: World): Holder {
  const inState = declared.find(({ type, values }) => type === `aws_iam_${kind}` && values.name === name);
  const owner = inState ? findOwner(kind, inState.values, identities) : ownerNamed(kind, name, identities);
  const unknown = `arn:aws:iam::${identities.account.AccountId}:${kind}/${name}`;
  const arns = [inState && String(inState.values.arn), owner?.arn].filter((arn) => arn !== undefined);
  return {
    ...{ kind, name: String(name), arn: arns[0] ?? unknown, places: arns.length > 0 ? [...new Set(arns)] : [unknown] },
    ...(owner && { owner }),
    isDeclared: inState !== undefined,
  };
}

export const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

interface Block {
  readonly name?: string | null;
  readonly policy?: string | null;
}

/** Inline policies in a role's own blocks; an empty block says that it has none. */
export const blocksOf = ({ inline_policy: blocks }: DeclaredResource['values']): readonly Block[] =>
  (Array.isArray(blocks) ? (blocks as readonly Block[]) : []).filter(({ name }) => Boolean(name));

/** Where the code does not say which policies the role has, a refresh has put them into the state: nobody declares them. */
export function exclusivePolicies({ values, writes }: DeclaredResource): readonly string[] {
  return writes?.('managed_policy_arns') === false ? [] : listOf(values.managed_policy_arns);
}
