/** Context: who asks, where, when, and with which engines. Made once per request, handed down, never stored. */
import type { KeyUsage } from '@keystead/provider-schema/records.ts';
import type { Authority } from './auth/authority.ts';
import type { DecisionNote } from './auth/decision.ts';
import type { Grant } from './auth/grants.ts';
import type { Principal } from './auth/principal.ts';
import type { AuditRecord, AuditResource } from './domain/audit-record.ts';
import type { Hsm } from './hsm/hsm.ts';
import type { ResourceQuotas } from './quotas.ts';
import type { Change, Mutation, StoredKey, StoreReader } from './storage/store.ts';

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
  readonly accessKeyId: string;
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
  readonly hsm: Hsm;
  readonly tokens: Tokens;
  readonly policies: Policies;
  readonly quotas: ResourceQuotas;
  /** What was decided about the request so far, for its audit record; grows with each question. */
  readonly decided: DecisionNote[];
}

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
  ): Promise<void>;
  /**
   * Asks about a further key that the request leads to without naming it (the replica that becomes the primary).
   * @throws KmsError AccessDeniedException
   */
  requireAllowed(ctx: Context, action: string, key: ResolvedKey): Promise<void>;
  /**
   * Asks whether the caller may retire a grant; the grant itself decides.
   * @throws KmsError AccessDeniedException
   */
  requireRetirement(ctx: Context, key: ResolvedKey, grant: Grant): Promise<void>;
}

/**
 * Seals and opens what clients hold for us: pagination markers, grant tokens, session tokens. Tamper-proof, opaque; session
 * tokens confidential too.
 */
export interface Tokens {
  seal(purpose: TokenPurpose, value: unknown): string;
  /** undefined when we did not make it, or made it for another purpose. */
  open(purpose: TokenPurpose, token: string): unknown;
}

export type TokenPurpose = 'marker' | 'grant' | 'session';

/** A key that the request named and the pipeline found and authorized. */
export interface ResolvedKey extends StoredKey {
  readonly arn: string;
  /** The alias name used to address it, when one was. */
  readonly viaAlias?: string;
  /** An AWS managed key that nobody named before: its policy decides, and it is made before anything is done with it. */
  readonly unmade?: true;
  /** The grant that allowed this use, when that was the reason. */
  readonly byGrant?: Grant;
}

/** Keys by input member (`KeyId`, `SourceKeyId`, `TargetKeyId`, …); an existing alias's key under the alias's member. */
export type ResolvedKeys = Readonly<Record<string, ResolvedKey>>;

/**
 * What an operation decided: its answer, and what to commit. Operations change nothing themselves, so a dry run is an
 * outcome thrown away and a lost race is the operation run again.
 */
export interface Outcome<Output> {
  readonly output: Output;
  readonly mutations?: readonly Mutation[];
  readonly changes?: readonly Change[];
  readonly audit?: {
    readonly responseElements?: unknown;
    readonly additionalEventData?: Readonly<Record<string, unknown>>;
    /** Replaces the default (the resolved keys and aliases). */
    readonly resources?: readonly AuditResource[];
    /** Records of events the service made itself because of this request (RotateKey, CreateKey in another Region). */
    readonly serviceEvents?: readonly Pick<
      AuditRecord,
      'eventName' | 'awsRegion' | 'serviceEventDetails' | 'resources'
    >[];
  };
}

export interface Operation<Input, Output> {
  /** Parameter combinations and origin rules, after authorization and before the key's state is tested. */
  check?(ctx: Context, input: Input, keys: ResolvedKeys): void | Promise<void>;
  run(ctx: Context, input: Input, keys: ResolvedKeys): Promise<Outcome<Output>>;
}

export type { KeyUsage };
