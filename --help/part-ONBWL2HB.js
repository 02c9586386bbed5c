import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  recordsOf,
  withDatabaseOptions,
  withStore,
  withWritableStore
} from "./part-W4G2OUTC.js";
import {
  Command,
  CommandError,
  Option
} from "./part-K2DAL35S.js";
import "./part-H32ILBIJ.js";
import {
  DIGEST_FORMAT
} from "./part-VL6X5B2K.js";
import {
  indexDifferences,
  indexEntryOfJson,
  resourceLinksOf
} from "./part-DV6CADGT.js";
import "./part-Q3MGWXPC.js";
import "./part-RODF33C7.js";
import "./part-45AVFN6V.js";
import "./part-6MSZOWH6.js";
import {
  bodyHash,
  byChainId,
  entryLeaf,
  parseCheckpoint,
  readPublicKey,
  rootOfChains,
  verifiesStatement
} from "./part-M22DKBT6.js";
import "./part-V3QLCJLG.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import {
  GrowingTree,
  HASH_BYTES,
  genesisHash,
  inclusionProof,
  leafHash,
  linkHash,
  verifyChain,
  verifyInclusion
} from "./part-GJX6LNLE.js";
import {
  exitCodes
} from "./part-RN4T6Q5A.js";
import "./part-J52KMMNH.js";

// control-plane/cli/audit/audit-index.ts
var PAGE = 500;
async function* indexFaults(store) {
  for (const { chainId, anchor } of await store.listAuditChains()) {
    for (let after = anchor?.sequence ?? 0; ; ) {
      const { rows, more } = await store.listAuditIndex(chainId, { after, limit: PAGE });
      yield* pageFaults(store, chainId, rows);
      const last = rows.at(-1);
      if (!more || !last) break;
      after = last.sequence;
    }
    yield* segmentFaults(store, chainId);
  }
  yield* strayLinks(store);
}
async function* segmentFaults(store, chainId) {
  for (let after = 0; ; ) {
    const { rows, more } = await store.listIndexedSegments(chainId, { after, limit: PAGE });
    for (const segment of rows) {
      const { first: sequence, differences, missing } = segment;
      if (differences.length + missing.length > 0) yield { chainId, sequence, differences, missing: [], segment };
    }
    const last = rows.at(-1);
    if (!more || !last) return;
    after = last.last;
  }
}
async function* pageFaults(store, chainId, rows) {
  const derived = rows.flatMap(({ sequence, recordJson, stored }) => {
    const entry = indexEntryOfJson(recordJson);
    return entry ? [{ sequence, stored, entry, links: resourceLinksOf(chainId, sequence, entry) }] : [];
  });
  const there = await storedLinks(
    store,
    derived.flatMap(({ links }) => links)
  );
  for (const { sequence, stored, entry, links } of derived) {
    const differences = indexDifferences(stored, entry);
    const missing = links.filter((link) => !there.has(nameOf(link)));
    if (differences.length + missing.length > 0) yield { chainId, sequence, entry, differences, missing };
  }
}
async function storedLinks(store, links) {
  const there = /* @__PURE__ */ new Set();
  for (let at = 0; at < links.length; at += PAGE) {
    for (const link of await store.findResourceLinks(links.slice(at, at + PAGE))) there.add(nameOf(link));
  }
  return there;
}
async function* strayLinks(store) {
  for (let after; ; ) {
    const { rows, more } = await store.listResourceLinks({ limit: PAGE, ...after && { after } });
    for (const { link, isNamed } of rows) {
      if (!isNamed) {
        const { chainId, sequence } = link;
        yield { chainId, sequence, differences: [], missing: [], stray: link };
      }
    }
    after = rows.at(-1)?.link;
    if (!more || !after) return;
  }
}
var nameOf = ({ accountId, resourceArn, atMs, chainId, sequence }) => JSON.stringify([accountId, resourceArn, atMs, chainId, sequence]);
function indexFaultLine({ chainId, sequence, differences, missing, stray: stray2, segment }) {
  if (segment) return segmentLine(chainId, segment);
  const where = `${chainId}: INDEX, record ${sequence}`;
  if (stray2) return `${where} is found by ${stray2.resourceArn}, which it does not name`;
  const clauses = [
    ...differences.length > 0 ? [`is searched by another ${differences.join(", ")}`] : [],
    ...missing.map(({ resourceArn }) => `is not found by ${resourceArn}`)
  ];
  return `${where} ${clauses.join(" and ")}`;
}
function segmentLine(chainId, { first, last, differences, missing }) {
  const clauses = [
    ...differences.length > 0 ? [`are searched by another ${differences.join(", ")}`] : [],
    ...missing.map((value) => `are not found by ${value}`)
  ];
  return `${chainId}: INDEX, records ${first} to ${last} ${clauses.join(" and ")}`;
}

