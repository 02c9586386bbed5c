import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  limits
} from "./part-XHY5IHGK.js";
import {
  ALGORITHM,
  SCOPE_TERMINATOR,
  canonicalQuery,
  canonicalRequest,
  defaultRules,
  formatTimestamp,
  parseQuery,
  sha256Hex,
  signature,
  stringToSign
} from "./part-YFCC4CVH.js";
import {
  LruMap
} from "./part-6ACPXKQJ.js";
import {
  isRegion
} from "./part-6MSZOWH6.js";
import {
  defined
} from "./part-LOG5TJBC.js";

// provider-schema/messages.ts
var statePhrases = {
  Creating: "is creating.",
  Enabled: "is enabled.",
  Disabled: "is disabled.",
  PendingImport: "is pending import.",
  PendingDeletion: "is pending deletion.",
  PendingReplicaDeletion: "is pending replica deletion.",
  Unavailable: "is unavailable.",
  Updating: "is updating."
};
var unseenResource = "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";
var messages = {
  // NotFoundException
  keyNotFound: (keyArn) => `Key '${keyArn}' does not exist`,
  aliasNotFound: (aliasArn) => `Alias ${aliasArn} is not found.`,
  invalidKeyId: (keyId) => `Invalid keyId '${keyId}'`,
  /** An ARN of another Region. */
  invalidArnRegion: (region) => `Invalid arn ${region}`,
  noSuchPolicy: "No such policy exists",
  // AlreadyExistsException
  aliasExists: (aliasArn) => `An alias with the name ${aliasArn} already exists`,
  // DisabledException, KMSInvalidStateException
  disabled: (keyArn) => `${keyArn} is disabled.`,
  pendingImport: (keyArn) => `${keyArn} ${statePhrases.PendingImport}`,
  /** Ours: AWS KMS has no deletion protection. */
  protectedKey: (keyArn) => `${keyArn} is protected from deletion. To delete the key or its key material, lift the protection first: UnprotectKey, DELETE /v1/keys/{KeyId}/deletion-protection.`,
  notPendingDeletion: (keyArn) => `${keyArn} is not pending deletion.`,
  /** For an operation whose rules forbid this state of the key. */
  stateForbids: (keyArn, states, state) => (
    // An operation that is forbidden for an enabled key needs a key pending deletion.
    states.Enabled === "ok" ? `${keyArn} ${statePhrases[state]}` : `${keyArn} is not pending deletion.`
  ),
  xksNotConnected: "This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the external key store and try the request again.",
  xksInnerCiphertext: "The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.",
  cloudHsmUnreachable: "KMS cannot communicate with your CloudHSM cluster",
  noMaterialPendingRotation: (keyArn) => `No available key material pending rotation for the key: ${keyArn}.`,
  otherMaterialPendingRotation: (keyArn, materialId, pendingMaterialId) => `New key material (id: ${materialId}) cannot be imported into KMS key ${keyArn}, because another key material (id: ${pendingMaterialId}) is pending rotation.`,
  // UnsupportedOperationException
  wrappingNotValid: (algorithm, wrappingKeySpec, keySpec) => `WrappingAlgorithm ${algorithm} with WrappingKeySpec ${wrappingKeySpec} is not valid for key material of key spec ${keySpec}.`,
  materialMemberNotValid: (member, keySpec) => `${member} is not valid for key spec ${keySpec}: only symmetric encryption keys can have several key materials.`,
  originNotValid: (keyArn, origin) => `${keyArn} origin is ${origin} which is not valid for this operation.`,
  keySpecNotValid: (keyArn, keySpec) => `${keyArn} key spec is ${keySpec} which is not valid for this operation.`,
  notMultiRegionPrimary: (keyArn) => `${keyArn} is not a multi-region primary key.`,
  planned: (operation) => `${operation} is not implemented yet.`,
  /** A key spec that AWS has in its China Regions only and that this service does not implement. */
  unavailableSpec: (member, keySpec, region) => region.startsWith("cn-") ? `${member} ${keySpec} is not available: the cryptographic library of this service does not implement it.` : `${member} ${keySpec} is available in the China Regions only.`,
  specNotInChina: (member, keySpec) => `${member} ${keySpec} is not available in the China Regions.`,
  recipient: "Recipient is not supported: this service does not verify attestation documents.",
  // InvalidKeyUsageException, IncorrectKeyException
  keyUsageNotValid: (keyArn, keyUsage, operation) => `${keyArn} key usage is ${keyUsage} which is not valid for ${operation}.`,
  algorithmIncompatible: (algorithm, keySpec) => `Algorithm ${algorithm} is incompatible with key spec ${keySpec}.`,
  incorrectKey: "The key ID in the request does not identify a CMK that can perform this operation.",
  // ValidationException
  aliasPrefix: 'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  aliasCharacters: (aliasName) => `${aliasName} contains invalid characters for an alias`,
  aliasTarget: "Aliases must refer to keys. Not aliases",
  aliasUsageChange: (aliasName, from, to) => `Alias ${aliasName} cannot be changed from a CMK with key usage ${from} to a CMK with key usage ${to}`,
  aliasTypeChange: (aliasName, from, to) => `Alias ${aliasName} cannot be changed from a CMK with key type ${from} to a CMK with key type ${to}`,
  dataKeyLength: "Please specify either number of bytes or key spec.",
  plaintextTooLong: (algorithm, keySpec, maxLengthInBytes) => `Algorithm ${algorithm} and key spec ${keySpec} cannot encrypt data larger than ${maxLengthInBytes} bytes.`,
  digestLength: (algorithm) => `Digest is invalid length for algorithm ${algorithm}.`,
  messageType: (algorithm, messageType) => `MessageType ${messageType} is not valid for algorithm ${algorithm}.`,
  encryptionContextNotValid: (member, keySpec) => `${member} is not valid for key spec ${keySpec}: only symmetric encryption keys have an encryption context.`,
  keyUsageRequired: "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
  keyUsageIncompatible: (keyUsage, keySpec) => `KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`,
  bothKeySpecs: "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
  validToRequired: "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
  validToOutOfRange: `ValidTo must be in the future, and at most ${limits.importValidityInDays} days ahead.`,
  validToNotAllowed: "ValidTo cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE.",
  materialIdOfNewMaterial: "KeyMaterialId cannot be set if the ImportType is NEW_KEY_MATERIAL.",
  encryptionContextTooLarge: (member) => `${member} is larger than ${limits.encryptionContextInBytes} bytes.`,
  numberOfBytesRequired: "NumberOfBytes is required.",
  grantReference: "Grant token OR (grant ID, key ID) must be specified",
  ramPolicy: "The AWS_RAM policy can only be managed by the RAM service.",
  pendingWindow: `PendingWindowInDays must be between ${limits.pendingWindowInDays.min} and ${limits.pendingWindowInDays.max} days.`,
  // Import
  invalidImportToken: "The import token is not valid, or was made for another KMS key.",
  expiredImportToken: "The import token has expired. Get new import parameters.",
  incorrectKeyMaterial: "The key material in the request is expired, invalid, or is not the same key material that was previously imported into this KMS key.",
  materialNotFound: (keyArn, materialId) => `Key material ${materialId} of ${keyArn} does not exist`,
  // Grants
  granteeRequired: "1 validation error detected: Value null at 'granteePrincipal' failed to satisfy constraint: Member must not be null",
  retiringRequired: "1 validation error detected: Value null at 'retiringPrincipal' failed to satisfy constraint: Member must not be null",
  invalidGrantToken: () => "The grant token is not valid.",
  // TagException, LimitExceededException
  reservedTag: "Tags beginning with aws: are reserved",
  duplicateTags: "Duplicate tag keys",
  tooManyTags: "Too many tags",
  onDemandRotations: (keyArn) => `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${keyArn}`,
  // MalformedPolicyDocumentException
  policyLockout: "The new key policy will not allow you to update the key policy in the future.",
  invalidPrincipals: "Policy contains a statement with one or more invalid principals.",
  overlyPermissiveCondition: (what) => `OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified ${what} or with an unspecified ${what}. To fix, remove ForAllValues.`,
  // AccessDeniedException
  accessDenied: (principalArn, action, resourceArn, reason) => {
    const what = `User: ${principalArn} is not authorized to perform: ${action}`;
    const where = resourceArn === void 0 ? "" : ` on resource: ${resourceArn}`;
    if (reason.kind === "too-costly") return `${what}${where} because its policies cost too much to evaluate`;
    return reason.kind === "no-allow" ? `${what}${where} because no ${reason.policyType} allows the ${action} action` : `${what}${where} with an explicit deny in ${article(reason.policyType)} ${reason.policyType}`;
  },
  /**
   * A key of another account: one text whether it is missing, not allowed or denied, so that the caller cannot tell
   * which.
   */
  accessDeniedForeign: (principalArn, action) => `User: ${principalArn} is not authorized to perform: ${action} on this resource ${unseenResource}`,
  /** Decrypt or ReEncrypt without a key id, and the ciphertext's key is unknown or not allowed to the caller. */
  accessDeniedCiphertext: (principalArn, action) => `User: ${principalArn} is not authorized to perform: ${action} on the resource associated with this ciphertext ${unseenResource}`,
  // Custom key stores
  keyStoreNotFound: (idOrName) => `Custom key store '${idOrName}' does not exist.`,
  keyStoreNameInUse: (name) => `A custom key store with the name '${name}' already exists.`,
  keyStoreHasKeys: (keyStoreId) => `The custom key store ${keyStoreId} contains KMS keys.`,
  clusterInUse: (clusterId) => `The cluster ${clusterId} is already associated with a custom key store.`,
  clusterNotUsable: (clusterId, status) => `The cluster ${clusterId} cannot be used: it is ${status}.`,
  clusterNotRelated: (clusterId) => `The cluster ${clusterId} does not share the cluster certificate of the custom key store's cluster.`,
  incorrectTrustAnchor: "The trust anchor certificate is not the certificate of the cluster's certificate authority.",
  xksUriInUse: (uri) => `The XKS proxy URI ${uri} is already used by another external key store.`,
  xksEndpointInUse: (endpoint) => `The XKS proxy URI endpoint ${endpoint} is already used by another external key store.`,
  xksServiceInUse: (service) => `The VPC endpoint service ${service} is already used by another external key store.`,
  xksKeyInUse: (xksKeyId) => `The external key ${xksKeyId} is already used by another KMS key in the custom key store.`,
  xksKeySpec: (keySpec) => `The key spec of the external key must be AES_256. The key spec of specified external key is ${keySpec}.`,
  xksKeyStatus: (keyStatus) => `The status of the external key must be ENABLED. The status of specified external key is ${keyStatus}.`,
  xksKeyUsage: (keyUsage) => `The key usage of the external key must include ENCRYPT and DECRYPT. The key use of specified external key is ${keyUsage.join(", ")}.`,
  // Signatures and credentials
  missingAuthenticationToken: "Missing Authentication Token",
  unrecognizedClient: "The security token included in the request is invalid.",
  expiredToken: "The security token included in the request is expired",
  signatureMismatch: "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  wrongRegion: (region) => `Credential should be scoped to a valid region, not '${region}'.`,
  wrongService: (service) => `Credential should be scoped to correct service: '${service}'.`,
  // The rest
  dryRun: "The request would have succeeded, but the DryRun option is set.",
  internal: "The request failed because of an internal error.",
  throttled: "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
  rateExceeded: "Rate exceeded",
  tooManyValues: `The request has more than ${limits.requestValues} values.`,
  requestTooLarge: `The request body is larger than ${limits.requestBodyInBytes} bytes.`,
  preconditionFailed: "The resource has changed since the revision named in If-Match. Read it again and repeat the change.",
  idempotencyMismatch: "The idempotency key was used before with a different request. Use a new key for a new request.",
  invalidTimeRange: "The start time must be before the end time.",
  invalidMaxResults: "MaxResults must be between 1 and 50.",
  invalidNextToken: "The token is not valid for this query.",
  invalidEventCategory: (category) => `${category} is not an event category.`,
  oneLookupAttribute: "You can specify only one lookup attribute.",
  invalidLookupAttributeKey: (key) => `${key} is not a lookup attribute key.`,
  invalidLookupAttributeValue: (key) => `The value is not valid for the lookup attribute key ${key}.`,
  otherTrailOperation: (operation) => `${operation} is not supported: LookupEvents is the only CloudTrail operation here. Trails are configured on the server.`,
  accountAliasExists: (alias) => `The account alias ${alias} already exists.`,
  accountAliasNotFound: (alias) => `The account alias ${alias} cannot be found.`,
  userNotFound: (userName) => `The user with name ${userName} cannot be found.`,
  userExists: (userName) => `User with name ${userName} already exists.`,
  accessKeyNotFound: (accessKeyId) => `The Access Key with id ${accessKeyId} cannot be found`,
  userNameRequired: "Must specify userName when calling with non-User credentials",
  groupNotFound: (name) => `The group with name ${name} cannot be found.`,
  groupExists: (name) => `Group with name ${name} already exists.`,
  userNotInGroup: (userName, groupName) => `User ${userName} is not in group ${groupName}.`,
  roleNotFound: (name) => `The role with name ${name} cannot be found.`,
  roleExists: (name) => `Role with name ${name} already exists.`,
  roleProtected: (name) => `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  servicePath: (path) => `The path ${path} is for service-linked roles. Use CreateServiceLinkedRole, or another path.`,
  serviceLinkedRoleTaken: (name) => `Service role name ${name} has been taken in this account, please try a different suffix.`,
  policyNotFound: (arn) => `Policy ${arn} was not found.`,
  policyNotAttachable: (arn) => `Policy ${arn} does not exist or is not attachable.`,
  policyExists: (name) => `A policy called ${name} already exists. Duplicate names are not allowed.`,
  policyVersionNotFound: (arn, versionId) => `Policy ${arn} version ${versionId} does not exist or is not attachable.`,
  inlinePolicyNotFound: (owner, name) => `The ${owner} policy with name ${name} cannot be found.`,
  awsManagedPolicy: (arn) => `Policy ${arn} is an AWS managed policy and cannot be changed.`,
  policyInUse: "Cannot delete a policy attached to entities.",
  policyHasVersions: "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  policyVersionInForce: "Cannot delete the default version of a policy.",
  tooManyPolicyVersions: `A managed policy can have up to ${limits.versionsPerPolicy} versions. Before you create a new version, you must delete an existing version.`,
  inlinePoliciesTooLarge: (max, owner, name) => `Maximum policy size of ${max} bytes exceeded for ${owner} ${name}`,
  quotaExceeded: (quota, limit) => `Cannot exceed quota for ${quota}: ${limit}`,
  mustFirst: (what) => `Cannot delete entity, must ${what} first.`,
  accessKeyOfOthers: "The access key does not exist or belongs to another account.",
  providerNotFound: (arn) => `OpenIDConnect Provider not found for arn ${arn}`,
  providerExists: (url) => `Provider with url ${url} already exists.`,
  providerUrl: "Invalid Open ID Connect Provider URL: use https, a host and a path, without port, query or user.",
  duplicateIdentityTags: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  onlyFirstRoot: "Only the root user of the installation's first account can do this."
};
function article(word) {
  return /^[aeiou]/i.test(word) ? "an" : "a";
}

// provider-schema/errors.ts
var clientFault = { httpStatus: 400 };
var notFound = { httpStatus: 400, restStatus: 404 };
var conflict = { httpStatus: 400, restStatus: 409 };
var serviceFault = { httpStatus: 500, retryable: true };
var modelled = {
  AlreadyExistsException: conflict,
  CloudHsmClusterInUseException: conflict,
  CloudHsmClusterInvalidConfigurationException: clientFault,
  CloudHsmClusterNotActiveException: clientFault,
  CloudHsmClusterNotFoundException: notFound,
  CloudHsmClusterNotRelatedException: clientFault,
  ConflictException: conflict,
  CustomKeyStoreHasCMKsException: conflict,
  CustomKeyStoreInvalidStateException: conflict,
  CustomKeyStoreNameInUseException: conflict,
  CustomKeyStoreNotFoundException: notFound,
  DependencyTimeoutException: serviceFault,
  DisabledException: conflict,
  DryRunOperationException: { httpStatus: 400, text: messages.dryRun },
  ExpiredImportTokenException: { httpStatus: 400, text: messages.expiredImportToken },
  IncorrectKeyException: { httpStatus: 400, text: messages.incorrectKey },
  IncorrectKeyMaterialException: { httpStatus: 400, text: messages.incorrectKeyMaterial },
  IncorrectTrustAnchorException: clientFault,
  InvalidAliasNameException: clientFault,
  InvalidArnException: clientFault,
  InvalidCiphertextException: { httpStatus: 400, noMessage: true },
  InvalidGrantIdException: clientFault,
  InvalidGrantTokenException: clientFault,
  InvalidImportTokenException: { httpStatus: 400, text: messages.invalidImportToken },
  InvalidKeyUsageException: clientFault,
  InvalidMarkerException: clientFault,
  KeyUnavailableException: serviceFault,
  KMSInternalException: { ...serviceFault, text: messages.internal, queryCode: "InternalFailure" },
  KMSInvalidMacException: { httpStatus: 400, noMessage: true },
  KMSInvalidSignatureException: { httpStatus: 400, noMessage: true },
  KMSInvalidStateException: conflict,
  LimitExceededException: { ...clientFault, queryStatus: 409 },
  MalformedPolicyDocumentException: clientFault,
  NotFoundException: notFound,
  TagException: clientFault,
  UnsupportedOperationException: clientFault,
  XksKeyAlreadyInUseException: conflict,
  XksKeyInvalidConfigurationException: clientFault,
  XksKeyNotFoundException: notFound,
  XksProxyIncorrectAuthenticationCredentialException: clientFault,
  XksProxyInvalidConfigurationException: clientFault,
  XksProxyInvalidResponseException: clientFault,
  XksProxyUriEndpointInUseException: conflict,
  XksProxyUriInUseException: conflict,
  XksProxyUriUnreachableException: clientFault,
  XksProxyVpcEndpointServiceInUseException: conflict,
  XksProxyVpcEndpointServiceInvalidConfigurationException: clientFault,
  XksProxyVpcEndpointServiceNotFoundException: notFound
};
var common = {
  AccessDeniedException: { httpStatus: 400, restStatus: 403, capitalMessage: true, queryStatus: 403 },
  ExpiredTokenException: { httpStatus: 400, restStatus: 403, text: messages.expiredToken, queryStatus: 403 },
  IncompleteSignatureException: clientFault,
  InternalFailure: { ...serviceFault, text: messages.internal },
  InvalidAction: clientFault,
  InvalidClientTokenId: { httpStatus: 403, text: messages.unrecognizedClient },
  InvalidSignatureException: {
    httpStatus: 400,
    restStatus: 403,
    text: messages.signatureMismatch,
    queryCode: "SignatureDoesNotMatch",
    queryStatus: 403
  },
  MissingAuthenticationTokenException: {
    httpStatus: 400,
    restStatus: 401,
    text: messages.missingAuthenticationToken,
    queryStatus: 403
  },
  NotAuthorizedException: { httpStatus: 400, restStatus: 403, noMessage: true },
  OptInRequired: { httpStatus: 403 },
  RequestExpired: clientFault,
  SerializationException: { ...clientFault, queryCode: "MalformedInput" },
  ServiceUnavailableException: { httpStatus: 503, retryable: true },
  ThrottlingException: { httpStatus: 400, restStatus: 429, text: messages.throttled, retryable: true },
  UnknownOperationException: { httpStatus: 400, restStatus: 404, noMessage: true, queryCode: "InvalidAction" },
  UnrecognizedClientException: {
    httpStatus: 400,
    restStatus: 403,
    text: messages.unrecognizedClient,
    queryCode: "InvalidClientTokenId",
    queryStatus: 403
  },
  ValidationException: { ...clientFault, queryCode: "ValidationError" }
};
var query = {
  MalformedQueryString: { httpStatus: 404, restStatus: 400 },
  MissingAction: clientFault
};
var sts = {
  /** An expired web identity token; AWS uses the code of an expired session for it, with another status. */
  ExpiredIdentityTokenException: { ...clientFault, queryCode: "ExpiredTokenException" },
  IDPCommunicationErrorException: { ...clientFault, retryable: true },
  IDPRejectedClaimException: { httpStatus: 403 },
  InvalidAuthorizationMessageException: { ...clientFault, queryCode: "InvalidAuthorizationMessageException" },
  InvalidIdentityTokenException: clientFault,
  PackedPolicyTooLargeException: clientFault
};
var own = {
  DeleteConflictException: { httpStatus: 409 },
  EntityAlreadyExistsException: { httpStatus: 409 },
  IdempotentParameterMismatchException: { httpStatus: 409, text: messages.idempotencyMismatch },
  InvalidEventCategoryException: clientFault,
  InvalidLookupAttributesException: clientFault,
  InvalidMaxResultsException: { httpStatus: 400, text: messages.invalidMaxResults },
  InvalidInputException: clientFault,
  InvalidNextTokenException: { httpStatus: 400, text: messages.invalidNextToken },
  InvalidTimeRangeException: { httpStatus: 400, text: messages.invalidTimeRange },
  NoSuchEntityException: { httpStatus: 404 },
  PreconditionFailedException: { httpStatus: 412, text: messages.preconditionFailed },
  RequestEntityTooLargeException: { httpStatus: 413, text: messages.requestTooLarge },
  /** IAM: the role belongs to a service. */
  UnmodifiableEntityException: clientFault
};
var errors = { ...modelled, ...common, ...query, ...sts, ...own };
var commonErrors = Object.keys(common);
var modelledErrors = Object.keys(modelled);
function errorRow(code) {
  return errors[code];
}
function restStatus(code) {
  const row = errorRow(code);
  return row.restStatus ?? row.httpStatus;
}
function queryError(code) {
  const row = errorRow(code);
  return { code: row.queryCode ?? code.replace(/Exception$/, ""), status: row.queryStatus ?? row.httpStatus };
}
var KmsError = class extends Error {
  code;
  /** @param message the text to send; absent: the code's default text, if it has one. */
  constructor(code, message = errorRow(code).text ?? "") {
    super(message);
    this.name = "KmsError";
    this.code = code;
  }
};

// control-plane/sigv4/verify.ts
import { timingSafeEqual } from "node:crypto";
var kmsRules = { ...defaultRules, services: ["kms"], mustBeSigned: [] };
var SKEW_MS = limits.clockSkewInSeconds * 1e3;
var MAX_EXPIRES_IN_SECONDS = 7 * 24 * 60 * 60;
var incomplete = (message) => new KmsError("IncompleteSignatureException", message);
var invalid = (message) => new KmsError("InvalidSignatureException", message);
function parseAuthorization(request, rules = kmsRules) {
  const fields = singleFields(request, rules);
  const authorization = fields.get("authorization");
  const parameters = signatureParameters(request);
  if (parameters.size > 0 && authorization !== void 0) {
    throw invalid("Only one auth mechanism allowed; only the Authorization header or the X-Amz query parameters.");
  }
  if (parameters.size === 0 && authorization === void 0) {
    throw new KmsError("MissingAuthenticationTokenException", messages.missingAuthenticationToken);
  }
  const parsed = authorization === void 0 ? parseQueryForm(parameters, rules) : parseHeaderForm(fields, authorization, rules);
  requireCoverage(fields, parsed, rules);
  requireBodyHash(fields, request.body, parameters);
  return parsed;
}
function checkDate(parsed, nowMs) {
  const requestDate = parsed.timestamp.slice(0, 8);
  if (parsed.date !== requestDate) {
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${parsed.date}' != '${requestDate}', from '${parsed.timestamp}'.`
    );
  }
  if (parsed.signedAtMs > nowMs + SKEW_MS) {
    const latest = formatTimestamp(nowMs + SKEW_MS);
    const now = formatTimestamp(nowMs);
    throw invalid(`Signature not yet current: ${parsed.timestamp} is still later than ${latest} (${now} + 5 min.)`);
  }
  const lifeMs = parsed.expiresInSeconds === void 0 ? SKEW_MS : parsed.expiresInSeconds * 1e3;
  if (parsed.signedAtMs + lifeMs < nowMs) {
    const age = parsed.expiresInSeconds === void 0 ? "5 min." : `${parsed.expiresInSeconds} sec.`;
    const earliest = formatTimestamp(nowMs - lifeMs);
    const now = formatTimestamp(nowMs);
    throw invalid(`Signature expired: ${parsed.timestamp} is now earlier than ${earliest} (${now} - ${age})`);
  }
}
function verifySignature(parsed, request, signingKey, rules = kmsRules) {
  const expected = signature(signingKey, signedText(parsed, request, rules).stringToSign);
  if (parsed.signature.length !== expected.length || !timingSafeEqual(parsed.signature, expected)) {
    throw invalid(messages.signatureMismatch);
  }
}
function signedText(parsed, request, rules = kmsRules) {
  const left = parsed.form === "header" ? none : notCovered(rules);
  const query2 = parseQuery(request.rawQuery);
  const covered = left.length === 0 ? query2 : query2.filter(({ name }) => !left.includes(name.toString()));
  const canonical = canonicalRequest(request, parsed.signedHeaders, canonicalQuery(covered), rules);
  return { canonicalRequest: canonical, stringToSign: stringToSign(parsed.timestamp, parsed, canonical) };
}
var none = [];
var notCovered = (rules) => rules.omitSessionToken ? ["X-Amz-Signature", "X-Amz-Security-Token"] : ["X-Amz-Signature"];
var single = /* @__PURE__ */ new Set(["authorization", "host", "date", "content-type", "content-length"]);
function singleFields(request, rules) {
  const fields = /* @__PURE__ */ new Map();
  for (const [sent, value] of request.headers) {
    const name = sent.toLowerCase();
    if (!fields.has(name)) {
      fields.set(name, value.trim());
    } else if (single.has(name) || name.startsWith("x-amz-") || rules.mustBeSigned.includes(name)) {
      throw invalid(`Header '${name}' must not appear more than once.`);
    }
  }
  return fields;
}
var noParameters = /* @__PURE__ */ new Map();
function signatureParameters(request) {
  if (request.rawQuery === "") return noParameters;
  const found = /* @__PURE__ */ new Map();
  for (const { name, value } of parseQuery(request.rawQuery)) {
    const text = name.toString();
    if (!/^x-amz-/i.test(text)) continue;
    if (found.has(text)) throw invalid(`Query parameter '${text}' must not appear more than once.`);
    found.set(text, value.toString());
  }
  const signs = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].some((name) => found.has(name));
  return signs ? found : /* @__PURE__ */ new Map();
}
function parseHeaderForm(fields, authorization, rules) {
  const date = fields.get("x-amz-date") ?? fields.get("date");
  const { claim, signature: signature2 } = repeatedClaim(authorization, date, rules) ?? parseHeader(authorization, date, rules);
  const sessionToken = fields.get("x-amz-security-token");
  return {
    form: "header",
    ...claim,
    ...parseDate(date ?? ""),
    ...defined({ sessionToken }),
    signature: parseHex(signature2)
  };
}
var SIGNATURE_MARK = ", Signature=";
var SIGNATURE_HEX_DIGITS = 64;
var REMEMBERED_CLAIMS = 1024;
var claims = new LruMap(REMEMBERED_CLAIMS);
function repeatedClaim(authorization, date, rules) {
  const end = authorization.length - SIGNATURE_HEX_DIGITS;
  if (!date || !authorization.endsWith(SIGNATURE_MARK, end)) return void 0;
  const known = claims.get(authorization.slice(0, end));
  return known?.rules === rules ? { claim: known.claim, signature: authorization.slice(end) } : void 0;
}
function parseHeader(authorization, date, rules) {
  const [algorithm = "", ...rest] = authorization.split(/\s+/);
  const parts = algorithm === ALGORITHM ? authorizationParts(rest.join(" ")) : /* @__PURE__ */ new Map();
  if (algorithm !== ALGORITHM && /^AWS\d/.test(algorithm)) {
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}'. Only AWS4-HMAC-SHA256 is supported.`);
  }
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parts.get(name)).map((name) => `Authorization header requires '${name}' parameter.`);
  if (!date) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (missing.length > 0) throw incomplete([...missing, `Authorization=${withoutSignature(authorization)}`].join(" "));
  const claim = {
    ...parseCredential(parts.get("Credential") ?? "", rules),
    signedHeaders: parseSignedHeaders(parts.get("SignedHeaders") ?? "")
  };
  const signature2 = parts.get("Signature") ?? "";
  if (authorization.endsWith(`${SIGNATURE_MARK}${signature2}`)) {
    claims.set(authorization.slice(0, -signature2.length), { claim, rules });
  }
  return { claim, signature: signature2 };
}
function authorizationParts(text) {
  const parts = /* @__PURE__ */ new Map();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0));
    if (equals <= 0) throw incomplete(`'${part.slice(0, 100)}' not a valid key=value pair (missing equal-sign).`);
    if (parts.has(name)) throw incomplete(`Authorization header has more than one '${name}' parameter.`);
    parts.set(name, part.slice(equals + 1));
  }
  return parts;
}
var withoutSignature = (authorization) => authorization.replace(/(Signature=)[^,\s]*/g, "$1…").slice(0, 1024);
function parseQueryForm(parameters, rules) {
  const required = ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires"];
  const missing = required.filter((name) => !parameters.get(`X-Amz-${name}`));
  if (missing.length > 0) {
    throw incomplete(missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`).join(" "));
  }
  const read = (name) => parameters.get(`X-Amz-${name}`) ?? "";
  if (read("Algorithm") !== ALGORITHM) {
    throw incomplete(`Unsupported AWS 'algorithm': '${read("Algorithm")}'. Only AWS4-HMAC-SHA256 is supported.`);
  }
  const sessionToken = parameters.get("X-Amz-Security-Token");
  return {
    form: "query",
    ...parseCredential(read("Credential"), rules),
    ...parseDate(read("Date")),
    ...defined({ sessionToken }),
    expiresInSeconds: parseExpiry(read("Expires")),
    signedHeaders: parseSignedHeaders(read("SignedHeaders")),
    signature: parseHex(read("Signature"))
  };
}
function parseExpiry(text) {
  const seconds = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_EXPIRES_IN_SECONDS) {
    throw invalid(`X-Amz-Expires must be between 1 and ${MAX_EXPIRES_IN_SECONDS} seconds (a week).`);
  }
  return seconds;
}
function parseCredential(text, rules) {
  const parts = text.split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator = ""] = parts;
  if (parts.length !== 5 || accessKeyId === "") {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${text}'`
    );
  }
  const faults = [
    /^[0-9]{8}$/.test(date) ? "" : `Date in Credential scope must be YYYYMMDD, not '${date}'.`,
    isRegion(region) && (rules.regions?.has(region) ?? true) ? "" : messages.wrongRegion(region),
    rules.services.includes(service) ? "" : messages.wrongService(rules.services.join("' or '")),
    terminator === SCOPE_TERMINATOR ? "" : `Credential should be scoped with a valid terminator: '${SCOPE_TERMINATOR}', not '${terminator}'.`
  ].filter((fault) => fault !== "");
  if (faults.length > 0) throw invalid(faults.join(" "));
  return { accessKeyId, date, region, service };
}
var lastDate;
function parseDate(text) {
  if (lastDate?.text === text) return lastDate.read;
  const read = readDate(text);
  lastDate = { text, read };
  return read;
}
function readDate(text) {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (basic) return { timestamp: text, signedAtMs: basicToMs(basic) ?? refuseDate(text) };
  const imf = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text);
  const signedAtMs = imf ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(signedAtMs)) refuseDate(text);
  return { timestamp: formatTimestamp(signedAtMs), signedAtMs };
}
function basicToMs([, ...digits]) {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isSame = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  return isSame && minute < 60 && second < 60 ? date.getTime() : void 0;
}
function refuseDate(text) {
  throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`);
}
function parseSignedHeaders(text) {
  const names = text.split(";");
  const ordered = names.every(
    (name, i) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && (i === 0 || (names[i - 1] ?? "") < name)
  );
  if (!ordered) throw invalid("SignedHeaders must be lower-case header names, sorted, each once.");
  return names;
}
function parseHex(text) {
  if (!/^[0-9a-f]{64}$/.test(text)) throw invalid(messages.signatureMismatch);
  return Buffer.from(text, "hex");
}
function requireCoverage(sent, parsed, rules) {
  const { signedHeaders } = parsed;
  const isSigned = (name) => signedHeaders.includes(name);
  if (!isSigned("host")) throw invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  if (parsed.form === "header" && !isSigned(sent.has("x-amz-date") ? "x-amz-date" : "date")) {
    throw invalid("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const name of sent.keys()) {
    const free = name === "x-amz-security-token" && rules.omitSessionToken;
    const must = name.startsWith("x-amz-") || rules.mustBeSigned.includes(name);
    if (must && !free && !isSigned(name)) {
      throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  for (const name of signedHeaders) {
    if (!sent.has(name)) throw invalid(`Signed header '${name}' is not in the request.`);
  }
}
function requireBodyHash(fields, body, parameters) {
  const declared = fields.get("x-amz-content-sha256") ?? parameters.get("X-Amz-Content-Sha256");
  if (declared === void 0) return;
  if (/^(UNSIGNED-PAYLOAD|STREAMING-)/.test(declared)) {
    throw invalid(`${declared.slice(0, 64)} is not supported: sign the SHA-256 of the request's body.`);
  }
  if (declared !== sha256Hex(body)) {
    throw invalid("The value of 'x-amz-content-sha256' is not the SHA-256 of the request's body.");
  }
}

export {
  messages,
  commonErrors,
  errorRow,
  restStatus,
  queryError,
  KmsError,
  kmsRules,
  parseAuthorization,
  checkDate,
  verifySignature
};
