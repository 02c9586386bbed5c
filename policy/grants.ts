/**
 * Grants as the authorizer needs them: their grantee, their constraints, and the grants that can be made from them.
 * Sources: KMS Developer Guide, "Grants in AWS KMS", "Using grant constraints", "Granting CreateGrant permission"; KMS
 * API Reference, CreateGrant and GrantConstraints.
 */
import { parsePrincipal } from '@keystead/provider-schema/arn.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import { costs, type Effort, spend } from './effort.ts';
import { arnParts, compilePattern, matchesArnPattern } from './pattern.ts';
import { type Principal, serviceNames } from './principal.ts';

export interface GrantConstraints {
  readonly EncryptionContextEquals?: EncryptionContext | undefined;
  readonly EncryptionContextSubset?: EncryptionContext | undefined;
  /** Pattern of the resource on whose behalf a service calls; no other call is on behalf of a resource. */
  readonly SourceArn?: string | undefined;
}

export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * The constraints that a request means: an empty map beside the other map says nothing, because clients send both maps
 * and leave one empty. Of two empty maps the stricter one stays.
 */
export function meantConstraints(given: GrantConstraints | undefined): GrantConstraints | undefined {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, ...rest } = given ?? {};
  if (!equals || !subset) return given;
  if (isEmpty(subset)) return { ...rest, EncryptionContextEquals: equals };
  return isEmpty(equals) ? { ...rest, EncryptionContextSubset: subset } : given;
}

const isEmpty = (pairs: EncryptionContext) => Object.keys(pairs).length === 0;

export interface Grant {
  readonly grantId: string;
  /**
   * Identifies the grantee: the unique id that it had when the grant was made (for a session its role's id, a colon and
   * its name), an account's root ARN, a service's name; or the ARN of a principal whose id is not known here.
   */
  readonly granteeId: string;
  readonly retiringId?: string;
  readonly operations: readonly string[];
  readonly constraints?: GrantConstraints;
  readonly issuingAccount: string;
}

const cipherOperations = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'];
const dataKeyOperations = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
];
const grantManagement = ['CreateGrant', 'RetireGrant', 'DescribeKey'];

/** Operations that a grant can contain, by key usage; encryption keys also by whether they are symmetric. */
const operationsByUse = {
  'ENCRYPT_DECRYPT, symmetric': [...cipherOperations, ...dataKeyOperations, ...grantManagement],
  'ENCRYPT_DECRYPT, asymmetric': [...cipherOperations, 'GetPublicKey', ...grantManagement],
  SIGN_VERIFY: ['Sign', 'Verify', 'GetPublicKey', ...grantManagement],
  KEY_AGREEMENT: ['DeriveSharedSecret', 'GetPublicKey', ...grantManagement],
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate', 'GetPublicKey', ...grantManagement],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac', ...grantManagement],
} as const satisfies Record<Exclude<KeyUsage, 'ENCRYPT_DECRYPT'> | `ENCRYPT_DECRYPT, ${string}`, readonly string[]>;

export function grantOperationsFor(key: { readonly keySpec: KeySpec; readonly keyUsage: KeyUsage }): readonly string[] {
  if (key.keyUsage !== 'ENCRYPT_DECRYPT') return operationsByUse[key.keyUsage];
  return operationsByUse[`ENCRYPT_DECRYPT, ${isSymmetric(key.keySpec) ? 'symmetric' : 'asymmetric'}`];
}

export function isGrantOperationAllowed(
  operation: string,
  key: { readonly keySpec: KeySpec; readonly keyUsage: KeyUsage },
): boolean {
  return grantOperationsFor(key).includes(operation);
}

const isSymmetric = (keySpec: KeySpec) => keySpec === 'SYMMETRIC_DEFAULT';

/**
 * Operations without an encryption context of their own. For CreateGrant the constraint binds the new grant instead
 * (`isNarrowerGrant`).
 */
const unconstrainedOperations: ReadonlySet<string> = new Set(['DescribeKey', 'RetireGrant', 'CreateGrant']);

/** How a grant names a caller: by its own name, as a session of a role, through its account, or not at all. */
export type GrantReach = 'itself' | 'role' | 'account' | 'none';

export function granteeReach(grant: Grant, principal: Principal): GrantReach {
  return reachOfId(grant.granteeId, principal);
}

/** @param id as `granteeId` of a grant */
export function reachOfId(id: string, principal: Principal): GrantReach {
  if (principal.kind === 'service') return 'none';
  const [own, roles] = namesOf(principal);
  if (own.includes(id)) return 'itself';
  if (roles.includes(id)) return 'role';
  if (principal.kind === 'aws-service') return 'none';
  const account = parsePrincipal(id);
  return account?.kind === 'account' && account.accountId === principal.accountId ? 'account' : 'none';
}

function namesOf(principal: Principal): readonly [own: readonly string[], roles: readonly string[]] {
  const own = principal.kind === 'aws-service' ? serviceNames(principal) : [principal.principalId, principal.arn];
  return [own, principal.kind === 'assumed-role' ? [principal.roleId, principal.roleArn] : []];
}