// control-plane/cli/audit/audit-index-rebuild.ts
var REPAIRS_PER_WRITE = 200;
function rebuildIndex(options) {
  return withWritableStore(options, async (store) => {
    const waiting = [];
    let repaired = 0;
    const flush = async () => {
      const faults = waiting.splice(0);
      for (const repair of repairsOf(faults.filter(({ segment }) => !segment))) await store.repairAuditIndex(repair);
      for (const { chainId, segment } of faults) if (segment) await store.repairAuditSegment(chainId, segment.last);
      repaired += faults.length;
    };
    for await (const fault of indexFaults(store)) {
      console.log(indexFaultLine(fault));
      waiting.push(fault);
      if (waiting.length === REPAIRS_PER_WRITE) await flush();
    }
    await flush();
    const what = repaired === 0 ? "The index is what the records say." : `${repaired} entries were stored again.`;
    console.log(`${what} "keystead audit verify" says whether the records are those that were written.`);
  });
}
function repairsOf(faults) {
  return [...Map.groupBy(faults, ({ chainId }) => chainId)].map(([chainId, own]) => ({
    chainId,
    entries: own.flatMap(
      ({ sequence, entry, differences }) => entry && differences.length > 0 ? [{ sequence, entry }] : []
    ),
    add: own.flatMap(({ missing }) => missing),
    remove: own.flatMap(({ stray: stray2 }) => stray2 ? [stray2] : [])
  }));
}

