/** What a door is, what it is handed, and the engines behind it: the agreement between `wire` and the pipeline. */
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import type { Hsm } from '../hsm/port/hsm.ts';
import type { ResourceQuotas, Throttle } from '../quotas/quotas.ts';
import type { Store } from '../storage/port/store.ts';
import type { Context, KeyStoreEngines, Policies, TlsDetails, Tokens } from './context.ts';

/** What one process works with; made in startup/server.ts. */
export interface Engines {
  readonly store: Store;
  readonly hsm: Hsm;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly policies: Policies;
  readonly keyStores: KeyStoreEngines;
  readonly quotas: ResourceQuotas;
  readonly throttle: Throttle;
  readonly log: Logger;
  /** Lets the jobs run now. */
  readonly wakeJobs: () => void;
  /** Called once per request, after the answer is decided. */
  readonly observe: (seen: { readonly operation: string; readonly code: string; readonly seconds: number }) => void;
}

/** A request as it came: exact bytes, because a signature needs them. */
export interface RawRequest {
  readonly method: string;
  /** Path as sent, undecoded. */
  readonly rawPath: string;
  /** Query as sent, without `?`. */
  readonly rawQuery: string;
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

export type Caller = Pick<Context, 'principal' | 'authority' | 'accessKeyId' | 'accountId' | 'region' | 'webIdentity'>;

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
