/** Context: who asks, where, when, and with which engines. Made once per request, handed down, never stored. */
import type { Authority } from '@keystead/policy/authority.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import type { PrincipalReference } from '@keystead/provider-schema/arn.ts';
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import type { SessionBounds } from '../domain/identities/session.ts';
import type { WebIdentity } from '../domain/identities/web-identity.ts';
import type { CredentialService } from '../hsm/port/credentials.ts';
import type { KeyMaterialService } from '../hsm/port/key-material.ts';
import type { Pkcs11Service } from '../hsm/port/pkcs11.ts';
import type { ResourceQuotas } from '../quotas/quotas.ts';
import type { StoreReader } from '../storage/port/store.ts';
import type { PrincipalRow } from '../storage/port/tables.ts';
import type { KeyStoreEngines } from './key-store-engines.ts';
import type { Result } from './refusal.ts';
import type { ResolvedKey } from './resolved-key.ts';
import type { SealedTokens } from './sealed-tokens.ts';

/** The audit's `tlsDetails`. */
export interface TlsDetails {
  readonly tlsVersion: string;
  /** IANA's name. */
  readonly cipherSuite: string;
  readonly clientProvidedHostHeader?: string;
  /** The named group of the handshake. */
  readonly keyExchange?: string;
}

export interface Context {
  /** UUID; `x-amzn-RequestId` and the audit's `requestID`. */
  readonly requestId: string;
  readonly principal: Principal;
  readonly authority: Authority;
  /** '' for a web identity, which has none. */
  readonly accessKeyId: string;
  /** The token that stands in for a signature, verified. */
  readonly webIdentity?: WebIdentity;
  /** The caller's account and the Region of the credential scope. */
  readonly accountId: string;
  readonly region: string;
  /** The moment of the request; operations ask no clock. */
  readonly nowMs: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
  /** Absent without TLS. */
  readonly tlsDetails?: TlsDetails;
  readonly store: StoreReader;
  readonly keyMaterial: KeyMaterialService;
  readonly credentials: CredentialService;
  readonly pkcs11: Pkcs11Service;
  readonly sealedTokens: SealedTokens;
  readonly policies: Policies;
  readonly keyStores: KeyStoreEngines;
  readonly quotas: ResourceQuotas;
}

/** A key policy as its row holds it. */
export interface AcceptedPolicy {
  readonly policy: string;
  /** JSON: ARN → unique id, see KeyRow. */
  readonly policy_principals: string;
}

/** What an operation goes on to do once it is allowed; the decisions join its outcome, or its refusal. */
export type Proceed<T extends Result> = () => T | Promise<T>;

/** What operations ask the authorizer about documents they are given; it decides, they only store. */
export interface Policies {
  /**
   * Refuses a document that a key may not carry: not a key policy, too large, naming principals that do not exist,
   * or, unless bypassed, one under which the caller could not put another.
   * @throws KmsError MalformedPolicyDocumentException, LimitExceededException, InvalidArnException
   */
  requireAcceptable(
    ctx: Context,
    document: string,
    key: { readonly arn: string; readonly accountId: string; readonly bypassLockoutSafetyCheck: boolean },
  ): Promise<AcceptedPolicy>;
  /** The policy as its reader is to see it: a principal that was deleted by its unique id, one renamed by its new ARN. */
  describe(ctx: Context, key: AcceptedPolicy): Promise<string>;
  /**
   * Refuses a document that gives a user, group or role nothing sensible to hold to.
   * @throws KmsError MalformedPolicyDocumentException
   */
  requireIdentityPolicy(document: string): void;
  /**
   * Refuses a document that a role may not have as its trust policy, or that names principals that do not exist.
   * @throws KmsError MalformedPolicyDocumentException
   */
  requireTrustPolicy(ctx: Context, document: string): Promise<AcceptedPolicy>;
  /**
   * What a principal is recognised by when grants are asked: its unique id where its account lives here, else its ARN;
   * undefined for one that does not exist, though its account lives here.
   */
  identify(ctx: Context, principal: PrincipalReference): Promise<string | undefined>;
  /** The ARN that a principal recognised by this id has now; the id itself when it was deleted. */
  nameOf(ctx: Context, id: string, arn: string): Promise<string>;
  /**
   * Asks about a further key that the request leads to without naming it (the replica that becomes the primary).
   * @throws Refusal of AccessDeniedException, or of what `proceed` throws
   */
  requireAllowed<T extends Result>(ctx: Context, action: string, key: ResolvedKey, proceed: Proceed<T>): Promise<T>;
  /**
   * Asks whether the caller may retire a grant; the grant itself decides.
   * @throws Refusal of AccessDeniedException, or of what `proceed` throws
   */
  requireRetirement<T extends Result>(ctx: Context, key: ResolvedKey, grant: Grant, proceed: Proceed<T>): Promise<T>;
  /**
   * Decides a request that nobody made, and tells the reasoning.
   * @throws KmsError MalformedPolicyDocumentException, NoSuchEntityException, NotFoundException
   */
  simulate(
    ctx: Context,
    request: OperationTypes['SimulateAuthorization']['input'],
  ): Promise<OperationTypes['SimulateAuthorization']['output']>;
  /**
   * Asks whether the caller may open a session of a role, and such a one.
   * @throws Refusal of AccessDeniedException, or of what `proceed` throws
   */
  requireAssumption<T extends Result>(
    ctx: Context,
    role: PrincipalRow,
    asked: SessionRequest,
    proceed: Proceed<T>,
  ): Promise<T>;
  /** The refusal of a role that is not there: the same as of one that may not be assumed. */
  unassumable(ctx: Context, action: RoleAction, roleArn: string): KmsError;
  /**
   * Refuses session policies that are none, or that the account does not have.
   * @throws KmsError MalformedPolicyDocumentException
   */
  requireSessionPolicies(ctx: Context, accountId: string, bounds: SessionBounds): Promise<void>;
}

export type RoleAction = 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity';

/** What a caller asks of a session, beside the role. */
export interface SessionRequest {
  readonly action: RoleAction;
  readonly sessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
}