// control-plane/cli/audit/audit-log-directory.ts
import { readdir, readFile as readFile2, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

// control-plane/domain/audit/trail-verify.ts
import { hash } from "node:crypto";

// control-plane/domain/audit/checkpoint-history.ts
var CheckpointHistory = class {
  #verifies;
  #entries = /* @__PURE__ */ new Map();
  #marks = /* @__PURE__ */ new Map();
  #last;
  constructor(verifies) {
    this.#verifies = verifies;
  }
  /** The newest checkpoint that is valid. */
  get last() {
    return this.#last?.checkpoint;
  }
  /** Every chain as the newest checkpoint has it. */
  get entries() {
    return [...this.#entries.values()];
  }
  /** What the checkpoints say about a chain; undefined for one that they do not cover yet. */
  expectationOf(chainId) {
    const marks = this.#marks.get(chainId);
    const entry = this.#entries.get(chainId);
    return marks && entry && { marks, prunable: entry.prunable };
  }
  /** Adds the next checkpoint. @returns one clause on what is wrong with it; then it is not added */
  add({ body, signature }) {
    if (!this.#verifies(body, signature)) return `checkpoint ${this.#expected} does not verify under the public key`;
    const checkpoint = parseCheckpoint(body);
    if (!checkpoint) return `checkpoint ${this.#expected} cannot be read`;
    const fault = this.#orderFault(checkpoint) ?? this.#entriesFault(checkpoint);
    if (fault !== void 0) return `checkpoint ${checkpoint.number} ${fault}`;
    for (const entry of checkpoint.entries) this.#take(entry, checkpoint.number);
    this.#last = { checkpoint, body };
    return void 0;
  }
  get #expected() {
    return this.#last ? String(this.#last.checkpoint.number + 1) : "at the start";
  }
  #orderFault({ number, previous, complete }) {
    if (!this.#last) {
      if (number === 1 && previous !== genesisHash) return "claims a predecessor";
      return complete ? void 0 : "is the first one and does not list every chain: earlier ones are missing";
    }
    const { checkpoint, body } = this.#last;
    if (number !== checkpoint.number + 1) return `follows checkpoint ${checkpoint.number}: others are missing`;
    return previous === bodyHash(body) ? void 0 : `does not follow checkpoint ${checkpoint.number}`;
  }
  #entriesFault(checkpoint) {
    for (const entry of checkpoint.entries) {
      const before = this.#entries.get(entry.chainId);
      if (before && contradicts(before, entry)) return `contradicts an earlier one about chain ${entry.chainId}`;
    }
    const now = new Map(this.#entries);
    for (const entry of checkpoint.entries) now.set(entry.chainId, entry);
    const all = [...now.values()];
    const asSaid = all.length === checkpoint.chains && rootOfChains(all) === checkpoint.root;
    return asSaid ? void 0 : "does not have the root of its chains";
  }
  #take(entry, checkpoint) {
    const { chainId, size, headHash, treeRoot } = entry;
    const grown = size > (this.#entries.get(chainId)?.size ?? 0);
    this.#entries.set(chainId, entry);
    if (!grown) return;
    const marks = this.#marks.get(chainId) ?? [];
    marks.push({ checkpoint, size, headHash, treeRoot });
    this.#marks.set(chainId, marks);
  }
};
function contradicts(before, now) {
  if (now.size < before.size || now.prunable < before.prunable) return true;
  return now.size === before.size && (now.headHash !== before.headHash || now.treeRoot !== before.treeRoot);
}

// control-plane/domain/audit/trail-verify.ts
var TrailVerifier = class {
  history;
  #verifies;
  #read;
  #chains = /* @__PURE__ */ new Map();
  /** Paths of log files that digests name. */
  named = /* @__PURE__ */ new Set();
  #records = 0;
  constructor(verifies, read) {
    this.history = new CheckpointHistory(verifies);
    this.#verifies = verifies;
    this.#read = read;
  }
  /** Records found as they were written. */
  get records() {
    return this.#records;
  }
  /** Adds the next published checkpoint. @returns a clause for each fault */
  async add({ checkpoint, digest }) {
    const fault = this.history.add(checkpoint);
    const { last } = this.history;
    if (fault !== void 0 || !last) return [fault ?? "there is no checkpoint"];
    if (!this.#verifies(digest.body, digest.signature)) {
      return [`the digest of checkpoint ${last.number} does not verify under the public key`];
    }
    const read = JSON.parse(digest.body);
    const belongs = read.format === DIGEST_FORMAT && read.checkpointHash === bodyHash(checkpoint.body);
    if (!belongs) return [`the digest beside checkpoint ${last.number} belongs to another checkpoint`];
    return [...this.#chainFaults(read, last), ...await this.#fileFaults(read)];
  }
  #chainFaults({ chains }, checkpoint) {
    return chains.flatMap((chain) => {
      const fault = this.#follow(chain, checkpoint);
      return fault === void 0 ? [] : [`checkpoint ${checkpoint.number}: chain ${chain.chainId} ${fault}`];
    });
  }
  #follow(chain, { entries }) {
    const { chainId, first, last, previousHash } = chain;
    const hashes = hashesOf(chain);
    if (hashes.length !== last - first + 1) return "has other records than its digest says";
    const known = this.#chains.get(chainId) ?? (first === 1 ? newChain() : void 0);
    const tree = known?.tree;
    for (const link of hashes) tree?.append(leafHash(link));
    const end = hashes.at(-1)?.toString("hex") ?? previousHash;
    this.#chains.set(chainId, { sequence: last, hash: end, ...defined({ tree }) });
    if (known && first !== known.sequence + 1) return `continues with record ${first} after record ${known.sequence}`;
    if (known && previousHash !== known.hash) return `does not follow its record ${known.sequence}`;
    const entry = entries.find((candidate) => candidate.chainId === chainId);
    if (entry?.size !== last) return void 0;
    const asSigned = entry.headHash === end && (!tree || tree.root().toString("hex") === entry.treeRoot);
    return asSigned ? void 0 : "is not what the checkpoint covers";
  }
  async #fileFaults(digest) {
    const links = new Map(digest.chains.map((chain) => [chain.chainId, chain]));
    const faults = [];
    for (const file of digest.logFiles) {
      this.named.add(file.path);
      const text = await this.#read(file.path);
      if (text === void 0) faults.push(`${file.path} is missing: ${describe(file.runs)}`);
      else faults.push(...this.#recordFaults(file, text, links));
    }
    return faults;
  }
  #recordFaults(file, text, chains) {
    const records = recordsIn(text);
    if (!records) return [`${file.path} is not a log file`];
    const places = file.runs.flatMap((run) => placesOf(run, chains.get(run.chainId)));
    const faults = recordFaults(places, records);
    this.#records += places.length - faults.filter(({ lost: lost2 }) => lost2).length;
    const asHashed = hash("sha256", text, "hex") === file.hashValue;
    const named = faults.map(({ message }) => `${file.path}: ${message}`);
    return asHashed || named.length > 0 ? named : [`${file.path}: its text was changed, its records were not`];
  }
};
var newChain = () => ({ sequence: 0, hash: genesisHash, tree: new GrowingTree() });
function hashesOf({ hashes }) {
  const bytes2 = Buffer.from(hashes, "base64");
  return Array.from(
    { length: bytes2.length / HASH_BYTES },
    (_, index) => bytes2.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
  );
}
var describe = (runs) => runs.map(({ chainId, first, last }) => `records ${first} to ${last} of chain ${chainId}`).join(", ");
function recordsIn(text) {
  try {
    const { Records } = JSON.parse(text);
    return Array.isArray(Records) ? Records.map((record) => JSON.stringify(record)) : void 0;
  } catch {
    return void 0;
  }
}
function placesOf({ chainId, first, last }, chain) {
  if (!chain) return [];
  const hashes = hashesOf(chain).map((link) => link.toString("hex"));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = first - chain.first + index;
    const previousHash = at === 0 ? chain.previousHash : hashes[at - 1] ?? "";
    return { chainId, sequence: first + index, previousHash, hash: hashes[at] ?? "" };
  });
}
var SEARCHED = 64;
function recordFaults(places, records) {
  const faults = [];
  let [place, record] = [0, 0];
  while (place < places.length && record < records.length) {
    if (fits(places[place], records[record])) {
      [place, record] = [place + 1, record + 1];
      continue;
    }
    const dropped = distance((ahead) => fits(places[place + ahead], records[record]));
    const inserted = distance((ahead) => fits(places[place], records[record + ahead]));
    if (dropped !== void 0 && (inserted === void 0 || dropped <= inserted)) {
      for (let ahead = 0; ahead < dropped; ahead++) faults.push(lost(places[place + ahead], "is missing here"));
      place += dropped;
    } else if (inserted !== void 0) {
      for (let ahead = 0; ahead < inserted; ahead++) faults.push(stray(places[place], records[record + ahead]));
      record += inserted;
    } else {
      faults.push(lost(places[place], `is not what was written${eventOf(records[record])}`));
      [place, record] = [place + 1, record + 1];
    }
  }
  for (const left of places.slice(place)) faults.push(lost(left, "is missing here"));
  for (const left of records.slice(record)) faults.push(stray(void 0, left));
  return faults;
}
function fits(place, recordJson) {
  return place !== void 0 && recordJson !== void 0 && linkHash({ ...place, recordJson }) === place.hash;
}
function distance(test) {
  for (let ahead = 1; ahead <= SEARCHED; ahead++) if (test(ahead)) return ahead;
  return void 0;
}
function lost(place, what) {
  return { message: `record ${place?.sequence} of chain ${place?.chainId} ${what}`, lost: true };
}
function stray(before, recordJson) {
  const where = before ? `before record ${before.sequence} of chain ${before.chainId}` : "at the end";
  return { message: `a record ${where} does not belong there${eventOf(recordJson)}`, lost: false };
}
function eventOf(recordJson = "") {
  const record = recordJson === "" ? void 0 : JSON.parse(recordJson);
  const { eventID, eventName } = record ?? {};
  return typeof eventID === "string" ? ` (${String(eventName)}, event ${eventID})` : "";
}

