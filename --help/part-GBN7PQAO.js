import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  parseSeal
} from "./part-RODF33C7.js";
import {
  isRegion
} from "./part-6MSZOWH6.js";
import {
  publicKeyPem
} from "./part-M22DKBT6.js";
import {
  makeDirectory,
  writeDurably
} from "./part-YOZOMLJ4.js";
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";
import {
  WriteConflict
} from "./part-YV4TI3RN.js";

// control-plane/hsm/process/socket-directory.ts
import { constants } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
var MAX_SOCKET_PATH_BYTES = 103;
var SOCKET_NAME_BYTES = 26;
async function makeSocketDirectory(directory) {
  const path = resolve(directory, "run");
  if (Buffer.byteLength(path) + SOCKET_NAME_BYTES > MAX_SOCKET_PATH_BYTES) {
    const temporary = await mkdtemp(join(tmpdir(), "keystead-"));
    return { path: temporary, remove: () => rm(temporary, { recursive: true, force: true }) };
  }
  await mkdir(path, { recursive: true, mode: 448 });
  const opened = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  await opened.chmod(448).finally(() => opened.close());
  return { path, remove: async () => void 0 };
}

// provider-schema/quotas.ts
var each = (perSecond, ...names) => Object.fromEntries(names.map((name) => [name, { perSecond }]));
var atRate = (perSecond, ...regions) => Object.fromEntries(regions.map((region) => [region, perSecond]));
var requestQuotas = {
  CryptoSymmetric: {
    perSecond: 1e4,
    perSecondIn: {
      ...atRate(1e5, "us-east-1", "us-west-2", "eu-west-1"),
      ...atRate(2e4, "us-east-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-central-1", "eu-west-2")
    }
  },
  ...each(1e3, "CryptoRsa", "CryptoEcc", "CryptoMlDsa"),
  /** Not published yet: name and rate as for ML-DSA, for data key pairs as for elliptic curves. */
  ...each(1e3, "CryptoMlKem"),
  ...each(100, "DataKeyPairMlKem512", "DataKeyPairMlKem768", "DataKeyPairMlKem1024"),
  /** For each store. Its requests also count against CryptoSymmetric. */
  ...each(1800, "CryptoCustomKeyStore"),
  ...each(
    100,
    "DataKeyPairEccNistP256",
    "DataKeyPairEccNistP384",
    "DataKeyPairEccNistP521",
    "DataKeyPairEccSecgP256k1",
    "DataKeyPairEccNistEdwards25519"
  ),
  ...each(25, "DataKeyPairSm2"),
  DataKeyPairRsa2048: { perSecond: 20, perSecondInChina: 1 },
  DataKeyPairRsa3072: { perSecond: 4, perSecondInChina: 0.5 },
  DataKeyPairRsa4096: { perSecond: 1, perSecondInChina: 0.1 },
  ...each(2e3, "DescribeKey", "GetPublicKey", "ListResourceTags"),
  ...each(1e3, "GetKeyPolicy", "GetKeyRotationStatus"),
  ...each(500, "ListAliases", "ListKeys"),
  ...each(100, "ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListRetirableGrants"),
  ...each(50, "CreateGrant", "RetireGrant", "RevokeGrant"),
  ...each(
    15,
    "DeleteAlias",
    "DeleteImportedKeyMaterial",
    "EnableKeyRotation",
    "ImportKeyMaterial",
    "PutKeyPolicy",
    "ScheduleKeyDeletion"
  ),
  ...each(10, "TagResource"),
  ...each(
    5,
    "CancelKeyDeletion",
    "ConnectCustomKeyStore",
    "CreateAlias",
    "CreateCustomKeyStore",
    "CreateKey",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisableKey",
    "DisableKeyRotation",
    "DisconnectCustomKeyStore",
    "EnableKey",
    "GetKeyLastUsage",
    "ReplicateKey",
    "RotateKeyOnDemand",
    "UntagResource",
    "UpdateAlias",
    "UpdateCustomKeyStore",
    "UpdateKeyDescription",
    "UpdatePrimaryRegion"
  ),
  ...each(1, "GetParametersForImport"),
  /** Source: AWS CloudTrail API reference, LookupEvents. */
  ...each(2, "LookupEvents"),
  /** Source: IAM User Guide, "IAM and AWS STS quotas", "STS request quotas". */
  ...each(600, "Sts"),
  /** AWS does not publish IAM's. Counted in all Regions together, because IAM is global. */
  ...each(100, "Iam"),
  /** Our own operations, which read or change a whole key at once. */
  ...each(1e3, "Keystead")
};
var resourceQuotas = {
  /** Customer managed keys of an account in a Region, in any state. */
  keysPerRegion: 1e5,
  aliasesPerKey: 50,
  grantsPerKey: 5e4,
  /** For an account in a Region. */
  customKeyStoresPerRegion: 10
};
function defaultRate(name, region) {
  const quota = requestQuotas[name];
  const inChina = region.startsWith("cn-") ? quota.perSecondInChina : void 0;
  return quota.perSecondIn?.[region] ?? inChina ?? quota.perSecond;
}
var symmetric = () => "CryptoSymmetric";
var mlKem = () => "CryptoMlKem";
var shared = {
  Encrypt: ({ EncryptionAlgorithm }) => byAlgorithm(EncryptionAlgorithm),
  Decrypt: ({ EncryptionAlgorithm }) => byAlgorithm(EncryptionAlgorithm),
  ReEncrypt: ({ SourceEncryptionAlgorithm: from, DestinationEncryptionAlgorithm: to }) => byAlgorithm(byAlgorithm(from) === "CryptoSymmetric" ? to : from),
  GenerateDataKey: symmetric,
  GenerateDataKeyWithoutPlaintext: symmetric,
  GenerateRandom: symmetric,
  GenerateMac: symmetric,
  VerifyMac: symmetric,
  Sign: ({ SigningAlgorithm }) => byAlgorithm(SigningAlgorithm),
  Verify: ({ SigningAlgorithm }) => byAlgorithm(SigningAlgorithm),
  DeriveSharedSecret: () => "CryptoEcc",
  Encapsulate: mlKem,
  Decapsulate: mlKem,
  GenerateDataKeyPair: ({ KeyPairSpec }) => byKeyPairSpec(KeyPairSpec),
  GenerateDataKeyPairWithoutPlaintext: ({ KeyPairSpec }) => byKeyPairSpec(KeyPairSpec)
};
function byAlgorithm(algorithm) {
  if (typeof algorithm !== "string") return "CryptoSymmetric";
  if (algorithm.startsWith("RSA")) return "CryptoRsa";
  if (algorithm.startsWith("ML_DSA")) return "CryptoMlDsa";
  return /^(ECDSA|ED25519|SM2)/.test(algorithm) ? "CryptoEcc" : "CryptoSymmetric";
}
var keyPairQuotas = {
  ECC_NIST_P256: "DataKeyPairEccNistP256",
  ECC_NIST_P384: "DataKeyPairEccNistP384",
  ECC_NIST_P521: "DataKeyPairEccNistP521",
  ECC_SECG_P256K1: "DataKeyPairEccSecgP256k1",
  ECC_NIST_EDWARDS25519: "DataKeyPairEccNistEdwards25519",
  RSA_2048: "DataKeyPairRsa2048",
  RSA_3072: "DataKeyPairRsa3072",
  RSA_4096: "DataKeyPairRsa4096",
  SM2: "DataKeyPairSm2",
  ML_KEM_512: "DataKeyPairMlKem512",
  ML_KEM_768: "DataKeyPairMlKem768",
  ML_KEM_1024: "DataKeyPairMlKem1024"
};
function byKeyPairSpec(spec) {
  return typeof spec === "string" && Object.hasOwn(keyPairQuotas, spec) && keyPairQuotas[spec] || "CryptoSymmetric";
}
var apis = {
  iam: { quota: "Iam", region: "us-east-1" },
  sts: { quota: "Sts" },
  keystead: { quota: "Keystead" }
};
function chargesOf(operation, members, service = "kms") {
  const choose = Object.hasOwn(shared, operation) ? shared[operation] : void 0;
  if (choose) return [{ quota: choose(members), requests: 1 }];
  const ofApi = apis[service];
  if (ofApi) return [{ ...ofApi, requests: 1 }];
  if (!isRequestQuota(operation)) return [];
  return [{ quota: operation, requests: 1 }, ...chargesElsewhere(operation, members)];
}
function chargesElsewhere(operation, members) {
  const { ReplicaRegion, PrimaryRegion } = members;
  if (operation === "ReplicateKey" && isRegionText(ReplicaRegion)) {
    return [{ quota: "CreateKey", requests: 2, region: ReplicaRegion }];
  }
  if (operation === "UpdatePrimaryRegion" && isRegionText(PrimaryRegion)) {
    return [{ quota: "UpdatePrimaryRegion", requests: 1, region: PrimaryRegion }];
  }
  return [];
}
var isRegionText = (value) => typeof value === "string" && isRegion(value);
function isRequestQuota(name) {
  return Object.hasOwn(requestQuotas, name);
}
function isResourceQuota(name) {
  return Object.hasOwn(resourceQuotas, name);
}

