/**
 * The content of a session token: everything about temporary credentials, because they are not stored. Every request
 * only looks up their principal, and the access key that opened them.
 * Source: STS API reference, AssumeRole, GetSessionToken; IAM User Guide, "Temporary security credentials".
 */
import { deflateRawSync } from 'node:zlib';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';

export interface Session {
  /** `ASIA…` */
  readonly accessKeyId: string;
  /** Secret access key as the hsm wrapped it, base64. */
  readonly wrappedSecret: string;
  readonly accountId: string;
  /** Of the user or role; the account id for root. A role created later with the same name has another id. */
  readonly principalId: string;
  /** Only of a role's session. */
  readonly sessionName?: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Long-term access key at the session's origin, through all sessions between; absent: a web identity. */
  readonly openedBy?: string;
  readonly bounds?: SessionBounds;
  readonly sourceIdentity?: string;
  readonly federatedProvider?: string;
  readonly federatedClaims?: Readonly<Record<string, string | readonly string[]>>;
}

/** Policies and tags of a session; STS packs them and returns which part of the size limit that uses. */
export interface SessionBounds {
  /** Session policy, as given. */
  readonly policy?: string;
  /** ARNs of managed policies that are session policies. */
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of the tags that are passed to the sessions that this one opens. */
  readonly transitiveTagKeys?: readonly string[];
}

/**
 * Size of the packed session policies and tags, in percent of the limit.
 * @throws KmsError PackedPolicyTooLargeException
 */
export function packedPolicySize(bounds: SessionBounds): number {
  if ((bounds.policy?.length ?? 0) > limits.sessionPolicyLength) {
    throw new KmsError(
      'PackedPolicyTooLargeException',
      `The session policy is longer than ${limits.sessionPolicyLength} characters.`,
    );
  }
  const packed = deflateRawSync(JSON.stringify(bounds)).length;
  const percent = Math.ceil((packed * 100) / limits.packedSessionPolicyInBytes);
  if (percent <= 100) return percent;
  throw new KmsError(
    'PackedPolicyTooLargeException',
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
}

/** The tags that a session passes to the sessions that it opens. */
export function transitiveTags({ tags = {}, transitiveTagKeys = [] }: SessionBounds): Readonly<Record<string, string>> {
  const transitive = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => transitive.has(key.toLowerCase())));
}

/** A principal's tags, replaced by its session's tags with the same keys. Tag keys are not case-sensitive. */
export function overlaidTags(
  own: Readonly<Record<string, string>>,
  session: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const taken = new Set(Object.keys(session).map((key) => key.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(own).filter(([key]) => !taken.has(key.toLowerCase()))), ...session };
}