// control-plane/cli/audit/audit-keys.ts
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
var KEY_FILE = "audit-public-key.pem";
async function readCheckpointKey(file) {
  const key = parseKey(file, await readText(file, "Name the public key of checkpoints with --public-key."));
  const spki = key.export({ type: "spki", format: "der" });
  return {
    verifies: (body, signature) => verifiesStatement(key, body, signature),
    fingerprint: `SHA256:${createHash("sha256").update(spki).digest("base64").replace(/=+$/, "")}`
  };
}
function parseKey(file, pem) {
  try {
    return readPublicKey(pem);
  } catch {
    throw new CommandError(`${file} does not hold an Ed25519 public key.`, "Name the server's audit-public-key.pem.");
  }
}
async function readCheckpointFile(file) {
  const hint = 'Name a file with the output of "keystead audit checkpoint".';
  const text = await readText(file, hint);
  const value = parseJson(text);
  const { body, signature } = value ?? {};
  if (typeof body === "string" && typeof signature === "string") return { body, signature };
  throw new CommandError(`${file} does not hold a checkpoint.`, hint);
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
async function readText(file, hint) {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error.code}.`, hint);
  }
}

// control-plane/cli/audit/audit-log-directory.ts
var CHANGED_HINT = "The log was changed outside Keystead: compare the records named above with a backup or a delivered copy.";
async function verifyLogs(dir, options) {
  const directory = resolve(dir);
  const checkpoints = await publishedFiles(directory);
  const key = await readCheckpointKey(options.publicKey ?? join(directory, KEY_FILE));
  const trail = new TrailVerifier(key.verifies, (path) => readLogFile(join(directory, path)));
  const faults = [];
  for (const file of checkpoints) faults.push(...await trail.add(await readPublished(file)));
  const strays = (await logFilesIn(directory)).filter((path) => !trail.named.has(path));
  for (const fault of faults) console.log(fault);
  for (const stray2 of strays) console.log(`${stray2}: not named by a checkpoint yet`);
  if (faults.length > 0) {
    throw new CommandError(`${faults.length} fault${faults.length === 1 ? "" : "s"} in ${directory}.`, CHANGED_HINT);
  }
  const { last } = trail.history;
  console.log(
    `${trail.records} audit records verified, up to checkpoint ${last?.number ?? 0}. Key ${key.fingerprint}.`
  );
}
async function publishedFiles(directory) {
  const there = await stat(directory).catch(() => void 0);
  if (!there?.isDirectory()) {
    const what = there ? "is not a directory" : "does not exist";
    throw new CommandError(`The log directory ${directory} ${what}.`, LOG_DIRECTORY_HINT);
  }
  const files = await filesBelow(join(directory, "Checkpoints"), ".json");
  if (files.length > 0) return files.sort();
  throw new CommandError(
    `The log directory ${directory} has no checkpoints: nothing in it can be verified.`,
    `${LOG_DIRECTORY_HINT} A server delivers to it at every --audit-checkpoint-interval.`
  );
}
var LOG_DIRECTORY_HINT = 'Name the directory that "keystead serve --audit-log-dir" names.';
async function logFilesIn(directory) {
  const files = await filesBelow(join(directory, "AWSLogs"), ".json.gz");
  return files.map((file) => file.slice(directory.length + 1)).sort();
}
async function filesBelow(directory, ending) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw new CommandError(`${directory} cannot be read: ${error.message}.`, LOG_DIRECTORY_HINT);
  });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => join(entry.parentPath, entry.name));
}
async function readPublished(file) {
  const nothing = { body: "", signature: "" };
  const read = parseJson(await readFile2(file, "utf8"));
  return { checkpoint: signed(read?.checkpoint) ?? nothing, digest: signed(read?.digest) ?? nothing };
}
function signed(value) {
  const { body, signature } = value ?? {};
  return typeof body === "string" && typeof signature === "string" ? { body, signature } : void 0;
}
var decompress = promisify(gunzip);
async function readLogFile(path) {
  const compressed = await readFile2(path).catch(() => void 0);
  if (!compressed) return void 0;
  return await decompress(compressed).then(String, () => "");
}

// control-plane/domain/audit/audit-proof.ts
var PROOF_FORMAT = "keystead/audit-proof/v1";
function proveRecord({ record, leaves, entries, checkpoint }) {
  const sorted = entries.toSorted(byChainId);
  const chainIndex = sorted.findIndex(({ chainId }) => chainId === record.chainId);
  const chain = sorted[chainIndex];
  if (!chain) throw new RangeError(`the checkpoint does not cover chain ${record.chainId}`);
  const chainLeaves = { prunedSize: 0, prunedPeaks: [], leaves: sorted.map(entryLeaf) };
  return {
    format: PROOF_FORMAT,
    record: record.recordJson,
    sequence: record.sequence,
    previousHash: record.previousHash,
    chainPath: inclusionProof(leaves, record.sequence - 1, chain.size).map(hex),
    chain,
    chainIndex,
    checkpointPath: inclusionProof(chainLeaves, chainIndex, sorted.length).map(hex),
    checkpoint
  };
}
function proofFault(proof, verifies) {
  const { record, sequence, previousHash, chain, checkpoint } = proof;
  if (!verifies(checkpoint.body, checkpoint.signature)) return "the checkpoint does not verify under the public key";
  const said = parseCheckpoint(checkpoint.body);
  if (!said) return "the checkpoint cannot be read";
  const inCheckpoint = verifyInclusion(
    entryLeaf(chain),
    proof.chainIndex,
    said.chains,
    proof.checkpointPath.map(bytes),
    bytes(said.root)
  );
  if (!inCheckpoint) return "the chain is not the one that the checkpoint covers";
  const link = linkHash({ chainId: chain.chainId, sequence, previousHash, recordJson: record });
  const leaf = leafHash(bytes(link));
  const inChain = verifyInclusion(leaf, sequence - 1, chain.size, proof.chainPath.map(bytes), bytes(chain.treeRoot));
  return inChain ? void 0 : "the record is not the one in the chain at this place";
}
var hex = (hash2) => hash2.toString("hex");
var bytes = (text) => Buffer.from(text, "hex");
function parseProof(text) {
  try {
    const proof = JSON.parse(text);
    const { chain, checkpoint, chainPath, checkpointPath } = proof;
    const numbers = [proof.sequence, proof.chainIndex, chain.size, chain.prunable];
    const texts = [proof.record, proof.previousHash, chain.chainId, chain.headHash, chain.treeRoot];
    const signed2 = [checkpoint.body, checkpoint.signature, ...chainPath, ...checkpointPath];
    const wellFormed = proof.format === PROOF_FORMAT && numbers.every((value) => Number.isSafeInteger(value) && value >= 0) && [...texts, ...signed2].every((value) => typeof value === "string");
    return wellFormed ? proof : void 0;
  } catch {
    return void 0;
  }
}

// control-plane/cli/audit/audit-proofs.ts
var PAGE2 = 1e4;
var ATTEMPTS = 5;
function printCheckpoint(options) {
  return withStore(options, async (store) => {
    const { body, signature } = await requireCheckpoint(store);
    console.log(JSON.stringify({ body, signature }));
  });
}
async function requireCheckpoint(store) {
  const checkpoint = await store.findLastCheckpoint();
  if (checkpoint) return checkpoint;
  throw new CommandError(
    "There is no checkpoint yet.",
    "A running server takes the first one with its first run of jobs."
  );
}
function printProof(eventId, options) {
  return withStore(options, async (store) => console.log(JSON.stringify(await prove(store, eventId))));
}
async function prove(store, eventId) {
  const place = await store.findAuditPlace(eventId);
  if (!place)
    throw new CommandError(
      `There is no event ${eventId}.`,
      'Take the eventID from the record; "keystead audit tail" shows records.'
    );
  const { chainId, sequence } = place;
  const [record] = (await store.listAudit(chainId, { after: sequence - 1, limit: 1 })).rows;
  const { checkpoint, entries } = await newestState(store);
  const size = entries.find((entry) => entry.chainId === chainId)?.size ?? 0;
  if (!record || sequence > size) {
    throw new CommandError(
      `No checkpoint covers the event ${eventId} yet.`,
      "Try again when the next one is taken (serve --audit-checkpoint-interval)."
    );
  }
  const { body, signature } = checkpoint;
  return proveRecord({
    record,
    leaves: await leavesOf(store, chainId, size),
    entries,
    checkpoint: { body, signature }
  });
}
async function newestState(store) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const checkpoint = await requireCheckpoint(store);
    const entries = (await store.listAuditTrees()).map(
      (row) => ({
        chainId: row.chain_id,
        size: row.size,
        headHash: row.head_hash,
        treeRoot: GrowingTree.fromHex(row.size, JSON.parse(row.peaks)).root().toString("hex"),
        prunable: row.prunable
      })
    );
    if (rootOfChains(entries) === parseCheckpoint(checkpoint.body)?.root) return { checkpoint, entries };
  }
  throw new CommandError(
    "The audit chains do not match the newest checkpoint.",
    'Run "keystead audit verify": it names what was changed.'
  );
}
async function leavesOf(store, chainId, size) {
  const anchor = (await store.listAuditChains()).find((head) => head.chainId === chainId)?.anchor;
  const leaves = [];
  const prunedSize = anchor?.sequence ?? 0;
  for (let after = prunedSize; after < size; ) {
    const { rows } = await store.listAuditLinks(chainId, { after, limit: PAGE2 });
    leaves.push(...rows.map(({ hash: hash2 }) => leafHash(Buffer.from(hash2, "hex"))));
    after = rows.at(-1)?.sequence ?? size;
  }
  return { prunedSize, prunedPeaks: (anchor?.peaks ?? []).map((peak) => Buffer.from(peak, "hex")), leaves };
}
async function verifyProofFile(file, options) {
  const hint = 'Name a file with the output of "keystead audit prove".';
  const { verifies } = await readCheckpointKey(options.publicKey);
  const proof = parseProof(await readText(file, hint));
  if (!proof) throw new CommandError(`${file} does not hold a proof.`, hint);
  const fault = proofFault(proof, verifies);
  if (fault !== void 0) throw new CommandError(`The proof does not hold: ${fault}.`, "Do not trust the record.");
  console.log(proof.record);
}

// control-plane/cli/audit/audit-verify.ts
import { join as join2, resolve as resolve2 } from "node:path";

// control-plane/domain/audit/checkpoint-coverage.ts
var INTERVALS_ALLOWED = 3;
var Uncovered = class {
  #covered;
  #first;
  #newest = "";
  /** @param covered sequence of the last record that the newest checkpoint covers; 0: none */
  constructor(covered) {
    this.#covered = covered;
  }
  /** The oldest of them. */
  get first() {
    return this.#first;
  }
  /** `eventTime` of the newest record of the chain. */
  get newest() {
    return this.#newest;
  }
  /** In order of sequence. */
  add(sequence, recordJson) {
    if (sequence < this.#covered) return;
    const time = eventTimeOf(recordJson);
    if (time === void 0) return;
    if (time > this.#newest) this.#newest = time;
    if (sequence > this.#covered) this.#first ??= { sequence, time };
  }
};
function eventTimeOf(recordJson) {
  try {
    const { eventTime } = JSON.parse(recordJson);
    return typeof eventTime === "string" && !Number.isNaN(Date.parse(eventTime)) ? eventTime : void 0;
  } catch {
    return void 0;
  }
}
function coverageFaults(chains, checkpointTime, intervalMs) {
  const newest = [...chains.values()].reduce((latest, chain) => chain.newest > latest ? chain.newest : latest, "");
  const until = Date.parse(newest) > Date.parse(checkpointTime) ? newest : checkpointTime;
  return [...chains].flatMap(([chainId, { first }]) => {
    if (!first || Date.parse(until) - Date.parse(first.time) <= INTERVALS_ALLOWED * intervalMs) return [];
    const record = `record ${first.sequence} of ${first.time}`;
    return [`${chainId}: NOT COVERED, no checkpoint covers ${record}, although the log goes on until ${until}`];
  });
}
function treeFaults(entries, trees) {
  const byChain = new Map(trees.map((tree) => [tree.chain_id, tree]));
  const signed2 = new Set(entries.map(({ chainId }) => chainId));
  return [
    ...entries.flatMap((entry) => {
      const tree = byChain.get(entry.chainId);
      if (!tree) return [`${entry.chainId}: TREE, it is missing: the next checkpoint cannot continue this chain`];
      return isSame(tree, entry) ? [] : [`${entry.chainId}: TREE, it is not the one that the newest checkpoint signs`];
    }),
    ...trees.filter(({ chain_id }) => !signed2.has(chain_id)).map(({ chain_id }) => `${chain_id}: TREE, no checkpoint signs it`)
  ];
}
function isSame({ size, head_hash, prunable, peaks }, entry) {
  const sameEnd = size === entry.size && head_hash === entry.headHash && prunable === entry.prunable;
  return sameEnd && rootOfPeaks(size, peaks) === entry.treeRoot;
}
function rootOfPeaks(size, peaks) {
  try {
    return GrowingTree.fromHex(size, JSON.parse(peaks)).root().toString("hex");
  } catch {
    return void 0;
  }
}

// control-plane/cli/audit/audit-verify.ts
var INDEX_HINT = 'Searches do not find the records as they are: "keystead audit rebuild-index" stores again what the records say.';
var COVERAGE_HINT = "Either checkpoints were removed, or no server has taken them: compare with a checkpoint kept elsewhere, and read the log of the server.";
function verifyDatabase(options, intervalMs) {
  return withStore(options, async (store) => {
    const kept = await keptElsewhere(options);
    const first = await store.findLastCheckpoint();
    const wantsKey = first !== void 0 || kept.length > 0;
    const key = wantsKey ? await readCheckpointKey(options.publicKey ?? join2(options.dataDir, KEY_FILE)) : void 0;
    const once = await verifyOnce(store, key, intervalMs);
    const result = isGood(once) ? once : await verifyOnce(store, key, intervalMs);
    const faults = [...result.faults, ...key ? await elsewhereFaults(store, result, key, kept) : []];
    for (const line of result.lines) console.log(line);
    for (const fault of [...faults, ...result.uncovered, ...result.index]) console.log(fault);
    requireGood({ ...result, faults });
    console.log(`${result.records} audit records verified.`);
    if (key && result.history.last) console.log(coverage(result, result.history.last, key));
  });
}
function isGood({ faults, broken, uncovered, index }) {
  return faults.length + broken.length + uncovered.length + index.length === 0;
}
function requireGood({ broken, faults, uncovered, index }) {
  if (broken.length > 0) {
    const chains = broken.length === 1 ? "1 audit chain is" : `${broken.length} audit chains are`;
    throw new CommandError(`${chains} broken.`, CHANGED_HINT);
  }
  if (faults.length > 0) throw new CommandError("The audit log does not match its checkpoints.", CHANGED_HINT);
  if (uncovered.length > 0) throw new CommandError("Checkpoints of the audit log are missing.", COVERAGE_HINT);
  if (index.length > 0)
    throw new CommandError("The audit log is searched by other values than its records.", INDEX_HINT);
}
async function verifyOnce(store, key, intervalMs) {
  const { history, bodies, fault, trees } = await readCheckpoints(store, key);
  const heads = await store.listAuditChains();
  const lines = [];
  const broken = [];
  const tails = /* @__PURE__ */ new Map();
  const covered = new Map(history.entries.map(({ chainId, size }) => [chainId, size]));
  let records = 0;
  for (const head of heads) {
    const tail2 = new Uncovered(covered.get(head.chainId) ?? 0);
    tails.set(head.chainId, tail2);
    const report = await verifyChain(
      head,
      seenBy(tail2, recordsOf(store, head.chainId, head.anchor?.sequence ?? 0)),
      history.expectationOf(head.chainId) ?? { marks: [], prunable: 0 }
    );
    records += report.verified;
    lines.push(chainLine(head, report));
    if (report.fault) broken.push(head.chainId);
  }
  const there = new Set(heads.map(({ chainId }) => chainId));
  const gone = history.entries.filter(({ chainId }) => !there.has(chainId)).map(({ chainId, size }) => `${chainId}: GONE, with its ${size} records`);
  const faults = [...fault === void 0 ? [] : [`checkpoints: BROKEN, ${fault}`], ...gone];
  const entries = history.entries.filter(({ chainId }) => there.has(chainId));
  const uncovered = history.last ? [...treeFaults(entries, trees), ...coverageFaults(tails, history.last.time, intervalMs)] : ["checkpoints: MISSING, there is none: nothing shows whether the whole log was written anew"];
  const index = [];
  const changed = /* @__PURE__ */ new Set([...broken, ...history.entries.map(({ chainId }) => chainId).filter((id) => !there.has(id))]);
  for await (const found of indexFaults(store)) if (!changed.has(found.chainId)) index.push(indexFaultLine(found));
  return { lines, broken, faults, uncovered: fault === void 0 ? uncovered : [], index, records, history, bodies };
}
async function* seenBy(tail2, records) {
  for await (const record of records) {
    tail2.add(record.sequence, record.recordJson);
    yield record;
  }
}
function chainLine({ chainId, anchor }, report) {
  if (report.fault) return `${chainId}: BROKEN, ${report.fault.message}`;
  const pruned = anchor ? `, after ${anchor.sequence} that retention removed` : "";
  return `${chainId}: ${report.verified} records, intact${pruned}`;
}
var CHECKPOINTS_PER_PAGE = 500;
var ATTEMPTS2 = 5;
async function readCheckpoints(store, key) {
  for (let attempt = 1; ; attempt += 1) {
    const newest = await store.findLastCheckpoint();
    const trees = await store.listAuditTrees();
    const read = await readHistory(store, key);
    if (newest?.number === read.number || attempt === ATTEMPTS2) return { ...read, trees };
  }
}
async function readHistory(store, key) {
  const history = new CheckpointHistory(key?.verifies ?? (() => false));
  const bodies = /* @__PURE__ */ new Map();
  let number;
  let fault;
  for (let after = 0; ; ) {
    const { rows, more } = await store.listCheckpoints({ after, limit: CHECKPOINTS_PER_PAGE });
    for (const row of rows) {
      number = row.number;
      fault ??= history.add(row);
      if (fault === void 0) bodies.set(row.number, row.body);
    }
    const last = rows.at(-1);
    if (!more || !last) return { history, bodies, number, fault };
    after = last.number;
  }
}
async function elsewhereFaults(store, result, key, kept) {
  const faults = kept.flatMap((one) => keptFaults(one, result, key));
  for (const { digest } of kept) {
    if (digest && key.verifies(digest.body, digest.signature)) faults.push(...await linkFaults(store, digest.body));
  }
  return faults;
}
async function linkFaults(store, digestText) {
  const { chains } = JSON.parse(digestText);
  const faults = [];
  for (const chain of chains) {
    const delivered = hashesOf(chain);
    const { rows } = await store.listAuditLinks(chain.chainId, { after: chain.first - 1, limit: delivered.length });
    const other = rows.find(({ sequence, hash: hash2 }) => {
      const link = delivered[sequence - chain.first];
      return link !== void 0 && link.toString("hex") !== hash2;
    });
    if (other) faults.push(`${chain.chainId}: record ${other.sequence} is not the one that was delivered`);
  }
  return faults;
}
async function keptElsewhere({ checkpoint, logDir }) {
  const files = logDir === void 0 ? [] : await publishedFiles(resolve2(logDir));
  const published = await Promise.all(
    files.map(async (file) => {
      const { checkpoint: body, digest } = await readPublished(file);
      return { ...body, digest, where: file };
    })
  );
  if (checkpoint === void 0) return published;
  return [{ ...await readCheckpointFile(checkpoint), where: checkpoint }, ...published];
}
function keptFaults(kept, { history, bodies }, { verifies }) {
  const { body, signature, where } = kept;
  const checkpoint = verifies(body, signature) ? parseCheckpoint(body) : void 0;
  if (!checkpoint) return [`${where}: does not verify under the public key`];
  const { number } = checkpoint;
  const last = history.last?.number ?? 0;
  if (number > last) {
    return [`${where}: ROLLED BACK, the database ends with checkpoint ${last} and this is checkpoint ${number}`];
  }
  const ours = bodies.get(number);
  return ours === void 0 || ours === body ? [] : [`${where}: the database has another checkpoint ${number}`];
}
function coverage({ history, records }, last, { fingerprint }) {
  const pruned = history.entries.reduce((sum, { prunable }) => sum + prunable, 0);
  const covered = Math.min(records, Math.max(0, last.records - pruned));
  return `Checkpoint ${last.number} of ${last.time} covers ${covered} of them. Key ${fingerprint}.`;
}

// control-plane/cli/audit/audit.ts
var FOLLOW_INTERVAL_MS = 500;
var PUBLIC_KEY = "--public-key <file>";
var PUBLIC_KEY_HELP = "PEM file of the public key that verifies checkpoints";
function auditCommand() {
  const audit = new Command("audit").description(
    "The audit log: who did what, when, and whether anyone changed the log."
  );
  withDatabaseOptions(audit.command("tail").description("print audit records, oldest first, one JSON document a line")).option("-n, --lines <count>", "how many of the newest records to begin with", "20").option("-f, --follow", "keep printing new records until interrupted").action(async (options) => {
    const lines = requireCount(options.lines);
    await withStore(options, (store) => tail(store, lines, options.follow === true));
  });
  withDatabaseOptions(
    audit.command("verify").description(
      "recompute every hash chain and what it is searched by, compare with the signed checkpoints; names what was changed"
    )
  ).option(PUBLIC_KEY, `${PUBLIC_KEY_HELP} (default: <data-dir>/audit-public-key.pem)`).option("--checkpoint <file>", "compare the log with this checkpoint too, which was kept elsewhere").option("--log-dir <dir>", "compare the log with the files delivered there too").addOption(
    new Option("--checkpoint-interval <seconds>", "the --audit-checkpoint-interval of the server").env("KEYSTEAD_AUDIT_CHECKPOINT_INTERVAL").default("300")
  ).action(
    (options) => verifyDatabase(options, 1e3 * requireSeconds(options.checkpointInterval))
  );
  withDatabaseOptions(
    audit.command("rebuild-index").description("store again, from the records, what the log is searched by; on SQLite stop the server first")
  ).action(rebuildIndex);
  audit.command("verify-logs").description("verify a log directory by itself; names every record that was changed").argument("<dir>", "the directory that --audit-log-dir names").option(PUBLIC_KEY, `${PUBLIC_KEY_HELP} (default: audit-public-key.pem in the directory)`).action(verifyLogs);
  withDatabaseOptions(
    audit.command("checkpoint").description("print the newest signed checkpoint, to keep elsewhere")
  ).action(printCheckpoint);
  withDatabaseOptions(
    audit.command("prove").description("print a proof that a record is in the log that the newest checkpoint signs").argument("<event-id>", "the record's eventID")
  ).action(printProof);
  audit.command("verify-proof").description("verify a proof and print its record; needs nothing but the public key").argument("<file>", 'the output of "audit prove"').requiredOption(PUBLIC_KEY, PUBLIC_KEY_HELP).action(verifyProofFile);
  return audit;
}
function requireCount(text) {
  if (/^\d+$/.test(text)) return Number(text);
  throw new CommandError(`--lines: "${text}" is not a whole number.`, "Write it like --lines 20.", exitCodes.usage);
}
function requireSeconds(text) {
  if (Number.isFinite(Number(text)) && Number(text) > 0) return Number(text);
  throw new CommandError(
    `--checkpoint-interval: "${text}" is not a positive number of seconds.`,
    "Write it like --checkpoint-interval 300.",
    exitCodes.usage
  );
}
async function tail(store, lines, follow) {
  const printed = /* @__PURE__ */ new Map();
  const newest = [];
  for (const chain of await store.listAuditChains()) {
    printed.set(chain.chainId, chain.lastSequence);
    const after = Math.max(0, chain.lastSequence - lines);
    for await (const record of recordsOf(store, chain.chainId, after)) newest.push(record);
  }
  newest.sort((a, b) => eventTimeOf2(a).localeCompare(eventTimeOf2(b)));
  for (const record of newest.slice(newest.length - Math.min(lines, newest.length))) console.log(record.recordJson);
  while (follow) {
    await new Promise((wake) => setTimeout(wake, FOLLOW_INTERVAL_MS));
    for (const chain of await store.listAuditChains()) {
      for await (const record of recordsOf(store, chain.chainId, printed.get(chain.chainId) ?? 0)) {
        console.log(record.recordJson);
        printed.set(chain.chainId, record.sequence);
      }
    }
  }
}
function eventTimeOf2(record) {
  return JSON.parse(record.recordJson).eventTime;
}
export {
  auditCommand
};