// control-plane/runtime/token-bucket.ts
function tokensAt(bucket, size, nowMs) {
  if (!bucket) return size.capacity;
  const seconds = Math.max(0, nowMs - bucket.filledAtMs) / 1e3;
  return Math.min(size.capacity, bucket.tokens + seconds * size.tokensPerSecond);
}

// control-plane/quotas/quotas.ts
var noQuotas = { resources: {}, rateOf: () => void 0 };
var awsQuotas = { resources: resourceQuotas, rateOf: defaultRate };
var REMEMBERED_BUCKETS = 1e4;
function createThrottle({ rateOf }) {
  const buckets = /* @__PURE__ */ new Map();
  const take = (charges, nowMs) => {
    const taken = charges.flatMap(({ of, quota, region, requests }) => {
      const rate = rateOf(quota, region);
      if (rate === void 0) return [];
      const name = `${of}/${region}/${quota}`;
      const tokens = tokensAt(buckets.get(name), sizeOf(rate), nowMs);
      const enough = tokens >= Math.min(requests, capacityOf(rate));
      return [{ name, enough, bucket: { rate, tokens: tokens - requests, filledAtMs: nowMs } }];
    });
    if (taken.some(({ enough }) => !enough)) return false;
    for (const { name, bucket } of taken) buckets.set(name, bucket);
    if (buckets.size > REMEMBERED_BUCKETS) forgetFull(buckets, nowMs);
    return true;
  };
  return {
    admits: ({ accountId, region, operation, service, members, nowMs }) => {
      const charges = chargesOf(operation, isObject(members) ? members : {}, service);
      return take(
        charges.map((charge) => ({ region, ...charge, of: accountId })),
        nowMs
      );
    },
    admitsKeyStores: ({ accountId, region, customKeyStoreIds, nowMs }) => take(
      [...customKeyStoreIds].map((storeId) => ({
        quota: "CryptoCustomKeyStore",
        requests: 1,
        region,
        of: `${accountId}/${storeId}`
      })),
      nowMs
    )
  };
}
var capacityOf = (rate) => Math.max(1, rate);
var sizeOf = (rate) => ({ capacity: capacityOf(rate), tokensPerSecond: rate });
function forgetFull(buckets, nowMs) {
  for (const [name, bucket] of buckets) {
    if (tokensAt(bucket, sizeOf(bucket.rate), nowMs) >= capacityOf(bucket.rate)) buckets.delete(name);
  }
}
var isObject = (value) => typeof value === "object" && value !== null;

