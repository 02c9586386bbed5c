/**
 * One audit record in CloudTrail's event form.
 * Source: AWS CloudTrail record contents, and KMS's own entries (requestParameters in lowerCamelCase, never secrets).
 * The store's caller serialises the record once; that exact text is hashed.
 */
/** CloudTrail names resource types as CloudFormation does; KMS lists aliases with the type of a key too. */
export interface AuditResource {
  readonly accountId: string;
  readonly type: 'AWS::KMS::Key' | 'AWS::IAM::Role' | 'Keystead::DriftReport';
  readonly ARN: string;
}

export interface AuditRecord {
  readonly eventVersion: '1.11';
  readonly userIdentity: Readonly<Record<string, unknown>>;
  /** ISO 8601 UTC, whole seconds, `Z`. */
  readonly eventTime: string;
  readonly eventSource: 'kms.amazonaws.com' | 'iam.amazonaws.com' | 'sts.amazonaws.com' | 'cloudtrail.amazonaws.com';
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>;
  readonly requestID: string;
  /** UUID of this record, version 7 (time-ordered-id.ts). */
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly AuditResource[];
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  /** The same id in each account's record of a request that concerns several accounts. */
  readonly sharedEventID?: string;
  readonly eventCategory: 'Management';
  readonly tlsDetails?: object;
}

/** The user name in CloudTrail's LookupEvents: of the user, of the session, `root`; undefined for services. */
export function userNameOf({ userIdentity: { type, userName, principalId } }: AuditRecord): string | undefined {
  if (type === 'Root') return 'root';
  if (typeof userName === 'string') return userName;
  if (type !== 'AssumedRole' && type !== 'FederatedUser') return undefined;
  // `AROA…:session`
  return String(principalId).split(':').slice(1).join(':') || undefined;
}

export function accessKeyIdOf({ userIdentity: { accessKeyId } }: AuditRecord): string | undefined {
  return typeof accessKeyId === 'string' ? accessKeyId : undefined;
}
