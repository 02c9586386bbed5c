/**
 * Gives a principal access to a key, by the means that was chosen, and never silently less: what the means cannot
 * express is refused, and what another account still has to do is said.
 * Sources: KMS developer guide, "Key access and permissions", "Allowing users in other accounts to use a KMS key".
 */
import { Construct } from 'constructs';
import { Annotations, type TerraformProvider, Token } from '../cdk.ts';
import type { KmsAction } from '../policies/actions.ts';
import { blockOf, type Conditions } from '../policies/condition.ts';
import { keyPolicyStatementJson } from '../policies/key-policy-document.ts';
import { mergedConditions } from '../policies/merged-conditions.ts';
import { policyStatementJson } from '../policies/policy-document.ts';
import type { PolicyStatement } from '../policies/policy-statement.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import { toPrincipal } from '../policies/principals.ts';
import { knownAccountOf } from '../stacks/accounts.ts';
import { refuse } from '../stacks/refuse.ts';
import { relativePath } from '../stacks/relative-path.ts';
import { Grant } from './grant.ts';
import { operationsOf } from './grant-operations.ts';
import type { IKey } from './interfaces.ts';
import type { KeyAccess, KeyAccessMeans, KeyAccessOptions } from './key-access.ts';

/** What identity policies name to reach a key. */
export interface KeyScope {
  readonly resources: string[];
  readonly conditions?: Conditions | undefined;
}

export interface KeyWithAccess extends IKey {
  /** @internal Whether statements can be added to its policy here. */
  readonly _declaresPolicy: boolean;
  /** @internal */
  readonly _scope: KeyScope;
  /** @internal Remembers that identity policies must be able to allow these actions. */
  _needDelegation(actions: readonly string[]): void;
}

/** @param use a word for the actions, for the ids of constructs */
export function giveAccess(
  key: KeyWithAccess,
  grantee: IPrincipal | string,
  { actions, use }: { readonly actions: readonly KmsAction[]; readonly use?: string | undefined },
  options: KeyAccessOptions = {},
): KeyAccess {
  const principal = checked(key, () => toPrincipal(grantee));
  const means = options.means ?? (key._declaresPolicy ? 'KEY_POLICY' : 'IDENTITY_POLICY');
  requireFittingOptions(key, means, options);
  const wanted: Wanted = { key, grantee, principal, actions: [...actions], use, options };
  if (!Object.hasOwn(byMeans, means))
    refuse(key, `"${means}" is not a means.`, `Use ${Object.keys(byMeans).join(', ')}.`);
  const given = byMeans[means](wanted);
  if (given.otherSide !== undefined) Annotations.of(key).addInfo(given.otherSide);
  return given;
}

interface Wanted {
  readonly key: KeyWithAccess;
  readonly grantee: IPrincipal | string;
  readonly principal: IPrincipal;
  readonly actions: KmsAction[];
  readonly use: string | undefined;
  readonly options: KeyAccessOptions;
}

const byMeans: Readonly<Record<KeyAccessMeans, (wanted: Wanted) => KeyAccess>> = {
  KEY_POLICY: byKeyPolicy,
  IDENTITY_POLICY: byIdentityPolicy,
  KMS_GRANT: byGrant,
};

/** A caller of another account also needs an identity policy there: it is written here if the program declares it. */
function byKeyPolicy(wanted: Wanted): KeyAccess {
  const { key, principal } = wanted;
  const statement = addToKeyPolicy(wanted);
  const given = { means: 'KEY_POLICY', statement, policy: key } as const;
  if (!isForeign(wanted) || principal.addToIdentityPolicy(identityStatement(wanted)) !== undefined) return given;
  return { ...given, otherSide: identityPolicyNeeded(wanted) };
}

/** The key policy must let identity policies decide; for a principal of another account it must name the principal. */
function byIdentityPolicy(wanted: Wanted): KeyAccess {
  const { key, principal, actions } = wanted;
  const statement = identityStatement(wanted);
  const policy = checked(key, () => principal.addToIdentityPolicy(statement));
  if (policy === undefined) return refuseIdentityPolicy(wanted);
  const given = { means: 'IDENTITY_POLICY', statement: policyStatementJson(statement), policy } as const;
  if (!isForeign(wanted)) {
    key._needDelegation(actions);
    return given;
  }
  if (!key._declaresPolicy) return { ...given, otherSide: keyPolicyNeeded(wanted) };
  addToKeyPolicy(wanted);
  return given;
}

function byGrant(wanted: Wanted): KeyAccess {
  const { key, principal, actions, options } = wanted;
  const { kind, value, conditions } = checked(key, () => principal.policyFragment);
  if (conditions !== undefined && kind !== 'Service') {
    refuse(
      key,
      `A grant to ${nameOf(wanted)} cannot have the conditions of that principal.`,
      "Choose means: 'KEY_POLICY', or name the principal without conditions.",
    );
  }
  const { operations, others } = operationsOf(actions);
  if (others.length > 0) {
    refuse(key, `A grant cannot allow ${others.join(', ')}.`, "Choose means: 'KEY_POLICY' or 'IDENTITY_POLICY'.");
  }
  const id = grantId(wanted, operations);
  const grant = new Grant(key, id, {
    key,
    granteePrincipal: principal,
    operations: [...operations],
    encryptionContextEquals: options.encryptionContextEquals,
    encryptionContextSubset: options.encryptionContextSubset,
    retiringPrincipal: options.retiringPrincipal,
  });
  const needsIdentityPolicy = isForeign(wanted) && value.endsWith(':root');
  return { means: 'KMS_GRANT', grant, ...(needsIdentityPolicy && { otherSide: identityPolicyNeeded(wanted) }) };
}

