/**
 * What a session token holds: everything there is to know of temporary credentials, since nothing of them is stored. Only
 * who they are for is looked up again with every request, and the access key that opened them.
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
  /** Of the user or role; the account id for root. A role of the same name that is made later has another. */
  readonly principalId: string;
  /** Of a role's session. */
  readonly sessionName?: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Long-term access key to which the session goes back, through however many others; absent: to a web identity. */
  readonly openedBy?: string;
  readonly bounds?: SessionBounds;
  readonly sourceIdentity?: string;
  readonly federatedProvider?: string;
  readonly federatedClaims?: Readonly<Record<string, string | readonly string[]>>;
}

/** What was asked of a session beyond opening it; STS packs it and tells how much of its room that takes. */
export interface SessionBounds {
  /** Session policy, as given. */
  readonly policy?: string;
  /** ARNs of managed policies that are session policies. */
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of the tags that go on to the sessions that this one opens. */
  readonly transitiveTagKeys?: readonly string[];
}

/**
 * Percent of the room for session policies and tags, packed.
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

/** The tags of a session that go on with it. */
export function transitiveTags({ tags = {}, transitiveTagKeys = [] }: SessionBounds): Readonly<Record<string, string>> {
  const transitive = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => transitive.has(key.toLowerCase())));
}

/** A principal's tags, overlaid by those of its session: tag keys are told apart without regard to case. */
export function overlaidTags(
  own: Readonly<Record<string, string>>,
  session: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const taken = new Set(Object.keys(session).map((key) => key.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(own).filter(([key]) => !taken.has(key.toLowerCase()))), ...session };
}
