/** The error table: code, HTTP status, wire quirks. Code throws `new KmsError(code, message)`. */
export interface ErrorRow {
  readonly httpStatus: number;
  /** The body's text member is `Message` instead of `message`. */
  readonly capitalMessage?: true;
  /** Sent without any text. */
  readonly noMessage?: true;
}

const clientFault = { httpStatus: 400 } as const;

export const errors = {
  AccessDeniedException: { httpStatus: 400, capitalMessage: true },
  AlreadyExistsException: clientFault,
  ValidationException: clientFault,
  SerializationException: clientFault,
  NotFoundException: clientFault,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

export class KmsError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message = '') {
    super(message);
    this.name = 'KmsError';
    this.code = code;
  }
}
