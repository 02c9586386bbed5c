/**
 * Numbers that are not in a shape: ranges, defaults and quotas of AWS KMS (developer guide, "Quotas"; API reference),
 * and Keystead's own. Bounds of single members are in the shapes. Messages take their numbers from here.
 */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** Applied when the caller gives none; absent: there is no default. */
  readonly default?: number;
}

export const limits = {
  // One request
  requestBodyInBytes: 1_048_576,
  /** Of a JSON request, lists and objects too. An encryption context of the greatest size has fewer. */
  requestValues: 3000,
  idempotencyKeyLength: 255,
  /** Of a Query request. An honest request has fewer. */
  queryParameters: 2000,
  /** Of a value in a validation message. */
  printedValueLength: 1024,
  /** Listed and counted in a validation message: a hostile request can have a hundred thousand violations. */
  printedViolations: 50,
  countedViolations: 1000,
  clockSkewInSeconds: 300,
  /** How long a use counts as recent in a review of planned changes. */
  recentUseInDays: { min: 1, max: 3650, default: 90 },
  /** Names and values together, UTF-8; the additional authenticated data that an external key store takes. */
  encryptionContextInBytes: 8192,
  /** Of one audit record (CloudTrail User Guide, "CloudTrail record contents"): beyond it the longest parameters are replaced … */
  auditedParametersInBytes: 102_400,
  /** … and longer texts cut off. */
  auditedTextLength: 1024,

  // Times
  pendingWindowInDays: { min: 7, max: 30, default: 30 },
  rotationPeriodInDays: { min: 90, max: 2560, default: 365 },
  importParametersInHours: 24,
  importValidityInDays: 365,
  idempotencyInHours: 24,

  // Sessions (STS API reference, AssumeRole and GetSessionToken)
  roleSessionInSeconds: { min: 900, max: 43_200, default: 3600 },
  /** Of a role that a session of another role assumes (role chaining). */
  chainedSessionInSeconds: 3600,
  userSessionInSeconds: { min: 900, max: 129_600, default: 43_200 },
  rootSessionInSeconds: 3600,
  /** Session policies and tags, deflated; AWS does not publish its limit. */
  packedSessionPolicyInBytes: 2048,
  /** Before it is packed; the size of a role's own inline policies. */
  sessionPolicyLength: 10_240,
  tagsPerSession: 50,
  policyArnsPerSession: 10,

  // Per key
  policyInBytes: 32_768,
  /** Of a new key policy; one of the greatest size whose values have a dozen characters has fewer. */
  policyParts: 2500,
  tagsPerKey: 50,
  onDemandRotationsPerKey: 25,
  grantConstraintPairs: 8,
  grantConstraintValueLength: 384,

  // Identities: IAM's default quotas (IAM User Guide, "IAM and AWS STS quotas"). Sizes leave white space out.
  usersPerAccount: 5000,
  groupsPerAccount: 300,
  rolesPerAccount: 1000,
  managedPoliciesPerAccount: 1500,
  oidcProvidersPerAccount: 100,
  accessKeysPerUser: 2,
  groupsPerUser: 10,
  attachedPoliciesPerIdentity: 10,
  versionsPerPolicy: 5,
  tagsPerIdentity: 50,
  clientIdsPerProvider: 100,
  thumbprintsPerProvider: 5,
  managedPolicyInChars: 6144,
  userPoliciesInChars: 2048,
  groupPoliciesInChars: 5120,
  rolePoliciesInChars: 10_240,
  trustPolicyInChars: 2048,
  /** Drift reports: a stack that is one too many is refused, the oldest report of a stack is forgotten. */
  driftStacksPerAccount: 200,
  driftReportsPerStack: 20,
  maxSessionDurationInSeconds: { min: 3600, max: 43_200, default: 3600 },
} as const;

/** Page sizes. The shape allows 1 to 1000 everywhere; between an operation's maximum and 1000 the maximum is used. */
export const pageSizes = {
  ListKeys: { min: 1, max: 1000, default: 100 },
  ListKeyPolicies: { min: 1, max: 1000, default: 100 },
  ListKeyRotations: { min: 1, max: 1000, default: 100 },
  ListAliases: { min: 1, max: 100, default: 50 },
  ListGrants: { min: 1, max: 100, default: 50 },
  ListRetirableGrants: { min: 1, max: 100, default: 50 },
  ListResourceTags: { min: 1, max: 50, default: 50 },
  DescribeCustomKeyStores: { min: 1, max: 1000, default: 1000 },
  ListChanges: { min: 1, max: 1000, default: 100 },
  ListDriftReports: { min: 1, max: 100, default: 100 },
  LookupEvents: { min: 1, max: 50, default: 50 },
} as const satisfies Record<string, Range & { readonly default: number }>;

/** How many items a page of this operation holds for a caller who asked for `limit`. */
export function pageSize(operation: keyof typeof pageSizes, limit: number | undefined): number {
  const { max, default: defaultSize } = pageSizes[operation];
  return limit === undefined ? defaultSize : Math.min(limit, max);
}
