import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  RootKeys,
  gcmsiv
} from "./part-FGEIRVT7.js";
import {
  SecretBytes
} from "./part-4RXXNH3Y.js";
import {
  SealError
} from "./part-OCGC4VUO.js";
import {
  createDurably,
  writeDurably
} from "./part-YOZOMLJ4.js";

// control-plane/hsm/root-key/generations.ts
import { createHash } from "node:crypto";
var VERSION = 2;
var FINGERPRINT_BYTES = 16;
var KEY_BYTES = 32;
var DIGEST_BYTES = 32;
var MAX_TEXT_BYTES = 60;
var MAX_GENERATIONS = 32;
function encodeGenerations({ generations, installation, removal }) {
  if (generations.length > MAX_GENERATIONS) throw new RangeError("a root key has at most 32 generations");
  const parts = [
    Buffer.of(VERSION, generations.length),
    Buffer.from(installation.fingerprint, "hex"),
    copyOf(installation.checkpointKey),
    uint64(removal?.removedAtMs ?? 0),
    text(removal?.removedBy ?? "")
  ];
  for (const { generation, origin, rootKey } of generations) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(generation);
    parts.push(number, uint64(origin?.createdAtMs ?? 0), text(origin?.createdBy ?? ""), copyOf(rootKey));
  }
  const body = Buffer.concat(parts);
  for (const part of parts) part.fill(0);
  const whole = Buffer.concat([body, digestOf(body)]);
  body.fill(0);
  return whole;
}
function parseGenerations(bytes) {
  const body = bytes.subarray(0, -DIGEST_BYTES);
  if (body[0] !== VERSION || !digestOf(body).equals(bytes.subarray(-DIGEST_BYTES))) return void 0;
  const from = new Fields(body.subarray(1));
  try {
    const number = from.take(1).readUInt8();
    const fingerprint = from.take(FINGERPRINT_BYTES).toString("hex");
    const checkpointKey = from.secret();
    const [removedAtMs, removedBy] = [from.uint64(), from.text()];
    const generations = Array.from({ length: number }, () => from.generation());
    if (!from.isEmpty || !isAscending(generations)) return void 0;
    const removal = removedAtMs === 0 ? void 0 : { removedAtMs, removedBy };
    return new RootKeys(generations, { fingerprint, checkpointKey }, removal);
  } catch (error) {
    if (error instanceof RangeError) return void 0;
    throw error;
  }
}
var Fields = class {
  #rest;
  constructor(bytes) {
    this.#rest = bytes;
  }
  get isEmpty() {
    return this.#rest.length === 0;
  }
  /** @throws RangeError */
  take(length) {
    if (length > this.#rest.length) throw new RangeError("the root key is cut off");
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
  secret() {
    return new SecretBytes(Uint8Array.from(this.take(KEY_BYTES)));
  }
  uint64() {
    return Number(this.take(8).readBigUInt64BE());
  }
  text() {
    return this.take(this.take(1).readUInt8()).toString("utf8");
  }
  generation() {
    const generation = this.take(4).readUInt32BE();
    const [createdAtMs, createdBy] = [this.uint64(), this.text()];
    return { generation, rootKey: this.secret(), ...createdAtMs > 0 && { origin: { createdAtMs, createdBy } } };
  }
};
var isAscending = (generations) => generations.length > 0 && generations.every(({ generation }, i) => generation > (generations[i - 1]?.generation ?? 0));
var digestOf = (body) => createHash("sha256").update(body).digest();
var copyOf = (secret) => secret.use((bytes) => Buffer.from(bytes));
function uint64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
function text(value) {
  const bytes = Buffer.from(Buffer.from(value).subarray(0, MAX_TEXT_BYTES).toString("utf8"));
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

// control-plane/hsm/root-key/root-key.ts
import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";

// control-plane/hsm/root-key/private-file.ts
import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
var OTHERS = 63;
var MAX_FILE_BYTES = 4096;
async function readPrivateFile(path) {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error.code === "ENOENT") return void 0;
    throw fileError("cannot be read", path, error);
  }
  try {
    requirePrivate(path, await file.stat());
    return await file.readFile();
  } finally {
    await file.close();
  }
}
async function createPrivateFile(path, contents) {
  return await createDurably(path, contents).catch((error) => {
    throw fileError("cannot be created", path, error);
  });
}
async function replacePrivateFile(path, contents) {
  try {
    await writeDurably(await realpath(path), contents);
  } catch (error) {
    throw fileError("cannot be replaced", path, error);
  }
}
function requirePrivate(path, { mode, uid, size }) {
  if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > MAX_FILE_BYTES) {
    throw new SealError(
      `${path} is not a regular file of at most ${MAX_FILE_BYTES} bytes.`,
      "Name the file that contains the root key or the passphrase."
    );
  }
  if ((mode & OTHERS) !== 0) {
    const shown = (mode & 511).toString(8).padStart(4, "0");
    throw new SealError(`${path} is open to other users (mode ${shown}).`, `Close it with: chmod 600 ${path}`);
  }
  const self = process.geteuid?.() ?? uid;
  if (uid !== self && uid !== 0) {
    throw new SealError(
      `${path} belongs to another user (uid ${uid}).`,
      `Give it to the server's user: chown ${self} ${path}`
    );
  }
}
function fileError(what, path, error) {
  const reason = error instanceof Error ? error.message : "unknown reason";
  return new SealError(`${path} ${what}: ${reason}.`, "Check the path, its directory and their permissions.");
}

