/**
 * What an operation answers for a key in each state: the developer guide's key state table, one constant per kind of
 * row. Operations that need a certain origin (imported material, custom key stores) check it themselves, and first;
 * these rows are for keys of that origin. Where the guide says "not applicable", the row has the answer of the state.
 * Source: AWS KMS developer guide, "Key states of AWS KMS keys".
 */
import type { StateRules } from '../vocabulary.ts';

const invalid = 'KMSInvalidStateException';
const unsupported = 'UnsupportedOperationException';

/** Reads, and other operations that are permitted in every state. */
export const anyState: StateRules = {
  Creating: 'ok',
  Enabled: 'ok',
  Disabled: 'ok',
  PendingImport: 'ok',
  PendingDeletion: 'ok',
  PendingReplicaDeletion: 'ok',
  Unavailable: 'ok',
  Updating: 'ok',
};

/** Tags, description, aliases: refused only while the key is pending deletion. */
export const notPendingDeletion: StateRules = {
  ...anyState,
  PendingDeletion: invalid,
  PendingReplicaDeletion: invalid,
};

/** Cryptographic operations, and UpdatePrimaryRegion, which has the same row. */
export const usableKey: StateRules = {
  Creating: invalid,
  Enabled: 'ok',
  Disabled: 'DisabledException',
  PendingImport: invalid,
  PendingDeletion: invalid,
  PendingReplicaDeletion: invalid,
  Unavailable: invalid,
  Updating: 'ok',
};

/** CreateGrant: as for cryptographic operations, but the key store can be disconnected. */
export const grantableKey: StateRules = { ...usableKey, Unavailable: 'ok' };

/** ReplicateKey: as for cryptographic operations, but not while the primary Region changes. */
export const replicableKey: StateRules = { ...usableKey, Updating: invalid };

/** EnableKey and DisableKey. */
export const settledKey: StateRules = {
  ...notPendingDeletion,
  Creating: invalid,
  PendingImport: invalid,
  Updating: invalid,
};

export const deletableKey: StateRules = { ...notPendingDeletion, Updating: invalid };

export const pendingDeletionOnly: StateRules = {
  Creating: invalid,
  Enabled: invalid,
  Disabled: invalid,
  PendingImport: invalid,
  PendingDeletion: 'ok',
  PendingReplicaDeletion: 'ok',
  Unavailable: invalid,
  Updating: invalid,
};

/** EnableKeyRotation and DisableKeyRotation. A key that is pending import has the wrong origin for them. */
export const rotatingKey: StateRules = { ...usableKey, PendingImport: unsupported, Unavailable: unsupported };

/** RotateKeyOnDemand, which imported keys permit too. */
export const rotatableNow: StateRules = { ...usableKey, Unavailable: unsupported, Updating: invalid };

/** Rotation history, which all keys have except those of custom key stores. */
export const rotationHistory: StateRules = { ...anyState, Unavailable: unsupported };

export const importableKey: StateRules = { ...notPendingDeletion, Creating: invalid, Unavailable: unsupported };

export const importParameters: StateRules = { ...importableKey, Updating: invalid };

export const materialDeletable: StateRules = {
  ...anyState,
  Creating: invalid,
  Unavailable: unsupported,
  Updating: invalid,
};
