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
  /** The REST door never answers with it: a code of the other doors. */
  readonly notAtRest?: true;
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

/** Well formed, and cannot be done as it says: at the REST door 400 is for requests that are not well formed. */
const clientFault = { httpStatus: 400, restStatus: 422 } as const;
/** The request cannot be read, or is not of the form that the contract describes. */
const malformed = { httpStatus: 400 } as const;
/** The caller is not known: HTTP has 401, with WWW-Authenticate (RFC 9110 section 15.5.2). */
const unauthenticated = { httpStatus: 400, restStatus: 401 } as const;
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
  DryRunOperationException: { ...clientFault, text: messages.dryRun },
  ExpiredImportTokenException: { ...clientFault, text: messages.expiredImportToken },
  IncorrectKeyException: { ...clientFault, text: messages.incorrectKey },
  IncorrectKeyMaterialException: { ...clientFault, text: messages.incorrectKeyMaterial },
  IncorrectTrustAnchorException: clientFault,
  InvalidAliasNameException: clientFault,
  InvalidArnException: clientFault,
  InvalidCiphertextException: { ...clientFault, noMessage: true },
  InvalidGrantIdException: clientFault,
  InvalidGrantTokenException: clientFault,
  InvalidImportTokenException: { ...clientFault, text: messages.invalidImportToken },
  InvalidKeyUsageException: clientFault,
  InvalidMarkerException: clientFault,
  KeyUnavailableException: serviceFault,
  KMSInternalException: { ...serviceFault, text: messages.internal, queryCode: 'InternalFailure' },
  KMSInvalidMacException: { ...clientFault, noMessage: true },
  KMSInvalidSignatureException: { ...clientFault, noMessage: true },
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
  ExpiredTokenException: { ...unauthenticated, text: messages.expiredToken, queryStatus: 403 },
  IncompleteSignatureException: unauthenticated,
  InternalFailure: { ...serviceFault, text: messages.internal, notAtRest: true },
  InvalidAction: { ...malformed, notAtRest: true },
  InvalidClientTokenId: { httpStatus: 403, text: messages.unrecognizedClient, notAtRest: true },
  InvalidSignatureException: {
    ...unauthenticated,
    text: messages.signatureMismatch,
    queryCode: 'SignatureDoesNotMatch',
    queryStatus: 403,
  },
  MissingAuthenticationTokenException: {
    ...unauthenticated,
    text: messages.missingAuthenticationToken,
    queryStatus: 403,
  },
  NotAuthorizedException: { httpStatus: 400, restStatus: 403, noMessage: true },
  OptInRequired: { httpStatus: 403, notAtRest: true },
  /** The request did not arrive in time. */
  RequestExpired: { httpStatus: 400, restStatus: 408 },
  SerializationException: { ...malformed, queryCode: 'MalformedInput' },
  ServiceUnavailableException: { httpStatus: 503, retryable: true },
  ThrottlingException: { httpStatus: 400, restStatus: 429, text: messages.throttled, retryable: true },
  UnknownOperationException: { httpStatus: 400, restStatus: 404, noMessage: true, queryCode: 'InvalidAction' },
  UnrecognizedClientException: {
    ...unauthenticated,
    text: messages.unrecognizedClient,
    queryCode: 'InvalidClientTokenId',
    queryStatus: 403,
  },
  /** At the REST door 400 for a request that is not well formed (MalformedRequest), 422 for any other. */
  ValidationException: { ...clientFault, queryCode: 'ValidationError' },
} as const satisfies Record<string, ErrorRow>;

/** Errors that the Query protocol adds (IAM API reference, "Common errors"). */
const query = {
  MalformedQueryString: { httpStatus: 404, restStatus: 400 },
  MissingAction: malformed,
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
  InvalidMaxResultsException: { ...clientFault, text: messages.invalidMaxResults },
  InvalidInputException: clientFault,
  InvalidNextTokenException: { ...clientFault, text: messages.invalidNextToken },
  InvalidTimeRangeException: { ...clientFault, text: messages.invalidTimeRange },
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

/** The status the REST door answers a code with, for a well-formed request. */
export function restStatus(code: ErrorCode): number {
  const row = errorRow(code);
  return row.restStatus ?? row.httpStatus;
}

/** Every status the REST door can answer a code with. */
export function restStatuses(code: ErrorCode): readonly number[] {
  return code === 'ValidationException' ? [malformed.httpStatus, restStatus(code)] : [restStatus(code)];
}

/** Whether REST can answer any operation with this code, beyond those that its record lists. */
export const commonRestErrors: readonly ErrorCode[] = [
  ...commonErrors.filter((code) => !errorRow(code).notAtRest && code !== 'UnknownOperationException'),
  'RequestEntityTooLargeException',
];

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

/**
 * A request that is not of the form that the contract describes: a member that is missing, unknown or breaks a
 * constraint. The AWS doors answer as for any ValidationException.
 */
export class MalformedRequest extends KmsError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}
