import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  secretOwner
} from "./part-EDDX5LMN.js";
import {
  FIRST_GENERATION
} from "./part-3U7RA5UT.js";

// control-plane/domain/keys/root-key-state.ts
var ROOT_KEY_STATE = "root-key-generation";
var ROOT_KEY_REWRAP = "root-key-rewrap";
var firstState = { inUse: FIRST_GENERATION, inUseSinceMs: 0, oldestHeld: FIRST_GENERATION };
var nothingToRewrap = { complete: FIRST_GENERATION };
var rootKeyStateOf = (row) => row ? JSON.parse(row.value) : firstState;
var rootKeyRewrapOf = (row) => row ? JSON.parse(row.value) : nothingToRewrap;
var MIN_SILENCE_MS = 6e4;
function liveHolders(holders, nowMs, intervalMs) {
  const sinceMs = nowMs - Math.max(MIN_SILENCE_MS, 3 * intervalMs);
  return holders.filter(({ seen_at_ms }) => seen_at_ms > sinceMs);
}

// control-plane/domain/key-stores/key-store-login.ts
function keyStoreOwner({ account_id, custom_key_store_id }) {
  return { accountId: account_id, keyStoreId: custom_key_store_id };
}
function pkcs11LoginOf(keyStore) {
  return {
    ...keyStoreOwner(keyStore),
    clusterId: keyStore.cloud_hsm_cluster_id ?? "",
    wrappedPassword: keyStore.wrapped_secret
  };
}
function xksProxyOf(keyStore) {
  return {
    ...keyStoreOwner(keyStore),
    region: keyStore.region,
    uriEndpoint: keyStore.xks_uri_endpoint ?? "",
    uriPath: keyStore.xks_uri_path ?? "",
    accessKeyId: keyStore.xks_access_key_id ?? "",
    wrappedSecret: keyStore.wrapped_secret
  };
}

// control-plane/domain/keys/material-owner.ts
function materialOwner({
  shared
}) {
  return {
    accountId: shared.account_id,
    domainRegion: shared.domain_region,
    keyId: shared.key_id,
    keySpec: shared.key_spec
  };
}

// control-plane/mutations/wrapped-secrets.ts
function materialOf(row) {
  const names = { ...materialOwner({ shared: row }), materialId: row.material_id, wrapped: row.wrapped };
  return row.origin === "AWS_CLOUDHSM" ? { kind: "pkcs11-key", ...names } : { kind: "key-material", ...names };
}
var wrappedSecrets = {
  key_materials: {
    secret: materialOf,
    key: ({ account_id, key_id, material_id }) => [account_id, key_id, material_id],
    rewrapped: ({ account_id, key_id, material_id, revision }, wrapped) => {
      const key = { account_id, key_id, material_id };
      return { op: "update", table: "key_materials", key, revision, set: { wrapped } };
    }
  },
  imported_materials: {
    secret: materialOf,
    key: ({ account_id, region, key_id, material_id }) => [account_id, region, key_id, material_id],
    rewrapped: ({ account_id, region, key_id, material_id, revision }, wrapped) => {
      const key = { account_id, region, key_id, material_id };
      return { op: "update", table: "imported_materials", key, revision, set: { wrapped } };
    }
  },
  access_keys: {
    secret: ({ account_id: accountId, access_key_id: accessKeyId, wrapped_secret: wrapped }) => ({
      kind: "access-key-secret",
      accountId,
      accessKeyId,
      wrapped
    }),
    key: ({ access_key_id }) => [access_key_id],
    rewrapped: ({ access_key_id, revision }, wrapped_secret) => {
      return { op: "update", table: "access_keys", key: { access_key_id }, revision, set: { wrapped_secret } };
    }
  },
  custom_key_stores: {
    secret: (row) => row.type === "AWS_CLOUDHSM" ? { kind: "key-store-password", ...keyStoreOwner(row), wrapped: row.wrapped_secret } : { kind: "access-key-secret", ...proxySecretOwner(row), wrapped: row.wrapped_secret },
    key: ({ account_id, region, custom_key_store_id }) => [account_id, region, custom_key_store_id],
    rewrapped: ({ account_id, region, custom_key_store_id, revision }, wrapped_secret) => {
      const key = { account_id, region, custom_key_store_id };
      return { op: "update", table: "custom_key_stores", key, revision, set: { wrapped_secret } };
    }
  }
};
var proxySecretOwner = (row) => secretOwner(xksProxyOf({ ...row, xks_uri_endpoint: null, xks_uri_path: null }));
var nameOfWrapped = (table, row) => `${table} ${wrappedSecrets[table].key(row).join("/")}`;
function wrappedBy(mutations) {
  return mutations.flatMap((mutation) => {
    if (mutation.op !== "insert" && mutation.op !== "update") return [];
    const cells = mutation.op === "insert" ? mutation.row : mutation.set;
    return Object.values(cells).filter((cell) => cell instanceof Uint8Array);
  });
}

export {
  keyStoreOwner,
  pkcs11LoginOf,
  xksProxyOf,
  materialOwner,
  ROOT_KEY_STATE,
  ROOT_KEY_REWRAP,
  firstState,
  nothingToRewrap,
  rootKeyStateOf,
  rootKeyRewrapOf,
  liveHolders,
  wrappedSecrets,
  nameOfWrapped,
  wrappedBy
};