/** Every id by which a grant can name the caller, except its account's. */
export const granteeIdsOf = (principal: Principal): readonly string[] => namesOf(principal).flat();

export interface GrantUse {
  readonly operation: string;
  /** Absent: the operation has none. */
  readonly encryptionContext?: EncryptionContext;
  /** The resource for which a service calls. Absent: the service did not name one, or the caller is not a service. */
  readonly sourceArn?: string;
  /** CreateGrant: the grant to create. */
  readonly requestedGrant?: Pick<Grant, 'operations' | 'constraints'>;
}

/** The first reason why a grant does not allow an operation. */
export type GrantMismatch = 'other operations' | 'not narrower' | 'other source' | 'other encryption context';

/**
 * undefined: the grant allows this operation under these circumstances.
 * @throws TooCostly
 */
export function grantMismatch(grant: Grant, use: GrantUse, effort: Effort): GrantMismatch | undefined {
  const { operation, encryptionContext = {}, sourceArn, requestedGrant } = use;
  if (!grant.operations.includes(operation)) return 'other operations';
  if (operation === 'CreateGrant' && requestedGrant && !isNarrowerGrant(grant, requestedGrant, effort)) {
    return 'not narrower';
  }
  if (!sourceHolds(grant.constraints, operation, sourceArn, effort)) return 'other source';
  const held = unconstrainedOperations.has(operation) || constraintsHold(grant.constraints, encryptionContext, effort);
  return held ? undefined : 'other encryption context';
}

/** As aws:SourceArn with ArnLike. It does not bind RetireGrant, and DescribeKey only in a call that has a source. */
function sourceHolds(
  constraints: GrantConstraints | undefined,
  operation: string,
  sourceArn: string | undefined,
  effort: Effort,
): boolean {
  const wanted = constraints?.SourceArn;
  if (wanted === undefined || operation === 'RetireGrant') return true;
  if (sourceArn === undefined) return operation === 'DescribeKey';
  if (!/[*?]/.test(wanted)) return wanted === sourceArn && arnParts(wanted) !== undefined;
  spend(effort, wanted.length * costs.compiledCharacter);
  const pattern = compilePattern(wanted, { wildcards: true, variables: false, isArn: true });
  return matchesArnPattern(pattern, sourceArn, () => undefined, effort);
}

/**
 * Names of pairs are compared without regard to case, values exactly (GrantConstraints).
 * @throws TooCostly
 */
export function constraintsHold(
  constraints: GrantConstraints | undefined,
  context: EncryptionContext,
  effort: Effort,
): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints ?? {};
  if (equals && !equalPairs(context, equals, effort)) return false;
  return !subset || containsPairs(context, subset, effort);
}

/** Names that differ only in case are one name here; it then has several pairs. */
type Pairs = ReadonlySet<string>;

/** Of the contexts that requests have now: each is compared with the constraints of many grants. */
const knownPairs = new WeakMap<EncryptionContext, Pairs>();

function pairsOf(context: EncryptionContext, effort: Effort): Pairs {
  const known = knownPairs.get(context);
  if (known) return known;
  const entries = Object.entries(context);
  spend(effort, entries.length * costs.grantPair);
  const pairs = new Set(entries.map(([name, value]) => pairText(name, value)));
  knownPairs.set(context, pairs);
  return pairs;
}

/** Each wanted pair must be among the given ones. */
function containsPairs(given: EncryptionContext, wanted: EncryptionContext, effort: Effort): boolean {
  const entries = Object.entries(wanted);
  spend(effort, entries.length * costs.grantPair);
  const pairs = pairsOf(given, effort);
  return entries.every(([name, value]) => pairs.has(pairText(name, value)));
}

function equalPairs(given: EncryptionContext, wanted: EncryptionContext, effort: Effort): boolean {
  return containsPairs(given, wanted, effort) && pairsOf(given, effort).size === pairsOf(wanted, effort).size;
}

/** The length keeps name and value apart. */
function pairText(name: string, value: string): string {
  const lowered = name.toLowerCase();
  return `${lowered.length}:${lowered}${value}`;
}

/**
 * The rule for a grant made by permission of another grant: only operations of the parent, and constraints at least as
 * strict. Subset can gain pairs or become Equals over them; Equals and SourceArn must stay the same.
 * @throws TooCostly
 */
export function isNarrowerGrant(
  parent: Grant,
  child: Pick<Grant, 'operations' | 'constraints'>,
  effort: Effort,
): boolean {
  spend(effort, child.operations.length * costs.test);
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false;
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn } = parent.constraints ?? {};
  if (SourceArn !== undefined && child.constraints?.SourceArn !== SourceArn) return false;
  const childEquals = child.constraints?.EncryptionContextEquals;
  const childSubset = child.constraints?.EncryptionContextSubset;
  if (equals) return childEquals !== undefined && equalPairs(childEquals, equals, effort);
  if (!subset || isEmpty(subset)) return true;
  return [childEquals, childSubset].some((pairs) => pairs !== undefined && containsPairs(pairs, subset, effort));
}
