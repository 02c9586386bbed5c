/**
 * The texts of errors that clients match on, as AWS KMS words them. A text with a number in it takes the number from
 * limits.ts.
 */
import type { MessageType } from './generated/types.ts';
import { limits } from './limits.ts';
import type { KeySpec, KeyState, KeyUsage, Origin, StateRules } from './vocabulary.ts';

const statePhrases: Readonly<Record<KeyState, string>> = {
  Creating: 'is creating.',
  Enabled: 'is enabled.',
  Disabled: 'is disabled.',
  PendingImport: 'is pending import.',
  PendingDeletion: 'is pending deletion.',
  PendingReplicaDeletion: 'is pending replica deletion.',
  Unavailable: 'is unavailable.',
  Updating: 'is updating.',
};

/** Why nothing allowed a request, as AccessDeniedException ends. */
export type DenialReason =
  | { readonly kind: 'no-allow'; readonly policyType: PolicyType }
  | { readonly kind: 'explicit-deny'; readonly policyType: PolicyType }
  /** Ours: AWS does not document what it does then. */
  | { readonly kind: 'too-costly' };
type PolicyType = 'resource-based policy' | 'identity-based policy' | 'permissions boundary' | 'session policy';

const unseenResource =
  'because the resource does not exist in this Region, no resource-based policies allow access, ' +
  'or a resource-based policy explicitly denies access';

