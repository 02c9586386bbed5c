/**
 * Connects and disconnects custom key stores. ConnectCustomKeyStore only marks its store; whoever runs the jobs does the
 * work, and whoever runs them next takes it up where a killed process left it.
 * Source: AWS KMS API reference, ConnectCustomKeyStore, CustomKeyStoresListEntry (ConnectionErrorCode).
 */
import type { ConnectionErrorCodeType } from '@keystead/provider-schema/generated/types.ts';
import { xksFailures } from '../domain/key-stores/xks-failures.ts';
import { HsmError, type TokenErrorKind } from '../hsm/port/hsm.ts';
import { updateKeyStore } from '../mutations/mutations.ts';
import type { Write } from '../storage/port/store.ts';
import type { CustomKeyStoreRow } from '../storage/port/tables.ts';
import { type Xks, XksError } from '../xks/port/xks.ts';
import type { Job, JobContext } from './job.ts';

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

/** Nobody asked for this now, and what was asked is in the audit already. */
async function settle(ctx: JobContext, xks: Xks, row: CustomKeyStoreRow): Promise<Write> {
  const set = row.connection_state === 'CONNECTING' ? await connect(ctx, xks, row) : await disconnect(ctx, row);
  return { mutations: [updateKeyStore(row, set)], changes: [], audit: [] };
}

async function connect(ctx: JobContext, xks: Xks, row: CustomKeyStoreRow) {
  try {
    await (row.type === 'AWS_CLOUDHSM' ? logIn(ctx, row) : greet(ctx, xks, row));
    return { connection_state: 'CONNECTED', connection_error_code: null } as const;
  } catch (error) {
    return { connection_state: 'FAILED', connection_error_code: connectionErrorCode(error) } as const;
  }
}

async function disconnect({ hsm }: JobContext, row: CustomKeyStoreRow) {
  if (row.cloud_hsm_cluster_id !== null) await hsm.disconnectToken(row.cloud_hsm_cluster_id);
  return { connection_state: 'DISCONNECTED', connection_error_code: null } as const;
}

function logIn({ hsm }: JobContext, row: CustomKeyStoreRow): Promise<void> {
  return hsm.connectToken({
    accountId: row.account_id,
    keyStoreId: row.custom_key_store_id,
    clusterId: row.cloud_hsm_cluster_id ?? '',
    wrappedPassword: row.wrapped_secret,
  });
}

function greet(ctx: JobContext, xks: Xks, row: CustomKeyStoreRow): Promise<void> {
  const proxy = {
    accountId: row.account_id,
    region: row.region,
    keyStoreId: row.custom_key_store_id,
    uriEndpoint: row.xks_uri_endpoint ?? '',
    uriPath: row.xks_uri_path ?? '',
    accessKeyId: row.xks_access_key_id ?? '',
    wrappedSecret: row.wrapped_secret,
  };
  return xks.getHealthStatus(proxy, { kmsOperation: 'ConnectCustomKeyStore', kmsRequestId: ctx.requestId });
}

const tokenErrorCodes: Readonly<Record<TokenErrorKind, ConnectionErrorCodeType>> = {
  'token-unknown': 'CLUSTER_NOT_FOUND',
  'token-inactive': 'INSUFFICIENT_CLOUDHSM_HSMS',
  'token-unfit': 'INTERNAL_ERROR',
  'token-pin-incorrect': 'INVALID_CREDENTIALS',
  'token-pin-locked': 'USER_LOCKED_OUT',
  'token-user-missing': 'USER_NOT_FOUND',
  'token-user-busy': 'USER_LOGGED_IN',
  'token-unreachable': 'NETWORK_ERRORS',
  'token-no-session': 'INTERNAL_ERROR',
  'token-key-missing': 'INTERNAL_ERROR',
  'token-failed': 'INTERNAL_ERROR',
};

/** @throws what is no answer of token or proxy: it says nothing about them, and the work stays due */
function connectionErrorCode(error: unknown): ConnectionErrorCodeType {
  if (error instanceof XksError) return xksFailures[error.failure].connection;
  if (error instanceof HsmError && error.kind in tokenErrorCodes) return tokenErrorCodes[error.kind as TokenErrorKind];
  throw error;
}
