/** The errors of a call. Apart from the rest of the client so that resources load nothing else. */

/** The control plane answered, with an error (RFC 9457 problem details: `code`, `detail`, `requestId`). */
export class ServiceError extends Error {
  readonly operation: string;
  /** The AWS error code, such as `NotFoundException`; `Http503` when the answer carried none. */
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  constructor(error: {
    readonly operation: string;
    readonly code: string;
    readonly status: number;
    readonly detail: string;
    readonly requestId: string | undefined;
    readonly retryAfterMs?: number | undefined;
  }) {
    super(error.detail);
    this.name = 'ServiceError';
    this.operation = error.operation;
    this.code = error.code;
    this.status = error.status;
    this.requestId = error.requestId;
    this.retryAfterMs = error.retryAfterMs;
  }
}

/** No answer came. */
export class ConnectionError extends Error {
  readonly endpoint: string;
  /** Node's code, such as `ECONNREFUSED`. */
  readonly code: string;
  constructor(endpoint: string, code: string, message: string) {
    super(message);
    this.name = 'ConnectionError';
    this.endpoint = endpoint;
    this.code = code;
  }
}

export function isServiceError(error: unknown, ...codes: readonly string[]): error is ServiceError {
  return error instanceof ServiceError && codes.includes(error.code);
}

/** The key is protected from deletion, perhaps only since the plan. */
export function isProtectedFromDeletion(error: unknown): boolean {
  return isServiceError(error, 'KMSInvalidStateException') && error.message.includes('is protected from deletion');
}

/** The key waits for its deletion: Terraform treats it as deleted. */
export function isPendingDeletion(error: unknown): boolean {
  return isServiceError(error, 'KMSInvalidStateException') && /pending (replica )?deletion/.test(error.message);
}
