/**
 * What a principal is allowed, read from the store and compiled: its own policies, those of its groups, its boundary
 * and tags, and its account's organization. Remembered under the revision of the account's identities: every change of an identity increments it, and
 * every request reads it with its access key. So what is remembered is right on every node, and costs a request no
 * query.
 */
import type { Authority } from '@keystead/policy/authority.ts';
import { type CompiledPolicy, parseIdentityPolicy } from '@keystead/policy/policy.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { awsManagedPolicies } from '../domain/identities/aws-managed-policies.ts';
import { overlaidTags, type Session, transitiveTags } from '../domain/identities/session.ts';
import { LruMap } from '../runtime/lru-map.ts';
import { createTurnBudget } from '../runtime/turn-budget.ts';
import type { AccountReader } from '../storage/port/identities/accounts.ts';
import type { GroupReader } from '../storage/port/identities/groups.ts';
import type { ManagedPolicyReader } from '../storage/port/identities/managed-policies.ts';
import type { PolicyAttachmentReader } from '../storage/port/identities/policy-attachments.ts';
import type { KnownPrincipal, PrincipalReader } from '../storage/port/identities/principals.ts';
import { StoreUnavailable } from '../storage/port/store.ts';
import type { GroupRow, PrincipalRow } from '../storage/port/tables.ts';
import { readOrganization } from './organizations.ts';

/** Reads the policies of users, roles and services, and their account. */
export type IdentityPolicyReader = AccountReader & GroupReader & ManagedPolicyReader & PolicyAttachmentReader;

export interface Authorities {
  /** For users, roles and services; the root user needs no policies and has none. */
  of(known: KnownPrincipal): Promise<Authority>;
  /** Of a session: its principal's authority, limited by the session's policies. */
  ofSession(known: KnownPrincipal, session: Session): Promise<Authority>;
}

const REMEMBERED_PRINCIPALS = 4096;
const DENY_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
/**
 * How often identities that change meanwhile are read; normal use does not change them so often in such a short time.
 */
const MAX_READS = 20;

export function createAuthorities(store: PrincipalReader & IdentityPolicyReader): Authorities {
  const remembered = new LruMap<string, Remembered>(REMEMBERED_PRINCIPALS);
  const remember = async (name: string, known: KnownPrincipal, read: ReadAuthority): Promise<Authority> => {
    const found = remembered.get(name);
    if (found?.identityRevision === known.identityRevision) return found.authority;
    const fresh = await readConsistently(store, known, read);
    remembered.set(name, fresh);
    return fresh.authority;
  };
  const own: ReadAuthority = (principal) => authorityOf(store, principal);
  return {
    of: (known) => remember(known.principal.principal_id, known, own),
    // A session's access key id has little randomness; its secret identifies the session for certain.
    ofSession: (known, session) =>
      remember(`${session.accessKeyId}/${session.wrappedSecret}`, known, async (principal) =>
        narrowed(await own(principal), await sessionPolicies(store, principal, session), session),
      ),
  };
}

type ReadAuthority = (principal: PrincipalRow) => Promise<Authority>;

interface Remembered {
  readonly identityRevision: number;
  readonly authority: Authority;
}

async function sessionPolicies(store: ManagedPolicyReader, { arn }: PrincipalRow, { bounds }: Session) {
  const managed = await Promise.all((bounds?.policyArns ?? []).map((policyArn) => managedPolicy(store, policyArn)));
  return bounds?.policy === undefined ? managed : [...managed, await compiled(bounds.policy, arn)];
}

function narrowed(own: Authority, policies: readonly CompiledPolicy[], session: Session): Authority {
  const {
    bounds = {},
    issuedAtMs,
    expiresAtMs,
    openedBy,
    sourceIdentity,
    federatedProvider,
    federatedClaims,
  } = session;
  return {
    ...own,
    ...(policies.length > 0 && { sessionPolicies: policies }),
    principalTags: overlaidTags(own.principalTags, bounds.tags),
    session: {
      issuedAtMs,
      expiresAtMs,
      transitiveTags: transitiveTags(bounds),
      ...defined({ openedBy, sourceIdentity, federatedProvider, federatedClaims }),
    },
  };
}

