import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  emptyRoot,
  genesisHash,
  leafHash,
  rootOf
} from "./part-GJX6LNLE.js";

// control-plane/domain/audit/audit-checkpoint.ts
import { hash } from "node:crypto";
var CHECKPOINT_FORMAT = "keystead/audit-checkpoint/v1";
var checkpointMembers = "format number time previous chains records root complete covered entries".split(" ");
var COMPLETE_EVERY = 1e3;
function statementBytes(body) {
  return Buffer.concat([Buffer.from("keystead audit statement v1\0"), Buffer.from(body)]);
}
function bodyHash(body) {
  return hash("sha256", body, "hex");
}
function nextCheckpoint(request) {
  const { previous, nowMs, all, changed, covered } = request;
  const number = (previous?.number ?? 0) + 1;
  const complete = number % COMPLETE_EVERY === 1;
  const entries = (complete ? all : changed).toSorted(byChainId);
  const body = JSON.stringify({
    format: CHECKPOINT_FORMAT,
    number,
    time: new Date(nowMs).toISOString(),
    previous: previous ? bodyHash(previous.body) : genesisHash,
    chains: all.length,
    records: all.reduce((sum, { size }) => sum + size, 0),
    root: rootOfChains(all),
    complete,
    covered: covered.toSorted(byChainId).map(({ chainId, first, last }) => [chainId, first, last]),
    entries: entries.map(tupleOf)
  });
  return { number, body };
}
function rootOfChains(entries) {
  return (entries.length === 0 ? emptyRoot : rootOf(entries.toSorted(byChainId).map(entryLeaf))).toString("hex");
}
function entryLeaf(entry) {
  return leafHash(Buffer.from(JSON.stringify(tupleOf(entry))));
}
var byChainId = (a, b) => a.chainId < b.chainId ? -1 : Number(a.chainId > b.chainId);
var tupleOf = ({ chainId, size, headHash, treeRoot, prunable }) => [chainId, size, headHash, treeRoot, prunable];
function parseCheckpoint(body) {
  const value = parseObject(body);
  if (value?.format !== CHECKPOINT_FORMAT || !Array.isArray(value.entries) || !Array.isArray(value.covered))
    return void 0;
  const { number, time, previous, chains, records, root, complete } = value;
  const entries = value.entries.map(parseEntry);
  const known = entries.filter((entry) => entry !== void 0);
  const ranges = value.covered.map(parseRange);
  const covered = ranges.filter((range) => range !== void 0);
  const wellFormed = isCount(number) && typeof time === "string" && isHash(previous) && isCount(chains) && isCount(records) && isHash(root) && typeof complete === "boolean" && known.length === entries.length && covered.length === ranges.length;
  if (!wellFormed) return void 0;
  return { number, time, previous, chains, records, root, complete, covered, entries: known };
}
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : void 0;
  } catch {
    return void 0;
  }
}
function parseRange(tuple) {
  if (!Array.isArray(tuple) || tuple.length !== 3) return void 0;
  const [chainId, first, last] = tuple;
  const wellFormed = typeof chainId === "string" && isCount(first) && isCount(last);
  return wellFormed ? { chainId, first, last } : void 0;
}
function parseEntry(tuple) {
  if (!Array.isArray(tuple) || tuple.length !== 5) return void 0;
  const [chainId, size, headHash, treeRoot, prunable] = tuple;
  const wellFormed = typeof chainId === "string" && isCount(size) && isHash(headHash) && isHash(treeRoot) && isCount(prunable);
  return wellFormed ? { chainId, size, headHash, treeRoot, prunable } : void 0;
}
var isCount = (value) => Number.isSafeInteger(value) && value >= 0;
var isHash = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

// control-plane/hsm/crypto/checkpoint-key.ts
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
var PRIVATE_KEY_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
function signStatement(seed, body) {
  return sign(null, statementBytes(body), privateKeyOf(seed));
}
function statementPublicKey(seed) {
  return createPublicKey(privateKeyOf(seed)).export({ type: "spki", format: "der" });
}
function privateKeyOf(seed) {
  const der = Buffer.concat([PRIVATE_KEY_HEAD, seed]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}
function readPublicKey(pem) {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new TypeError(`a checkpoint key must be an Ed25519 key, not ${key.asymmetricKeyType}`);
}
function publicKeyPem(spki) {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  return String(key.export({ type: "spki", format: "pem" }));
}
var SIGNATURE = /^[0-9a-f]{128}$/;
function verifiesStatement(publicKey, body, signature) {
  return SIGNATURE.test(signature) && verify(null, statementBytes(body), publicKey, Buffer.from(signature, "hex"));
}

export {
  CHECKPOINT_FORMAT,
  checkpointMembers,
  bodyHash,
  nextCheckpoint,
  rootOfChains,
  entryLeaf,
  byChainId,
  parseCheckpoint,
  isCount,
  isHash,
  signStatement,
  statementPublicKey,
  readPublicKey,
  publicKeyPem,
  verifiesStatement
};