// control-plane/hsm/root-key/root-key.ts
var ROOT_KEY_BYTES = 32;
var seals = {
  file: (config) => ({
    open: () => openKeyFile(config),
    replace: (rootKeys) => replaceWiping(config.path, encodeGenerations(rootKeys))
  }),
  passphrase: (config) => ({
    open: () => openPassphraseSeal(config),
    replace: (rootKeys) => replacePassphraseSeal(config, rootKeys)
  })
};
function sealOf(config) {
  const make = seals[config.kind];
  return make(config);
}
async function openKeyFile({ path, mustExist }) {
  const bytes = await readOrCreate(path, mustExist, async () => randomBytes(ROOT_KEY_BYTES));
  const { length } = bytes;
  const rootKeys = storedRootKeys(bytes);
  if (rootKeys) return rootKeys;
  throw new SealError(
    `Root key file ${path} has ${length} bytes; a root key has ${ROOT_KEY_BYTES}, or is damaged after it was rotated.`,
    "Restore the file from its backup."
  );
}
function storedRootKeys(bytes) {
  if (bytes.length === ROOT_KEY_BYTES) return RootKeys.first(new SecretBytes(bytes));
  const parsed = parseGenerations(bytes);
  bytes.fill(0);
  return parsed;
}
async function replaceWiping(path, contents) {
  try {
    await replacePrivateFile(path, contents);
  } finally {
    contents.fill(0);
  }
}
var SCRYPT = { log2N: 17, r: 8, p: 1 };
var MAX_SCRYPT = { log2N: 20, r: 16, p: 4 };
var MIN_PASSPHRASE_CHARS = 12;
var SEALED_VERSIONS = { first: 1, generations: 2 };
var SALT_OFFSET = 4;
var NONCE_OFFSET = 36;
var SEALED_OFFSET = 48;
var TAG_BYTES = 16;
async function openPassphraseSeal({ path, passphrasePath, mustExist }) {
  const passphrase = await readPassphrase(passphrasePath);
  try {
    const sealed = await readOrCreate(path, mustExist, () => sealNewRootKey(passphrase));
    return await openSealedRootKey(path, sealed, passphrase);
  } finally {
    passphrase.fill(0);
  }
}
async function replacePassphraseSeal({ path, passphrasePath }, rootKeys) {
  const passphrase = await readPassphrase(passphrasePath);
  try {
    const contents = new SecretBytes(encodeGenerations(rootKeys));
    await replacePrivateFile(path, await sealUnder(passphrase, SEALED_VERSIONS.generations, contents));
  } finally {
    passphrase.fill(0);
  }
}
async function readPassphrase(path) {
  const bytes = await readPrivateFile(path);
  if (!bytes) throw new SealError(`There is no passphrase file at ${path}.`, "Put the passphrase there, mode 0600.");
  const end = bytes.at(-1) === 10 ? bytes.at(-2) === 13 ? -2 : -1 : bytes.length;
  const passphrase = bytes.subarray(0, end);
  if (passphrase.length < MIN_PASSPHRASE_CHARS) {
    throw new SealError(
      `The passphrase in ${path} is shorter than ${MIN_PASSPHRASE_CHARS} characters.`,
      "Choose a longer one, such as six random words."
    );
  }
  return passphrase;
}
var sealNewRootKey = (passphrase) => sealUnder(passphrase, SEALED_VERSIONS.first, new SecretBytes(randomBytes(ROOT_KEY_BYTES)));
async function sealUnder(passphrase, version, contents) {
  const header = Buffer.concat([Buffer.of(version, SCRYPT.log2N, SCRYPT.r, SCRYPT.p), randomBytes(32)]);
  const nonce = randomBytes(SEALED_OFFSET - NONCE_OFFSET);
  const wrappingKey = await stretch(passphrase, header);
  return contents.useOnce(
    (plaintext) => wrappingKey.useOnce((key) => Buffer.concat([header, nonce, gcmsiv(key, nonce, header).encrypt(plaintext)]))
  );
}
async function openSealedRootKey(path, sealed, passphrase) {
  const [version = 0, log2N = 0, r = 0, p = 0] = sealed;
  const sane = log2N >= 1 && log2N <= MAX_SCRYPT.log2N && r >= 1 && r <= MAX_SCRYPT.r && p >= 1 && p <= MAX_SCRYPT.p;
  const contentsBytes = sealed.length - SEALED_OFFSET - TAG_BYTES;
  const fits = version === SEALED_VERSIONS.first ? contentsBytes === ROOT_KEY_BYTES : contentsBytes > ROOT_KEY_BYTES;
  if (!Object.values(SEALED_VERSIONS).includes(version) || !fits || !sane) throw notSealed(path);
  const header = sealed.subarray(0, NONCE_OFFSET);
  const wrappingKey = await stretch(passphrase, header);
  let contents;
  try {
    const nonce = sealed.subarray(NONCE_OFFSET, SEALED_OFFSET);
    contents = wrappingKey.useOnce((key) => gcmsiv(key, nonce, header).decrypt(sealed.subarray(SEALED_OFFSET)));
  } catch {
    throw new SealError(
      `The root key in ${path} cannot be opened: the passphrase is wrong, or the file is damaged.`,
      "Give the passphrase that it was sealed with, or restore the file from its backup."
    );
  }
  const rootKeys = storedRootKeys(Buffer.from(contents.buffer, contents.byteOffset, contents.length));
  if (!rootKeys) throw notSealed(path);
  return rootKeys;
}
var notSealed = (path) => new SealError(`${path} is not a sealed root key.`, "Restore the file from its backup.");
var scryptAsync = promisify(scrypt);
async function stretch(passphrase, header) {
  const [, log2N = 0, r = 0, p = 0] = header;
  const N = 2 ** log2N;
  const salt = header.subarray(SALT_OFFSET, NONCE_OFFSET);
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 2 ** 20 };
  return new SecretBytes(await scryptAsync(passphrase, salt, ROOT_KEY_BYTES, options));
}
async function readOrCreate(path, mustExist, makeContents) {
  const found = await readPrivateFile(path);
  if (found) return found;
  if (mustExist) {
    throw new SealError(
      `There is no root key at ${path}, but this installation has keys already.`,
      "Restore the file from its backup. A new root key could not open any existing key."
    );
  }
  const contents = await makeContents();
  await createPrivateFile(path, contents);
  contents.fill(0);
  const created = await readPrivateFile(path);
  if (!created)
    throw new SealError(
      `${path} was removed just after it was created.`,
      "Make sure that nothing cleans its directory."
    );
  return created;
}

export {
  MAX_GENERATIONS,
  ROOT_KEY_BYTES,
  sealOf
};