// control-plane/startup/directories.ts
import { access, constants as constants2 } from "node:fs/promises";
import { join as join2 } from "node:path";
async function makePrivateDirectory(path, flag) {
  try {
    await makeDirectory(path);
    await access(path, constants2.W_OK | constants2.X_OK).catch((error) => {
      if (error.code !== "ERR_ACCESS_DENIED") throw error;
    });
  } catch (error) {
    throw new StartError(
      `${flag}: the directory ${path} cannot be made or written: ${error instanceof Error ? error.message : error}.`,
      `Choose another with ${flag}, or give it to the user who runs keystead.`,
      exitCodes.failure
    );
  }
}
async function publishCheckpointKey(installation, directories) {
  const pem = publicKeyPem(await installation.checkpointPublicKey());
  for (const directory of directories) {
    if (directory === void 0) continue;
    try {
      await writeDurably(join2(directory, "audit-public-key.pem"), pem);
    } catch (error) {
      throw new StartError(
        `The directory ${directory} cannot be written: ${error instanceof Error ? error.message : error}.`,
        "Choose another with --audit-log-dir or --data-dir, or give it to the user who runs keystead.",
        exitCodes.failure
      );
    }
  }
}

// control-plane/startup/root-key-check.ts
var ROOT_KEY_FINGERPRINT = "root-key-fingerprint";
async function requireSameRootKey(store, installation) {
  const fingerprint = await installation.rootKeyFingerprint();
  const known = await store.findMeta(ROOT_KEY_FINGERPRINT);
  if (!known) {
    const insert = { op: "insert", table: "meta", row: { name: ROOT_KEY_FINGERPRINT, value: fingerprint } };
    await store.write({ mutations: [insert], changes: [], audit: [] }).catch((error) => {
      if (!(error instanceof WriteConflict)) throw error;
    });
  }
  const settled = known ?? await store.findMeta(ROOT_KEY_FINGERPRINT);
  if (settled?.value === fingerprint) return;
  throw new StartError(
    "The root key is not the one that this database was created with.",
    "Start with the root key file that belongs to it (--seal file:PATH); restore it from its backup if it was lost.",
    exitCodes.rootKey
  );
}

