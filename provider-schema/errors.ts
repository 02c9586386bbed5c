/**
 * The error table: code, HTTP status, default text, wire quirks; and the exact texts that clients match on.
 * Code throws `new KmsError(code, message)`. Sources: the AWS KMS API's error lists, its common errors, and captured
 * answers for the texts; RFC 9110 for the statuses of the REST door.
 */
import { messages } from './messages.ts';

export { messages };

export interface ErrorRow {
  /** Status at the AWS door: 400 for nearly everything that is the caller's fault. */
  readonly httpStatus: number;
  /** Status at the REST door, where HTTP has a more exact one; absent: the same. */
  readonly restStatus?: number;
  /** The text when the code is thrown without one. */
  readonly text?: string;
  /** The body's text member is `Message` instead of `message`. */
  readonly capitalMessage?: true;
  /** Sent without any text. */
  readonly noMessage?: true;
  /** The cause is temporary: a client can send the same request again. */
  readonly retryable?: true;
  /** Code at the Query doors (IAM, STS); absent: the code without `Exception`. */
  readonly queryCode?: string;
  /** Status at the Query doors; absent: that of the AWS door. */
  readonly queryStatus?: number;
}

const clientFault = { httpStatus: 400 } as const;
const notFound = { httpStatus: 400, restStatus: 404 } as const;
const conflict = { httpStatus: 400, restStatus: 409 } as const;
const serviceFault = { httpStatus: 500, retryable: true } as const;

/** Errors of the KMS model; each is a shape in shapes/kms/exceptions.ts too. */
const modelled = {
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
  KMSInternalException: { ...serviceFault, text: messages.internal, queryCode: 'InternalFailure' },
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
  XksProxyVpcEndpointServiceNotFoundException: notFound,
} as const satisfies Record<string, ErrorRow>;

/** Errors any operation can answer with; the KMS model does not list them. */
const common = {
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
    queryCode: 'SignatureDoesNotMatch',
    queryStatus: 403,
  },
  MissingAuthenticationTokenException: {
    httpStatus: 400,
    restStatus: 401,
    text: messages.missingAuthenticationToken,
    queryStatus: 403,
  },
  NotAuthorizedException: { httpStatus: 400, restStatus: 403, noMessage: true },
  OptInRequired: { httpStatus: 403 },
  RequestExpired: clientFault,
  SerializationException: { ...clientFault, queryCode: 'MalformedInput' },
  ServiceUnavailableException: { httpStatus: 503, retryable: true },
  ThrottlingException: { httpStatus: 400, restStatus: 429, text: messages.throttled, retryable: true },
  UnknownOperationException: { httpStatus: 400, restStatus: 404, noMessage: true, queryCode: 'InvalidAction' },
  UnrecognizedClientException: {
    httpStatus: 400,
    restStatus: 403,
    text: messages.unrecognizedClient,
    queryCode: 'InvalidClientTokenId',
    queryStatus: 403,
  },
  ValidationException: { ...clientFault, queryCode: 'ValidationError' },
} as const satisfies Record<string, ErrorRow>;

/** Errors that the Query protocol adds (IAM API reference, "Common errors"). */
const query = {
  MalformedQueryString: { httpStatus: 404, restStatus: 400 },
  MissingAction: clientFault,
} as const satisfies Record<string, ErrorRow>;

/** Errors of STS (STS API reference). */
const sts = {
  /** An expired web identity token; AWS uses the code of an expired session for it, with another status. */
  ExpiredIdentityTokenException: { ...clientFault, queryCode: 'ExpiredTokenException' },
  IDPCommunicationErrorException: { ...clientFault, retryable: true },
  IDPRejectedClaimException: { httpStatus: 403 },
  InvalidAuthorizationMessageException: { ...clientFault, queryCode: 'InvalidAuthorizationMessageException' },
  InvalidIdentityTokenException: clientFault,
  PackedPolicyTooLargeException: clientFault,
} as const satisfies Record<string, ErrorRow>;

/**
 * Errors of Keystead's own operations and of features that only the REST door has, with IAM's and CloudTrail's codes
 * where these fit.
 */
const own = {
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
  UnmodifiableEntityException: clientFault,
} as const satisfies Record<string, ErrorRow>;

export const errors = { ...modelled, ...common, ...query, ...sts, ...own } as const;

export type ErrorCode = keyof typeof errors;

/** Codes any operation can answer with, beyond those its record lists. */
export const commonErrors = Object.keys(common) as readonly (keyof typeof common)[];
/** Codes of the KMS model. */
export const modelledErrors = Object.keys(modelled) as readonly (keyof typeof modelled)[];

/** The row of a code, with its optional members readable. */
export function errorRow(code: ErrorCode): ErrorRow {
  return errors[code];
}

/** The status the REST door answers a code with. */
export function restStatus(code: ErrorCode): number {
  const row = errorRow(code);
  return row.restStatus ?? row.httpStatus;
}

/** The code and status at the Query doors (IAM, STS). */
export function queryError(code: ErrorCode): { readonly code: string; readonly status: number } {
  const row = errorRow(code);
  return { code: row.queryCode ?? code.replace(/Exception$/, ''), status: row.queryStatus ?? row.httpStatus };
}

/** An error as the caller sees it. Its text must never contain key material, plaintext or a secret. */
export class KmsError extends Error {
  readonly code: ErrorCode;
  /** @param message the text to send; absent: the code's default text, if it has one. */
  constructor(code: ErrorCode, message = errorRow(code).text ?? '') {
    super(message);
    this.name = 'KmsError';
    this.code = code;
  }
}