/** Several queries see one state of the account only if its revision is the same after them as before. */
async function readConsistently(store: PrincipalReader, known: KnownPrincipal, readAuthority: ReadAuthority) {
  let { principal, identityRevision } = known;
  for (let read = 0; read < MAX_READS; read++) {
    const authority = await readAuthority(principal);
    const now = await store.findPrincipalById(principal.principal_id);
    // Deleted meanwhile: its next request does not find an access key.
    if (!now || now.identityRevision === identityRevision) return { identityRevision, authority };
    ({ principal, identityRevision } = now);
  }
  throw new StoreUnavailable('the identities of the account change faster than they can be read');
}

/** One principal's authority as the store has it now. */
export async function authorityOf(store: IdentityPolicyReader, principal: PrincipalRow): Promise<Authority> {
  const principalTags = JSON.parse(principal.tags) as Readonly<Record<string, string>>;
  const organization = await readOrganization(store, principal.account_id);
  const ofAccount = { principalTags, ...defined({ organization }) };
  if (principal.kind === 'root') return { identityPolicies: [], ...ofAccount };
  const groups = principal.kind === 'user' ? await store.listGroupsOf(principal.principal_id) : [];
  const owners = [{ id: principal.principal_id, arn: principal.arn }, ...groups.map(groupOwner)];
  const policies = await Promise.all(owners.map((owner) => ownedPolicies(store, owner)));
  const boundary = principal.permissions_boundary_arn;
  return {
    identityPolicies: policies.flat(),
    ...ofAccount,
    ...(boundary !== null && { permissionsBoundary: await managedPolicy(store, boundary) }),
  };
}

/** All policies that affect what an authority allows. */
export const policiesInAuthority = ({
  identityPolicies,
  permissionsBoundary,
  sessionPolicies = [],
}: Authority): readonly CompiledPolicy[] => [
  ...identityPolicies,
  ...(permissionsBoundary ? [permissionsBoundary] : []),
  ...sessionPolicies,
];

interface Owner {
  readonly id: string;
  readonly arn: string;
}

const groupOwner = ({ group_id: id, arn }: GroupRow): Owner => ({ id, arn });

async function ownedPolicies(store: IdentityPolicyReader, { id, arn }: Owner): Promise<readonly CompiledPolicy[]> {
  const inline = await store.listInlinePolicies(id);
  const attached = await store.listAttachments(id);
  return [
    ...(await Promise.all(inline.map(({ name, document }) => compiled(document, `${arn}:${name}`)))),
    ...(await Promise.all(attached.map(({ policy_arn }) => managedPolicy(store, policy_arn)))),
  ];
}

/** The version in force. The content of a deleted policy is unknown, so it denies everything. */
async function managedPolicy(store: ManagedPolicyReader, arn: string): Promise<CompiledPolicy> {
  const document = await managedDocument(store, arn);
  return compiled(document ?? DENY_ALL, arn);
}

async function managedDocument(store: ManagedPolicyReader, arn: string): Promise<string | undefined> {
  const own = awsManagedPolicies.get(arn);
  if (own) return own.document;
  const policy = await store.findManagedPolicy(arn);
  const versions = policy ? await store.listPolicyVersions(policy.policy_id) : [];
  return versions.find((version) => version.version_number === policy?.default_version_number)?.document;
}

const MAX_TEXT_CHARS = 8 * 1024 * 1024;
const compiledByText = new LruMap<string, CompiledPolicy>(MAX_TEXT_CHARS, { sizeOf: (text) => text.length });

/** A user can have more than a hundred policies, of its groups too; one of the greatest size takes a millisecond. */
const CHARS_PER_TURN = 16 * 1024;
const compiling = createTurnBudget(CHARS_PER_TURN);

/** Principals share the policies of groups and managed policies: each is compiled once while it is in use. */
async function compiled(document: string, name: string): Promise<CompiledPolicy> {
  const key = `${name}\n${document}`;
  const known = compiledByText.get(key);
  if (known) return known;
  await compiling.take(document.length);
  const policy = parseIdentityPolicy(document, name);
  compiledByText.set(key, policy);
  return policy;
}
