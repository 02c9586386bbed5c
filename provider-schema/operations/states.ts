/**
 * What a key in each state answers: the developer guide's key state table, one constant per kind of row. Rules of
 * origin (imported material, custom key stores) are the operations' own checks and come first; these rows hold what a
 * key of a fitting origin answers. A cell the guide calls not applicable answers as the state itself would.
 * Source: AWS KMS developer guide, "Key states of AWS KMS keys".
 */
import type { StateRules } from '../vocabulary.ts';

const invalid = 'KMSInvalidStateException';
const unsupported = 'UnsupportedOperationException';

/** Reads and the like: nothing forbids them. */
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

/** Tags, description, aliases: refused only while the key waits for its deletion. */
export const notPendingDeletion: StateRules = {
  ...anyState,
  PendingDeletion: invalid,
  PendingReplicaDeletion: invalid,
};

/** Cryptographic use; also UpdatePrimaryRegion, whose row is the same. */
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

/** CreateGrant: as use, but a disconnected key store does not matter. */
export const grantableKey: StateRules = { ...usableKey, Unavailable: 'ok' };

/** ReplicateKey: as use, but not while the primary Region moves. */
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

/** EnableKeyRotation and DisableKeyRotation. A key that waits for an import has the wrong origin for them. */
export const rotatingKey: StateRules = { ...usableKey, PendingImport: unsupported, Unavailable: unsupported };

/** RotateKeyOnDemand, which imported keys can do. */
export const rotatableNow: StateRules = { ...usableKey, Unavailable: unsupported, Updating: invalid };

/** Rotation status and history: only keys of custom key stores have none. */
export const rotationReadable: StateRules = { ...anyState, Unavailable: unsupported };

export const importableKey: StateRules = { ...notPendingDeletion, Creating: invalid, Unavailable: unsupported };

export const importParameters: StateRules = { ...importableKey, Updating: invalid };

export const materialDeletable: StateRules = {
  ...anyState,
  Creating: invalid,
  Unavailable: unsupported,
  Updating: invalid,
};