// control-plane/startup/lost-database.ts
import { statSync } from "node:fs";
import { join as join3, resolve as resolve2 } from "node:path";
var WRITTEN_LATER = ["credentials", "audit-public-key.pem"];
function requireDatabaseOfRootKey(config) {
  if (config.isNewDatabase || config.database.reveal() !== "sqlite") return;
  const file = join3(config.dataDir, "keystead.db");
  if (!isEmptyDatabase(file)) return;
  const found = tracesOf(config).find((path) => sizeOf2(path) !== void 0);
  if (found !== void 0) throw lostDatabase(`The database ${file} is missing or empty`, found);
}
async function requireKnownDatabase({ dataDir, isNewDatabase }, store) {
  if (isNewDatabase || await store.findMeta(ROOT_KEY_FINGERPRINT) !== void 0) return;
  const found = WRITTEN_LATER.map((name) => join3(dataDir, name)).find((path) => sizeOf2(path) !== void 0);
  if (found !== void 0) throw lostDatabase("The database is empty", found);
}
function tracesOf({ dataDir, seal, passphraseFile, hsm }) {
  const own = ["root.key", join3("hsm", "root.key"), ...WRITTEN_LATER].map((name) => join3(dataDir, name));
  return hsm === void 0 || hsm.isEmbedded ? [resolve2(parseSeal(seal, passphraseFile).path), ...own] : own;
}
var ONE_PAGE = 4096;
var isEmptyDatabase = (file) => (sizeOf2(file) ?? 0) <= ONE_PAGE && (sizeOf2(`${file}-wal`) ?? 0) === 0;
function sizeOf2(path) {
  try {
    return statSync(path).size;
  } catch {
    return void 0;
  }
}
function lostDatabase(what, found) {
  return new StartError(
    `${what}, but ${found} shows that there was one: its keys would be lost.`,
    "Restore the database from its backup, or correct --data-dir or --database. To start anew, give an empty --data-dir; to use this root key with a new database, confirm that with --new-database.",
    exitCodes.database
  );
}

// control-plane/startup/quota-file.ts
import { readFileSync } from "node:fs";
function readQuotas(setting) {
  if (setting === "off") return noQuotas;
  return setting === "aws" ? awsQuotas : parseQuotas(setting, readQuotaFile(setting));
}
function readQuotaFile(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}
function parseQuotas(file, value) {
  const { requests, resources } = section(file, value, ["requests", "resources"]);
  const rates = overrides(file, "requests", requests, isRequestQuota);
  const amounts = overrides(file, "resources", resources, isResourceQuota);
  const kept = { ...resourceQuotas, ...Object.fromEntries(amounts) };
  return {
    resources: Object.fromEntries(Object.entries(kept).filter(([, amount]) => amount !== null)),
    rateOf: (name, region) => {
      const rate = rates.get(name);
      return rate === void 0 ? defaultRate(name, region) : rate ?? void 0;
    }
  };
}
function overrides(file, place, value, isName) {
  const found = /* @__PURE__ */ new Map();
  for (const [name, quota] of Object.entries(section(file, value ?? {}, void 0, place))) {
    if (!isName(name)) throw unusable(file, `there is no quota "${place}.${name}"`);
    if (quota !== null && !(typeof quota === "number" && Number.isFinite(quota) && quota > 0)) {
      throw unusable(file, `"${place}.${name}" is neither a positive number nor null`);
    }
    found.set(name, quota);
  }
  return found;
}
function section(file, value, names, place) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(file, `${place === void 0 ? "it" : `"${place}"`} is not a JSON object`);
  }
  const unknown = names && Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== void 0) throw unusable(file, `it has an unknown member "${unknown}"`);
  return value;
}
function unusable(file, reason) {
  return new StartError(
    `--quotas: ${file} cannot be used: ${reason}.`,
    'Write "off", "aws", or a JSON file such as {"requests": {"CreateKey": 50}, "resources": {"keysPerRegion": null}}.',
    exitCodes.usage
  );
}

export {
  tokensAt,
  makeSocketDirectory,
  createThrottle,
  makePrivateDirectory,
  publishCheckpointKey,
  ROOT_KEY_FINGERPRINT,
  requireSameRootKey,
  requireDatabaseOfRootKey,
  requireKnownDatabase,
  readQuotas
};