export const messages = {
  // NotFoundException
  keyNotFound: (keyArn: string) => `Key '${keyArn}' does not exist`,
  aliasNotFound: (aliasArn: string) => `Alias ${aliasArn} is not found.`,
  invalidKeyId: (keyId: string) => `Invalid keyId '${keyId}'`,
  /** An ARN of another Region. */
  invalidArnRegion: (region: string) => `Invalid arn ${region}`,
  noSuchPolicy: 'No such policy exists',

  // AlreadyExistsException
  aliasExists: (aliasArn: string) => `An alias with the name ${aliasArn} already exists`,

  // DisabledException, KMSInvalidStateException
  disabled: (keyArn: string) => `${keyArn} is disabled.`,
  pendingImport: (keyArn: string) => `${keyArn} ${statePhrases.PendingImport}`,
  /** Ours: AWS KMS has no deletion protection. */
  protectedKey: (keyArn: string) =>
    `${keyArn} is protected from deletion. To delete the key or its key material, lift the protection first: ` +
    'UnprotectKey, DELETE /v1/keys/{KeyId}/deletion-protection.',
  notPendingDeletion: (keyArn: string) => `${keyArn} is not pending deletion.`,
  /** For an operation whose rules forbid this state of the key. */
  stateForbids: (keyArn: string, states: StateRules, state: KeyState) =>
    // An operation that is forbidden for an enabled key needs a key pending deletion.
    states.Enabled === 'ok' ? `${keyArn} ${statePhrases[state]}` : `${keyArn} is not pending deletion.`,
  xksNotConnected:
    'This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the ' +
    'external key store and try the request again.',
  xksInnerCiphertext:
    'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is ' +
    'corrupted, missing, or otherwise invalid.',
  cloudHsmUnreachable: 'KMS cannot communicate with your CloudHSM cluster',
  noMaterialPendingRotation: (keyArn: string) => `No available key material pending rotation for the key: ${keyArn}.`,

  otherMaterialPendingRotation: (keyArn: string, materialId: string, pendingMaterialId: string) =>
    `New key material (id: ${materialId}) cannot be imported into KMS key ${keyArn}, ` +
    `because another key material (id: ${pendingMaterialId}) is pending rotation.`,

  // UnsupportedOperationException
  wrappingNotValid: (algorithm: string, wrappingKeySpec: string, keySpec: KeySpec) =>
    `WrappingAlgorithm ${algorithm} with WrappingKeySpec ${wrappingKeySpec} is not valid for key material of key spec ` +
    `${keySpec}.`,
  materialMemberNotValid: (member: string, keySpec: KeySpec) =>
    `${member} is not valid for key spec ${keySpec}: only symmetric encryption keys can have several key materials.`,
  originNotValid: (keyArn: string, origin: Origin) =>
    `${keyArn} origin is ${origin} which is not valid for this operation.`,
  keySpecNotValid: (keyArn: string, keySpec: KeySpec) =>
    `${keyArn} key spec is ${keySpec} which is not valid for this operation.`,
  notMultiRegionPrimary: (keyArn: string) => `${keyArn} is not a multi-region primary key.`,
  planned: (operation: string) => `${operation} is not implemented yet.`,
  /** A key spec that AWS has in its China Regions only and that this service does not implement. */
  unavailableSpec: (member: 'KeySpec' | 'KeyPairSpec', keySpec: KeySpec, region: string) =>
    region.startsWith('cn-')
      ? `${member} ${keySpec} is not available: the cryptographic library of this service does not implement it.`
      : `${member} ${keySpec} is available in the China Regions only.`,
  specNotInChina: (member: 'KeySpec' | 'KeyPairSpec', keySpec: KeySpec) =>
    `${member} ${keySpec} is not available in the China Regions.`,
  recipient: 'Recipient is not supported: this service does not verify attestation documents.',

  // InvalidKeyUsageException, IncorrectKeyException
  keyUsageNotValid: (keyArn: string, keyUsage: KeyUsage, operation: string) =>
    `${keyArn} key usage is ${keyUsage} which is not valid for ${operation}.`,
  algorithmIncompatible: (algorithm: string, keySpec: KeySpec) =>
    `Algorithm ${algorithm} is incompatible with key spec ${keySpec}.`,
  incorrectKey: 'The key ID in the request does not identify a CMK that can perform this operation.',

  // ValidationException
  aliasPrefix:
    'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  aliasCharacters: (aliasName: string) => `${aliasName} contains invalid characters for an alias`,
  aliasTarget: 'Aliases must refer to keys. Not aliases',
  aliasUsageChange: (aliasName: string, from: KeyUsage, to: KeyUsage) =>
    `Alias ${aliasName} cannot be changed from a CMK with key usage ${from} to a CMK with key usage ${to}`,
  aliasTypeChange: (aliasName: string, from: string, to: string) =>
    `Alias ${aliasName} cannot be changed from a CMK with key type ${from} to a CMK with key type ${to}`,
  dataKeyLength: 'Please specify either number of bytes or key spec.',
  plaintextTooLong: (algorithm: string, keySpec: KeySpec, maxLengthInBytes: number) =>
    `Algorithm ${algorithm} and key spec ${keySpec} cannot encrypt data larger than ${maxLengthInBytes} bytes.`,
  digestLength: (algorithm: string) => `Digest is invalid length for algorithm ${algorithm}.`,
  messageType: (algorithm: string, messageType: MessageType) =>
    `MessageType ${messageType} is not valid for algorithm ${algorithm}.`,
  encryptionContextNotValid: (member: string, keySpec: KeySpec) =>
    `${member} is not valid for key spec ${keySpec}: only symmetric encryption keys have an encryption context.`,
  keyUsageRequired: 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
  keyUsageIncompatible: (keyUsage: KeyUsage, keySpec: KeySpec) =>
    `KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`,
  bothKeySpecs:
    'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
  validToRequired: 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
  validToOutOfRange: `ValidTo must be in the future, and at most ${limits.importValidityInDays} days ahead.`,
  validToNotAllowed: 'ValidTo cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE.',
  materialIdOfNewMaterial: 'KeyMaterialId cannot be set if the ImportType is NEW_KEY_MATERIAL.',
  encryptionContextTooLarge: (member: string) => `${member} is larger than ${limits.encryptionContextInBytes} bytes.`,
  numberOfBytesRequired: 'NumberOfBytes is required.',
  grantReference: 'Grant token OR (grant ID, key ID) must be specified',
  ramPolicy: 'The AWS_RAM policy can only be managed by the RAM service.',
  pendingWindow: `PendingWindowInDays must be between ${limits.pendingWindowInDays.min} and ${limits.pendingWindowInDays.max} days.`,

  // Import
  invalidImportToken: 'The import token is not valid, or was made for another KMS key.',
  expiredImportToken: 'The import token has expired. Get new import parameters.',
  incorrectKeyMaterial:
    'The key material in the request is expired, invalid, or is not the same key material that was previously imported ' +
    'into this KMS key.',
  materialNotFound: (keyArn: string, materialId: string) => `Key material ${materialId} of ${keyArn} does not exist`,

  // Grants
  granteeRequired:
    "1 validation error detected: Value null at 'granteePrincipal' failed to satisfy constraint: Member must not be null",
  retiringRequired:
    "1 validation error detected: Value null at 'retiringPrincipal' failed to satisfy constraint: Member must not be null",
  invalidGrantToken: () => 'The grant token is not valid.',

  // TagException, LimitExceededException
  reservedTag: 'Tags beginning with aws: are reserved',
  duplicateTags: 'Duplicate tag keys',
  tooManyTags: 'Too many tags',
  onDemandRotations: (keyArn: string) =>
    'The on-demand rotations limit has been reached for the given keyId. ' +
    `No more on-demand rotations can be performed for this key: ${keyArn}`,

  // MalformedPolicyDocumentException
  policyLockout: 'The new key policy will not allow you to update the key policy in the future.',
  invalidPrincipals: 'Policy contains a statement with one or more invalid principals.',
  overlyPermissiveCondition: (what: 'encryption context' | 'tag') =>
    'OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches ' +
    `requests without the specified ${what} or with an unspecified ${what}. To fix, remove ForAllValues.`,

  // AccessDeniedException
  accessDenied: (principalArn: string, action: string, resourceArn: string | undefined, reason: DenialReason) => {
    const what = `User: ${principalArn} is not authorized to perform: ${action}`;
    const where = resourceArn === undefined ? '' : ` on resource: ${resourceArn}`;
    if (reason.kind === 'too-costly') return `${what}${where} because its policies cost too much to evaluate`;
    return reason.kind === 'no-allow'
      ? `${what}${where} because no ${reason.policyType} allows the ${action} action`
      : `${what}${where} with an explicit deny in ${article(reason.policyType)} ${reason.policyType}`;
  },
  /**
   * A key of another account: one text whether it is missing, not allowed or denied, so that the caller cannot tell
   * which.
   */
  accessDeniedForeign: (principalArn: string, action: string) =>
    `User: ${principalArn} is not authorized to perform: ${action} on this resource ${unseenResource}`,
  /** Decrypt or ReEncrypt without a key id, and the ciphertext's key is unknown or not allowed to the caller. */
  accessDeniedCiphertext: (principalArn: string, action: string) =>
    `User: ${principalArn} is not authorized to perform: ${action} on the resource associated with this ciphertext ${unseenResource}`,

  // Custom key stores
  keyStoreNotFound: (idOrName: string) => `Custom key store '${idOrName}' does not exist.`,
  keyStoreNameInUse: (name: string) => `A custom key store with the name '${name}' already exists.`,
  keyStoreHasKeys: (keyStoreId: string) => `The custom key store ${keyStoreId} contains KMS keys.`,
  clusterInUse: (clusterId: string) => `The cluster ${clusterId} is already associated with a custom key store.`,
  clusterNotUsable: (clusterId: string, status: string) => `The cluster ${clusterId} cannot be used: it is ${status}.`,
  clusterNotRelated: (clusterId: string) =>
    `The cluster ${clusterId} does not share the cluster certificate of the custom key store's cluster.`,
  incorrectTrustAnchor: "The trust anchor certificate is not the certificate of the cluster's certificate authority.",
  xksUriInUse: (uri: string) => `The XKS proxy URI ${uri} is already used by another external key store.`,
  xksEndpointInUse: (endpoint: string) =>
    `The XKS proxy URI endpoint ${endpoint} is already used by another external key store.`,
  xksServiceInUse: (service: string) =>
    `The VPC endpoint service ${service} is already used by another external key store.`,
  xksKeyInUse: (xksKeyId: string) =>
    `The external key ${xksKeyId} is already used by another KMS key in the custom key store.`,
  xksKeySpec: (keySpec: string) =>
    `The key spec of the external key must be AES_256. The key spec of specified external key is ${keySpec}.`,
  xksKeyStatus: (keyStatus: string) =>
    `The status of the external key must be ENABLED. The status of specified external key is ${keyStatus}.`,
  xksKeyUsage: (keyUsage: readonly string[]) =>
    'The key usage of the external key must include ENCRYPT and DECRYPT. ' +
    `The key use of specified external key is ${keyUsage.join(', ')}.`,

  // Signatures and credentials
  missingAuthenticationToken: 'Missing Authentication Token',
  unrecognizedClient: 'The security token included in the request is invalid.',
  expiredToken: 'The security token included in the request is expired',
  signatureMismatch:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
    'and signing method. Consult the service documentation for details.',
  wrongRegion: (region: string) => `Credential should be scoped to a valid region, not '${region}'.`,
  wrongService: (service: string) => `Credential should be scoped to correct service: '${service}'.`,

  // The rest
  dryRun: 'The request would have succeeded, but the DryRun option is set.',
  internal: 'The request failed because of an internal error.',
  throttled: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  rateExceeded: 'Rate exceeded',
  tooManyValues: `The request has more than ${limits.requestValues} values.`,
  requestTooLarge: `The request body is larger than ${limits.requestBodyInBytes} bytes.`,
  preconditionFailed:
    'The resource has changed since the revision named in If-Match. Read it again and repeat the change.',
  idempotencyMismatch: 'The idempotency key was used before with a different request. Use a new key for a new request.',
  invalidTimeRange: 'The start time must be before the end time.',
  invalidMaxResults: 'MaxResults must be between 1 and 50.',
  invalidNextToken: 'The token is not valid for this query.',
  invalidEventCategory: (category: string) => `${category} is not an event category.`,
  oneLookupAttribute: 'You can specify only one lookup attribute.',
  invalidLookupAttributeKey: (key: string) => `${key} is not a lookup attribute key.`,
  invalidLookupAttributeValue: (key: string) => `The value is not valid for the lookup attribute key ${key}.`,
  otherTrailOperation: (operation: string) =>
    `${operation} is not supported: LookupEvents is the only CloudTrail operation here. Trails are configured on the server.`,
  accountAliasExists: (alias: string) => `The account alias ${alias} already exists.`,
  accountAliasNotFound: (alias: string) => `The account alias ${alias} cannot be found.`,
  userNotFound: (userName: string) => `The user with name ${userName} cannot be found.`,
  userExists: (userName: string) => `User with name ${userName} already exists.`,
  accessKeyNotFound: (accessKeyId: string) => `The Access Key with id ${accessKeyId} cannot be found`,
  userNameRequired: 'Must specify userName when calling with non-User credentials',
  groupNotFound: (name: string) => `The group with name ${name} cannot be found.`,
  groupExists: (name: string) => `Group with name ${name} already exists.`,
  userNotInGroup: (userName: string, groupName: string) => `User ${userName} is not in group ${groupName}.`,
  roleNotFound: (name: string) => `The role with name ${name} cannot be found.`,
  roleExists: (name: string) => `Role with name ${name} already exists.`,
  roleProtected: (name: string) =>
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  servicePath: (path: string) =>
    `The path ${path} is for service-linked roles. Use CreateServiceLinkedRole, or another path.`,
  serviceLinkedRoleTaken: (name: string) =>
    `Service role name ${name} has been taken in this account, please try a different suffix.`,
  policyNotFound: (arn: string) => `Policy ${arn} was not found.`,
  policyNotAttachable: (arn: string) => `Policy ${arn} does not exist or is not attachable.`,
  policyExists: (name: string) => `A policy called ${name} already exists. Duplicate names are not allowed.`,
  policyVersionNotFound: (arn: string, versionId: string) =>
    `Policy ${arn} version ${versionId} does not exist or is not attachable.`,
  inlinePolicyNotFound: (owner: string, name: string) => `The ${owner} policy with name ${name} cannot be found.`,
  awsManagedPolicy: (arn: string) => `Policy ${arn} is an AWS managed policy and cannot be changed.`,
  policyInUse: 'Cannot delete a policy attached to entities.',
  policyHasVersions:
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
    'The default version is deleted with the policy.',
  policyVersionInForce: 'Cannot delete the default version of a policy.',
  tooManyPolicyVersions:
    `A managed policy can have up to ${limits.versionsPerPolicy} versions. ` +
    'Before you create a new version, you must delete an existing version.',
  inlinePoliciesTooLarge: (max: number, owner: string, name: string) =>
    `Maximum policy size of ${max} bytes exceeded for ${owner} ${name}`,
  quotaExceeded: (quota: string, limit: number) => `Cannot exceed quota for ${quota}: ${limit}`,
  mustFirst: (what: string) => `Cannot delete entity, must ${what} first.`,
  accessKeyOfOthers: 'The access key does not exist or belongs to another account.',
  providerNotFound: (arn: string) => `OpenIDConnect Provider not found for arn ${arn}`,
  providerExists: (url: string) => `Provider with url ${url} already exists.`,
  providerUrl: 'Invalid Open ID Connect Provider URL: use https, a host and a path, without port, query or user.',
  duplicateIdentityTags: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  onlyFirstAccount: "Only principals of the installation's first account can do this.",
  onlyFirstRoot: "Only the root user of the installation's first account can do this.",
} as const;

function article(word: string): 'a' | 'an' {
  return /^[aeiou]/i.test(word) ? 'an' : 'a';
}
