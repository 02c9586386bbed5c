/**
 * Connects and disconnects custom key stores. The operations only set the store's state; the process that holds the
 * jobs' lease does the work, and the next holder continues after a process that was killed.
 * Source: AWS KMS API reference, ConnectCustomKeyStore, CustomKeyStoresListEntry (ConnectionErrorCode).
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { ConnectionErrorCodeType } from '@keystead/provider-schema/generated/types.ts';
import { pkcs11LoginOf, xksProxyOf } from '../domain/key-stores/key-store-login.ts';
import { xksFailures } from '../domain/key-stores/xks-failures.ts';
import { HsmError, type Pkcs11ErrorKind } from '../hsm/port/hsm-error.ts';
import { updateKeyStore } from '../mutations/mutations.ts';
import type { CustomKeyStoreRow } from '../storage/port/tables.ts';
import { type Xks, XksError } from '../xks/port/xks.ts';
import type { Decision, Job, JobContext } from './job.ts';

export function connectKeyStores(xks: Xks): Job {
  return {
    name: 'connect',
    async due(store, _nowMs, limit) {
      const rows = await store.listCustomKeyStoresInTransition(limit);
      return rows.map((row) => ({
        name: `${row.account_id}/${row.region}/${row.custom_key_store_id} ${row.connection_state}`,
        decide: (ctx) => settle(ctx, xks, row),
      }));
    },
  };
}

/** Writes no audit record: the request for this work is in the audit log already. */
async function settle(ctx: JobContext, xks: Xks, row: CustomKeyStoreRow): Promise<Decision> {
  const { failure, ...set } =
    row.connection_state === 'CONNECTING' ? await connect(ctx, xks, row) : await disconnect(ctx, row);
  return {
    mutations: [updateKeyStore(row, { ...set, connection_request_id: null })],
    changes: [],
    audit: [],
    ...defined({ failure }),
  };
}

interface Settled extends Pick<CustomKeyStoreRow, 'connection_state' | 'connection_error_code'> {
  readonly failure?: Decision['failure'];
}

/** The proxy gets the id of the request that the audit log shows, not of this work. */
async function connect(ctx: JobContext, xks: Xks, row: CustomKeyStoreRow): Promise<Settled> {
  const kmsRequestId = row.connection_request_id ?? ctx.requestId;
  try {
    await (row.type === 'AWS_CLOUDHSM'
      ? ctx.pkcs11.connectPkcs11Token(pkcs11LoginOf(row))
      : xks.getHealthStatus(xksProxyOf(row), { kmsOperation: 'ConnectCustomKeyStore', kmsRequestId }));
    return { connection_state: 'CONNECTED', connection_error_code: null };
  } catch (error) {
    const code = connectionErrorCode(error);
    const failure = { ...failureOf(row, error), connectionErrorCode: code, requestId: kmsRequestId };
    return { connection_state: 'FAILED', connection_error_code: code, failure };
  }
}

function failureOf(row: CustomKeyStoreRow, error: unknown) {
  return {
    message: 'a custom key store could not be connected: see the cause, correct it, and connect the key store again',
    customKeyStoreId: row.custom_key_store_id,
    ...defined({
      clusterId: row.cloud_hsm_cluster_id ?? undefined,
      xksProxyUriEndpoint: row.xks_uri_endpoint ?? undefined,
    }),
    cause: error instanceof Error ? error.message : String(error),
  };
}

async function disconnect({ pkcs11 }: JobContext, row: CustomKeyStoreRow): Promise<Settled> {
  if (row.cloud_hsm_cluster_id !== null) await pkcs11.disconnectPkcs11Token(row.cloud_hsm_cluster_id);
  return { connection_state: 'DISCONNECTED', connection_error_code: null };
}

const pkcs11ErrorCodes: Readonly<Record<Pkcs11ErrorKind, ConnectionErrorCodeType>> = {
  'pkcs11-token-unknown': 'CLUSTER_NOT_FOUND',
  'pkcs11-token-inactive': 'INSUFFICIENT_CLOUDHSM_HSMS',
  'pkcs11-token-unfit': 'INTERNAL_ERROR',
  'pkcs11-pin-incorrect': 'INVALID_CREDENTIALS',
  'pkcs11-pin-locked': 'USER_LOCKED_OUT',
  'pkcs11-user-missing': 'USER_NOT_FOUND',
  'pkcs11-user-busy': 'USER_LOGGED_IN',
  'pkcs11-token-unreachable': 'NETWORK_ERRORS',
  'pkcs11-no-session': 'INTERNAL_ERROR',
  'pkcs11-key-missing': 'INTERNAL_ERROR',
  'pkcs11-token-failed': 'INTERNAL_ERROR',
};

/** @throws any error that is not a failure of the token or proxy; the work stays due */
function connectionErrorCode(error: unknown): ConnectionErrorCodeType {
  if (error instanceof XksError) return xksFailures[error.failure].connection;
  if (error instanceof HsmError && error.kind in pkcs11ErrorCodes)
    return pkcs11ErrorCodes[error.kind as Pkcs11ErrorKind];
  throw error;
}
