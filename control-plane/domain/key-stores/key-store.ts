/**
 * Custom key stores: how their connection affects their keys and the requests that they accept.
 * Source: AWS KMS Developer Guide, "Connect and disconnect a custom key store"; API reference, the operations.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { ConnectionStateType } from '@keystead/provider-schema/generated/types.ts';
import type { KeyState } from '@keystead/provider-schema/vocabulary.ts';

/**
 * A key's state as answers show it: its own, or Unavailable while its key store is not connected. A key pending
 * deletion stays so, and its deletion can be cancelled.
 * @param connection undefined when the key store is gone.
 */
export function stateInKeyStore(state: KeyState, connection: ConnectionStateType | undefined): KeyState {
  return connection !== 'CONNECTED' && (state === 'Enabled' || state === 'Disabled') ? 'Unavailable' : state;
}

/** The audit record's data about the key store of a key that was used; undefined for a key that is not in one. */
export function keyStoreEventData(key: {
  readonly custom_key_store_id: string | null;
  readonly xks_key_id: string | null;
}): Readonly<Record<string, unknown>> | undefined {
  const { custom_key_store_id: customKeyStoreId, xks_key_id: xksKeyId } = key;
  return customKeyStoreId === null ? undefined : { customKeyStoreId, ...defined({ xksKeyId: xksKeyId ?? undefined }) };
}

/** The requests that a key store accepts in each state, with its state afterwards; others are refused. */
const transitions = {
  ConnectCustomKeyStore: { DISCONNECTED: 'CONNECTING', CONNECTING: 'CONNECTING', CONNECTED: 'CONNECTED' },
  DisconnectCustomKeyStore: { CONNECTING: 'DISCONNECTING', CONNECTED: 'DISCONNECTING', FAILED: 'DISCONNECTED' },
  DeleteCustomKeyStore: { DISCONNECTED: 'DISCONNECTED' },
  CreateKey: { CONNECTED: 'CONNECTED' },
  GenerateRandom: { CONNECTED: 'CONNECTED' },
  /** Name; credential and URI path of an external key store. */
  UpdateLive: { CONNECTED: 'CONNECTED', DISCONNECTED: 'DISCONNECTED' },
  /** Everything else. */
  UpdateCustomKeyStore: { DISCONNECTED: 'DISCONNECTED' },
} as const satisfies Record<string, Partial<Record<ConnectionStateType, ConnectionStateType>>>;

/** @throws KmsError CustomKeyStoreInvalidStateException */
export function requireTransition(
  keyStore: { readonly custom_key_store_id: string; readonly connection_state: ConnectionStateType },
  request: keyof typeof transitions,
): ConnectionStateType {
  const from = keyStore.connection_state;
  const allowed: Partial<Record<ConnectionStateType, ConnectionStateType>> = transitions[request];
  const to = allowed[from];
  if (to !== undefined) return to;
  const wanted = Object.keys(allowed).join(' or ');
  throw new KmsError(
    'CustomKeyStoreInvalidStateException',
    `The custom key store ${keyStore.custom_key_store_id} is ${from}; the request needs it to be ${wanted}.`,
  );
}
