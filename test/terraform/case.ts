/**
 * One entry for each resource type: what its whole life looks like. test/terraform/lifecycle.test.ts runs the entries
 * through the real Terraform; where the genuine provider is at hand, genuine.test.ts compares both.
 */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';

export type Attributes = Readonly<Record<string, unknown>>;

/** Clients for changes by hand. */
export interface Hands {
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  /** In us-west-2, where replicas are; resources there have `provider = aws.west`. */
  readonly kmsWest: KMSClient;
}

export interface TypeCase {
  readonly type: string;
  /** A second case of the same type; part of names. */
  readonly variant?: string;
  /** The genuine provider does not have the type, or an argument that the case needs. */
  readonly isOurs?: true;
  /** Other resources that it needs. Each case has names of its own. */
  readonly around?: string;
  /** The arguments as it is created; the resource is `<type>.<name of the case>`. */
  readonly body: string;
  /** Values in the state after it is created. */
  readonly state: Attributes;
  /** Each begins where the one before it ended. */
  readonly changes: readonly Change[];
  /** Bodies that a plan refuses, by the argument that is at fault. */
  readonly refused: readonly (readonly [argument: string, body: string])[];
  /** Absent: nothing can be imported. */
  readonly importId?: (state: Attributes) => string;
  /** The genuine provider cannot import it, or only with a difference. */
  readonly importIsOurs?: true;
  /** Attributes that hold secrets, as upstream's schema demands. */
  readonly secrets?: readonly string[];
  /** Attributes that an import cannot know. */
  readonly unknownToImport?: readonly string[];
  /** A change by hand, and the arguments that the next plan changes. */
  readonly byHand?: {
    readonly change: (hands: Hands, state: Attributes) => Promise<unknown>;
    readonly shows: readonly string[];
  };
  /** Absent: the service does not keep anything that could be deleted. */
  readonly deleteByHand?: (hands: Hands, state: Attributes) => Promise<unknown>;
  /** Brings back by hand what the service lets nobody make again before it is gone for good. */
  readonly recover?: (hands: Hands, state: Attributes) => Promise<unknown>;
}

export interface Change {
  readonly body: string;
  readonly how: 'update' | 'replace';
  /** The arguments that differ, without those that follow from them. */
  readonly of: readonly string[];
  /** Ours differs from the genuine provider here. */
  readonly isOurs?: true;
}

/** `aws_iam_user.user`, `aws_iam_user.user_full` */
export function addressOf({ type, variant }: TypeCase): string {
  return `${type}.${nameOf({ type, variant })}`;
}

export function nameOf({ type, variant }: { readonly type: string; readonly variant?: string | undefined }): string {
  const short = type.replace(/^aws_/, '');
  return variant === undefined ? short : `${short}_${variant}`;
}