function addToKeyPolicy({ key, principal, actions, options }: Wanted): Record<string, unknown> {
  const statement = { principals: [principal], actions, conditions: options.conditions };
  key.addToKeyPolicy(statement);
  return keyPolicyStatementJson(statement)[0] ?? {};
}

function identityStatement({ key, actions, options }: Wanted): PolicyStatement {
  const { resources, conditions } = key._scope;
  const both = checked(key, () => mergedConditions(blockOf(conditions), blockOf(options.conditions)));
  return { actions: [...actions], resources, conditions: both as Conditions | undefined };
}

/** Constructs below the key, so that their addresses follow from the key, the actions and the principal alone. */
function grantId(wanted: Wanted, operations: readonly string[]): string {
  const { key, grantee, principal, use, options } = wanted;
  const named = Construct.isConstruct(grantee) ? relativePath(key, grantee) : principal.policyFragment.value;
  if (options.grantId === undefined && Token.isUnresolved(named)) {
    refuse(
      key,
      'Only Terraform knows the principal of the grant, so its Terraform address cannot follow from the principal.',
      'Give the option grantId, or pass the construct of the principal.',
    );
  }
  const who = named.replace(/^arn:[^:]*:[^:]*::/, '').replaceAll(/[:/]+/g, '-');
  const id = options.grantId ?? `Grant-${use ?? operations.join('-')}-${who}`;
  if (key.node.tryFindChild(id) === undefined) return id;
  return refuse(key, `There is a grant "${id}" already.`, 'Give the option grantId with another id.');
}

function requireFittingOptions(key: KeyWithAccess, means: KeyAccessMeans, options: KeyAccessOptions): void {
  if (means === 'KMS_GRANT') {
    if (options.conditions !== undefined) {
      refuse(
        key,
        'A grant has no conditions.',
        "Use encryptionContextSubset or encryptionContextEquals, or choose means: 'KEY_POLICY'.",
      );
    }
    return;
  }
  const { encryptionContextEquals, encryptionContextSubset, retiringPrincipal, grantId: id } = options;
  const ofGrants = { encryptionContextEquals, encryptionContextSubset, retiringPrincipal, grantId: id };
  const given = Object.entries(ofGrants).find(([, value]) => value !== undefined);
  if (given === undefined) return;
  refuse(
    key,
    `${given[0]} is for grants, and access is given by ${means}.`,
    "Choose means: 'KMS_GRANT', or use conditions such as kms:EncryptionContext:name.",
  );
}

function refuseIdentityPolicy(wanted: Wanted): never {
  const { key } = wanted;
  const unknown = `this program does not declare the policies of ${nameOf(wanted)}`;
  if (key._declaresPolicy) {
    return refuse(
      key,
      `The principal's policy cannot give access: ${unknown}.`,
      "Pass the construct of the user, group or role, or choose means: 'KEY_POLICY' or 'KMS_GRANT'.",
    );
  }
  return refuse(
    key,
    `The policy of an imported key is declared where the key is, and ${unknown}.`,
    "Pass the construct of the user, group or role, choose means: 'KMS_GRANT', which declares a Grant, add the " +
      'statement where the key is, or take its policy over with a KeyPolicy.',
  );
}

const nameOf = ({ principal }: Wanted): string => {
  const { value } = principal.policyFragment;
  return Token.isUnresolved(value) ? 'a principal that only Terraform knows' : value;
};

const identityPolicyNeeded = (wanted: Wanted): string =>
  `${nameOf(wanted)} is in another account than the key. Account ${wanted.principal.principalAccount} must allow it ` +
  `${wanted.actions.join(', ')} on the ARN of this key by an identity policy as well.`;

const keyPolicyNeeded = (wanted: Wanted): string =>
  `${nameOf(wanted)} is in another account than the key. Account ${accountOf(wanted.key)} must allow it ` +
  `${wanted.actions.join(', ')} in the policy of this key as well.`;

/** Whether the principal is known to be in another account than the key. */
function isForeign({ key, principal }: Wanted): boolean {
  const [own, theirs] = [accountOf(key), principal.principalAccount];
  return own !== undefined && theirs !== undefined && own !== theirs;
}

/** undefined: only Terraform knows it. */
function accountOf(key: IKey & { readonly provider: TerraformProvider | undefined }): string | undefined {
  if (!Token.isUnresolved(key.keyArn)) return key.keyArn.split(':')[4];
  return knownAccountOf(key, key.provider);
}

/** Messages of the policies' own checks, with the key's path. */
function checked<T>(key: IKey, run: () => T): T {
  try {
    return run();
  } catch (error) {
    return refuse(key, error instanceof Error ? error.message : String(error), '');
  }
}
