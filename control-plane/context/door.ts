/** The doors of `wire` as the pipeline sees them, and the requests and answers that pass between the two. */
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Context, TlsDetails } from './context.ts';
import type { Engines } from './engines.ts';

/** A request as received: exact bytes, because a signature covers them. */
export interface RawRequest {
  readonly method: string;
  /** Path as sent, undecoded. */
  readonly rawPath: string;
  /** Query as sent, without `?`. */
  readonly rawQuery: string;
  /** All, in the order received, with their names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
  readonly tlsDetails?: TlsDetails;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Caller = Pick<
  Context,
  'principal' | 'authority' | 'accessKeyId' | 'accountId' | 'region' | 'webIdentity' | 'callableWithoutProof'
>;

export interface Call {
  readonly record: OperationRecord;
  /** The request's members, undecoded. */
  readonly json: unknown;
  readonly idempotencyKey?: string;
  /** Revision the caller relies on (If-Match). */
  readonly ifMatchRevision?: number;
}

export interface Door {
  authenticate(engines: Engines, raw: RawRequest, nowMs: number): Promise<Caller>;
  /** @throws KmsError UnknownOperationException, SerializationException */
  lookUp(raw: RawRequest): Call;
  encode(record: OperationRecord, output: unknown, requestId: string): Answer;
  encodeError(error: KmsError, requestId: string): Answer;
}
