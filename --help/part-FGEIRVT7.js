import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  Gate
} from "./part-5XLD6PTW.js";
import {
  encodePkcs11Ciphertext,
  parsePkcs11Ciphertext,
  pkcs11AdditionalData
} from "./part-VBEMYQIP.js";
import {
  CIPHERTEXT_HEADER_BYTES,
  IV_BYTES,
  MAX_PLAINTEXT_BYTES,
  NONCE_BYTES,
  SecretBytes,
  TAG_BYTES,
  encodeCiphertextHeader,
  encodeEncryptionContext,
  parseCiphertextHeader
} from "./part-4RXXNH3Y.js";
import {
  DIGEST_FORMAT
} from "./part-VL6X5B2K.js";
import {
  FIRST_GENERATION,
  GENERATION_OFFSET,
  WRAPPED_HEADER_BYTES,
  generationOf,
  wrappedHeader
} from "./part-3U7RA5UT.js";
import {
  LruMap
} from "./part-6ACPXKQJ.js";
import {
  HsmError
} from "./part-XRQJXUX5.js";
import {
  CHECKPOINT_FORMAT,
  checkpointMembers,
  isCount,
  isHash,
  parseCheckpoint,
  signStatement,
  statementPublicKey
} from "./part-M22DKBT6.js";
import {
  Secret
} from "./part-V3QLCJLG.js";
import {
  defined
} from "./part-LOG5TJBC.js";

// control-plane/hsm/crypto/kdf.ts
import { createHmac, createSecretKey } from "node:crypto";
var PRF_OUTPUT_BYTES = 32;
function counterModeKdf(input) {
  const blocks = Math.ceil(input.lengthInBytes / PRF_OUTPUT_BYTES);
  if (blocks >= 2 ** (8 * input.counterLengthInBytes)) throw new RangeError("derived key is too long for its counter");
  const key = input.key instanceof Uint8Array ? createSecretKey(input.key) : input.key;
  const counter = Buffer.alloc(input.counterLengthInBytes);
  const output = Buffer.alloc(blocks * PRF_OUTPUT_BYTES);
  for (let i = 1; i <= blocks; i++) {
    counter.writeUIntBE(i, 0, counter.length);
    const mac3 = createHmac("sha256", key).update(input.beforeCounter).update(counter).update(input.afterCounter);
    const block = mac3.digest();
    if (blocks === 1) return block.subarray(0, input.lengthInBytes);
    output.set(block, (i - 1) * PRF_OUTPUT_BYTES);
    block.fill(0);
  }
  return output.subarray(0, input.lengthInBytes);
}
var NOTHING = new Uint8Array(0);
var LENGTH_IN_BITS = Buffer.of(0, 0, 1, 0);
function deriveKey(key, label, context) {
  return new SecretBytes(
    counterModeKdf({
      key,
      beforeCounter: NOTHING,
      afterCounter: Buffer.concat([labelled(label), context, LENGTH_IN_BITS]),
      counterLengthInBytes: 4,
      lengthInBytes: PRF_OUTPUT_BYTES
    })
  );
}
var labels = /* @__PURE__ */ new Map();
function labelled(label) {
  const known = labels.get(label) ?? Buffer.from(`${label}\0`);
  labels.set(label, known);
  return known;
}
function encodeTexts(...texts) {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const encoded = Buffer.alloc(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    offset = encoded.writeUInt32BE(lengths[index] ?? 0, offset);
    offset += encoded.write(text, offset);
  }
  return encoded;
}

// control-plane/hsm/crypto/root-keys.ts
var FINGERPRINT_BYTES = 16;
var NO_CONTEXT = new Uint8Array(0);
var RootKeys = class _RootKeys {
  installation;
  /** Ascending, never empty. */
  #generations;
  #removal;
  #inUse;
  /** Takes ownership of all keys. */
  constructor(generations2, installation, removal) {
    const [oldest] = generations2;
    if (!oldest) throw new TypeError("a root key has at least one generation");
    this.#generations = generations2;
    this.installation = installation;
    this.#removal = removal;
    this.#inUse = oldest;
  }
  /** The root key of an installation that was never rotated. */
  static first(rootKey) {
    const checkpointKey = rootKey.use((bytes) => deriveKey(bytes, "keystead checkpoint key v1", NO_CONTEXT));
    const installation = { fingerprint: fingerprintOf(rootKey), checkpointKey };
    return new _RootKeys([{ generation: FIRST_GENERATION, rootKey }], installation);
  }
  /** The generation that wraps and seals everything new: the oldest one, until a later one is taken into use. */
  get inUse() {
    return this.#inUse;
  }
  get generations() {
    return this.#generations;
  }
  get oldest() {
    return this.#generations[0]?.generation ?? FIRST_GENERATION;
  }
  get newest() {
    return this.#generations.at(-1)?.generation ?? FIRST_GENERATION;
  }
  /** The last time that generations were removed. */
  get removal() {
    return this.#removal;
  }
  find(generation) {
    return this.#generations.find((held) => held.generation === generation)?.rootKey;
  }
  /** What can be said about the generations without revealing them. */
  describe() {
    return this.#generations.map(({ generation, rootKey, origin }) => ({
      generation,
      fingerprint: fingerprintOf(rootKey),
      ...origin
    }));
  }
  /** Does nothing where this or a later one is in use. @returns false when the generation is not held */
  use(generation) {
    const held = this.#generations.find((candidate) => candidate.generation === generation);
    if (!held) return generation < this.#inUse.generation;
    if (generation > this.#inUse.generation) this.#inUse = held;
    return true;
  }
  /**
   * Takes over what has changed in `read`, the same root key as it is stored now: adds later generations, wipes those
   * that were removed. Takes ownership of `read`.
   * @returns what keeps `read` from being that; then nothing is changed
   */
  update(read2) {
    const problem = this.#contradiction(read2);
    if (problem !== void 0) {
      read2.wipe();
      return problem;
    }
    const known = new Map(this.#generations.map((held) => [held.generation, held]));
    const kept = read2.generations.map((held) => {
      const before = known.get(held.generation);
      known.delete(held.generation);
      if (!before) return held;
      held.rootKey.wipe();
      return before;
    });
    for (const { rootKey } of known.values()) rootKey.wipe();
    read2.installation.checkpointKey.wipe();
    this.#generations = kept;
    this.#removal = read2.removal;
    return void 0;
  }
  wipe() {
    for (const { rootKey } of this.#generations) rootKey.wipe();
    this.installation.checkpointKey.wipe();
  }
  #contradiction(read2) {
    if (read2.installation.fingerprint !== this.installation.fingerprint) return "it is another root key";
    if (read2.newest < this.newest) return `it lacks generation ${this.newest}, which this HSM holds`;
    if (!read2.find(this.#inUse.generation)) return `it lacks generation ${this.#inUse.generation}, which is in use`;
    const differs = this.#generations.find(({ generation, rootKey }) => {
      const other = read2.find(generation);
      return other && fingerprintOf(other) !== fingerprintOf(rootKey);
    });
    return differs && `its generation ${differs.generation} is another one than the one that this HSM holds`;
  }
};
function fingerprintOf(rootKey) {
  return rootKey.use(
    (bytes) => deriveKey(bytes, "keystead root key fingerprint v1", NO_CONTEXT).useOnce(
      (fingerprint) => Buffer.from(fingerprint).toString("hex", 0, FINGERPRINT_BYTES)
    )
  );
}

// control-plane/hsm/port/credentials.ts
var MAX_SESSION_AGE_MS = 36 * 60 * 60 * 1e3 + 5 * 60 * 1e3;

// control-plane/hsm/crypto/wrapping.ts
import { randomBytes } from "node:crypto";

// node_modules/@noble/ciphers/utils.js
function isBytes(a) {
  return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
}
var atitle = (title) => title ? `"${title}" ` : "";
function abool(value, title = "") {
  if (typeof value !== "boolean")
    throw new TypeError(atitle(title) + "expected boolean, got type=" + typeof value);
  return value;
}
function anumber(n, title = "") {
  if (typeof n !== "number")
    throw new TypeError(atitle(title) + "expected number, got " + typeof n);
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(atitle(title) + "expected integer >= 0, got " + n);
  return n;
}
function abytes(value, length, title = "") {
  if (isBytes(value) && (length === void 0 || value.length === length))
    return value;
  if (length !== void 0)
    anumber(length, "length");
  const bytes = isBytes(value);
  const ofLen = length !== void 0 ? ` of length ${length}` : "";
  const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
  const message = atitle(title) + "expected Uint8Array" + ofLen + ", got " + got;
  if (!bytes)
    throw new TypeError(message);
  throw new RangeError(message);
}
function aexists(instance, checkFinished = true) {
  if (instance.destroyed)
    throw new Error("hash was destroyed");
  if (checkFinished && instance.finished)
    throw new Error("digest() was already called");
}
function aoutput(out, instance) {
  abytes(out, void 0, "output");
  const min = instance.outputLen;
  if (!(out.length >= min)) {
    throw new RangeError('"output" expected length >= ' + min);
  }
}
function aoutput32(out, instance) {
  aoutput(out, instance);
  if (!isAligned32(out))
    throw new Error("invalid output, must be aligned");
}
function u8(arr) {
  return new Uint8Array(arr.buffer, arr.byteOffset, arr.byteLength);
}
function u32(arr) {
  return new Uint32Array(arr.buffer, arr.byteOffset, Math.floor(arr.byteLength / 4));
}
function clean(...arrays) {
  for (let i = 0; i < arrays.length; i++) {
    arrays[i].fill(0);
  }
}
function createView(arr) {
  return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
}
var isLE = /* @__PURE__ */ (() => new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68)();
function byteSwap(word) {
  return word << 24 & 4278190080 | word << 8 & 16711680 | word >>> 8 & 65280 | word >>> 24 & 255;
}
var swap8IfBE = isLE ? (n) => n : (n) => byteSwap(n) >>> 0;
function byteSwap32(arr) {
  for (let i = 0; i < arr.length; i++) {
    arr[i] = byteSwap(arr[i]);
  }
  return arr;
}
var swap32IfBE = isLE ? (u) => u : byteSwap32;
function equalBytes(a, b) {
  a = abytes(a);
  b = abytes(b);
  if (a.length !== b.length)
    return false;
  let diff = 0;
  for (let i = 0; i < a.length; i++)
    diff |= a[i] ^ b[i];
  return diff === 0;
}
function wrapMacConstructor(keyLen, macCons, fromMsg) {
  const mac3 = macCons;
  const getArgs = fromMsg || (() => []);
  const macC = (msg, key) => mac3(key, ...getArgs(msg)).update(msg).digest();
  const tmp = mac3(new Uint8Array(keyLen), ...getArgs(new Uint8Array(0)));
  macC.outputLen = tmp.outputLen;
  macC.blockLen = tmp.blockLen;
  macC.create = (key, ...args) => mac3(key, ...args);
  return macC;
}
var wrapCipher = /* @__NO_SIDE_EFFECTS__ */ (params, constructor) => {
  function wrappedCipher(key, ...args) {
    abytes(key, void 0, "key");
    if (params.nonceLength !== void 0) {
      const nonce = args[0];
      abytes(nonce, params.varSizeNonce ? void 0 : params.nonceLength, "nonce");
    }
    const tagl = params.tagLength;
    const aadStart = params.nonceLength !== void 0 ? 1 : 0;
    if (!params.withAAD) {
      for (let i = aadStart; i < args.length; i++)
        if (isBytes(args[i]))
          throw new Error("AAD not supported");
    }
    if (params.withAAD && args[aadStart] !== void 0)
      abytes(args[aadStart], void 0, "AAD");
    const cipher = constructor(key, ...args);
    const checkOutput = (fnLength, output) => {
      if (output !== void 0) {
        if (fnLength !== 2)
          throw new Error("cipher output not supported");
        abytes(output, void 0, "output");
      }
    };
    let called = false;
    const wrCipher = {
      encrypt(data, output) {
        if (called)
          throw new Error("cannot encrypt() twice with same key + nonce");
        called = true;
        abytes(data, void 0, "data");
        checkOutput(cipher.encrypt.length, output);
        return cipher.encrypt(data, output);
      },
      decrypt(data, output) {
        abytes(data, void 0, "data");
        if (tagl && data.length < tagl)
          throw new Error('"ciphertext" expected length >= tagLength=' + tagl);
        checkOutput(cipher.decrypt.length, output);
        return cipher.decrypt(data, output);
      }
    };
    return wrCipher;
  }
  Object.assign(wrappedCipher, params);
  return wrappedCipher;
};
function getOutput(expectedLength, out, onlyAligned = true) {
  if (out === void 0)
    return new Uint8Array(expectedLength);
  abytes(out, expectedLength, "output");
  if (onlyAligned && !isAligned32(out))
    throw new Error("invalid output, must be aligned");
  return out;
}
function u64Lengths(dataLength, aadLength, isLE3) {
  anumber(dataLength);
  anumber(aadLength);
  abool(isLE3);
  const num = new Uint8Array(16);
  const view = createView(num);
  view.setBigUint64(0, BigInt(aadLength), isLE3);
  view.setBigUint64(8, BigInt(dataLength), isLE3);
  return num;
}
function isAligned32(bytes) {
  return bytes.byteOffset % 4 === 0;
}
function copyBytes(bytes) {
  return Uint8Array.from(abytes(bytes));
}

// node_modules/@noble/ciphers/_polyval.js
var BLOCK_SIZE = 16;
var ZEROS16 = /* @__PURE__ */ new Uint8Array(16);
var ZEROS32 = /* @__PURE__ */ u32(ZEROS16);
var POLY = 225;
var mul2 = (s0, s1, s2, s3) => {
  const hiBit = s3 & 1;
  return {
    s3: s2 << 31 | s3 >>> 1,
    s2: s1 << 31 | s2 >>> 1,
    s1: s0 << 31 | s1 >>> 1,
    // NIST SP 800-38D §6.3 applies `V >> 1` and XORs R on carry. In this
    // 4x32-bit split, R = 0xe1 || 0^120 lives in the top byte of s0.
    s0: s0 >>> 1 ^ POLY << 24 & -(hiBit & 1)
    // reduce % poly
  };
};
var swapLE = (n) => (n >>> 0 & 255) << 24 | (n >>> 8 & 255) << 16 | (n >>> 16 & 255) << 8 | n >>> 24 & 255 | 0;
var swap8IfLE = (n) => swap8IfBE(swapLE(n));
function _toGHASHKey(k) {
  k.reverse();
  const hiBit = k[15] & 1;
  let carry = 0;
  for (let i = 0; i < k.length; i++) {
    const t = k[i];
    k[i] = t >>> 1 | carry;
    carry = (t & 1) << 7;
  }
  k[0] ^= -hiBit & 225;
  return k;
}
var estimateWindow = (bytes) => {
  if (bytes > 64 * 1024)
    return 8;
  if (bytes > 1024)
    return 4;
  return 2;
};
var GHASH = class {
  blockLen = BLOCK_SIZE;
  outputLen = BLOCK_SIZE;
  s0 = 0;
  s1 = 0;
  s2 = 0;
  s3 = 0;
  finished = false;
  destroyed = false;
  t;
  W;
  windowSize;
  // We select bits per window adaptively based on expectedLength
  constructor(key, expectedLength) {
    abytes(key, 16, "key");
    key = copyBytes(key);
    const kView = createView(key);
    let k0 = kView.getUint32(0, false);
    let k1 = kView.getUint32(4, false);
    let k2 = kView.getUint32(8, false);
    let k3 = kView.getUint32(12, false);
    const doubles = [];
    for (let i = 0; i < 128; i++) {
      doubles.push({ s0: swapLE(k0), s1: swapLE(k1), s2: swapLE(k2), s3: swapLE(k3) });
      ({ s0: k0, s1: k1, s2: k2, s3: k3 } = mul2(k0, k1, k2, k3));
    }
    const W = estimateWindow(expectedLength || 1024);
    if (![1, 2, 4, 8].includes(W))
      throw new Error("ghash: invalid window size, expected 2, 4 or 8");
    this.W = W;
    const bits = 128;
    const windows = bits / W;
    const windowSize = this.windowSize = 2 ** W;
    const items = [];
    for (let w = 0; w < windows; w++) {
      for (let byte = 0; byte < windowSize; byte++) {
        let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (let j = 0; j < W; j++) {
          const bit = byte >>> W - j - 1 & 1;
          if (!bit)
            continue;
          const { s0: d0, s1: d1, s2: d2, s3: d3 } = doubles[W * w + j];
          s0 ^= d0, s1 ^= d1, s2 ^= d2, s3 ^= d3;
        }
        items.push({ s0, s1, s2, s3 });
      }
    }
    this.t = items;
  }
  _updateBlock(s0, s1, s2, s3) {
    s0 ^= this.s0, s1 ^= this.s1, s2 ^= this.s2, s3 ^= this.s3;
    const { W, t, windowSize } = this;
    let o0 = 0, o1 = 0, o2 = 0, o3 = 0;
    const mask = (1 << W) - 1;
    let w = 0;
    for (const num of [s0, s1, s2, s3]) {
      for (let bytePos = 0; bytePos < 4; bytePos++) {
        const byte = num >>> 8 * bytePos & 255;
        for (let bitPos = 8 / W - 1; bitPos >= 0; bitPos--) {
          const bit = byte >>> W * bitPos & mask;
          const { s0: e0, s1: e1, s2: e2, s3: e3 } = t[w * windowSize + bit];
          o0 ^= e0, o1 ^= e1, o2 ^= e2, o3 ^= e3;
          w += 1;
        }
      }
    }
    this.s0 = o0;
    this.s1 = o1;
    this.s2 = o2;
    this.s3 = o3;
  }
  update(data) {
    aexists(this);
    abytes(data);
    data = copyBytes(data);
    const b32 = u32(data);
    const blocks = Math.floor(data.length / BLOCK_SIZE);
    const left = data.length % BLOCK_SIZE;
    for (let i = 0; i < blocks; i++) {
      this._updateBlock(swap8IfBE(b32[i * 4 + 0]), swap8IfBE(b32[i * 4 + 1]), swap8IfBE(b32[i * 4 + 2]), swap8IfBE(b32[i * 4 + 3]));
    }
    if (left) {
      ZEROS16.set(data.subarray(blocks * BLOCK_SIZE));
      this._updateBlock(swap8IfBE(ZEROS32[0]), swap8IfBE(ZEROS32[1]), swap8IfBE(ZEROS32[2]), swap8IfBE(ZEROS32[3]));
      clean(ZEROS32);
    }
    return this;
  }
  destroy() {
    this.destroyed = true;
    const { t } = this;
    for (const elm of t) {
      elm.s0 = 0, elm.s1 = 0, elm.s2 = 0, elm.s3 = 0;
    }
  }
  digestInto(out) {
    aexists(this);
    aoutput32(out, this);
    this.finished = true;
    const { s0, s1, s2, s3 } = this;
    const o32 = u32(out);
    o32[0] = s0;
    o32[1] = s1;
    o32[2] = s2;
    o32[3] = s3;
    if (!isLE)
      swap32IfBE(o32.subarray(0, BLOCK_SIZE / 4));
  }
  digest() {
    const res = new Uint8Array(BLOCK_SIZE);
    this.digestInto(res);
    this.destroy();
    return res;
  }
};
var Polyval = class extends GHASH {
  constructor(key, expectedLength) {
    abytes(key);
    const ghKey = _toGHASHKey(copyBytes(key));
    super(ghKey, expectedLength);
    clean(ghKey);
  }
  update(data) {
    aexists(this);
    abytes(data);
    data = copyBytes(data);
    const b32 = u32(data);
    const left = data.length % BLOCK_SIZE;
    const blocks = Math.floor(data.length / BLOCK_SIZE);
    for (let i = 0; i < blocks; i++) {
      this._updateBlock(swap8IfLE(b32[i * 4 + 3]), swap8IfLE(b32[i * 4 + 2]), swap8IfLE(b32[i * 4 + 1]), swap8IfLE(b32[i * 4 + 0]));
    }
    if (left) {
      ZEROS16.set(data.subarray(blocks * BLOCK_SIZE));
      this._updateBlock(swap8IfLE(ZEROS32[3]), swap8IfLE(ZEROS32[2]), swap8IfLE(ZEROS32[1]), swap8IfLE(ZEROS32[0]));
      clean(ZEROS32);
    }
    return this;
  }
  digestInto(out) {
    aexists(this);
    aoutput32(out, this);
    this.finished = true;
    const view = out.subarray(0, this.outputLen);
    const { s0, s1, s2, s3 } = this;
    const o32 = u32(view);
    o32[0] = s0;
    o32[1] = s1;
    o32[2] = s2;
    o32[3] = s3;
    swap32IfBE(o32);
    view.reverse();
  }
};
var polyval = /* @__PURE__ */ wrapMacConstructor(16, (key, expectedLength) => new Polyval(key, expectedLength), (msg) => [msg.length]);

// node_modules/@noble/ciphers/aes.js
var BLOCK_SIZE2 = 16;
var BLOCK_SIZE32 = 4;
var POLY2 = 283;
function validateKeyLength(key) {
  if (![16, 24, 32].includes(key.length))
    throw new Error('"aes key" expected Uint8Array of length 16/24/32, got length=' + key.length);
}
function mul22(n) {
  return n << 1 ^ POLY2 & -(n >> 7);
}
function mul(a, b) {
  let res = 0;
  for (; b > 0; b >>= 1) {
    res ^= a & -(b & 1);
    a = mul22(a);
  }
  return res;
}
var sbox = /* @__PURE__ */ (() => {
  const t = new Uint8Array(256);
  for (let i = 0, x = 1; i < 256; i++, x ^= mul22(x))
    t[i] = x;
  const box = new Uint8Array(256);
  box[0] = 99;
  for (let i = 0; i < 255; i++) {
    let x = t[255 - i];
    x |= x << 8;
    box[t[i]] = (x ^ x >> 4 ^ x >> 5 ^ x >> 6 ^ x >> 7 ^ 99) & 255;
  }
  clean(t);
  return box;
})();
var rotr32_8 = (n) => n << 24 | n >>> 8;
var rotl32_8 = (n) => n << 8 | n >>> 24;
function genTtable(sbox2, fn) {
  if (sbox2.length !== 256)
    throw new Error("wrong sbox length");
  const T0 = new Uint32Array(256).map((_, j) => fn(sbox2[j]));
  const T1 = T0.map(rotl32_8);
  const T2 = T1.map(rotl32_8);
  const T3 = T2.map(rotl32_8);
  const T01 = new Uint32Array(256 * 256);
  const T23 = new Uint32Array(256 * 256);
  const sbox22 = new Uint16Array(256 * 256);
  for (let i = 0; i < 256; i++) {
    for (let j = 0; j < 256; j++) {
      const idx = i * 256 + j;
      T01[idx] = T0[i] ^ T1[j];
      T23[idx] = T2[i] ^ T3[j];
      sbox22[idx] = sbox2[i] << 8 | sbox2[j];
    }
  }
  return { sbox: sbox2, sbox2: sbox22, T0, T1, T2, T3, T01, T23 };
}
var tableEncoding = /* @__PURE__ */ genTtable(sbox, (s) => mul(s, 3) << 24 | s << 16 | s << 8 | mul(s, 2));
var xPowers = /* @__PURE__ */ (() => {
  const p = new Uint8Array(16);
  for (let i = 0, x = 1; i < 16; i++, x = mul22(x))
    p[i] = x;
  return p;
})();
function expandKeyLE(key) {
  abytes(key);
  const len = key.length;
  validateKeyLength(key);
  const { sbox2 } = tableEncoding;
  const toClean = [];
  if (!isLE || !isAligned32(key))
    toClean.push(key = copyBytes(key));
  const k32 = swap32IfBE(u32(key));
  const Nk = k32.length;
  const subByte = (n) => applySbox(sbox2, n, n, n, n);
  const xk = new Uint32Array(len + 28);
  xk.set(k32);
  for (let i = Nk; i < xk.length; i++) {
    let t = xk[i - 1];
    if (i % Nk === 0)
      t = subByte(rotr32_8(t)) ^ xPowers[i / Nk - 1];
    else if (Nk > 6 && i % Nk === 4)
      t = subByte(t);
    xk[i] = xk[i - Nk] ^ t;
  }
  clean(...toClean);
  return xk;
}
function apply0123(T01, T23, s0, s1, s2, s3) {
  return T01[s0 << 8 & 65280 | s1 >>> 8 & 255] ^ T23[s2 >>> 8 & 65280 | s3 >>> 24 & 255];
}
function applySbox(sbox2, s0, s1, s2, s3) {
  return sbox2[s0 & 255 | s1 & 65280] | sbox2[s2 >>> 16 & 255 | s3 >>> 16 & 65280] << 16;
}
function encrypt(xk, s0, s1, s2, s3) {
  const { sbox2, T01, T23 } = tableEncoding;
  let k = 0;
  s0 ^= xk[k++], s1 ^= xk[k++], s2 ^= xk[k++], s3 ^= xk[k++];
  const rounds = xk.length / 4 - 2;
  for (let i = 0; i < rounds; i++) {
    const t02 = xk[k++] ^ apply0123(T01, T23, s0, s1, s2, s3);
    const t12 = xk[k++] ^ apply0123(T01, T23, s1, s2, s3, s0);
    const t22 = xk[k++] ^ apply0123(T01, T23, s2, s3, s0, s1);
    const t32 = xk[k++] ^ apply0123(T01, T23, s3, s0, s1, s2);
    s0 = t02, s1 = t12, s2 = t22, s3 = t32;
  }
  const t0 = xk[k++] ^ applySbox(sbox2, s0, s1, s2, s3);
  const t1 = xk[k++] ^ applySbox(sbox2, s1, s2, s3, s0);
  const t2 = xk[k++] ^ applySbox(sbox2, s2, s3, s0, s1);
  const t3 = xk[k++] ^ applySbox(sbox2, s3, s0, s1, s2);
  return { s0: t0, s1: t1, s2: t2, s3: t3 };
}
function ctr32(xk, isLE3, nonce, src, dst) {
  abytes(nonce, BLOCK_SIZE2, "nonce");
  abytes(src);
  dst = getOutput(src.length, dst);
  const ctr = nonce;
  const c32 = u32(ctr);
  const view = createView(ctr);
  const src32 = u32(src);
  const dst32 = u32(dst);
  const ctrPos = isLE3 ? 0 : 12;
  const srcLen = src.length;
  let ctrNum = view.getUint32(ctrPos, isLE3);
  for (let i = 0; i + 4 <= src32.length; i += 4) {
    const { s0, s1, s2, s3 } = encrypt(xk, swap8IfBE(c32[0]), swap8IfBE(c32[1]), swap8IfBE(c32[2]), swap8IfBE(c32[3]));
    dst32[i + 0] = src32[i + 0] ^ swap8IfBE(s0);
    dst32[i + 1] = src32[i + 1] ^ swap8IfBE(s1);
    dst32[i + 2] = src32[i + 2] ^ swap8IfBE(s2);
    dst32[i + 3] = src32[i + 3] ^ swap8IfBE(s3);
    ctrNum = ctrNum + 1 >>> 0;
    view.setUint32(ctrPos, ctrNum, isLE3);
  }
  const start = BLOCK_SIZE2 * Math.floor(src32.length / BLOCK_SIZE32);
  if (start < srcLen) {
    const { s0, s1, s2, s3 } = encrypt(xk, swap8IfBE(c32[0]), swap8IfBE(c32[1]), swap8IfBE(c32[2]), swap8IfBE(c32[3]));
    const b32 = new Uint32Array([s0, s1, s2, s3]);
    swap32IfBE(b32);
    const buf = u8(b32);
    for (let i = start, pos = 0; i < srcLen; i++, pos++)
      dst[i] = src[i] ^ buf[pos];
    clean(b32);
  }
  return dst;
}
function computeTag(fn, isLE3, key, data, AAD) {
  const aadLength = AAD ? AAD.length : 0;
  const h = fn.create(key, data.length + aadLength);
  if (AAD)
    h.update(AAD);
  const num = u64Lengths(8 * data.length, 8 * aadLength, isLE3);
  h.update(data);
  h.update(num);
  const res = h.digest();
  clean(num);
  return res;
}
var limit = (name, min, max) => (value) => {
  if (!Number.isSafeInteger(value) || min > value || value > max) {
    const minmax = "[" + min + ".." + max + "]";
    throw new Error("" + name + ": expected value in range " + minmax + ", got " + value);
  }
};
var gcmsiv = /* @__PURE__ */ wrapCipher({ blockSize: 16, nonceLength: 12, tagLength: 16, withAAD: true, varSizeNonce: true }, function aessiv(key, nonce, AAD) {
  const tagLength = 16;
  const AAD_LIMIT = limit("AAD", 0, 2 ** 36);
  const PLAIN_LIMIT = limit("plaintext", 0, 2 ** 36);
  const NONCE_LIMIT = limit("nonce", 12, 12);
  const CIPHER_LIMIT = limit("ciphertext", 16, 2 ** 36 + 16);
  abytes(key);
  validateKeyLength(key);
  NONCE_LIMIT(nonce.length);
  if (AAD !== void 0)
    AAD_LIMIT(AAD.length);
  function deriveKeys() {
    const xk = expandKeyLE(key);
    const encKey = new Uint8Array(key.length);
    const authKey = new Uint8Array(16);
    const toClean = [xk, encKey];
    let _nonce = nonce;
    if (!isLE || !isAligned32(_nonce))
      toClean.push(_nonce = copyBytes(_nonce));
    const n32 = u32(_nonce);
    swap32IfBE(n32);
    let s0 = 0, s1 = n32[0], s2 = n32[1], s3 = n32[2];
    let counter = 0;
    for (const derivedKey of [authKey, encKey].map(u32)) {
      const d32 = u32(derivedKey);
      for (let i = 0; i < d32.length; i += 2) {
        const { s0: o0, s1: o1 } = encrypt(xk, s0, s1, s2, s3);
        d32[i + 0] = o0;
        d32[i + 1] = o1;
        s0 = ++counter;
      }
      swap32IfBE(d32);
    }
    const res = { authKey, encKey: expandKeyLE(encKey) };
    clean(...toClean);
    return res;
  }
  function _computeTag(encKey, authKey, data) {
    const tag = computeTag(polyval, true, authKey, data, AAD);
    for (let i = 0; i < 12; i++)
      tag[i] ^= nonce[i];
    tag[15] &= 127;
    const t32 = u32(tag);
    swap32IfBE(t32);
    let s0 = t32[0], s1 = t32[1], s2 = t32[2], s3 = t32[3];
    ({ s0, s1, s2, s3 } = encrypt(encKey, s0, s1, s2, s3));
    t32[0] = s0, t32[1] = s1, t32[2] = s2, t32[3] = s3;
    swap32IfBE(t32);
    return tag;
  }
  function processSiv(encKey, tag, input) {
    let block = copyBytes(tag);
    block[15] |= 128;
    const res = ctr32(encKey, true, block, input);
    clean(block);
    return res;
  }
  return {
    encrypt(plaintext) {
      PLAIN_LIMIT(plaintext.length);
      const { encKey, authKey } = deriveKeys();
      const tag = _computeTag(encKey, authKey, plaintext);
      const toClean = [encKey, authKey, tag];
      if (!isAligned32(plaintext))
        toClean.push(plaintext = copyBytes(plaintext));
      const out = new Uint8Array(plaintext.length + tagLength);
      out.set(tag, plaintext.length);
      out.set(processSiv(encKey, tag, plaintext));
      clean(...toClean);
      return out;
    },
    decrypt(ciphertext) {
      CIPHER_LIMIT(ciphertext.length);
      const tag = ciphertext.subarray(-tagLength);
      const { encKey, authKey } = deriveKeys();
      const toClean = [encKey, authKey];
      if (!isAligned32(ciphertext))
        toClean.push(ciphertext = copyBytes(ciphertext));
      const plaintext = processSiv(encKey, tag, ciphertext.subarray(0, -tagLength));
      const expectedTag = _computeTag(encKey, authKey, plaintext);
      toClean.push(expectedTag);
      if (!equalBytes(tag, expectedTag)) {
        clean(plaintext, ...toClean);
        throw new Error("invalid polyval tag");
      }
      clean(...toClean);
      return plaintext;
    }
  };
});

// control-plane/hsm/crypto/wrapping.ts
var NONCE_OFFSET = WRAPPED_HEADER_BYTES;
var NONCE_BYTES2 = 12;
var SEALED_OFFSET = NONCE_OFFSET + NONCE_BYTES2;
var TAG_BYTES2 = 16;
var OwnedBinding = class {
  label;
  #keyOwner;
  #owner;
  constructor(label, keyOwner, owner) {
    this.label = label;
    this.#keyOwner = keyOwner;
    this.#owner = owner;
  }
  get keyContext() {
    return encodeTexts(...this.#keyOwner);
  }
  get associatedData() {
    return encodeTexts(...this.#owner);
  }
  /** Two different bindings never have the same name: each text follows its length. */
  get name() {
    let name = "";
    for (const text of this.#keyOwner) name += `${text.length}:${text}`;
    name += "/";
    for (const text of this.#owner) name += `${text.length}:${text}`;
    return name;
  }
};
function materialBinding(owner, materialId) {
  const { accountId, domainRegion, keyId, keySpec } = owner;
  return new OwnedBinding(
    "keystead domain key v1",
    [accountId, domainRegion],
    ["key material", accountId, domainRegion, keyId, keySpec, materialId]
  );
}
function secretBinding({ accountId, accessKeyId }) {
  return new OwnedBinding("keystead access key secret v1", [accountId], ["access key secret", accountId, accessKeyId]);
}
function pkcs11KeyBinding(owner, materialId) {
  const { accountId, domainRegion, keyId, keySpec } = owner;
  return new OwnedBinding(
    "keystead domain key v1",
    [accountId, domainRegion],
    ["token key", accountId, domainRegion, keyId, keySpec, materialId]
  );
}
function passwordBinding({ accountId, keyStoreId }) {
  return new OwnedBinding("keystead key store password v1", [accountId], ["key store password", accountId, keyStoreId]);
}
function wrap(rootKeys, binding, secret) {
  return wrapWith(rootKeys, binding, secret, randomBytes(NONCE_BYTES2));
}
function wrapWith(rootKeys, binding, secret, nonce) {
  const { generation, rootKey } = rootKeys.inUse;
  const header = wrappedHeader(generation);
  const sealed = wrappingKey(rootKey, binding, header).useOnce(
    (key) => secret.use((bytes) => gcmsiv(key, nonce, Buffer.concat([header, binding.associatedData])).encrypt(bytes))
  );
  return Buffer.concat([header, nonce, sealed]);
}
function unwrap(rootKeys, binding, wrapped) {
  const generation = generationOf(wrapped);
  if (generation === void 0 || wrapped.length <= SEALED_OFFSET + TAG_BYTES2) throw invalidMaterial();
  const rootKey = rootKeys.find(generation);
  if (!rootKey) throw new HsmError("invalid-material", missingGeneration(generation));
  const header = wrapped.subarray(0, NONCE_OFFSET);
  const nonce = wrapped.subarray(NONCE_OFFSET, SEALED_OFFSET);
  try {
    return wrappingKey(rootKey, binding, header).useOnce((key) => {
      const cipher = gcmsiv(key, nonce, Buffer.concat([header, binding.associatedData]));
      return new SecretBytes(cipher.decrypt(wrapped.subarray(SEALED_OFFSET)));
    });
  } catch {
    throw invalidMaterial();
  }
}
function wrappingKey(rootKey, { label, keyContext }, header) {
  const generation = header.subarray(GENERATION_OFFSET, NONCE_OFFSET);
  return rootKey.use((bytes) => deriveKey(bytes, label, Buffer.concat([keyContext, generation])));
}
function rewrap(rootKeys, binding, wrapped) {
  const secret = unwrap(rootKeys, binding, wrapped);
  try {
    return wrap(rootKeys, binding, secret);
  } finally {
    secret.wipe();
  }
}
var missingGeneration = (generation) => `wrapped material needs generation ${generation} of the root key, which this HSM does not hold`;
function invalidMaterial() {
  return new HsmError(
    "invalid-material",
    "wrapped material cannot be unwrapped: it is damaged, or belongs to another owner or root key"
  );
}

// control-plane/hsm/crypto/opened-cache.ts
var IDLE_MS = 5 * 6e4;
var OpenedCache = class {
  #rootKeys;
  #opened;
  #sweeper;
  constructor(rootKeys, capacity) {
    this.#rootKeys = rootKeys;
    this.#opened = new LruMap(capacity, { onForget: ({ secret }) => secret.wipe() });
    this.#sweeper = setInterval(() => this.#evictIdle(), IDLE_MS / 5).unref();
  }
  get size() {
    return this.#opened.size;
  }
  /**
   * The cache owns the secret: use it before the next call.
   * @throws HsmError `invalid-material`; failures are not cached.
   */
  open(binding, wrapped) {
    const name = cacheName(binding, wrapped);
    const known = this.#opened.get(name);
    if (known) {
      known.usedAtMs = performance.now();
      return known.secret;
    }
    const secret = unwrap(this.#rootKeys, binding, wrapped);
    this.#opened.set(name, { secret, usedAtMs: performance.now() });
    return secret;
  }
  /** Wipes all secrets and stops the sweeper: the cache must not be used afterwards. */
  clear() {
    clearInterval(this.#sweeper);
    this.#opened.clear();
  }
  #evictIdle() {
    const idleSinceMs = performance.now() - IDLE_MS;
    for (const [name, { usedAtMs }] of this.#opened) {
      if (usedAtMs > idleSinceMs) return;
      this.#opened.delete(name);
    }
  }
};
function cacheName({ name }, wrapped) {
  return `${name} ${latin1(wrapped)}`;
}
var latin1 = ({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length).toString("latin1");

// control-plane/hsm/pkcs11/pkcs11-errors.ts
var CKR_GENERAL_ERROR = 5;
var CKR_USER_ALREADY_LOGGED_IN = 256;
var CKR_CRYPTOKI_ALREADY_INITIALIZED = 401;
var kinds = /* @__PURE__ */ new Map([
  [48, ["pkcs11-token-unreachable", "CKR_DEVICE_ERROR"]],
  [49, ["pkcs11-no-session", "CKR_DEVICE_MEMORY"]],
  [50, ["pkcs11-token-unreachable", "CKR_DEVICE_REMOVED"]],
  [112, ["pkcs11-token-unfit", "CKR_MECHANISM_INVALID"]],
  [113, ["pkcs11-token-unfit", "CKR_MECHANISM_PARAM_INVALID"]],
  [160, ["pkcs11-pin-incorrect", "CKR_PIN_INCORRECT"]],
  [161, ["pkcs11-pin-incorrect", "CKR_PIN_INVALID"]],
  [162, ["pkcs11-pin-incorrect", "CKR_PIN_LEN_RANGE"]],
  [163, ["pkcs11-pin-incorrect", "CKR_PIN_EXPIRED"]],
  [164, ["pkcs11-pin-locked", "CKR_PIN_LOCKED"]],
  [177, ["pkcs11-no-session", "CKR_SESSION_COUNT"]],
  [224, ["pkcs11-token-inactive", "CKR_TOKEN_NOT_PRESENT"]],
  [225, ["pkcs11-token-inactive", "CKR_TOKEN_NOT_RECOGNIZED"]],
  [226, ["pkcs11-token-unfit", "CKR_TOKEN_WRITE_PROTECTED"]],
  [258, ["pkcs11-user-missing", "CKR_USER_PIN_NOT_INITIALIZED"]],
  [259, ["pkcs11-user-missing", "CKR_USER_TYPE_INVALID"]],
  [260, ["pkcs11-user-busy", "CKR_USER_ANOTHER_ALREADY_LOGGED_IN"]],
  [261, ["pkcs11-user-busy", "CKR_USER_TOO_MANY_TYPES"]]
]);
var LOGIN_LOST = /* @__PURE__ */ new Set([50, 176, 179, 224, 257, 400]);
var HANDLE_LOST = /* @__PURE__ */ new Set([96, 130]);
var CIPHERTEXT_REFUSED = /* @__PURE__ */ new Set([32, 64, 65, 66]);
function returnValueOf(error) {
  const code = error instanceof Error && error.name === "Pkcs11Error" && "code" in error ? error.code : void 0;
  return typeof code === "number" ? code : void 0;
}
var has = (values, error) => values.has(returnValueOf(error) ?? -1);
var isLoginLost = (error) => has(LOGIN_LOST, error);
var isHandleLost = (error) => has(HANDLE_LOST, error);
var isCiphertextRefused = (error) => has(CIPHERTEXT_REFUSED, error);
function pkcs11Error(error) {
  if (error instanceof HsmError) return error;
  const value = returnValueOf(error);
  const [kind, name] = kinds.get(value ?? -1) ?? ["pkcs11-token-failed", "see the header of the module"];
  const what = value === void 0 ? "unknown driver error" : `return value 0x${value.toString(16)} (${name})`;
  return new HsmError(kind, `the PKCS#11 token failed: ${what}`);
}

// control-plane/hsm/pkcs11/pkcs11-token.ts
var CK = {
  CKF_OS_LOCKING_OK: 2,
  CKF_RW_SESSION: 2,
  CKF_SERIAL_SESSION: 4,
  CKF_USER_PIN_INITIALIZED: 8,
  CKF_TOKEN_INITIALIZED: 1024,
  CKU_USER: 1,
  CKO_SECRET_KEY: 4,
  CKK_AES: 31,
  CKA_CLASS: 0,
  CKA_TOKEN: 1,
  CKA_PRIVATE: 2,
  CKA_LABEL: 3,
  CKA_KEY_TYPE: 256,
  CKA_ID: 258,
  CKA_SENSITIVE: 259,
  CKA_ENCRYPT: 260,
  CKA_DECRYPT: 261,
  CKA_WRAP: 262,
  CKA_UNWRAP: 263,
  CKA_SIGN: 264,
  CKA_VERIFY: 266,
  CKA_DERIVE: 268,
  CKA_VALUE_LEN: 353,
  CKA_EXTRACTABLE: 354,
  CKM_AES_KEY_GEN: 4224,
  CKM_AES_GCM: 4231
};
var MAX_SESSIONS = 1;
var modules = /* @__PURE__ */ new Map();
async function loadModule(path) {
  const known = modules.get(path);
  if (known) return known;
  try {
    const module = await newModule();
    module.load(path);
    initialize(module);
    modules.set(path, module);
    return module;
  } catch (error) {
    const cause = returnValueOf(error) === void 0 ? loaderText(error) : pkcs11Error(error).message;
    throw new HsmError("pkcs11-token-unknown", `the PKCS#11 module ${path} cannot be loaded: ${cause}`);
  }
}
async function newModule() {
  const imported = await import("pkcs11js").catch(() => {
    throw new Error('its binding, pkcs11js, is not installed: run "make binding"');
  });
  const { default: binding } = imported;
  return new binding.PKCS11();
}
var MAX_LOADER_TEXT = 300;
function loaderText(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_LOADER_TEXT).replace(/[^\x20-\x7e]/g, "?");
}
function initialize(module) {
  try {
    module.C_Initialize({ flags: CK.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (returnValueOf(error) !== CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error;
  }
}
var Pkcs11Token = class {
  #config;
  #gate = new Gate(MAX_SESSIONS);
  #idle = [];
  /** Handles of keys by CKA_ID, hex. They last as long as the login. */
  handles = /* @__PURE__ */ new Map();
  #slot;
  /** Never used for work: it keeps the login alive, which lasts as long as one session (section 5.6.4). */
  #holder;
  /** Increases with each login and logout: a session of an earlier login is not reused. */
  #generation = 0;
  constructor(config) {
    this.#config = config;
  }
  get isLoggedIn() {
    return this.#slot !== void 0;
  }
  async status() {
    try {
      const module = await loadModule(this.#config.modulePath);
      const slot = this.#findSlot(module);
      const { flags } = module.C_GetTokenInfo(slot);
      if ((flags & CK.CKF_TOKEN_INITIALIZED) === 0) return inactive("the token is not initialized");
      if ((flags & CK.CKF_USER_PIN_INITIALIZED) === 0) return inactive("the crypto user of the token has no PIN");
      const mechanisms = module.C_GetMechanismList(slot);
      if (mechanisms.includes(CK.CKM_AES_GCM) && mechanisms.includes(CK.CKM_AES_KEY_GEN)) return { status: "ready" };
      return { status: "unfit", cause: "the token lacks the mechanism CKM_AES_GCM or CKM_AES_KEY_GEN" };
    } catch (error) {
      const { kind, message } = pkcs11Error(error);
      return { status: statuses.get(kind) ?? "inactive", cause: message };
    }
  }
  /** Ends the earlier login and logs the crypto user in. @throws HsmError */
  async login(pin) {
    const module = await loadModule(this.#config.modulePath);
    this.logout(module);
    try {
      const slot = this.#findSlot(module);
      this.#slot = slot;
      this.#holder = openSession(module, slot);
      const text = pin.use((bytes) => Buffer.from(bytes).toString());
      loginUser(this.#holder, text);
    } catch (error) {
      this.logout(module);
      throw pkcs11Error(error);
    }
  }
  /** Never fails: a token that was removed has no login. */
  logout(module = modules.get(this.#config.modulePath)) {
    this.#generation += 1;
    this.#idle.length = 0;
    this.handles.clear();
    const slot = this.#slot;
    this.#slot = void 0;
    this.#holder = void 0;
    if (slot === void 0 || !module) return;
    try {
      module.C_CloseAllSessions(slot);
    } catch {
    }
  }
  /** Lends a session, which is reused only if the work succeeds. @throws the error of `work` */
  run(work) {
    return this.#gate.run(async () => {
      const generation = this.#generation;
      const session = this.#idle.pop() ?? await this.#open();
      try {
        const result = await work(session);
        if (generation === this.#generation) this.#idle.push(session);
        return result;
      } catch (error) {
        closeSession(session);
        throw error;
      }
    });
  }
  async #open() {
    const module = await loadModule(this.#config.modulePath);
    if (this.#slot === void 0)
      throw new HsmError("pkcs11-token-unreachable", "there is no login to the PKCS#11 token");
    return openSession(module, this.#slot);
  }
  /** @throws HsmError unless one token fits: of two it is unknown which one is meant */
  #findSlot(module) {
    const slots = module.C_GetSlotList(true);
    const [slot, ...others] = slots.filter((candidate) => this.#fits(module.C_GetTokenInfo(candidate)));
    if (slot && others.length === 0) return slot;
    const { label, serialNumber } = this.#config;
    const wanted = [
      ...label === void 0 ? [] : [`the label "${label}"`],
      ...serialNumber === void 0 ? [] : [`the serialNumber "${serialNumber}"`]
    ].join(" and ");
    if (!slot) throw new HsmError("pkcs11-token-inactive", `none of the module's ${slots.length} tokens has ${wanted}`);
    const which = serialNumber === void 0 ? ": name the serialNumber of the one that is meant" : "";
    throw new HsmError("pkcs11-token-unfit", `${others.length + 1} tokens have ${wanted}${which}`);
  }
  #fits(info) {
    const { label = info.label, serialNumber = info.serialNumber } = this.#config;
    return info.label.trimEnd() === label.trimEnd() && info.serialNumber.trimEnd() === serialNumber.trimEnd();
  }
};
var inactive = (cause) => ({ status: "inactive", cause });
var statuses = /* @__PURE__ */ new Map([
  ["pkcs11-token-unknown", "unknown"],
  ["pkcs11-token-unfit", "unfit"]
]);
function openSession(module, slot) {
  return { module, handle: module.C_OpenSession(slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION) };
}
function closeSession({ module, handle }) {
  try {
    module.C_CloseSession(handle);
  } catch {
  }
}
function loginUser({ module, handle }, pin) {
  try {
    module.C_Login(handle, CK.CKU_USER, pin);
  } catch (error) {
    if (returnValueOf(error) === CKR_USER_ALREADY_LOGGED_IN) {
      module.C_Logout(handle);
      module.C_Login(handle, CK.CKU_USER, pin);
    } else {
      throw error;
    }
  }
}

// control-plane/hsm/pkcs11/pkcs11-tokens.ts
var FINAL = /* @__PURE__ */ new Set(["pkcs11-pin-incorrect", "pkcs11-pin-locked", "pkcs11-user-missing"]);
var notConfigured = (clusterId) => `no PKCS#11 token is configured for ${clusterId}`;
var Pkcs11Tokens = class {
  #entries;
  #openPassword;
  /** @param openPassword returns the PIN of a login, valid until the next call */
  constructor(configs, openPassword) {
    this.#entries = new Map(
      configs.map((config) => [config.clusterId, { pkcs11Token: new Pkcs11Token(config), logins: new Gate(1) }])
    );
    this.#openPassword = openPassword;
  }
  async status(clusterId) {
    const entry = this.#entries.get(clusterId);
    return entry ? await entry.pkcs11Token.status() : { status: "unknown", cause: notConfigured(clusterId) };
  }
  /** @throws HsmError of a `pkcs11-…` kind */
  async connect(login) {
    const entry = this.#require(login.clusterId);
    await entry.logins.run(() => this.#logIn(entry, login));
  }
  async disconnect(clusterId) {
    const entry = this.#entries.get(clusterId);
    if (!entry) return;
    await entry.logins.run(async () => {
      entry.pkcs11Token.logout();
      entry.password = void 0;
      entry.refusal = void 0;
    });
  }
  /** Runs `work` with the token, logged in. @throws HsmError of a `pkcs11-…` kind, or the HsmError of `work` */
  async use(login, work) {
    const entry = this.#require(login.clusterId);
    await this.#ensureLogin(entry, login);
    try {
      return await work(entry.pkcs11Token);
    } catch (error) {
      if (!isLoginLost(error)) throw pkcs11Error(error);
    }
    try {
      await entry.logins.run(() => this.#logIn(entry, login));
      return await work(entry.pkcs11Token);
    } catch (error) {
      throw pkcs11Error(error);
    }
  }
  async close() {
    for (const { pkcs11Token } of this.#entries.values()) pkcs11Token.logout();
  }
  #require(clusterId) {
    const entry = this.#entries.get(clusterId);
    if (entry) return entry;
    throw new HsmError("pkcs11-token-unknown", notConfigured(clusterId));
  }
  async #ensureLogin(entry, login) {
    if (isCurrent(entry, login)) return;
    await entry.logins.run(async () => {
      if (isCurrent(entry, login)) return;
      if (entry.refusal && isSame(entry.password, login.wrappedPassword)) throw entry.refusal;
      await this.#logIn(entry, login);
    });
  }
  async #logIn(entry, login) {
    entry.password = Uint8Array.from(login.wrappedPassword);
    entry.refusal = void 0;
    try {
      await entry.pkcs11Token.login(this.#openPassword(login));
    } catch (error) {
      const refusal = pkcs11Error(error);
      if (FINAL.has(refusal.kind)) entry.refusal = refusal;
      throw refusal;
    }
  }
};
function isCurrent(entry, login) {
  return entry.pkcs11Token.isLoggedIn && isSame(entry.password, login.wrappedPassword);
}
function isSame(known, wrapped) {
  return known !== void 0 && Buffer.compare(known, wrapped) === 0;
}

// control-plane/hsm/crypto/access-key-secret.ts
import { createHmac as createHmac2, randomBytes as randomBytes2 } from "node:crypto";
var SECRET_RANDOM_BYTES = 30;
function generateSecret() {
  return new Secret(randomBytes2(SECRET_RANDOM_BYTES).toString("base64"));
}
function secretFromText(text) {
  return new SecretBytes(Buffer.from(text));
}
function deriveSigningKey(secret, { date, region, service }) {
  const start = new SecretBytes(secret.use((bytes) => Buffer.concat([Buffer.from("AWS4"), bytes])));
  const last = [date, region, service, "aws4_request"].reduce(
    (key, part) => new SecretBytes(key.useOnce((bytes) => createHmac2("sha256", bytes).update(part).digest())),
    start
  );
  return last.useOnce((bytes) => Uint8Array.from(bytes));
}

// control-plane/hsm/crypto/sealed-token.ts
import {
  createCipheriv,
  createDecipheriv,
  createHmac as createHmac3,
  createSecretKey as createSecretKey2,
  randomBytes as randomBytes3,
  timingSafeEqual
} from "node:crypto";
var VERSION = 2;
var GENERATION_OFFSET2 = 1;
var HEADER_BYTES = 5;
var MAC_BYTES = 32;
var NONCE_OFFSET2 = 9;
var IV_OFFSET = 25;
var SEALED_OFFSET2 = 37;
var TAG_BYTES3 = 16;
function sealToken(rootKeys, purpose, content, nowMs) {
  const { generation, rootKey } = rootKeys.inUse;
  const header = headerOf(generation);
  return sealingKey(rootKey, purpose, header).useOnce(
    (key) => purpose === "session" ? encrypt2(key, header, content, nowMs) : Buffer.concat([header, mac(key, header, content), content])
  );
}
function openToken(rootKeys, purpose, sealedToken, nowMs) {
  if (sealedToken.length <= SEALED_OFFSET2 || sealedToken[0] !== VERSION) return void 0;
  const header = Buffer.from(sealedToken.subarray(0, HEADER_BYTES));
  const rootKey = rootKeys.find(header.readUInt32BE(GENERATION_OFFSET2));
  return rootKey && sealingKey(rootKey, purpose, header).useOnce(
    (key) => purpose === "session" ? decrypt(key, sealedToken, nowMs) : authentic(key, sealedToken)
  );
}
function headerOf(generation) {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = VERSION;
  header.writeUInt32BE(generation, GENERATION_OFFSET2);
  return header;
}
function sealingKey(rootKey, purpose, header) {
  const context = Buffer.concat([encodeTexts(purpose), header.subarray(GENERATION_OFFSET2)]);
  return rootKey.use((bytes) => deriveKey(bytes, "keystead token key v2", context));
}
function mac(key, header, content) {
  return createHmac3("sha256", key).update(header).update(content).digest();
}
function authentic(key, sealedToken) {
  const content = sealedToken.subarray(HEADER_BYTES + MAC_BYTES);
  const header = sealedToken.subarray(0, HEADER_BYTES);
  const found = sealedToken.subarray(HEADER_BYTES, HEADER_BYTES + MAC_BYTES);
  const isOurs = timingSafeEqual(found, mac(key, header, content));
  return isOurs ? Uint8Array.from(content) : void 0;
}
function encrypt2(key, header, content, nowMs) {
  const head = Buffer.concat([header, Buffer.alloc(4), randomBytes3(SEALED_OFFSET2 - NONCE_OFFSET2)]);
  head.writeUInt32BE(Math.floor(nowMs / 1e3), HEADER_BYTES);
  const cipher = messageKey(key, head).useOnce(
    (own) => createCipheriv("aes-256-gcm", createSecretKey2(own), head.subarray(IV_OFFSET), { authTagLength: TAG_BYTES3 })
  );
  cipher.setAAD(head);
  return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}
function decrypt(key, sealedToken, nowMs) {
  if (sealedToken.length < SEALED_OFFSET2 + TAG_BYTES3) return void 0;
  const head = Buffer.from(sealedToken.subarray(0, SEALED_OFFSET2));
  const decipher = messageKey(key, head).useOnce(
    (own) => createDecipheriv("aes-256-gcm", createSecretKey2(own), head.subarray(IV_OFFSET), { authTagLength: TAG_BYTES3 })
  );
  try {
    decipher.setAAD(head);
    decipher.setAuthTag(sealedToken.subarray(-TAG_BYTES3));
    const content = decipher.update(sealedToken.subarray(SEALED_OFFSET2, -TAG_BYTES3));
    decipher.final();
    return nowMs - head.readUInt32BE(HEADER_BYTES) * 1e3 > MAX_SESSION_AGE_MS ? void 0 : content;
  } catch {
    return void 0;
  }
}
var messageKey = (key, head) => deriveKey(key, "keystead session token v1", head.subarray(NONCE_OFFSET2, IV_OFFSET));

// control-plane/hsm/soft/credentials.ts
var SoftCredentials = class {
  #held;
  constructor(held) {
    this.#held = held;
  }
  generateSecret = async (owner) => {
    const secret = generateSecret();
    return { secret, wrapped: await this.wrapSecret(owner, secret) };
  };
  wrapSecret = async (owner, secret) => {
    const bytes = secretFromText(secret.reveal());
    try {
      return wrap(this.#held.rootKeys, secretBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };
  deriveSigningKey = async ({ secret, ...scope }) => {
    requireNearDay(scope.date, this.#held.nowMs());
    return deriveSigningKey(this.#held.opened.open(secretBinding(secret), secret.wrapped), scope);
  };
  sealToken = async (purpose, content) => sealToken(this.#held.rootKeys, purpose, content, this.#held.nowMs());
  openToken = async (purpose, sealedToken) => defined({ content: openToken(this.#held.rootKeys, purpose, sealedToken, this.#held.nowMs()) });
};
var DAY_MS = 24 * 60 * 60 * 1e3;
function requireNearDay(date, nowMs) {
  const days = [-1, 0, 1].map((offset) => new Date(nowMs + offset * DAY_MS).toISOString().slice(0, 10));
  if (days.some((day) => day.replaceAll("-", "") === date)) return;
  throw new HsmError("unsupported", "signing keys are derived for yesterday, today and tomorrow only");
}

// control-plane/domain/audit/audit-statement.ts
var isText = (value) => typeof value === "string";
var isTime = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)) && /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/.test(value);
var listOf = (check) => (value) => Array.isArray(value) && value.every(check);
var exactly = (text) => (value) => value === text;
function record(members) {
  const names = Object.keys(members);
  return (value) => typeof value === "object" && value !== null && Object.keys(value).join() === names.join() && names.every((name) => members[name]?.(value[name]) === true);
}
var range = { chainId: isText, first: isCount, last: isCount };
var isDigest = record({
  format: exactly(DIGEST_FORMAT),
  checkpoint: isCount,
  checkpointHash: isHash,
  logFiles: listOf(
    record({
      path: isText,
      hashAlgorithm: exactly("SHA-256"),
      hashValue: isHash,
      oldestEventTime: isTime,
      newestEventTime: isTime,
      runs: listOf(record(range))
    })
  ),
  chains: listOf(
    record({
      ...range,
      previousHash: isHash,
      hashes: (value) => typeof value === "string" && /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,3}={1,2})?$/.test(value)
    })
  )
});
function isAuditStatement(body) {
  const value = parsed(body);
  if (value === void 0 || JSON.stringify(value) !== body) return false;
  if (isDigest(value)) return true;
  const { format, time } = value;
  const hasMembers = Object.keys(value).join() === checkpointMembers.join();
  return format === CHECKPOINT_FORMAT && hasMembers && isTime(time) && parseCheckpoint(body) !== void 0;
}
function parsed(body) {
  try {
    const value = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : void 0;
  } catch {
    return void 0;
  }
}

// control-plane/hsm/soft/installation.ts
var SoftInstallation = class {
  #held;
  constructor(held) {
    this.#held = held;
  }
  /** It was open when this Hsm was created. */
  openRootKey = async () => ({});
  rootKeyFingerprint = async () => this.#held.rootKeys.installation.fingerprint;
  rootKeyGenerations = async () => {
    const { rootKeys } = this.#held;
    const { removal } = rootKeys;
    return { inUse: rootKeys.inUse.generation, generations: rootKeys.describe(), ...defined({ removal }) };
  };
  useGeneration = async ({ generation }) => this.#held.rootKeys.use(generation) ? {} : {
    refused: {
      message: `The root key of this HSM has no generation ${generation}, which the database is wrapped under.`,
      hint: "Give this HSM the newest root key file: copy it from the machine where the root key was rotated."
    }
  };
  rewrap = async (secrets) => {
    const results = [];
    for (const secret of secrets) {
      results.push(defined({ wrapped: this.#rewrap(secret) }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return results;
  };
  #rewrap(secret) {
    try {
      return rewrap(this.#held.rootKeys, bindingOf(secret), secret.wrapped);
    } catch (error) {
      if (error instanceof HsmError) return void 0;
      throw error;
    }
  }
  signCheckpoint = async (body) => {
    if (!isAuditStatement(body)) {
      throw new HsmError("unsupported", "only a checkpoint of the audit log, or the digest of one, is signed");
    }
    return this.#held.rootKeys.installation.checkpointKey.use((key) => signStatement(key, body));
  };
  endSeeding = async () => {
    this.#held.isSeeding = false;
  };
  checkpointPublicKey = async () => this.#held.rootKeys.installation.checkpointKey.use(statementPublicKey);
  close = async () => {
    await this.#held.pkcs11Tokens.close();
    this.#held.opened.clear();
    this.#held.rootKeys.wipe();
  };
};
function bindingOf(secret) {
  switch (secret.kind) {
    case "key-material":
      return materialBinding(secret, secret.materialId);
    case "pkcs11-key":
      return pkcs11KeyBinding(secret, secret.materialId);
    case "access-key-secret":
      return secretBinding(secret);
    case "key-store-password":
      return passwordBinding(secret);
  }
}

// control-plane/hsm/soft/key-material.ts
import { randomBytes as randomBytes13, timingSafeEqual as timingSafeEqual4 } from "node:crypto";

// control-plane/hsm/crypto/aes.ts
import {
  createCipheriv as createCipheriv2,
  createDecipheriv as createDecipheriv2,
  createSecretKey as createSecretKey3,
  randomBytes as randomBytes4
} from "node:crypto";
var AES_256_KEY_BYTES = 32;
function generateAesKey() {
  return new SecretBytes(randomBytes4(AES_256_KEY_BYTES));
}
function sealMessage(material, key, plaintext, encryptionContext) {
  const random = nextRandom();
  const header = {
    keyId: key.keyId,
    materialId: key.materialId,
    nonce: random.subarray(0, NONCE_BYTES),
    iv: random.subarray(NONCE_BYTES)
  };
  return sealMessageWith(material, header, plaintext, encryptionContext);
}
var RANDOM_BYTES = NONCE_BYTES + IV_BYTES;
var DRAWN_AT_ONCE = 128;
var drawn = Buffer.alloc(0);
var used = 0;
function nextRandom() {
  if (used === drawn.length) {
    drawn = randomBytes4(RANDOM_BYTES * DRAWN_AT_ONCE);
    used = 0;
  }
  used += RANDOM_BYTES;
  return drawn.subarray(used - RANDOM_BYTES, used);
}
function sealMessageWith(material, header, plaintext, encryptionContext) {
  if (plaintext.length < 1 || plaintext.length > MAX_PLAINTEXT_BYTES) {
    throw new RangeError(`plaintext: expected 1–${MAX_PLAINTEXT_BYTES} bytes, got ${plaintext.length}`);
  }
  const headerBytes = encodeCiphertextHeader(header);
  const cipher = deriveMessageKey(material, header.nonce).useOnce(
    (key) => createCipheriv2("aes-256-gcm", createSecretKey3(key), header.iv, { authTagLength: TAG_BYTES })
  );
  cipher.setAAD(additionalData(headerBytes, encryptionContext));
  return Buffer.concat([headerBytes, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}
function openMessage(material, key, blob, encryptionContext) {
  const header = parseCiphertextHeader(blob);
  if (header?.keyId !== key.keyId || header.materialId !== key.materialId) throw invalidCiphertext();
  const decipher = deriveMessageKey(material, header.nonce).useOnce(
    (messageKey2) => createDecipheriv2("aes-256-gcm", createSecretKey3(messageKey2), header.iv, { authTagLength: TAG_BYTES })
  );
  try {
    decipher.setAAD(additionalData(blob.subarray(0, CIPHERTEXT_HEADER_BYTES), encryptionContext));
    decipher.setAuthTag(blob.subarray(-TAG_BYTES));
    return finish(decipher, blob.subarray(CIPHERTEXT_HEADER_BYTES, -TAG_BYTES));
  } catch {
    throw invalidCiphertext();
  }
}
function finish(decipher, ciphertext) {
  const unauthenticated = decipher.update(ciphertext);
  try {
    decipher.final();
    return unauthenticated;
  } catch (error) {
    unauthenticated.fill(0);
    throw error;
  }
}
function additionalData(header, encryptionContext) {
  return Buffer.concat([header, encodeEncryptionContext(encryptionContext)]);
}
var derivationKeys = /* @__PURE__ */ new WeakMap();
function deriveMessageKey(material, nonce) {
  const known = derivationKeys.get(material);
  const key = known ?? material.use((bytes) => createSecretKey3(bytes));
  if (!known) derivationKeys.set(material, key);
  return deriveKey(key, "keystead ciphertext v1", nonce);
}
function invalidCiphertext() {
  return new HsmError("invalid-ciphertext", "ciphertext, encryption context and key do not belong together");
}

// control-plane/hsm/crypto/ecc.ts
import { createPublicKey as createPublicKey2, diffieHellman, generateKeyPair } from "node:crypto";

// node_modules/@noble/hashes/_u64.js
var U32_MASK64 = /* @__PURE__ */ (() => BigInt(2 ** 32 - 1))();
var _32n = /* @__PURE__ */ BigInt(32);
function fromBig(n, le = false) {
  if (le)
    return { h: Number(n & U32_MASK64), l: Number(n >> _32n & U32_MASK64) };
  return { h: Number(n >> _32n & U32_MASK64) | 0, l: Number(n & U32_MASK64) | 0 };
}
function split(lst, le = false) {
  const len = lst.length;
  let Ah = new Uint32Array(len);
  let Al = new Uint32Array(len);
  for (let i = 0; i < len; i++) {
    const { h, l } = fromBig(lst[i], le);
    [Ah[i], Al[i]] = [h, l];
  }
  return [Ah, Al];
}
var fromNumH = (n) => n / 2 ** 32 | 0;
var fromNumL = (n) => n >>> 0;
function setU64FromNum(view, byteOffset, n, isLE3) {
  const h = fromNumH(n);
  const l = fromNumL(n);
  view.setUint32(byteOffset, isLE3 ? l : h, isLE3);
  view.setUint32(byteOffset + 4, isLE3 ? h : l, isLE3);
}
var shrSH = (h, _l, s) => h >>> s;
var shrSL = (h, l, s) => h << 32 - s | l >>> s;
var rotrSH = (h, l, s) => h >>> s | l << 32 - s;
var rotrSL = (h, l, s) => h << 32 - s | l >>> s;
var rotrBH = (h, l, s) => h << 64 - s | l >>> s - 32;
var rotrBL = (h, l, s) => h >>> s - 32 | l << 64 - s;
function add(Ah, Al, Bh, Bl) {
  const l = (Al >>> 0) + (Bl >>> 0);
  return { h: Ah + Bh + (l / 2 ** 32 | 0) | 0, l: l | 0 };
}
var add3L = (Al, Bl, Cl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0);
var add3H = (low, Ah, Bh, Ch) => Ah + Bh + Ch + (low / 2 ** 32 | 0) | 0;
var add4L = (Al, Bl, Cl, Dl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0);
var add4H = (low, Ah, Bh, Ch, Dh) => Ah + Bh + Ch + Dh + (low / 2 ** 32 | 0) | 0;
var add5L = (Al, Bl, Cl, Dl, El) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0) + (El >>> 0);
var add5H = (low, Ah, Bh, Ch, Dh, Eh) => Ah + Bh + Ch + Dh + Eh + (low / 2 ** 32 | 0) | 0;

// node_modules/@noble/hashes/utils.js
function isBytes2(a) {
  return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
}
var atitle2 = (title) => title ? `"${title}" ` : "";
function anumber2(n, title = "") {
  if (typeof n !== "number")
    throw new TypeError(atitle2(title) + "expected number, got " + typeof n);
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(atitle2(title) + "expected integer >= 0, got " + n);
  return n;
}
function abool2(value, title = "") {
  if (typeof value !== "boolean")
    throw new TypeError(atitle2(title) + "expected boolean, got type=" + typeof value);
  return value;
}
function abytes2(value, length, title = "") {
  if (isBytes2(value) && (length === void 0 || value.length === length))
    return value;
  if (length !== void 0)
    anumber2(length, "length");
  const bytes = isBytes2(value);
  const ofLen = length !== void 0 ? ` of length ${length}` : "";
  const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
  const message = atitle2(title) + "expected Uint8Array" + ofLen + ", got " + got;
  if (!bytes)
    throw new TypeError(message);
  throw new RangeError(message);
}
function ahash(h) {
  if (typeof h !== "function" || typeof h.create !== "function")
    throw new TypeError("expected hash wrapped by utils.createHasher");
  anumber2(h.outputLen);
  anumber2(h.blockLen);
  if (h.outputLen < 1 || h.blockLen < 1)
    throw new Error("hash blockLen / outputLen must be >= 1");
}
var aobject = (value, label) => {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError((label === "object" ? "" : `"${label}" `) + "expected object, got type=" + typeof value);
};
var aopts = (value, label) => {
  aobject(value, label);
  const proto = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null)
    throw new TypeError(`"${label}" expected plain object`);
  if (Object.hasOwn(value, "__proto__"))
    throw new TypeError(`"${label}.__proto__" is not allowed`);
};
function aexists2(instance, checkFinished = true) {
  if (instance.destroyed)
    throw new Error("hash was destroyed");
  if (checkFinished && instance.finished)
    throw new Error("digest() was already called");
}
function aoutput2(out, instance) {
  abytes2(out, void 0, "output");
  const min = instance.outputLen;
  if (!(out.length >= min)) {
    throw new RangeError('"output" expected length >= ' + min);
  }
}
function u322(arr) {
  return new Uint32Array(arr.buffer, arr.byteOffset, Math.floor(arr.byteLength / 4));
}
function clean2(...arrays) {
  for (let i = 0; i < arrays.length; i++) {
    arrays[i].fill(0);
  }
}
function createView2(arr) {
  return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
}
function rotr(word, shift) {
  return word << 32 - shift | word >>> shift;
}
var isLE2 = /* @__PURE__ */ (() => new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68)();
function byteSwap2(word) {
  return word << 24 & 4278190080 | word << 8 & 16711680 | word >>> 8 & 65280 | word >>> 24 & 255;
}
function byteSwap322(arr) {
  for (let i = 0; i < arr.length; i++) {
    arr[i] = byteSwap2(arr[i]);
  }
  return arr;
}
var swap32IfBE2 = isLE2 ? (u) => u : byteSwap322;
var hasHexBuiltin = /* @__PURE__ */ (() => (
  // @ts-ignore
  typeof Uint8Array.from([]).toHex === "function" && typeof Uint8Array.fromHex === "function"
))();
var hexes = /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
function bytesToHex(bytes) {
  abytes2(bytes);
  if (hasHexBuiltin)
    return bytes.toHex();
  let hex2 = "";
  for (let i = 0; i < bytes.length; i++) {
    hex2 += hexes[bytes[i]];
  }
  return hex2;
}
function asciiToBase16(ch) {
  return ch >= 48 && ch <= 57 ? ch - 48 : ch >= 65 && ch <= 70 ? ch - (65 - 10) : ch >= 97 && ch <= 102 ? ch - (97 - 10) : void 0;
}
function hexToBytes(hex2) {
  if (typeof hex2 !== "string")
    throw new TypeError("hex string expected, got " + typeof hex2);
  if (hasHexBuiltin) {
    try {
      return Uint8Array.fromHex(hex2);
    } catch (error) {
      if (error instanceof SyntaxError)
        throw new RangeError(error.message);
      throw error;
    }
  }
  const hl = hex2.length;
  const al = hl / 2;
  if (hl % 2)
    throw new RangeError("hex string expected, got unpadded hex of length " + hl);
  const array = new Uint8Array(al);
  for (let ai = 0, hi = 0; ai < al; ai++, hi += 2) {
    const n1 = asciiToBase16(hex2.charCodeAt(hi));
    const n2 = asciiToBase16(hex2.charCodeAt(hi + 1));
    if (n1 === void 0 || n2 === void 0) {
      const char = hex2[hi] + hex2[hi + 1];
      throw new RangeError('hex string expected, got non-hex character "' + char + '" at index ' + hi);
    }
    array[ai] = n1 * 16 + n2;
  }
  return array;
}
function concatBytes2(...arrays) {
  let sum = 0;
  for (let i = 0; i < arrays.length; i++) {
    const a = arrays[i];
    abytes2(a);
    sum += a.length;
  }
  const res = new Uint8Array(sum);
  for (let i = 0, pad = 0; i < arrays.length; i++) {
    const a = arrays[i];
    res.set(a, pad);
    pad += a.length;
  }
  return res;
}
function checkOpts(defaults, opts2, title = "opts") {
  aopts(defaults, "defaults");
  if (opts2 !== void 0)
    aopts(opts2, title);
  const merged = Object.assign(/* @__PURE__ */ Object.create(null), defaults, opts2);
  return merged;
}
function createHasher(hashCons, info = {}) {
  if (typeof hashCons !== "function")
    throw new TypeError('"hashCons" expected function, got type=' + typeof hashCons);
  info = checkOpts({}, info, "info");
  const hashC = (msg, opts2) => hashCons(opts2).update(msg).digest();
  const tmp = hashCons(void 0);
  hashC.outputLen = tmp.outputLen;
  hashC.blockLen = tmp.blockLen;
  hashC.canXOF = tmp.canXOF;
  hashC.create = (opts2) => hashCons(opts2);
  Object.assign(hashC, info);
  return Object.freeze(hashC);
}
function randomBytes5(bytesLength = 32) {
  anumber2(bytesLength, "bytesLength");
  const cr = typeof globalThis === "object" ? globalThis.crypto : null;
  if (typeof cr?.getRandomValues !== "function")
    throw new Error("crypto.getRandomValues must be defined");
  if (bytesLength > 65536)
    throw new RangeError(`"bytesLength" expected <= 65536, got ${bytesLength}`);
  return cr.getRandomValues(new Uint8Array(bytesLength));
}
var oidNist = (suffix) => ({
  // Current NIST hashAlgs suffixes used here fit in one DER subidentifier octet.
  // Larger suffix values would need base-128 OID encoding and a different length byte.
  oid: Uint8Array.from([6, 9, 96, 134, 72, 1, 101, 3, 4, 2, suffix])
});

// node_modules/@noble/hashes/_md.js
function Chi(a, b, c) {
  return a & b ^ ~a & c;
}
function Maj(a, b, c) {
  return a & b ^ a & c ^ b & c;
}
var HashMD = class {
  blockLen;
  outputLen;
  canXOF = false;
  padOffset;
  isLE;
  // For partial updates less than block size
  buffer;
  view;
  finished = false;
  length = 0;
  pos = 0;
  destroyed = false;
  constructor(blockLen, outputLen, padOffset, isLE3) {
    this.blockLen = blockLen;
    this.outputLen = outputLen;
    this.padOffset = padOffset;
    this.isLE = isLE3;
    this.buffer = new Uint8Array(blockLen);
    this.view = createView2(this.buffer);
  }
  update(data) {
    aexists2(this);
    abytes2(data);
    const { view, buffer, blockLen } = this;
    const len = data.length;
    let processed = false;
    for (let pos = 0; pos < len; ) {
      const take = Math.min(blockLen - this.pos, len - pos);
      if (take === blockLen) {
        const dataView = createView2(data);
        for (; blockLen <= len - pos; pos += blockLen)
          this.process(dataView, pos);
        processed = true;
        continue;
      }
      buffer.set(pos === 0 && take === len ? data : data.subarray(pos, pos + take), this.pos);
      this.pos += take;
      pos += take;
      if (this.pos === blockLen) {
        this.process(view, 0);
        this.pos = 0;
        processed = true;
      }
    }
    this.length += data.length;
    if (processed)
      this.roundClean();
    return this;
  }
  digestInto(out) {
    aexists2(this);
    aoutput2(out, this);
    this.finished = true;
    const { buffer, view, blockLen, isLE: isLE3 } = this;
    let { pos } = this;
    buffer[pos++] = 128;
    buffer.fill(0, pos);
    if (this.padOffset > blockLen - pos) {
      this.process(view, 0);
      buffer.fill(0);
    }
    setU64FromNum(view, blockLen - 8, this.length * 8, isLE3);
    this.process(view, 0);
    this.roundClean();
    const oview = out === buffer ? view : createView2(out);
    const len = this.outputLen;
    const outLen = len / 4;
    const state = this.get();
    if (len % 4 || outLen > state.length)
      throw new Error("invalid outputLen");
    for (let i = 0; i < outLen; i++)
      oview.setUint32(4 * i, state[i], isLE3);
  }
  digest() {
    const { buffer, outputLen } = this;
    this.digestInto(buffer);
    const res = buffer.slice(0, outputLen);
    this.destroy();
    return res;
  }
  _cloneIntoMeta(to) {
    const { buffer, length, finished, destroyed, pos } = this;
    to.destroyed = destroyed;
    to.finished = finished;
    to.length = length;
    to.pos = pos;
    if (pos)
      to.buffer.set(buffer);
    return to;
  }
  clone() {
    return this._cloneInto();
  }
};
var SHA256_IV = /* @__PURE__ */ Uint32Array.from([
  1779033703,
  3144134277,
  1013904242,
  2773480762,
  1359893119,
  2600822924,
  528734635,
  1541459225
]);
var SHA384_IV = /* @__PURE__ */ Uint32Array.from([
  3418070365,
  3238371032,
  1654270250,
  914150663,
  2438529370,
  812702999,
  355462360,
  4144912697,
  1731405415,
  4290775857,
  2394180231,
  1750603025,
  3675008525,
  1694076839,
  1203062813,
  3204075428
]);
var SHA512_IV = /* @__PURE__ */ Uint32Array.from([
  1779033703,
  4089235720,
  3144134277,
  2227873595,
  1013904242,
  4271175723,
  2773480762,
  1595750129,
  1359893119,
  2917565137,
  2600822924,
  725511199,
  528734635,
  4215389547,
  1541459225,
  327033209
]);

// node_modules/@noble/hashes/sha2.js
var SHA256_K = /* @__PURE__ */ Uint32Array.from([
  1116352408,
  1899447441,
  3049323471,
  3921009573,
  961987163,
  1508970993,
  2453635748,
  2870763221,
  3624381080,
  310598401,
  607225278,
  1426881987,
  1925078388,
  2162078206,
  2614888103,
  3248222580,
  3835390401,
  4022224774,
  264347078,
  604807628,
  770255983,
  1249150122,
  1555081692,
  1996064986,
  2554220882,
  2821834349,
  2952996808,
  3210313671,
  3336571891,
  3584528711,
  113926993,
  338241895,
  666307205,
  773529912,
  1294757372,
  1396182291,
  1695183700,
  1986661051,
  2177026350,
  2456956037,
  2730485921,
  2820302411,
  3259730800,
  3345764771,
  3516065817,
  3600352804,
  4094571909,
  275423344,
  430227734,
  506948616,
  659060556,
  883997877,
  958139571,
  1322822218,
  1537002063,
  1747873779,
  1955562222,
  2024104815,
  2227730452,
  2361852424,
  2428436474,
  2756734187,
  3204031479,
  3329325298
]);
var SHA256_W = /* @__PURE__ */ new Uint32Array(64);
var SHA2_32B = class extends HashMD {
  // We cannot use array here since array allows indexing by variable
  // which means optimizer/compiler cannot use registers.
  // Numeric initializers matter: starting the fields as `undefined` changes
  // V8's field representation and makes sha256 3x slower (measured).
  A = 0;
  B = 0;
  C = 0;
  D = 0;
  E = 0;
  F = 0;
  G = 0;
  H = 0;
  constructor(outputLen, IV) {
    super(64, outputLen, 8, false);
    this.A = IV[0] | 0;
    this.B = IV[1] | 0;
    this.C = IV[2] | 0;
    this.D = IV[3] | 0;
    this.E = IV[4] | 0;
    this.F = IV[5] | 0;
    this.G = IV[6] | 0;
    this.H = IV[7] | 0;
  }
  get() {
    const { A, B: B2, C, D: D2, E, F: F3, G, H } = this;
    return [A, B2, C, D2, E, F3, G, H];
  }
  // prettier-ignore
  set(A, B2, C, D2, E, F3, G, H) {
    this.A = A | 0;
    this.B = B2 | 0;
    this.C = C | 0;
    this.D = D2 | 0;
    this.E = E | 0;
    this.F = F3 | 0;
    this.G = G | 0;
    this.H = H | 0;
  }
  _cloneInto(to) {
    (to ||= new this.constructor()).set(...this.get());
    return this._cloneIntoMeta(to);
  }
  process(view, offset) {
    for (let i = 0; i < 16; i++, offset += 4)
      SHA256_W[i] = view.getUint32(offset, false);
    for (let i = 16; i < 64; i++) {
      const W15 = SHA256_W[i - 15];
      const W2 = SHA256_W[i - 2];
      const s0 = rotr(W15, 7) ^ rotr(W15, 18) ^ W15 >>> 3;
      const s1 = rotr(W2, 17) ^ rotr(W2, 19) ^ W2 >>> 10;
      SHA256_W[i] = s1 + SHA256_W[i - 7] + s0 + SHA256_W[i - 16] | 0;
    }
    let { A, B: B2, C, D: D2, E, F: F3, G, H } = this;
    for (let i = 0; i < 64; i++) {
      const sigma1 = rotr(E, 6) ^ rotr(E, 11) ^ rotr(E, 25);
      const T1 = H + sigma1 + Chi(E, F3, G) + SHA256_K[i] + SHA256_W[i] | 0;
      const sigma0 = rotr(A, 2) ^ rotr(A, 13) ^ rotr(A, 22);
      const T2 = sigma0 + Maj(A, B2, C) | 0;
      H = G;
      G = F3;
      F3 = E;
      E = D2 + T1 | 0;
      D2 = C;
      C = B2;
      B2 = A;
      A = T1 + T2 | 0;
    }
    A = A + this.A | 0;
    B2 = B2 + this.B | 0;
    C = C + this.C | 0;
    D2 = D2 + this.D | 0;
    E = E + this.E | 0;
    F3 = F3 + this.F | 0;
    G = G + this.G | 0;
    H = H + this.H | 0;
    this.set(A, B2, C, D2, E, F3, G, H);
  }
  roundClean() {
    clean2(SHA256_W);
  }
  destroy() {
    this.destroyed = true;
    this.set(0, 0, 0, 0, 0, 0, 0, 0);
    clean2(this.buffer);
  }
};
var _SHA256 = class extends SHA2_32B {
  constructor() {
    super(32, SHA256_IV);
  }
};
var K512 = /* @__PURE__ */ (() => split([
  "0x428a2f98d728ae22",
  "0x7137449123ef65cd",
  "0xb5c0fbcfec4d3b2f",
  "0xe9b5dba58189dbbc",
  "0x3956c25bf348b538",
  "0x59f111f1b605d019",
  "0x923f82a4af194f9b",
  "0xab1c5ed5da6d8118",
  "0xd807aa98a3030242",
  "0x12835b0145706fbe",
  "0x243185be4ee4b28c",
  "0x550c7dc3d5ffb4e2",
  "0x72be5d74f27b896f",
  "0x80deb1fe3b1696b1",
  "0x9bdc06a725c71235",
  "0xc19bf174cf692694",
  "0xe49b69c19ef14ad2",
  "0xefbe4786384f25e3",
  "0x0fc19dc68b8cd5b5",
  "0x240ca1cc77ac9c65",
  "0x2de92c6f592b0275",
  "0x4a7484aa6ea6e483",
  "0x5cb0a9dcbd41fbd4",
  "0x76f988da831153b5",
  "0x983e5152ee66dfab",
  "0xa831c66d2db43210",
  "0xb00327c898fb213f",
  "0xbf597fc7beef0ee4",
  "0xc6e00bf33da88fc2",
  "0xd5a79147930aa725",
  "0x06ca6351e003826f",
  "0x142929670a0e6e70",
  "0x27b70a8546d22ffc",
  "0x2e1b21385c26c926",
  "0x4d2c6dfc5ac42aed",
  "0x53380d139d95b3df",
  "0x650a73548baf63de",
  "0x766a0abb3c77b2a8",
  "0x81c2c92e47edaee6",
  "0x92722c851482353b",
  "0xa2bfe8a14cf10364",
  "0xa81a664bbc423001",
  "0xc24b8b70d0f89791",
  "0xc76c51a30654be30",
  "0xd192e819d6ef5218",
  "0xd69906245565a910",
  "0xf40e35855771202a",
  "0x106aa07032bbd1b8",
  "0x19a4c116b8d2d0c8",
  "0x1e376c085141ab53",
  "0x2748774cdf8eeb99",
  "0x34b0bcb5e19b48a8",
  "0x391c0cb3c5c95a63",
  "0x4ed8aa4ae3418acb",
  "0x5b9cca4f7763e373",
  "0x682e6ff3d6b2b8a3",
  "0x748f82ee5defb2fc",
  "0x78a5636f43172f60",
  "0x84c87814a1f0ab72",
  "0x8cc702081a6439ec",
  "0x90befffa23631e28",
  "0xa4506cebde82bde9",
  "0xbef9a3f7b2c67915",
  "0xc67178f2e372532b",
  "0xca273eceea26619c",
  "0xd186b8c721c0c207",
  "0xeada7dd6cde0eb1e",
  "0xf57d4f7fee6ed178",
  "0x06f067aa72176fba",
  "0x0a637dc5a2c898a6",
  "0x113f9804bef90dae",
  "0x1b710b35131c471b",
  "0x28db77f523047d84",
  "0x32caab7b40c72493",
  "0x3c9ebe0a15c9bebc",
  "0x431d67c49c100d4c",
  "0x4cc5d4becb3e42b6",
  "0x597f299cfc657e2a",
  "0x5fcb6fab3ad6faec",
  "0x6c44198c4a475817"
].map((n) => BigInt(n))))();
var SHA512_Kh = /* @__PURE__ */ (() => K512[0])();
var SHA512_Kl = /* @__PURE__ */ (() => K512[1])();
var SHA512_W_H = /* @__PURE__ */ new Uint32Array(80);
var SHA512_W_L = /* @__PURE__ */ new Uint32Array(80);
var SHA2_64B = class extends HashMD {
  // We cannot use array here since array allows indexing by variable
  // which means optimizer/compiler cannot use registers.
  // h -- high 32 bits, l -- low 32 bits
  // Numeric initializers matter: starting the fields as `undefined` changes
  // V8's field representation and slows hashing down (measured on sha256).
  Ah = 0;
  Al = 0;
  Bh = 0;
  Bl = 0;
  Ch = 0;
  Cl = 0;
  Dh = 0;
  Dl = 0;
  Eh = 0;
  El = 0;
  Fh = 0;
  Fl = 0;
  Gh = 0;
  Gl = 0;
  Hh = 0;
  Hl = 0;
  constructor(outputLen, IV) {
    super(128, outputLen, 16, false);
    this.Ah = IV[0] | 0;
    this.Al = IV[1] | 0;
    this.Bh = IV[2] | 0;
    this.Bl = IV[3] | 0;
    this.Ch = IV[4] | 0;
    this.Cl = IV[5] | 0;
    this.Dh = IV[6] | 0;
    this.Dl = IV[7] | 0;
    this.Eh = IV[8] | 0;
    this.El = IV[9] | 0;
    this.Fh = IV[10] | 0;
    this.Fl = IV[11] | 0;
    this.Gh = IV[12] | 0;
    this.Gl = IV[13] | 0;
    this.Hh = IV[14] | 0;
    this.Hl = IV[15] | 0;
  }
  // prettier-ignore
  get() {
    const { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
    return [Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl];
  }
  // prettier-ignore
  set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl) {
    this.Ah = Ah | 0;
    this.Al = Al | 0;
    this.Bh = Bh | 0;
    this.Bl = Bl | 0;
    this.Ch = Ch | 0;
    this.Cl = Cl | 0;
    this.Dh = Dh | 0;
    this.Dl = Dl | 0;
    this.Eh = Eh | 0;
    this.El = El | 0;
    this.Fh = Fh | 0;
    this.Fl = Fl | 0;
    this.Gh = Gh | 0;
    this.Gl = Gl | 0;
    this.Hh = Hh | 0;
    this.Hl = Hl | 0;
  }
  _cloneInto(to) {
    (to ||= new this.constructor()).set(...this.get());
    return this._cloneIntoMeta(to);
  }
  process(view, offset) {
    for (let i = 0; i < 16; i++, offset += 4) {
      SHA512_W_H[i] = view.getUint32(offset);
      SHA512_W_L[i] = view.getUint32(offset += 4);
    }
    for (let i = 16; i < 80; i++) {
      const W15h = SHA512_W_H[i - 15] | 0;
      const W15l = SHA512_W_L[i - 15] | 0;
      const s0h = rotrSH(W15h, W15l, 1) ^ rotrSH(W15h, W15l, 8) ^ shrSH(W15h, W15l, 7);
      const s0l = rotrSL(W15h, W15l, 1) ^ rotrSL(W15h, W15l, 8) ^ shrSL(W15h, W15l, 7);
      const W2h = SHA512_W_H[i - 2] | 0;
      const W2l = SHA512_W_L[i - 2] | 0;
      const s1h = rotrSH(W2h, W2l, 19) ^ rotrBH(W2h, W2l, 61) ^ shrSH(W2h, W2l, 6);
      const s1l = rotrSL(W2h, W2l, 19) ^ rotrBL(W2h, W2l, 61) ^ shrSL(W2h, W2l, 6);
      const SUMl = add4L(s0l, s1l, SHA512_W_L[i - 7], SHA512_W_L[i - 16]);
      const SUMh = add4H(SUMl, s0h, s1h, SHA512_W_H[i - 7], SHA512_W_H[i - 16]);
      SHA512_W_H[i] = SUMh | 0;
      SHA512_W_L[i] = SUMl | 0;
    }
    let { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
    for (let i = 0; i < 80; i++) {
      const sigma1h = rotrSH(Eh, El, 14) ^ rotrSH(Eh, El, 18) ^ rotrBH(Eh, El, 41);
      const sigma1l = rotrSL(Eh, El, 14) ^ rotrSL(Eh, El, 18) ^ rotrBL(Eh, El, 41);
      const CHIh = Eh & Fh ^ ~Eh & Gh;
      const CHIl = El & Fl ^ ~El & Gl;
      const T1ll = add5L(Hl, sigma1l, CHIl, SHA512_Kl[i], SHA512_W_L[i]);
      const T1h = add5H(T1ll, Hh, sigma1h, CHIh, SHA512_Kh[i], SHA512_W_H[i]);
      const T1l = T1ll | 0;
      const sigma0h = rotrSH(Ah, Al, 28) ^ rotrBH(Ah, Al, 34) ^ rotrBH(Ah, Al, 39);
      const sigma0l = rotrSL(Ah, Al, 28) ^ rotrBL(Ah, Al, 34) ^ rotrBL(Ah, Al, 39);
      const MAJh = Ah & Bh ^ Ah & Ch ^ Bh & Ch;
      const MAJl = Al & Bl ^ Al & Cl ^ Bl & Cl;
      Hh = Gh | 0;
      Hl = Gl | 0;
      Gh = Fh | 0;
      Gl = Fl | 0;
      Fh = Eh | 0;
      Fl = El | 0;
      ({ h: Eh, l: El } = add(Dh | 0, Dl | 0, T1h | 0, T1l | 0));
      Dh = Ch | 0;
      Dl = Cl | 0;
      Ch = Bh | 0;
      Cl = Bl | 0;
      Bh = Ah | 0;
      Bl = Al | 0;
      const All = add3L(T1l, sigma0l, MAJl);
      Ah = add3H(All, T1h, sigma0h, MAJh);
      Al = All | 0;
    }
    ({ h: Ah, l: Al } = add(this.Ah | 0, this.Al | 0, Ah | 0, Al | 0));
    ({ h: Bh, l: Bl } = add(this.Bh | 0, this.Bl | 0, Bh | 0, Bl | 0));
    ({ h: Ch, l: Cl } = add(this.Ch | 0, this.Cl | 0, Ch | 0, Cl | 0));
    ({ h: Dh, l: Dl } = add(this.Dh | 0, this.Dl | 0, Dh | 0, Dl | 0));
    ({ h: Eh, l: El } = add(this.Eh | 0, this.El | 0, Eh | 0, El | 0));
    ({ h: Fh, l: Fl } = add(this.Fh | 0, this.Fl | 0, Fh | 0, Fl | 0));
    ({ h: Gh, l: Gl } = add(this.Gh | 0, this.Gl | 0, Gh | 0, Gl | 0));
    ({ h: Hh, l: Hl } = add(this.Hh | 0, this.Hl | 0, Hh | 0, Hl | 0));
    this.set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl);
  }
  roundClean() {
    clean2(SHA512_W_H, SHA512_W_L);
  }
  destroy() {
    this.destroyed = true;
    clean2(this.buffer);
    this.set(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
};
var _SHA512 = class extends SHA2_64B {
  constructor() {
    super(64, SHA512_IV);
  }
};
var _SHA384 = class extends SHA2_64B {
  constructor() {
    super(48, SHA384_IV);
  }
};
var sha256 = /* @__PURE__ */ createHasher(
  () => new _SHA256(),
  /* @__PURE__ */ oidNist(1)
);
var sha512 = /* @__PURE__ */ createHasher(
  () => new _SHA512(),
  /* @__PURE__ */ oidNist(3)
);
var sha384 = /* @__PURE__ */ createHasher(
  () => new _SHA384(),
  /* @__PURE__ */ oidNist(2)
);

// node_modules/@noble/curves/utils.js
function aarray(item, title, inner = () => {
}) {
  if (!Array.isArray(item))
    throw new TypeError(`"${title}" expected array, got type=${typeof item}`);
  for (let i = 0; i < item.length; i++)
    inner(item[i], `${title}[${i}]`);
  return item;
}
var abytes3 = (value, length, title) => abytes2(value, length, title);
var anumber3 = anumber2;
function astring(value, title = "") {
  if (typeof value !== "string") {
    const prefix = title && `"${title}" `;
    throw new TypeError(prefix + "expected string, got type=" + typeof value);
  }
  return value;
}
function aobject2(value, title = "object") {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(title === "object" ? "expected valid options object" : `"${title}" expected object, got type=${typeof value}`);
  return value;
}
function afunction(value, title) {
  if (typeof value !== "function")
    throw new TypeError(`"${title}" is invalid: expected function, got ${typeof value}`);
  return value;
}
var bytesToHex2 = bytesToHex;
var concatBytes3 = (...arrays) => concatBytes2(...arrays);
var hexToBytes2 = (hex2) => hexToBytes(hex2);
var isBytes3 = isBytes2;
var randomBytes6 = (bytesLength) => randomBytes5(bytesLength);
var _0n = /* @__PURE__ */ BigInt(0);
var _1n = /* @__PURE__ */ BigInt(1);
var atitle3 = (title) => title ? `"${title}" ` : "";
function abool3(value, title = "") {
  if (typeof value !== "boolean")
    throw new TypeError(atitle3(title) + "expected boolean, got type=" + typeof value);
  return value;
}
function abignumber(n) {
  if (typeof n === "bigint") {
    if (!isPosBig(n))
      throw new RangeError("positive bigint expected, got " + n);
  } else
    anumber3(n);
  return n;
}
function asafenumber(value, title = "") {
  if (typeof value !== "number") {
    const prefix = title && `"${title}" `;
    throw new TypeError(prefix + "expected number, got type=" + typeof value);
  }
  if (!Number.isSafeInteger(value)) {
    const prefix = title && `"${title}" `;
    throw new RangeError(prefix + "expected safe integer, got " + value);
  }
}
function numberToHexUnpadded(num) {
  const hex2 = abignumber(num).toString(16);
  return hex2.length & 1 ? "0" + hex2 : hex2;
}
function hexToNumber(hex2) {
  if (typeof hex2 !== "string")
    throw new TypeError("hex string expected, got " + typeof hex2);
  return hex2 === "" ? _0n : BigInt("0x" + hex2);
}
function bytesToNumberBE(bytes) {
  return hexToNumber(bytesToHex(bytes));
}
function bytesToNumberLE(bytes) {
  return hexToNumber(bytesToHex(copyBytes2(abytes2(bytes)).reverse()));
}
function numberToBytesBE(n, len) {
  anumber2(len);
  if (len === 0)
    throw new Error("zero output length is invalid");
  n = abignumber(n);
  const expectedLen = len * 2;
  const hex2 = n.toString(16);
  if (hex2.length > expectedLen)
    throw new RangeError("number is too large");
  return hexToBytes(hex2.padStart(expectedLen, "0"));
}
function numberToBytesLE(n, len) {
  return numberToBytesBE(n, len).reverse();
}
function copyBytes2(bytes) {
  return Uint8Array.from(abytes3(bytes));
}
function asciiToBytes(ascii) {
  if (typeof ascii !== "string")
    throw new TypeError("ascii string expected, got " + typeof ascii);
  return Uint8Array.from(ascii, (c, i) => {
    const charCode = c.charCodeAt(0);
    if (c.length !== 1 || charCode > 127) {
      throw new RangeError(`string contains non-ASCII character "${ascii[i]}" with code ${charCode} at position ${i}`);
    }
    return charCode;
  });
}
function isPosBig(n) {
  return typeof n === "bigint" && _0n <= n;
}
function inRange(n, min, max) {
  return isPosBig(n) && isPosBig(min) && isPosBig(max) && min <= n && n < max;
}
function aInRange(title, n, min, max) {
  if (!inRange(n, min, max))
    throw new RangeError("expected valid " + title + ": " + min + " <= n < " + max + ", got " + n);
}
function bitLen(n) {
  if (n < _0n)
    throw new Error("expected non-negative bigint, got " + n);
  return n === _0n ? 0 : n.toString(2).length;
}
var bitMask = (n) => {
  asafenumber(n, "n");
  return (_1n << BigInt(n)) - _1n;
};
function createHmacDrbg(hashLen, qByteLen, hmacFn) {
  anumber2(hashLen, "hashLen");
  anumber2(qByteLen, "qByteLen");
  if (typeof hmacFn !== "function")
    throw new TypeError("hmacFn must be a function");
  const u8n = (len) => new Uint8Array(len);
  const NULL = Uint8Array.of();
  const byte0 = Uint8Array.of(0);
  const byte1 = Uint8Array.of(1);
  const _maxDrbgIters = 1e3;
  let v = u8n(hashLen);
  let k = u8n(hashLen);
  let i = 0;
  const reset = () => {
    v.fill(1);
    k.fill(0);
    i = 0;
  };
  const h = (...msgs) => hmacFn(k, concatBytes3(v, ...msgs));
  const reseed = (seed = NULL) => {
    k = h(byte0, seed);
    v = h();
    if (seed.length === 0)
      return;
    k = h(byte1, seed);
    v = h();
  };
  const gen = () => {
    if (i++ >= _maxDrbgIters)
      throw new Error("drbg: tried max amount of iterations");
    let len = 0;
    const out = [];
    while (len < qByteLen) {
      v = h();
      const sl = v.slice();
      out.push(sl);
      len += v.length;
    }
    return concatBytes3(...out);
  };
  const genUntil = (seed, pred) => {
    reset();
    reseed(seed);
    let res = void 0;
    while ((res = pred(gen())) === void 0)
      reseed();
    reset();
    return res;
  };
  return genUntil;
}
function validateObject(object, fields = {}, optFields = {}, title = "object") {
  aobject2(object, title);
  aobject2(fields, "fields");
  aobject2(optFields, "optFields");
  function checkField(fieldName, expectedType, isOpt) {
    const label = title === "object" ? `param "${String(fieldName)}"` : `"${title}.${String(fieldName)}"`;
    const val = object[fieldName];
    if (!Object.hasOwn(object, fieldName) && (isOpt ? val !== void 0 : expectedType !== "function")) {
      throw new TypeError(`${label} is invalid: expected own property`);
    }
    if (isOpt && val === void 0)
      return;
    const current = typeof val;
    if (current !== expectedType || val === null)
      throw new TypeError(`${label} is invalid: expected ${expectedType}, got ${current}`);
  }
  const iter = (f, isOpt) => Object.entries(f).forEach(([k, v]) => checkField(k, v, isOpt));
  iter(fields, false);
  iter(optFields, true);
}

// node_modules/@noble/curves/abstract/modular.js
var _0n2 = /* @__PURE__ */ BigInt(0);
var _1n2 = /* @__PURE__ */ BigInt(1);
var _2n = /* @__PURE__ */ BigInt(2);
var _3n = /* @__PURE__ */ BigInt(3);
var _4n = /* @__PURE__ */ BigInt(4);
var _5n = /* @__PURE__ */ BigInt(5);
var _7n = /* @__PURE__ */ BigInt(7);
var _8n = /* @__PURE__ */ BigInt(8);
var _9n = /* @__PURE__ */ BigInt(9);
var _15n = /* @__PURE__ */ BigInt(15);
var _16n = /* @__PURE__ */ BigInt(16);
var POW_WINDOWED_MIN = /* @__PURE__ */ BigInt("0x10000000000000000");
function mod(a, b) {
  if (b <= _0n2)
    throw new Error("mod: expected positive modulus, got " + b);
  const result = a % b;
  return result >= _0n2 ? result : b + result;
}
function pow(num, power, modulo) {
  if (modulo <= _1n2)
    throw new Error("pow: expected modulus > 1, got " + modulo);
  if (typeof power !== "bigint")
    throw new TypeError("invalid exponent: expected bigint, got " + typeof power);
  if (power < _0n2)
    throw new Error("invalid exponent, negatives unsupported");
  if (power === _0n2)
    return _1n2;
  if (power === _1n2)
    return num;
  let d = num % modulo;
  if (d < _0n2)
    d += modulo;
  if (power < POW_WINDOWED_MIN) {
    let p2 = _1n2;
    while (power > _0n2) {
      if (power & _1n2)
        p2 = p2 * d % modulo;
      d = d * d % modulo;
      power >>= _1n2;
    }
    return p2;
  }
  const digits = [];
  while (power > _0n2) {
    digits.push(Number(power & _15n));
    power >>= _4n;
  }
  const table = new Array(16);
  table[0] = _1n2;
  table[1] = d;
  for (let i = 2; i < 16; i++)
    table[i] = table[i - 1] * d % modulo;
  let p = table[digits[digits.length - 1]];
  for (let w = digits.length - 2; w >= 0; w--) {
    p = p * p % modulo;
    p = p * p % modulo;
    p = p * p % modulo;
    p = p * p % modulo;
    const digit = digits[w];
    if (digit !== 0)
      p = p * table[digit] % modulo;
  }
  return p;
}
function pow2(x, power, modulo) {
  if (modulo <= _1n2)
    throw new Error("pow2: expected modulus > 1, got " + modulo);
  if (power < _0n2)
    throw new Error("pow2: expected non-negative exponent, got " + power);
  let res = x;
  while (power-- > _0n2) {
    res *= res;
    res %= modulo;
  }
  return res;
}
function invert(number, modulo) {
  if (number === _0n2)
    throw new Error("invert: expected non-zero number");
  if (modulo <= _1n2)
    throw new Error("invert: expected modulus > 1, got " + modulo);
  let a = mod(number, modulo);
  let b = modulo;
  let x = _0n2, u = _1n2;
  while (a !== _0n2) {
    const q = b / a;
    const r = b - a * q;
    const m = x - u * q;
    b = a, a = r, x = u, u = m;
  }
  const gcd = b;
  if (gcd !== _1n2)
    throw new Error("invert: does not exist");
  return mod(x, modulo);
}
function invertCt(a, prime) {
  if (prime <= _1n2)
    throw new Error("invertCt: expected prime modulus > 1, got " + prime);
  const an = mod(a, prime);
  if (an === _0n2)
    throw new Error("invertCt: expected non-zero number");
  const inverse = pow(an, prime - _2n, prime);
  if (mod(an * inverse, prime) !== _1n2)
    throw new Error("invertCt: does not exist");
  return inverse;
}
function assertIsSquare(Fp2, root, n) {
  const F3 = Fp2;
  if (!F3.eql(F3.sqr(root), n))
    throw new Error("Cannot find square root");
}
function aoddModulus(order, fnName) {
  if ((order & _1n2) === _0n2)
    throw new Error(fnName + ": expected odd modulus, got " + order);
}
function sqrt3mod4(Fp2, n) {
  const F3 = Fp2;
  const p1div4 = (F3.ORDER + _1n2) / _4n;
  const root = F3.pow(n, p1div4);
  assertIsSquare(F3, root, n);
  return root;
}
function sqrt5mod8(Fp2, n) {
  const F3 = Fp2;
  const p5div8 = (F3.ORDER - _5n) / _8n;
  const n2 = F3.mul(n, _2n);
  const v = F3.pow(n2, p5div8);
  const nv = F3.mul(n, v);
  const i = F3.mul(F3.mul(nv, _2n), v);
  const root = F3.mul(nv, F3.sub(i, F3.ONE));
  assertIsSquare(F3, root, n);
  return root;
}
function sqrt9mod16(P) {
  const Fp_ = Field(P);
  const tn = tonelliShanks(P);
  const c1 = tn(Fp_, Fp_.neg(Fp_.ONE));
  const c2 = tn(Fp_, c1);
  const c3 = tn(Fp_, Fp_.neg(c1));
  const c4 = (P + _7n) / _16n;
  return ((Fp2, n) => {
    const F3 = Fp2;
    let tv1 = F3.pow(n, c4);
    let tv2 = F3.mul(tv1, c1);
    const tv3 = F3.mul(tv1, c2);
    const tv4 = F3.mul(tv1, c3);
    const e1 = F3.eql(F3.sqr(tv2), n);
    const e2 = F3.eql(F3.sqr(tv3), n);
    tv1 = F3.cmov(tv1, tv2, e1);
    tv2 = F3.cmov(tv4, tv3, e2);
    const e3 = F3.eql(F3.sqr(tv2), n);
    const root = F3.cmov(tv1, tv2, e3);
    assertIsSquare(F3, root, n);
    return root;
  });
}
function tonelliShanks(P) {
  if (P < _3n)
    throw new Error("sqrt is not defined for small field");
  aoddModulus(P, "tonelliShanks");
  let Q3 = P - _1n2;
  let S = 0;
  while (Q3 % _2n === _0n2) {
    Q3 /= _2n;
    S++;
  }
  let Z = _2n;
  const _Fp = Field(P);
  while (FpLegendre(_Fp, Z) === 1) {
    if (Z++ > 1e3)
      throw new Error("Cannot find square root: probably non-prime P");
  }
  if (S === 1)
    return sqrt3mod4;
  let cc = _Fp.pow(Z, Q3);
  const Q1div2 = (Q3 + _1n2) / _2n;
  return function tonelliSlow(Fp2, n) {
    const F3 = Fp2;
    if (F3.is0(n))
      return n;
    if (FpLegendre(F3, n) !== 1)
      throw new Error("Cannot find square root");
    let M = S;
    let c = F3.mul(F3.ONE, cc);
    let t = F3.pow(n, Q3);
    let R = F3.pow(n, Q1div2);
    while (!F3.eql(t, F3.ONE)) {
      if (F3.is0(t))
        throw new Error("Cannot find square root: probably non-prime P");
      let i = 1;
      let t_tmp = F3.sqr(t);
      while (!F3.eql(t_tmp, F3.ONE)) {
        i++;
        t_tmp = F3.sqr(t_tmp);
        if (i === M)
          throw new Error("Cannot find square root");
      }
      const exponent = _1n2 << BigInt(M - i - 1);
      const b = F3.pow(c, exponent);
      M = i;
      c = F3.sqr(b);
      t = F3.mul(t, c);
      R = F3.mul(R, b);
    }
    return R;
  };
}
function FpSqrt(P) {
  aoddModulus(P, "Fp.sqrt");
  if (P % _4n === _3n)
    return sqrt3mod4;
  if (P % _8n === _5n)
    return sqrt5mod8;
  if (P % _16n === _9n)
    return sqrt9mod16(P);
  return tonelliShanks(P);
}
var isNegativeLE = (num, modulo) => (mod(num, modulo) & _1n2) === _1n2;
var FIELD_FIELDS = [
  "create",
  "isValid",
  "is0",
  "neg",
  "inv",
  "sqrt",
  "sqr",
  "eql",
  "add",
  "sub",
  "mul",
  "pow",
  "div",
  "addN",
  "subN",
  "mulN",
  "sqrN"
];
function validateField(field) {
  aobject2(field, "field");
  if (typeof field.ORDER !== "bigint")
    throw new TypeError('param "ORDER" is invalid: expected bigint, got ' + typeof field.ORDER);
  asafenumber(field.BYTES, "BYTES");
  asafenumber(field.BITS, "BITS");
  for (const name of FIELD_FIELDS)
    afunction(field[name], "field." + name);
  if (field.BYTES < 1 || field.BITS < 1)
    throw new Error("invalid field: expected BYTES/BITS > 0");
  if (field.ORDER <= _1n2)
    throw new Error("invalid field: expected ORDER > 1, got " + field.ORDER);
  return field;
}
function FpInvertBatch(Fp2, nums, passZero = false) {
  validateField(Fp2);
  aarray(nums, "nums");
  abool3(passZero, "passZero");
  const F3 = Fp2;
  const inverted = new Array(nums.length).fill(passZero ? F3.ZERO : void 0);
  const multipliedAcc = nums.reduce((acc, num, i) => {
    if (F3.is0(num))
      return acc;
    inverted[i] = acc;
    return F3.mul(acc, num);
  }, F3.ONE);
  const invertedAcc = F3.inv(multipliedAcc);
  nums.reduceRight((acc, num, i) => {
    if (F3.is0(num))
      return acc;
    inverted[i] = F3.mul(acc, inverted[i]);
    return F3.mul(acc, num);
  }, invertedAcc);
  return inverted;
}
function FpLegendre(Fp2, n) {
  validateField(Fp2);
  const F3 = Fp2;
  aoddModulus(F3.ORDER, "FpLegendre");
  const p1mod2 = (F3.ORDER - _1n2) / _2n;
  const powered = F3.pow(n, p1mod2);
  const yes = F3.eql(powered, F3.ONE);
  const zero = F3.eql(powered, F3.ZERO);
  const no = F3.eql(powered, F3.neg(F3.ONE));
  if (!yes && !zero && !no)
    throw new Error("invalid Legendre symbol result");
  return yes ? 1 : zero ? 0 : -1;
}
function nLength(n, nBitLength) {
  if (nBitLength !== void 0)
    anumber3(nBitLength);
  if (n <= _0n2)
    throw new Error("invalid n length: expected positive n, got " + n);
  if (nBitLength !== void 0 && nBitLength < 1)
    throw new Error("invalid n length: expected positive bit length, got " + nBitLength);
  const bits = bitLen(n);
  if (nBitLength !== void 0 && nBitLength < bits)
    throw new Error(`invalid n length: expected nBitLength (${nBitLength}) >= bitLen(n) (${bits})`);
  const _nBitLength = nBitLength !== void 0 ? nBitLength : bits;
  const nByteLength = Math.ceil(_nBitLength / 8);
  return { nBitLength: _nBitLength, nByteLength };
}
var FIELD_SQRT = /* @__PURE__ */ new WeakMap();
var _Field = class {
  ORDER;
  BITS;
  BYTES;
  isLE;
  ZERO = _0n2;
  ONE = _1n2;
  _lengths;
  _mod;
  constructor(ORDER, opts2 = {}) {
    if (ORDER <= _1n2)
      throw new Error("invalid field: expected ORDER > 1, got " + ORDER);
    let _nbitLength = void 0;
    this.isLE = false;
    if (opts2 != null && typeof opts2 === "object") {
      if (typeof opts2.BITS === "number")
        _nbitLength = opts2.BITS;
      if (typeof opts2.sqrt === "function")
        Object.defineProperty(this, "sqrt", { value: opts2.sqrt, enumerable: true });
      if (typeof opts2.isLE === "boolean")
        this.isLE = opts2.isLE;
      if (opts2.allowedLengths)
        this._lengths = Object.freeze(opts2.allowedLengths.slice());
      if (typeof opts2.modFromBytes === "boolean")
        this._mod = opts2.modFromBytes;
    }
    const { nBitLength, nByteLength } = nLength(ORDER, _nbitLength);
    if (nByteLength > 2048)
      throw new Error("invalid field: expected ORDER of <= 2048 bytes");
    this.ORDER = ORDER;
    this.BITS = nBitLength;
    this.BYTES = nByteLength;
    Object.freeze(this);
  }
  create(num) {
    return mod(num, this.ORDER);
  }
  isValid(num) {
    if (typeof num !== "bigint")
      throw new TypeError("invalid field element: expected bigint, got " + typeof num);
    return _0n2 <= num && num < this.ORDER;
  }
  is0(num) {
    return num === _0n2;
  }
  // is valid and invertible
  isValidNot0(num) {
    return !this.is0(num) && this.isValid(num);
  }
  isOdd(num) {
    return (num & _1n2) === _1n2;
  }
  neg(num) {
    return mod(-num, this.ORDER);
  }
  eql(lhs, rhs) {
    return lhs === rhs;
  }
  sqr(num) {
    return mod(num * num, this.ORDER);
  }
  add(lhs, rhs) {
    return mod(lhs + rhs, this.ORDER);
  }
  sub(lhs, rhs) {
    return mod(lhs - rhs, this.ORDER);
  }
  mul(lhs, rhs) {
    return mod(lhs * rhs, this.ORDER);
  }
  pow(num, power) {
    return pow(num, power, this.ORDER);
  }
  div(lhs, rhs) {
    return mod(lhs * invert(rhs, this.ORDER), this.ORDER);
  }
  // Same as above, but doesn't normalize
  sqrN(num) {
    return num * num;
  }
  addN(lhs, rhs) {
    return lhs + rhs;
  }
  subN(lhs, rhs) {
    return lhs - rhs;
  }
  mulN(lhs, rhs) {
    return lhs * rhs;
  }
  inv(num) {
    return invert(num, this.ORDER);
  }
  sqrt(num) {
    let sqrt = FIELD_SQRT.get(this);
    if (!sqrt)
      FIELD_SQRT.set(this, sqrt = FpSqrt(this.ORDER));
    return sqrt(this, num);
  }
  toBytes(num) {
    return this.isLE ? numberToBytesLE(num, this.BYTES) : numberToBytesBE(num, this.BYTES);
  }
  fromBytes(bytes, skipValidation = false) {
    abytes3(bytes);
    const { _lengths: allowedLengths, BYTES, isLE: isLE3, ORDER, _mod: modFromBytes } = this;
    if (allowedLengths) {
      if (bytes.length < 1 || !allowedLengths.includes(bytes.length) || bytes.length > BYTES) {
        throw new Error("Field.fromBytes: expected " + allowedLengths + " bytes, got " + bytes.length);
      }
      const padded = new Uint8Array(BYTES);
      padded.set(bytes, isLE3 ? 0 : padded.length - bytes.length);
      bytes = padded;
    }
    if (bytes.length !== BYTES)
      throw new Error("Field.fromBytes: expected " + BYTES + " bytes, got " + bytes.length);
    let scalar = isLE3 ? bytesToNumberLE(bytes) : bytesToNumberBE(bytes);
    if (modFromBytes)
      scalar = mod(scalar, ORDER);
    if (!skipValidation) {
      if (!this.isValid(scalar))
        throw new Error("invalid field element: outside of range 0..ORDER");
    }
    return scalar;
  }
  // TODO: we don't need it here, move out to separate fn
  invertBatch(lst) {
    return FpInvertBatch(this, lst, true);
  }
  // We can't move this out because Fp6, Fp12 implement it
  // and it's unclear what to return in there.
  cmov(a, b, condition) {
    abool3(condition, "condition");
    return condition ? b : a;
  }
};
function Field(ORDER, opts2 = {}) {
  Object.freeze(_Field.prototype);
  return new _Field(ORDER, opts2);
}
function getFieldBytesLength(fieldOrder) {
  if (typeof fieldOrder !== "bigint")
    throw new Error("field order must be bigint");
  if (fieldOrder <= _1n2)
    throw new Error("field order must be greater than 1");
  const bitLength = bitLen(fieldOrder - _1n2);
  return Math.ceil(bitLength / 8);
}
function getMinHashLength(fieldOrder) {
  const length = getFieldBytesLength(fieldOrder);
  return length + Math.ceil(length / 2);
}
function mapHashToField(key, fieldOrder, isLE3 = false) {
  abytes3(key);
  const len = key.length;
  const fieldLen = getFieldBytesLength(fieldOrder);
  const minLen = Math.max(getMinHashLength(fieldOrder), 16);
  if (len < minLen || len > 1024)
    throw new Error("expected " + minLen + "-1024 bytes of input, got " + len);
  const num = isLE3 ? bytesToNumberLE(key) : bytesToNumberBE(key);
  const reduced = mod(num, fieldOrder - _1n2) + _1n2;
  return isLE3 ? numberToBytesLE(reduced, fieldLen) : numberToBytesBE(reduced, fieldLen);
}

// node_modules/@noble/curves/abstract/curve.js
var _0n3 = /* @__PURE__ */ BigInt(0);
var _1n3 = /* @__PURE__ */ BigInt(1);
var _4n2 = /* @__PURE__ */ BigInt(4);
var BLIND_BYTES = 16;
var BLIND_BITS = 128;
var FW_WINDOW = 5;
var TABLE_BYTES_MAX = /* @__PURE__ */ (() => 2 ** 31)();
function validatePointCons(Point) {
  const pc = Point;
  if (typeof pc !== "function")
    throw new TypeError('"Point" expected constructor, got type=' + typeof Point);
  afunction(pc.fromAffine, "Point.fromAffine");
  afunction(pc.fromBytes, "Point.fromBytes");
  afunction(pc.fromHex, "Point.fromHex");
  aobject2(pc.BASE, "Point.BASE");
  aobject2(pc.ZERO, "Point.ZERO");
  validateField(pc.Fp);
  validateField(pc.Fn);
}
function normalizeZ(c, points) {
  validatePointCons(c);
  validateMSMPoints(points, c);
  const invertedZs = FpInvertBatch(c.Fp, points.map((p) => p.Z));
  return points.map((p, i) => c.fromAffine(p.toAffine(invertedZs[i])));
}
function validateW(W, bits, min = 1) {
  if (!Number.isSafeInteger(W) || W < min || W > bits)
    throw new Error("invalid window size, expected [" + min + ".." + bits + "], got W=" + W);
}
function validateTableBytes(numPoints, fpBytes) {
  const bytes = numPoints * (4 * fpBytes + 128);
  if (bytes > TABLE_BYTES_MAX)
    throw new Error("invalid window size: table would need ~" + Math.ceil(bytes / 2 ** 20) + " MiB, max " + TABLE_BYTES_MAX / 2 ** 20 + " MiB");
}
function probeRandomBytes(randomBytes15, length) {
  if (randomBytes15 === void 0)
    return void 0;
  afunction(randomBytes15, "randomBytes");
  try {
    const probe = randomBytes15(length);
    if (!isBytes3(probe) || probe.length !== length)
      return void 0;
  } catch {
    return void 0;
  }
  return randomBytes15;
}
function validateMSMPoints(points, c) {
  aarray(points, "points");
  points.forEach((p, i) => {
    if (!(p instanceof c))
      throw new Error("invalid point at index " + i);
  });
}
function validateMSMScalars(scalars, field, maxScalar) {
  if (!Array.isArray(scalars))
    throw new Error("array of scalars expected");
  scalars.forEach((s, i) => {
    const ok = maxScalar === void 0 ? field.isValid(s) : isPosBig(s) && s < maxScalar;
    if (!ok)
      throw new Error("invalid scalar at index " + i);
  });
}
var pointWindowSizes = /* @__PURE__ */ new WeakMap();
function getWindowSize(P) {
  return pointWindowSizes.get(P) || 1;
}
function oddMultiples(p, size) {
  const dbl = p.double();
  const t = [p];
  for (let j = 1; j < size; j++)
    t.push(t[j - 1].add(dbl));
  return t;
}
function wnafDigits(n, W) {
  const size = 2 ** W;
  const half = size / 2;
  const mask = BigInt(size - 1);
  const d = [];
  while (n > _0n3) {
    let w = 0;
    if (n & _1n3) {
      w = Number(n & mask);
      if (w >= half)
        w -= size;
      n -= BigInt(w);
    }
    d.push(w);
    n >>= _1n3;
  }
  return d;
}
function signedWindowDigits(n, W, windows) {
  const size = 2 ** W;
  const half = size / 2;
  const mask = BigInt(size - 1);
  const shiftBy = BigInt(W);
  const d = [];
  for (let w = 0; w < windows; w++) {
    let v = Number(n & mask);
    n >>= shiftBy;
    if (v > half) {
      v -= size;
      n += _1n3;
    }
    d.push(v);
  }
  if (n !== _0n3)
    throw new Error("invalid wnaf");
  return d;
}
function wnafWalk(zero, tables, digits) {
  let max = 0;
  for (const d of digits)
    max = Math.max(max, d.length);
  let acc = zero;
  for (let bit = max - 1; bit >= 0; bit--) {
    if (bit !== max - 1)
      acc = acc.double();
    for (let i = 0; i < digits.length; i++) {
      const w = digits[i][bit];
      if (w) {
        const item = tables[i][Math.abs(w) - 1 >> 1];
        acc = acc.add(w < 0 ? item.negate() : item);
      }
    }
  }
  return acc;
}
var ScalarMultiplier = class {
  Point;
  BASE;
  ZERO;
  randomBytes;
  wnafPrecomputes = /* @__PURE__ */ new WeakMap();
  baseCanBeBlinded;
  bits;
  // Parametrized with a given Point class (not individual point)
  constructor(Point, randomBytes15) {
    validatePointCons(Point);
    this.randomBytes = probeRandomBytes(randomBytes15, BLIND_BYTES);
    this.Point = Point;
    this.BASE = Point.BASE;
    this.ZERO = Point.ZERO;
    this.bits = Point.Fn.BITS;
  }
  /**
   * Creates a signed fixed-window wNAF precomputation table: for every window w, the
   * multiples `[1..2^(W−1)]⋅2^(w⋅W)⋅P`, flattened. All doublings are baked into the table,
   * so cached multiplication is additions-only. `windows = ceil(bits/W) + 1`: the extra
   * window absorbs the final carry of signed-digit recoding.
   * For a 256-bit curve and W=6, the table is 44⋅32 = 1408 points.
   * @param point - Point instance
   * @param W - window size
   * @param bits - scalar bitlength the table must cover
   */
  buildWnafTable(point, W, bits) {
    const windows = Math.ceil(bits / W) + 1;
    const half = 2 ** (W - 1);
    const comp = [];
    let base = point;
    for (let w = 0; w < windows; w++) {
      let acc = base;
      for (let i = 0; i < half; i++) {
        comp.push(acc);
        acc = acc.add(base);
      }
      base = comp[comp.length - 1].double();
    }
    return { W, bits, windows, comp };
  }
  /**
   * Implements ec multiplication using precomputed signed fixed-window wNAF tables.
   * Constant-time: fixed window count with one table addition per window — zero digits feed
   * the fake accumulator — and no doublings; the lookup scans the whole window slice.
   * Scalar bounds are validated by the public entry points ({@link ScalarMultiplier.mulCT},
   * {@link ScalarMultiplier.mulCTBlinded}, {@link ScalarMultiplier.mulUnsafe});
   * signedWindowDigits throws if `n` exceeds the table.
   * @returns real and fake (for const-time) points
   */
  wnafCachedCT(precomputes, n) {
    const { W, windows, comp } = precomputes;
    const half = 2 ** (W - 1);
    const digits = signedWindowDigits(n, W, windows);
    let p = this.ZERO;
    let f = this.BASE;
    for (let w = 0; w < windows; w++) {
      const digit = digits[w];
      const start = w * half;
      const idx = Math.abs(digit) - 1;
      let sel = comp[start];
      for (let i = 1; i < half; i++)
        sel = i === idx ? comp[start + i] : sel;
      const neg = sel.negate();
      if (digit === 0)
        f = f.add(comp[start]);
      else
        p = p.add(digit < 0 ? neg : sel);
    }
    return { p, f };
  }
  // Cache key is point identity plus (W, bits); at most two entries exist per point (public-width
  // `Fn.BITS` and blinded `Fn.BITS + BLIND_BITS`). Callers must not reuse the same point with
  // incompatible `transform(...)` layouts and expect a separate cache entry.
  getWnafPrecomputes(W, point, bits, transform) {
    let entries = this.wnafPrecomputes.get(point);
    let comp = entries?.find((entry) => entry.W === W && entry.bits === bits);
    if (!comp) {
      comp = this.buildWnafTable(point, W, bits);
      if (typeof transform === "function")
        comp = { ...comp, comp: transform(comp.comp) };
      if (!entries) {
        entries = [];
        this.wnafPrecomputes.set(point, entries);
      }
      entries.push(comp);
    }
    return comp;
  }
  assertPoint(point) {
    if (!(point instanceof this.Point))
      throw new TypeError('"point" expected Point instance, got type=' + typeof point);
  }
  // Shared prologue of the constant-time entry points. Rejects scalar 0: in key/signature-style
  // callers a zero scalar means broken upstream plumbing, and concrete Points already reject it.
  // Uses inRange instead of Fn.isValidNot0: validateField() only certifies the arithmetic subset.
  validateMulInput(point, scalar) {
    this.assertPoint(point);
    if (!inRange(scalar, _1n3, this.Point.Fn.ORDER))
      throw new Error("invalid scalar");
  }
  // Constant-time dispatch shared by mulCT / mulCTBlinded. Un-precomputed points (W===1, e.g.
  // ECDH peer keys) skip building a throwaway cached table in favor of a small fixed-window
  // multiply. `n` must be < 2^bits.
  runCT(point, n, bits, transform) {
    const W = getWindowSize(point);
    if (W === 1)
      return this.fixedWindowCT(point, n, bits);
    return this.wnafCachedCT(this.getWnafPrecomputes(W, point, bits, transform), n);
  }
  mulCT(point, scalar, transform) {
    this.validateMulInput(point, scalar);
    return this.runCT(point, scalar, this.bits, transform);
  }
  mulCTBlinded(point, scalar, transform) {
    this.validateMulInput(point, scalar);
    if (this.randomBytes === void 0)
      throw new Error("randomBytes is required for scalar blinding");
    const bits = this.Point.Fn.BITS + BLIND_BITS;
    const blind = this.randomBytes(BLIND_BYTES);
    if (!isBytes3(blind) || blind.length !== BLIND_BYTES)
      throw new Error("randomBytes returned invalid byte array");
    blind[0] = blind[0] & 63 | 128;
    const n = scalar + bytesToNumberBE(blind) * this.Point.Fn.ORDER;
    return this.runCT(point, n, bits, transform);
  }
  /**
   * Constant-time multiplication `n*point` for an un-precomputed point, via a small fixed window.
   * A cached wNAF table only pays off when reused; a flat 2^FW_WINDOW table (`size-1` adds) is
   * far cheaper to build for a single use. The point-operation sequence is independent of `n`:
   * build the table, then per window exactly FW_WINDOW doublings, a data-oblivious scan over
   * every table entry, and one addition (adds the identity when the window digit is 0 — never
   * skipped).
   *
   * `n` must be `< 2^bits`. Assumes complete addition (adding the identity costs the same as any
   * add), which holds for the Weierstrass/Edwards point types used here. The table is left in
   * projective form (no normalizeZ): normalizing this small a table costs more than the
   * mixed-add savings it would buy for a single multiply.
   * @returns real point `p`; `f` duplicates it only to match {@link wnafCachedCT}'s return shape
   * (this path needs no fake accumulator — its op-count is already scalar-independent).
   */
  fixedWindowCT(point, n, bits) {
    const W = FW_WINDOW;
    const size = 1 << W;
    const mask = bitMask(W);
    const table = new Array(size);
    table[0] = this.ZERO;
    for (let i = 1; i < size; i++)
      table[i] = table[i - 1].add(point);
    const windows = Math.ceil(bits / W);
    let acc = this.ZERO;
    for (let window = windows - 1; window >= 0; window--) {
      if (window !== windows - 1)
        for (let d = 0; d < W; d++)
          acc = acc.double();
      const digit = Number(n >> BigInt(window * W) & mask);
      let sel = table[0];
      for (let i = 1; i < size; i++)
        sel = i === digit ? table[i] : sel;
      acc = acc.add(sel);
    }
    return { p: acc, f: acc };
  }
  shouldBlind(point, cofactor) {
    if (this.randomBytes === void 0)
      return false;
    if (cofactor === _1n3)
      return true;
    if (point !== this.BASE)
      return false;
    if (this.baseCanBeBlinded === void 0)
      this.baseCanBeBlinded = this.mulUnsafe(this.BASE, this.Point.Fn.ORDER).is0();
    return this.baseCanBeBlinded;
  }
  mulSecret(point, scalar, cofactor, transform) {
    return this.shouldBlind(point, cofactor) ? this.mulCTBlinded(point, scalar, transform) : this.mulCT(point, scalar, transform);
  }
  mulUnsafe(point, scalar, transform) {
    this.assertPoint(point);
    if (!isPosBig(scalar))
      throw new Error("invalid scalar");
    const W = getWindowSize(point);
    if (W === 1 || scalar >= this.Point.Fn.ORDER)
      return mulAddUnsafe(this.Point, [point], [scalar], true);
    const precomputes = this.getWnafPrecomputes(W, point, this.bits, transform);
    return this.wnafCachedCT(precomputes, scalar).p;
  }
  // Remembers the window size used for precomputed wNAF multiplication of the given point
  // and drops any previously built tables. Usually only the base point is precomputed.
  // W=1 resets the point to the un-precomputed (table-less) paths.
  // W is additionally capped so tables stay under ~2 GiB ({@link TABLE_BYTES_MAX}).
  setWindowSize(point, W) {
    this.assertPoint(point);
    validateW(W, this.bits);
    const windows = Math.ceil((this.bits + BLIND_BITS) / W) + 1;
    validateTableBytes(windows * 2 ** (W - 1), this.Point.Fp.BYTES);
    pointWindowSizes.set(point, W);
    this.wnafPrecomputes.delete(point);
  }
  // True when a window size is set: tables themselves are built lazily on first multiply.
  hasWindowSize(point) {
    return getWindowSize(point) !== 1;
  }
};
function mulAddUnsafe(c, points, scalars, allowOversized = false) {
  validatePointCons(c);
  validateMSMPoints(points, c);
  abool3(allowOversized, "allowOversized");
  validateMSMScalars(scalars, c.Fn, allowOversized ? c.Fn.ORDER ** _4n2 : void 0);
  if (points.length !== scalars.length)
    throw new Error("arrays of points and scalars must have equal length");
  const tables = points.map((p) => oddMultiples(p, 4));
  const digits = scalars.map((n) => wnafDigits(n, 4));
  return wnafWalk(c.ZERO, tables, digits);
}
function createField(order, field, isLE3) {
  if (field) {
    if (field.ORDER !== order)
      throw new Error("Field.ORDER must match order: Fp == p, Fn == n");
    validateField(field);
    return field;
  } else {
    return Field(order, { isLE: isLE3 });
  }
}
function createCurveFields(type, CURVE, curveOpts = {}, FpFnLE) {
  if (type !== "weierstrass" && type !== "edwards")
    throw new Error('expected curve type "weierstrass" or "edwards"');
  if (FpFnLE === void 0)
    FpFnLE = type === "edwards";
  if (!CURVE || typeof CURVE !== "object")
    throw new Error(`expected valid ${type} CURVE object`);
  validateObject(curveOpts);
  for (const p of ["p", "n", "h"]) {
    const val = CURVE[p];
    if (!(isPosBig(val) && val !== _0n3))
      throw new Error(`CURVE.${p} must be positive bigint`);
  }
  const Fp2 = createField(CURVE.p, curveOpts.Fp, FpFnLE);
  const Fn = createField(CURVE.n, curveOpts.Fn, FpFnLE);
  const _b = type === "weierstrass" ? "b" : "d";
  const params = ["Gx", "Gy", "a", _b];
  for (const p of params) {
    if (!Fp2.isValid(CURVE[p]))
      throw new Error(`CURVE.${p} must be valid field element of CURVE.Fp`);
  }
  CURVE = Object.freeze(Object.assign({}, CURVE));
  return { CURVE, Fp: Fp2, Fn };
}
function createKeygen(randomSecretKey, getPublicKey) {
  return function keygen(seed) {
    const secretKey = randomSecretKey(seed);
    return { secretKey, publicKey: getPublicKey(secretKey) };
  };
}

// node_modules/@noble/curves/abstract/fft.js
function checkU32(n, title = "n") {
  if (typeof n !== "number")
    throw new TypeError(`wrong u32 integer "${title}": expected number, got type=${typeof n}`);
  if (!Number.isSafeInteger(n) || n < 0 || n > 4294967295)
    throw new RangeError(`wrong u32 integer "${title}": expected 0..4294967295, got ${n}`);
  return n;
}
function isPowerOfTwo(x) {
  checkU32(x, "x");
  return (x & x - 1) === 0 && x !== 0;
}
function reverseBits(n, bits) {
  checkU32(n);
  if (typeof bits !== "number")
    throw new TypeError('"bits" expected number, got type=' + typeof bits);
  if (!Number.isSafeInteger(bits) || bits < 0 || bits > 32)
    throw new Error(`expected integer 0 <= bits <= 32, got ${bits}`);
  let reversed = 0;
  for (let i = 0; i < bits; i++, n >>>= 1)
    reversed = reversed << 1 | n & 1;
  return reversed >>> 0;
}
function log2(n) {
  checkU32(n);
  return 31 - Math.clz32(n);
}
function bitReversalInplace(values) {
  if (!values || typeof values !== "object" || typeof values.length !== "number")
    throw new TypeError('"values" expected array-like, got type=' + typeof values);
  const n = values.length;
  if (!isPowerOfTwo(n))
    throw new Error("expected positive power-of-two length, got " + n);
  const bits = log2(n);
  for (let i = 0; i < n; i++) {
    const j = reverseBits(i, bits);
    if (i < j) {
      const tmp = values[i];
      values[i] = values[j];
      values[j] = tmp;
    }
  }
  return values;
}
var FFTCore = (F3, coreOpts) => {
  validateObject(coreOpts, { N: "number", roots: "object", dit: "boolean" }, { invertButterflies: "boolean", skipStages: "number", brp: "boolean" }, "coreOpts");
  const { N: N3, roots, dit, invertButterflies = false, skipStages = 0, brp = true } = coreOpts;
  checkU32(N3, "coreOpts.N");
  const bits = log2(N3);
  if (!isPowerOfTwo(N3))
    throw new Error("FFT: Polynomial size should be power of two");
  checkU32(skipStages, "coreOpts.skipStages");
  const maxSkipStages = bits === 0 ? 0 : bits - 1;
  if (skipStages > maxSkipStages)
    throw new Error(`FFT: wrong skipStages: expected 0 <= skipStages <= ${maxSkipStages}`);
  if (roots.length !== N3)
    throw new Error(`FFT: wrong roots length: expected ${N3}, got ${roots.length}`);
  const isDit = dit !== invertButterflies;
  return (values) => {
    if (values.length !== N3)
      throw new Error("FFT: wrong Polynomial length");
    if (dit && brp)
      bitReversalInplace(values);
    for (let i = 0, g = 1; i < bits - skipStages; i++) {
      const s = dit ? i + 1 + skipStages : bits - i;
      const m = 1 << s;
      const m2 = m >> 1;
      const stride = N3 >> s;
      for (let k = 0; k < N3; k += m) {
        for (let j = 0, grp = g++; j < m2; j++) {
          const rootPos = invertButterflies ? dit ? N3 - grp : grp : j * stride;
          const i0 = k + j;
          const i1 = k + j + m2;
          const omega = roots[rootPos];
          const b = values[i1];
          const a = values[i0];
          if (isDit) {
            const t = F3.mul(b, omega);
            values[i0] = F3.add(a, t);
            values[i1] = F3.sub(a, t);
          } else if (invertButterflies) {
            values[i0] = F3.add(b, a);
            values[i1] = F3.mul(F3.sub(b, a), omega);
          } else {
            values[i0] = F3.add(a, b);
            values[i1] = F3.mul(F3.sub(a, b), omega);
          }
        }
      }
    }
    if (!dit && brp)
      bitReversalInplace(values);
    return values;
  };
};

// node_modules/@noble/hashes/hmac.js
var _HMAC = class {
  oHash;
  iHash;
  blockLen;
  outputLen;
  canXOF = false;
  finished = false;
  destroyed = false;
  constructor(hash, key) {
    ahash(hash);
    abytes2(key, void 0, "key");
    this.iHash = hash.create();
    if (typeof this.iHash.update !== "function")
      throw new Error("expected Hash instance");
    this.blockLen = this.iHash.blockLen;
    this.outputLen = this.iHash.outputLen;
    const blockLen = this.blockLen;
    const pad = new Uint8Array(blockLen);
    pad.set(key.length > blockLen ? hash.create().update(key).digest() : key);
    for (let i = 0; i < pad.length; i++)
      pad[i] ^= 54;
    this.iHash.update(pad);
    this.oHash = hash.create();
    for (let i = 0; i < pad.length; i++)
      pad[i] ^= 54 ^ 92;
    this.oHash.update(pad);
    clean2(pad);
  }
  update(buf) {
    aexists2(this);
    this.iHash.update(buf);
    return this;
  }
  digestInto(out) {
    aexists2(this);
    aoutput2(out, this);
    this.finished = true;
    const buf = out.subarray(0, this.outputLen);
    this.iHash.digestInto(buf);
    this.oHash.update(buf);
    this.oHash.digestInto(buf);
    this.destroy();
  }
  digest() {
    const out = new Uint8Array(this.oHash.outputLen);
    this.digestInto(out);
    return out;
  }
  _cloneInto(to) {
    to ||= Object.create(Object.getPrototypeOf(this), {});
    const { oHash, iHash, finished, destroyed, blockLen, outputLen, canXOF } = this;
    to = to;
    to.finished = finished;
    to.destroyed = destroyed;
    to.blockLen = blockLen;
    to.outputLen = outputLen;
    to.canXOF = canXOF;
    to.oHash = oHash._cloneInto(to.oHash);
    to.iHash = iHash._cloneInto(to.iHash);
    return to;
  }
  clone() {
    return this._cloneInto();
  }
  destroy() {
    this.destroyed = true;
    this.oHash.destroy();
    this.iHash.destroy();
  }
};
var hmac = /* @__PURE__ */ (() => {
  const hmac_ = ((hash, key, message) => new _HMAC(hash, key).update(message).digest());
  hmac_.create = (hash, key) => new _HMAC(hash, key);
  return hmac_;
})();

// node_modules/@noble/curves/abstract/der.js
var _0n4 = /* @__PURE__ */ BigInt(0);
var DERErr = class extends Error {
  constructor(m = "") {
    super(m);
  }
};
var _DER = {
  // asn.1 DER encoding utils
  Err: DERErr,
  // Basic building block is TLV (Tag-Length-Value)
  _tlv: {
    encode: (tag, data) => {
      const { Err: E } = _DER;
      asafenumber(tag, "tag");
      if (tag < 0 || tag > 255)
        throw new E("tlv.encode: wrong tag");
      astring(data, "data");
      if (data.length & 1)
        throw new E("tlv.encode: unpadded data");
      const dataLen = data.length / 2;
      const len = numberToHexUnpadded(dataLen);
      if (len.length / 2 & 128)
        throw new E("tlv.encode: long form length too big");
      const lenLen = dataLen > 127 ? numberToHexUnpadded(len.length / 2 | 128) : "";
      const t = numberToHexUnpadded(tag);
      return t + lenLen + len + data;
    },
    // v - value, l - left bytes (unparsed)
    decode(tag, data) {
      const { Err: E } = _DER;
      data = abytes3(data, void 0, "DER data");
      let pos = 0;
      if (tag < 0 || tag > 255)
        throw new E("tlv.decode: wrong tag");
      if (data.length < 2 || data[pos++] !== tag)
        throw new E("tlv.decode: wrong tlv");
      const first = data[pos++];
      const isLong = !!(first & 128);
      let length = 0;
      if (!isLong)
        length = first;
      else {
        const lenLen = first & 127;
        if (!lenLen)
          throw new E("tlv.decode(long): indefinite length not supported");
        if (lenLen > 4)
          throw new E("tlv.decode(long): byte length is too big");
        const lengthBytes = data.subarray(pos, pos + lenLen);
        if (lengthBytes.length !== lenLen)
          throw new E("tlv.decode: length bytes not complete");
        if (lengthBytes[0] === 0)
          throw new E("tlv.decode(long): zero leftmost byte");
        for (const b of lengthBytes)
          length = length << 8 | b;
        pos += lenLen;
        if (length < 128)
          throw new E("tlv.decode(long): not minimal encoding");
      }
      const v = data.subarray(pos, pos + length);
      if (v.length !== length)
        throw new E("tlv.decode: wrong value length");
      return { v, l: data.subarray(pos + length) };
    }
  },
  // https://crypto.stackexchange.com/a/57734 Leftmost bit of first byte is 'negative' flag,
  // since we always use positive integers here. It must always be empty:
  // - add zero byte if exists
  // - if next byte doesn't have a flag, leading zero is not allowed (minimal encoding)
  _int: {
    encode(num) {
      const { Err: E } = _DER;
      abignumber(num);
      if (num < _0n4)
        throw new E("integer: negative integers are not allowed");
      let hex2 = numberToHexUnpadded(num);
      if (Number.parseInt(hex2[0], 16) & 8)
        hex2 = "00" + hex2;
      if (hex2.length & 1)
        throw new E("unexpected DER parsing assertion: unpadded hex");
      return hex2;
    },
    decode(data) {
      const { Err: E } = _DER;
      if (data.length < 1)
        throw new E("invalid signature integer: empty");
      if (data[0] & 128)
        throw new E("invalid signature integer: negative");
      if (data.length > 1 && data[0] === 0 && !(data[1] & 128))
        throw new E("invalid signature integer: unnecessary leading zero");
      return bytesToNumberBE(data);
    }
  },
  toSig(bytes, maxScalarBytes) {
    const { Err: E, _int: int, _tlv: tlv } = _DER;
    if (maxScalarBytes !== void 0) {
      asafenumber(maxScalarBytes, "maxScalarBytes");
      if (maxScalarBytes < 1)
        throw new E("invalid signature: maxScalarBytes must be positive");
    }
    const data = abytes3(bytes, void 0, "signature");
    const { v: seqBytes, l: seqLeftBytes } = tlv.decode(48, data);
    if (seqLeftBytes.length)
      throw new E("invalid signature: left bytes after parsing");
    const { v: rBytes, l: rLeftBytes } = tlv.decode(2, seqBytes);
    const { v: sBytes, l: sLeftBytes } = tlv.decode(2, rLeftBytes);
    if (sLeftBytes.length)
      throw new E("invalid signature: left bytes after parsing");
    if (maxScalarBytes !== void 0 && (rBytes.length > maxScalarBytes || sBytes.length > maxScalarBytes))
      throw new E("invalid signature: integer too large");
    return { r: int.decode(rBytes), s: int.decode(sBytes) };
  },
  hexFromSig(sig) {
    const { _tlv: tlv, _int: int } = _DER;
    validateObject(sig, { r: "bigint", s: "bigint" }, {}, "sig");
    const rs = tlv.encode(2, int.encode(sig.r));
    const ss = tlv.encode(2, int.encode(sig.s));
    const seq = rs + ss;
    return tlv.encode(48, seq);
  }
};
var DER = /* @__PURE__ */ (() => {
  Object.freeze(_DER._tlv);
  Object.freeze(_DER._int);
  return Object.freeze(_DER);
})();

// node_modules/@noble/curves/abstract/weierstrass.js
var divNearest = (num, den) => (num + (num >= 0 ? den : -den) / _2n2) / den;
function _splitEndoScalar(k, basis, n) {
  aInRange("scalar", k, _0n5, n);
  const [[a1, b1], [a2, b2]] = basis;
  const c1 = divNearest(b2 * k, n);
  const c2 = divNearest(-b1 * k, n);
  let k1 = k - c1 * a1 - c2 * a2;
  let k2 = -c1 * b1 - c2 * b2;
  const k1neg = k1 < _0n5;
  const k2neg = k2 < _0n5;
  if (k1neg)
    k1 = -k1;
  if (k2neg)
    k2 = -k2;
  const MAX_NUM = bitMask(Math.ceil(bitLen(n) / 2)) + _1n4;
  if (k1 < _0n5 || k1 >= MAX_NUM || k2 < _0n5 || k2 >= MAX_NUM) {
    throw new Error("splitScalar (endomorphism): failed for k");
  }
  return { k1neg, k1, k2neg, k2 };
}
function validateSigFormat(format) {
  if (!["compact", "recovered", "der"].includes(format))
    throw new Error('Signature format must be "compact", "recovered", or "der"');
  return format;
}
function validateSigOpts(opts2, def) {
  validateObject(opts2);
  const optsn = {};
  for (let optName of Object.keys(def)) {
    optsn[optName] = opts2[optName] === void 0 ? def[optName] : opts2[optName];
  }
  abool3(optsn.lowS, "lowS");
  abool3(optsn.prehash, "prehash");
  if (optsn.format !== void 0)
    validateSigFormat(optsn.format);
  return optsn;
}
var _0n5 = /* @__PURE__ */ BigInt(0);
var _1n4 = /* @__PURE__ */ BigInt(1);
var _2n2 = /* @__PURE__ */ BigInt(2);
var _3n2 = /* @__PURE__ */ BigInt(3);
var _4n3 = /* @__PURE__ */ BigInt(4);
function weierstrass(params, extraOpts = {}) {
  const validated = createCurveFields("weierstrass", params, extraOpts);
  const Fp2 = validated.Fp;
  const Fn = validated.Fn;
  let CURVE = validated.CURVE;
  const { h: cofactor, n: CURVE_ORDER } = CURVE;
  validateObject(extraOpts, {}, {
    allowInfinityPoint: "boolean",
    clearCofactor: "function",
    isTorsionFree: "function",
    fromBytes: "function",
    toBytes: "function",
    endo: "object",
    randomBytes: "function"
  });
  const { endo: endoOpts, allowInfinityPoint, clearCofactor, isTorsionFree, fromBytes, toBytes } = extraOpts;
  const randomBytes15 = extraOpts.randomBytes === void 0 ? randomBytes6 : extraOpts.randomBytes;
  if (endoOpts) {
    if (!Fp2.is0(CURVE.a) || typeof endoOpts.beta !== "bigint" || !Array.isArray(endoOpts.basises)) {
      throw new Error('invalid endo: expected "beta": bigint and "basises": array');
    }
  }
  const endo = endoOpts ? {
    beta: endoOpts.beta,
    basises: endoOpts.basises.map((basis) => [...basis])
  } : void 0;
  const lengths = getWLengths(Fp2, Fn);
  function assertCompressionIsSupported() {
    if (!Fp2.isOdd)
      throw new Error("compression is not supported: Field does not have .isOdd()");
  }
  function pointToBytes(_c, point, isCompressed) {
    if (point.is0()) {
      if (!allowInfinityPoint)
        throw new Error("bad point: ZERO");
      return Uint8Array.of(0);
    }
    const { x, y } = point.toAffine();
    const bx = Fp2.toBytes(x);
    abool3(isCompressed, "isCompressed");
    if (isCompressed) {
      assertCompressionIsSupported();
      const hasEvenY = !Fp2.isOdd(y);
      return concatBytes3(pprefix(hasEvenY), bx);
    } else {
      return concatBytes3(Uint8Array.of(4), bx, Fp2.toBytes(y));
    }
  }
  function pointFromBytes(bytes) {
    abytes3(bytes, void 0, "Point");
    const { publicKey: comp, publicKeyUncompressed: uncomp } = lengths;
    const length = bytes.length;
    const head = bytes[0];
    const tail = bytes.subarray(1);
    if (allowInfinityPoint && length === 1 && head === 0)
      return { x: Fp2.ZERO, y: Fp2.ZERO };
    if (length === comp && (head === 2 || head === 3)) {
      const x = Fp2.fromBytes(tail);
      if (!Fp2.isValid(x))
        throw new Error("bad point: is not on curve, wrong x");
      const y2 = weierstrassEquation(x);
      let y;
      try {
        y = Fp2.sqrt(y2);
      } catch (sqrtError) {
        const err = sqrtError instanceof Error ? ": " + sqrtError.message : "";
        throw new Error("bad point: is not on curve, sqrt error" + err);
      }
      assertCompressionIsSupported();
      const evenY = Fp2.isOdd(y);
      const evenH = (head & 1) === 1;
      if (evenH !== evenY)
        y = Fp2.neg(y);
      return { x, y };
    } else if (length === uncomp && head === 4) {
      const L = Fp2.BYTES;
      const x = Fp2.fromBytes(tail.subarray(0, L));
      const y = Fp2.fromBytes(tail.subarray(L, L * 2));
      if (!isValidXY(x, y))
        throw new Error("bad point: is not on curve");
      return { x, y };
    } else {
      throw new Error(`bad point: got length ${length}, expected compressed=${comp} or uncompressed=${uncomp}`);
    }
  }
  const encodePoint = toBytes === void 0 ? pointToBytes : toBytes;
  const decodePoint = fromBytes === void 0 ? pointFromBytes : fromBytes;
  const b3 = Fp2.mul(CURVE.b, _3n2);
  const mulA = Fp2.is0(CURVE.a) ? (_) => Fp2.ZERO : (x) => Fp2.mul(CURVE.a, x);
  function weierstrassEquation(x) {
    const x2 = Fp2.sqr(x);
    const x3 = Fp2.mul(x2, x);
    return Fp2.add(Fp2.add(x3, Fp2.mul(x, CURVE.a)), CURVE.b);
  }
  function isValidXY(x, y) {
    const left = Fp2.sqr(y);
    const right = weierstrassEquation(x);
    return Fp2.eql(left, right);
  }
  if (!isValidXY(CURVE.Gx, CURVE.Gy))
    throw new Error("bad curve params: generator point");
  const _4a3 = Fp2.mul(Fp2.pow(CURVE.a, _3n2), _4n3);
  const _27b2 = Fp2.mul(Fp2.sqr(CURVE.b), BigInt(27));
  if (Fp2.is0(Fp2.add(_4a3, _27b2)))
    throw new Error("bad curve params: a or b");
  function acoord(title, n, banZero = false) {
    if (!Fp2.isValid(n) || banZero && Fp2.is0(n))
      throw new Error(`bad point coordinate ${title}`);
    return typeof n === "object" && n !== null ? Fp2.create(n) : n;
  }
  function aprjpoint(other) {
    if (!(other instanceof Point))
      throw new Error("Weierstrass Point expected");
  }
  function splitEndoScalarN(k) {
    if (!endo || !endo.basises)
      throw new Error("no endo");
    return _splitEndoScalar(k, endo.basises, Fn.ORDER);
  }
  function pushWnafPair(points, scalars, p, k) {
    if (!Fn.isValid(k))
      throw new RangeError("invalid scalar: out of range");
    if (endo) {
      const { k1neg, k1, k2neg, k2 } = splitEndoScalarN(k);
      const psi = new Point(Fp2.mul(p.X, endo.beta), p.Y, p.Z);
      points.push(k1neg ? p.negate() : p, k2neg ? psi.negate() : psi);
      scalars.push(k1, k2);
    } else {
      points.push(p);
      scalars.push(k);
    }
  }
  const validityCache = /* @__PURE__ */ new WeakSet();
  class Point {
    static BASE = new Point(CURVE.Gx, CURVE.Gy, Fp2.ONE);
    static ZERO = new Point(Fp2.ZERO, Fp2.ONE, Fp2.ZERO);
    static Fp = Fp2;
    static Fn = Fn;
    X;
    Y;
    Z;
    /** Does NOT validate if the point is valid. Use `.assertValidity()`. */
    constructor(X, Y, Z) {
      this.X = acoord("x", X);
      this.Y = acoord("y", Y, true);
      this.Z = acoord("z", Z);
      Object.freeze(this);
    }
    static CURVE() {
      return CURVE;
    }
    /** Does NOT validate if the point is valid. Use `.assertValidity()`. */
    static fromAffine(p) {
      const { x, y } = p || {};
      if (!p || !Fp2.isValid(x) || !Fp2.isValid(y))
        throw new Error("invalid affine point");
      if (p instanceof Point)
        throw new Error("projective point not allowed");
      if (Fp2.is0(x) && Fp2.is0(y))
        return Point.ZERO;
      return new Point(x, y, Fp2.ONE);
    }
    static fromBytes(bytes) {
      const P = Point.fromAffine(decodePoint(abytes3(bytes, void 0, "point")));
      P.assertValidity();
      return P;
    }
    static fromHex(hex2) {
      return Point.fromBytes(hexToBytes2(hex2));
    }
    get x() {
      return this.toAffine().x;
    }
    get y() {
      return this.toAffine().y;
    }
    /**
     * @param isLazy - true will defer table computation until the first multiplication
     */
    precompute(windowSize = 6, isLazy = true) {
      wnaf.setWindowSize(this, windowSize);
      if (!isLazy)
        this.multiply(_3n2);
      return this;
    }
    // TODO: return `this`
    /** A point on curve is valid if it conforms to equation. */
    assertValidity() {
      const p = this;
      if (p.is0()) {
        if (allowInfinityPoint && Fp2.is0(p.X) && Fp2.eql(p.Y, Fp2.ONE) && Fp2.is0(p.Z))
          return;
        throw new Error("bad point: ZERO");
      }
      if (validityCache.has(p))
        return;
      const { x, y } = p.toAffine();
      if (!Fp2.isValid(x) || !Fp2.isValid(y))
        throw new Error("bad point: x or y not field elements");
      if (!isValidXY(x, y))
        throw new Error("bad point: equation left != right");
      if (!p.isTorsionFree())
        throw new Error("bad point: not in prime-order subgroup");
      validityCache.add(p);
    }
    hasEvenY() {
      const { y } = this.toAffine();
      if (!Fp2.isOdd)
        throw new Error("Field doesn't support isOdd");
      return !Fp2.isOdd(y);
    }
    /** Compare one point to another. */
    equals(other) {
      aprjpoint(other);
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const { X: X2, Y: Y2, Z: Z2 } = other;
      const U1 = Fp2.eql(Fp2.mul(X1, Z2), Fp2.mul(X2, Z1));
      const U2 = Fp2.eql(Fp2.mul(Y1, Z2), Fp2.mul(Y2, Z1));
      return U1 && U2;
    }
    /** Flips point to one corresponding to (x, -y) in Affine coordinates. */
    negate() {
      return new Point(this.X, Fp2.neg(this.Y), this.Z);
    }
    // Renes-Costello-Batina exception-free doubling formula.
    // There is 30% faster Jacobian formula, but it is not complete.
    // https://eprint.iacr.org/2015/1060, algorithm 3
    // Cost: 8M + 3S + 3*a + 2*b3 + 15add.
    double() {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      let X3 = Fp2.ZERO, Y3 = Fp2.ZERO, Z3 = Fp2.ZERO;
      let t0 = Fp2.mul(X1, X1);
      let t1 = Fp2.mul(Y1, Y1);
      let t2 = Fp2.mul(Z1, Z1);
      let t3 = Fp2.mul(X1, Y1);
      t3 = Fp2.add(t3, t3);
      Z3 = Fp2.mul(X1, Z1);
      Z3 = Fp2.add(Z3, Z3);
      X3 = mulA(Z3);
      Y3 = Fp2.mul(b3, t2);
      Y3 = Fp2.add(X3, Y3);
      X3 = Fp2.sub(t1, Y3);
      Y3 = Fp2.add(t1, Y3);
      Y3 = Fp2.mul(X3, Y3);
      X3 = Fp2.mul(t3, X3);
      Z3 = Fp2.mul(b3, Z3);
      t2 = mulA(t2);
      t3 = Fp2.sub(t0, t2);
      t3 = mulA(t3);
      t3 = Fp2.add(t3, Z3);
      Z3 = Fp2.add(t0, t0);
      t0 = Fp2.add(Z3, t0);
      t0 = Fp2.add(t0, t2);
      t0 = Fp2.mul(t0, t3);
      Y3 = Fp2.add(Y3, t0);
      t2 = Fp2.mul(Y1, Z1);
      t2 = Fp2.add(t2, t2);
      t0 = Fp2.mul(t2, t3);
      X3 = Fp2.sub(X3, t0);
      Z3 = Fp2.mul(t2, t1);
      Z3 = Fp2.add(Z3, Z3);
      Z3 = Fp2.add(Z3, Z3);
      return new Point(X3, Y3, Z3);
    }
    // Renes-Costello-Batina exception-free addition formula.
    // There is 30% faster Jacobian formula, but it is not complete.
    // https://eprint.iacr.org/2015/1060, algorithm 1
    // Cost: 12M + 0S + 3*a + 3*b3 + 23add.
    add(other) {
      aprjpoint(other);
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const { X: X2, Y: Y2, Z: Z2 } = other;
      let X3 = Fp2.ZERO, Y3 = Fp2.ZERO, Z3 = Fp2.ZERO;
      let t0 = Fp2.mul(X1, X2);
      let t1 = Fp2.mul(Y1, Y2);
      let t2 = Fp2.mul(Z1, Z2);
      let t3 = Fp2.add(X1, Y1);
      let t4 = Fp2.add(X2, Y2);
      t3 = Fp2.mul(t3, t4);
      t4 = Fp2.add(t0, t1);
      t3 = Fp2.sub(t3, t4);
      t4 = Fp2.add(X1, Z1);
      let t5 = Fp2.add(X2, Z2);
      t4 = Fp2.mul(t4, t5);
      t5 = Fp2.add(t0, t2);
      t4 = Fp2.sub(t4, t5);
      t5 = Fp2.add(Y1, Z1);
      X3 = Fp2.add(Y2, Z2);
      t5 = Fp2.mul(t5, X3);
      X3 = Fp2.add(t1, t2);
      t5 = Fp2.sub(t5, X3);
      Z3 = mulA(t4);
      X3 = Fp2.mul(b3, t2);
      Z3 = Fp2.add(X3, Z3);
      X3 = Fp2.sub(t1, Z3);
      Z3 = Fp2.add(t1, Z3);
      Y3 = Fp2.mul(X3, Z3);
      t1 = Fp2.add(t0, t0);
      t1 = Fp2.add(t1, t0);
      t2 = mulA(t2);
      t4 = Fp2.mul(b3, t4);
      t1 = Fp2.add(t1, t2);
      t2 = Fp2.sub(t0, t2);
      t2 = mulA(t2);
      t4 = Fp2.add(t4, t2);
      t0 = Fp2.mul(t1, t4);
      Y3 = Fp2.add(Y3, t0);
      t0 = Fp2.mul(t5, t4);
      X3 = Fp2.mul(t3, X3);
      X3 = Fp2.sub(X3, t0);
      t0 = Fp2.mul(t3, t1);
      Z3 = Fp2.mul(t5, Z3);
      Z3 = Fp2.add(Z3, t0);
      return new Point(X3, Y3, Z3);
    }
    subtract(other) {
      aprjpoint(other);
      return this.add(other.negate());
    }
    is0() {
      return this.equals(Point.ZERO);
    }
    /**
     * Constant time multiplication.
     * Uses precomputed tables (signed fixed-window wNAF) when available.
     * Uses scalar blinding and avoids endomorphism splitting in the secret-scalar path.
     * @param scalar - by which the point would be multiplied
     * @returns New point
     */
    multiply(scalar) {
      if (!Fn.isValidNot0(scalar))
        throw new RangeError("invalid scalar: out of range");
      const { p, f } = wnaf.mulSecret(this, scalar, cofactor, normalize);
      return normalize([p, f])[0];
    }
    /**
     * Non-constant-time multiplication. Uses width-4 wNAF with GLV endomorphism splitting
     * when available (two half-width scalars sharing one halved doubling chain).
     * It's faster, but should only be used when you don't care about
     * an exposed secret key e.g. sig verification, which works over *public* keys.
     */
    multiplyUnsafe(scalar) {
      const p = this;
      const sc = scalar;
      if (!Fn.isValid(sc))
        throw new RangeError("invalid scalar: out of range");
      if (sc === _0n5 || p.is0())
        return Point.ZERO;
      if (sc === _1n4)
        return p;
      if (wnaf.hasWindowSize(this))
        return wnaf.mulUnsafe(p, sc, normalize);
      const points = [];
      const scalars = [];
      pushWnafPair(points, scalars, p, sc);
      return mulAddUnsafe(Point, points, scalars);
    }
    /**
     * Non-constant-time double-scalar multiplication `a⋅this + b⋅other` (Strauss–Shamir).
     * Both walks share one doubling chain via {@link mulAddUnsafe}, and GLV endomorphism
     * (when available) halves the chain again by splitting each scalar into two half-width
     * parts. Used by ECDSA verification and public-key recovery for `R = u1⋅G + u2⋅P`.
     * Only for public scalars.
     */
    mulAddUnsafe(a, other, b) {
      aprjpoint(other);
      const points = [];
      const scalars = [];
      pushWnafPair(points, scalars, this, a);
      pushWnafPair(points, scalars, other, b);
      return mulAddUnsafe(Point, points, scalars);
    }
    /**
     * Converts Projective point to affine (x, y) coordinates.
     * (X, Y, Z) ∋ (x=X/Z, y=Y/Z).
     * @param invertedZ - Z^-1 (inverted zero) - optional, precomputation is useful for invertBatch
     */
    toAffine(invertedZ) {
      const p = this;
      let iz = invertedZ;
      if (iz != null && !Fp2.isValid(iz))
        throw new RangeError('"invertedZ" expected valid field element');
      const { X, Y, Z } = p;
      if (Fp2.eql(Z, Fp2.ONE))
        return { x: X, y: Y };
      const is0 = p.is0();
      if (iz == null)
        iz = is0 ? Fp2.ONE : Fp2.inv(Z);
      const x = Fp2.mul(X, iz);
      const y = Fp2.mul(Y, iz);
      const zz = Fp2.mul(Z, iz);
      if (is0)
        return { x: Fp2.ZERO, y: Fp2.ZERO };
      if (!Fp2.eql(zz, Fp2.ONE))
        throw new Error("invZ was invalid");
      return { x, y };
    }
    /**
     * Checks whether Point is free of torsion elements (is in prime subgroup).
     * Always torsion-free for cofactor=1 curves.
     */
    isTorsionFree() {
      if (cofactor === _1n4)
        return true;
      if (isTorsionFree)
        return isTorsionFree(Point, this);
      return wnaf.mulUnsafe(this, CURVE_ORDER).is0();
    }
    clearCofactor() {
      if (cofactor === _1n4)
        return this;
      if (clearCofactor)
        return clearCofactor(Point, this);
      return this.multiplyUnsafe(cofactor);
    }
    isSmallOrder() {
      if (cofactor === _1n4)
        return this.is0();
      return this.clearCofactor().is0();
    }
    toBytes(isCompressed = true) {
      abool3(isCompressed, "isCompressed");
      this.assertValidity();
      return encodePoint(Point, this, isCompressed);
    }
    toHex(isCompressed = true) {
      return bytesToHex2(this.toBytes(isCompressed));
    }
    toString() {
      return `<Point ${this.is0() ? "ZERO" : this.toHex()}>`;
    }
  }
  const normalize = (points) => normalizeZ(Point, points);
  const wnaf = new ScalarMultiplier(Point, randomBytes15);
  if (wnaf.bits >= 6)
    Point.BASE.precompute(6);
  Object.freeze(Point.prototype);
  Object.freeze(Point);
  return Point;
}
function pprefix(hasEvenY) {
  return Uint8Array.of(hasEvenY ? 2 : 3);
}
function getWLengths(Fp2, Fn) {
  return {
    secretKey: Fn.BYTES,
    publicKey: 1 + Fp2.BYTES,
    publicKeyUncompressed: 1 + 2 * Fp2.BYTES,
    publicKeyHasPrefix: true,
    // Raw compact `(r || s)` signature width; DER and recovered signatures use
    // different lengths outside this helper.
    signature: 2 * Fn.BYTES
  };
}
function ecdh(Point, ecdhOpts = {}) {
  validatePointCons(Point);
  const { Fn } = Point;
  const randomBytes_ = ecdhOpts.randomBytes === void 0 ? randomBytes6 : ecdhOpts.randomBytes;
  const lengths = Object.assign(getWLengths(Point.Fp, Fn), {
    seed: Math.max(getMinHashLength(Fn.ORDER), 16)
  });
  function isValidSecretKey(secretKey) {
    try {
      const num = Fn.fromBytes(secretKey);
      return Fn.isValidNot0(num);
    } catch (error) {
      return false;
    }
  }
  function isValidPublicKey(publicKey2, isCompressed) {
    const { publicKey: comp, publicKeyUncompressed } = lengths;
    try {
      const l = publicKey2.length;
      if (isCompressed === true && l !== comp)
        return false;
      if (isCompressed === false && l !== publicKeyUncompressed)
        return false;
      return !Point.fromBytes(publicKey2).is0();
    } catch (error) {
      return false;
    }
  }
  function randomSecretKey(seed) {
    seed = seed === void 0 ? randomBytes_(lengths.seed) : seed;
    return mapHashToField(abytes3(seed, lengths.seed, "seed"), Fn.ORDER);
  }
  function getPublicKey(secretKey, isCompressed = true) {
    return Point.BASE.multiply(Fn.fromBytes(secretKey)).toBytes(isCompressed);
  }
  function isProbPub(item) {
    const { secretKey, publicKey: publicKey2, publicKeyUncompressed } = lengths;
    const allowedLengths = Fn._lengths;
    if (!isBytes3(item))
      return void 0;
    const l = abytes3(item, void 0, "key").length;
    const isPub = l === publicKey2 || l === publicKeyUncompressed;
    const isSec = l === secretKey || !!allowedLengths?.includes(l);
    if (isPub && isSec)
      return void 0;
    return isPub;
  }
  function getSharedSecret(secretKeyA, publicKeyB, isCompressed = true) {
    if (isProbPub(secretKeyA) === true)
      throw new Error("first arg must be private key");
    if (isProbPub(publicKeyB) === false)
      throw new Error("second arg must be public key");
    const s = Fn.fromBytes(secretKeyA);
    const b = Point.fromBytes(publicKeyB);
    if (b.is0())
      throw new Error("invalid public key: point at infinity");
    return b.multiply(s).toBytes(isCompressed);
  }
  const utils = {
    isValidSecretKey,
    isValidPublicKey,
    randomSecretKey
  };
  const keygen = createKeygen(randomSecretKey, getPublicKey);
  Object.freeze(utils);
  Object.freeze(lengths);
  return Object.freeze({ getPublicKey, getSharedSecret, keygen, Point, utils, lengths });
}
function ecdsa(Point, hash, ecdsaOpts = {}) {
  validatePointCons(Point);
  const hash_ = hash;
  ahash(hash_);
  validateObject(ecdsaOpts, {}, {
    hmac: "function",
    lowS: "boolean",
    randomBytes: "function",
    bits2int: "function",
    bits2int_modN: "function"
  });
  const opts2 = Object.assign({}, ecdsaOpts);
  const randomBytes15 = opts2.randomBytes === void 0 ? randomBytes6 : opts2.randomBytes;
  const hmac3 = opts2.hmac === void 0 ? (key, msg) => hmac(hash_, key, msg) : opts2.hmac;
  const { Fp: Fp2, Fn } = Point;
  const { ORDER: CURVE_ORDER, BITS: fnBits } = Fn;
  const blindLength = getMinHashLength(CURVE_ORDER);
  const csprng = probeRandomBytes(randomBytes15, blindLength);
  const { keygen, getPublicKey, getSharedSecret, utils, lengths } = ecdh(Point, opts2);
  const defaultSigOpts = {
    prehash: true,
    lowS: typeof opts2.lowS === "boolean" ? opts2.lowS : true,
    format: "compact",
    extraEntropy: false
  };
  const hasLargeRecoveryLifts = CURVE_ORDER * _2n2 + _1n4 < Fp2.ORDER;
  function isBiggerThanHalfOrder(number) {
    const HALF = CURVE_ORDER >> _1n4;
    return number > HALF;
  }
  function validateRS(title, num) {
    if (!Fn.isValidNot0(num))
      throw new Error(`invalid signature ${title}: out of range 1..Point.Fn.ORDER`);
    return num;
  }
  function assertFieldSignIsSupported() {
    if (!Fp2.isOdd)
      throw new Error("Field doesn't support isOdd");
  }
  function getRecoveryBit(x, y, r) {
    assertFieldSignIsSupported();
    return (x === r ? 0 : 2) | Number(Fp2.isOdd(y));
  }
  function assertRecoverableCurve() {
    if (hasLargeRecoveryLifts)
      throw new Error('"recovered" sig type is not supported for cofactor >2 curves');
  }
  function validateSigLength(bytes, format) {
    validateSigFormat(format);
    const size = lengths.signature;
    const sizer = format === "compact" ? size : format === "recovered" ? size + 1 : void 0;
    return abytes3(bytes, sizer);
  }
  class Signature {
    r;
    s;
    recovery;
    constructor(r, s, recovery) {
      this.r = validateRS("r", r);
      this.s = validateRS("s", s);
      if (recovery != null) {
        assertRecoverableCurve();
        if (![0, 1, 2, 3].includes(recovery))
          throw new Error("invalid recovery id");
        this.recovery = recovery;
      }
      Object.freeze(this);
    }
    static fromBytes(bytes, format = defaultSigOpts.format) {
      validateSigLength(bytes, format);
      let recid;
      if (format === "der") {
        if (bytes.length > 2 * Fn.BYTES + 16)
          throw new DER.Err("invalid signature: DER signature too long");
        const { r: r2, s: s2 } = DER.toSig(abytes3(bytes), Fn.BYTES + 1);
        return new Signature(r2, s2);
      }
      if (format === "recovered") {
        recid = bytes[0];
        format = "compact";
        bytes = bytes.subarray(1);
      }
      const L = lengths.signature / 2;
      const r = bytes.subarray(0, L);
      const s = bytes.subarray(L, L * 2);
      return new Signature(Fn.fromBytes(r), Fn.fromBytes(s), recid);
    }
    static fromHex(hex2, format) {
      return this.fromBytes(hexToBytes2(hex2), format);
    }
    assertRecovery() {
      const { recovery } = this;
      if (recovery == null)
        throw new Error("invalid recovery id: must be present");
      return recovery;
    }
    addRecoveryBit(recovery) {
      return new Signature(this.r, this.s, recovery);
    }
    // Unlike the top-level helper below, this method expects a digest that has
    // already been hashed to the curve's message representative.
    recoverPublicKey(messageHash) {
      const { r, s } = this;
      const recovery = this.assertRecovery();
      const radj = recovery === 2 || recovery === 3 ? r + CURVE_ORDER : r;
      if (!Fp2.isValid(radj))
        throw new Error("invalid recovery id: sig.r+curve.n != R.x");
      const x = Fp2.toBytes(radj);
      const R = Point.fromBytes(concatBytes3(pprefix((recovery & 1) === 0), x));
      const ir = Fn.inv(radj);
      const h = bits2int_modN(abytes3(messageHash, void 0, "msgHash"));
      const u1 = Fn.create(-h * ir);
      const u2 = Fn.create(s * ir);
      const Q3 = Point.BASE.mulAddUnsafe(u1, R, u2);
      if (Q3.is0())
        throw new Error("invalid recovery: point at infinify");
      Q3.assertValidity();
      return Q3;
    }
    // Signatures should be low-s, to prevent malleability.
    hasHighS() {
      return isBiggerThanHalfOrder(this.s);
    }
    toBytes(format = defaultSigOpts.format) {
      validateSigFormat(format);
      if (format === "der")
        return hexToBytes2(DER.hexFromSig(this));
      const { r, s } = this;
      const rb = Fn.toBytes(r);
      const sb = Fn.toBytes(s);
      if (format === "recovered") {
        assertRecoverableCurve();
        return concatBytes3(Uint8Array.of(this.assertRecovery()), rb, sb);
      }
      return concatBytes3(rb, sb);
    }
    toHex(format) {
      return bytesToHex2(this.toBytes(format));
    }
  }
  Object.freeze(Signature.prototype);
  Object.freeze(Signature);
  const bits2int = opts2.bits2int === void 0 ? function bits2int_def(bytes) {
    if (bytes.length > 8192)
      throw new Error("input is too large");
    const num = bytesToNumberBE(bytes);
    const delta = bytes.length * 8 - fnBits;
    return delta > 0 ? num >> BigInt(delta) : num;
  } : opts2.bits2int;
  const bits2int_modN = opts2.bits2int_modN === void 0 ? function bits2int_modN_def(bytes) {
    return Fn.create(bits2int(bytes));
  } : opts2.bits2int_modN;
  const ORDER_MASK = bitMask(fnBits);
  function int2octets(num) {
    aInRange("num < 2^" + fnBits, num, _0n5, ORDER_MASK);
    return Fn.toBytes(num);
  }
  function validateMsgAndHash(message, prehash) {
    abytes3(message, void 0, "message");
    return prehash ? abytes3(hash_(message), void 0, "prehashed message") : message;
  }
  function prepSig(message, secretKey, opts3) {
    const { lowS, prehash, extraEntropy } = validateSigOpts(opts3, defaultSigOpts);
    message = validateMsgAndHash(message, prehash);
    const h1int = bits2int_modN(message);
    const d = Fn.fromBytes(secretKey);
    if (!Fn.isValidNot0(d))
      throw new Error("invalid private key");
    const seedArgs = [int2octets(d), int2octets(h1int)];
    if (extraEntropy != null && extraEntropy !== false) {
      const e = extraEntropy === true ? randomBytes15(lengths.secretKey) : extraEntropy;
      seedArgs.push(abytes3(e, void 0, "extraEntropy"));
    }
    const seed = concatBytes3(...seedArgs);
    const m = h1int;
    function k2sig(kBytes) {
      const k = bits2int(kBytes);
      if (!Fn.isValidNot0(k))
        return;
      const q = Point.BASE.multiply(k).toAffine();
      const r = Fn.create(q.x);
      if (r === _0n5)
        return;
      let s;
      if (csprng !== void 0) {
        const b = bytesToNumberBE(mapHashToField(csprng(blindLength), CURVE_ORDER));
        const ibk = Fn.inv(Fn.mul(b, k));
        const bm = Fn.mul(b, m);
        const bd = Fn.mul(b, d);
        s = Fn.create(ibk * Fn.create(bm + bd * r));
      } else {
        const ik = invertCt(k, CURVE_ORDER);
        s = Fn.create(ik * Fn.create(m + r * d));
      }
      if (s === _0n5)
        return;
      let recovery = getRecoveryBit(q.x, q.y, r);
      let normS = s;
      if (lowS && isBiggerThanHalfOrder(s)) {
        normS = Fn.neg(s);
        recovery ^= 1;
      }
      return new Signature(r, normS, hasLargeRecoveryLifts ? void 0 : recovery);
    }
    return { seed, k2sig };
  }
  function sign2(message, secretKey, opts3 = {}) {
    const { seed, k2sig } = prepSig(message, secretKey, opts3);
    const drbg = createHmacDrbg(hash_.outputLen, Fn.BYTES, hmac3);
    const sig = drbg(seed, k2sig);
    return sig.toBytes(opts3.format);
  }
  function verify2(signature, message, publicKey2, opts3 = {}) {
    const { lowS, prehash, format } = validateSigOpts(opts3, defaultSigOpts);
    publicKey2 = abytes3(publicKey2, void 0, "publicKey");
    message = validateMsgAndHash(message, prehash);
    if (!isBytes3(signature)) {
      const end = signature instanceof Signature ? ", use sig.toBytes()" : "";
      throw new Error("verify expects Uint8Array signature" + end);
    }
    validateSigLength(signature, format);
    try {
      const sig = Signature.fromBytes(signature, format);
      const P = Point.fromBytes(publicKey2);
      if (P.is0())
        return false;
      if (lowS && sig.hasHighS())
        return false;
      const { r, s } = sig;
      const h = bits2int_modN(message);
      const is = Fn.inv(s);
      const u1 = Fn.create(h * is);
      const u2 = Fn.create(r * is);
      const R = Point.BASE.mulAddUnsafe(u1, P, u2);
      if (R.is0())
        return false;
      const q = R.toAffine();
      const v = Fn.create(q.x);
      if (v !== r)
        return false;
      if (format === "recovered" && sig.recovery !== getRecoveryBit(q.x, q.y, r))
        return false;
      return true;
    } catch (e) {
      return false;
    }
  }
  function recoverPublicKey(signature, message, opts3 = {}) {
    const { prehash } = validateSigOpts(opts3, defaultSigOpts);
    message = validateMsgAndHash(message, prehash);
    return Signature.fromBytes(signature, "recovered").recoverPublicKey(message).toBytes();
  }
  return Object.freeze({
    keygen,
    getPublicKey,
    getSharedSecret,
    utils,
    lengths,
    Point,
    sign: sign2,
    verify: verify2,
    recoverPublicKey,
    Signature,
    hash: hash_
  });
}

// node_modules/@noble/curves/nist.js
var p256_CURVE = /* @__PURE__ */ (() => ({
  p: BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
  n: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  h: BigInt(1),
  a: BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
  b: BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
  Gx: BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
  Gy: BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
}))();
var p384_CURVE = /* @__PURE__ */ (() => ({
  p: BigInt("0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"),
  n: BigInt("0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
  h: BigInt(1),
  a: BigInt("0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc"),
  b: BigInt("0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
  Gx: BigInt("0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"),
  Gy: BigInt("0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f")
}))();
var p521_CURVE = /* @__PURE__ */ (() => ({
  p: BigInt("0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
  n: BigInt("0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"),
  h: BigInt(1),
  a: BigInt("0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc"),
  b: BigInt("0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00"),
  Gx: BigInt("0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66"),
  Gy: BigInt("0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650")
}))();
var p256_Point = /* @__PURE__ */ weierstrass(p256_CURVE);
var p256 = /* @__PURE__ */ ecdsa(p256_Point, sha256);
var p384_Point = /* @__PURE__ */ weierstrass(p384_CURVE);
var p384 = /* @__PURE__ */ ecdsa(p384_Point, sha384);
var p521_Point = /* @__PURE__ */ weierstrass(p521_CURVE);
var p521 = /* @__PURE__ */ ecdsa(p521_Point, sha512);

// node_modules/@noble/curves/secp256k1.js
var secp256k1_CURVE = {
  p: BigInt("0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"),
  n: BigInt("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
  h: BigInt(1),
  a: BigInt(0),
  b: BigInt(7),
  Gx: BigInt("0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
  Gy: BigInt("0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
};
var secp256k1_ENDO = {
  beta: BigInt("0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501ee"),
  basises: [
    [BigInt("0x3086d221a7d46bcde86c90e49284eb15"), -BigInt("0xe4437ed6010e88286f547fa90abfe4c3")],
    [BigInt("0x114ca50f7a8e2f3f657c1108d9d44cfd8"), BigInt("0x3086d221a7d46bcde86c90e49284eb15")]
  ]
};
var _2n3 = /* @__PURE__ */ BigInt(2);
function sqrtMod(y) {
  const P = secp256k1_CURVE.p;
  const _3n3 = BigInt(3), _6n = BigInt(6), _11n = BigInt(11), _22n = BigInt(22);
  const _23n = BigInt(23), _44n = BigInt(44), _88n = BigInt(88);
  const b2 = y * y * y % P;
  const b3 = b2 * b2 * y % P;
  const b6 = pow2(b3, _3n3, P) * b3 % P;
  const b9 = pow2(b6, _3n3, P) * b3 % P;
  const b11 = pow2(b9, _2n3, P) * b2 % P;
  const b22 = pow2(b11, _11n, P) * b11 % P;
  const b44 = pow2(b22, _22n, P) * b22 % P;
  const b88 = pow2(b44, _44n, P) * b44 % P;
  const b176 = pow2(b88, _88n, P) * b88 % P;
  const b220 = pow2(b176, _44n, P) * b44 % P;
  const b223 = pow2(b220, _3n3, P) * b3 % P;
  const t1 = pow2(b223, _23n, P) * b22 % P;
  const t2 = pow2(t1, _6n, P) * b2 % P;
  const root = pow2(t2, _2n3, P);
  if (!Fpk1.eql(Fpk1.sqr(root), y))
    throw new Error("Cannot find square root");
  return root;
}
var Fpk1 = /* @__PURE__ */ Field(secp256k1_CURVE.p, { sqrt: sqrtMod });
var Pointk1 = /* @__PURE__ */ weierstrass(secp256k1_CURVE, {
  Fp: Fpk1,
  endo: secp256k1_ENDO
});
var secp256k1 = /* @__PURE__ */ ecdsa(Pointk1, sha256);

// control-plane/hsm/crypto/key-pairs.ts
import {
  createPrivateKey,
  createPublicKey,
  sign,
  verify
} from "node:crypto";
var DER2 = {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der" }
};
function generatePrivateKey(start) {
  return new Promise((resolve, reject) => {
    start(DER2, (error, _publicKey, privateKey) => {
      if (error) reject(error);
      else resolve(new SecretBytes(privateKey));
    });
  });
}
var read = /* @__PURE__ */ new WeakMap();
function keyPairOf(material) {
  const known = read.get(material);
  if (known) return known;
  const privateKey = material.use(readPrivateKey);
  const pair = { privateKey, publicKey: createPublicKey(privateKey) };
  read.set(material, pair);
  return pair;
}
function readPrivateKey(bytes) {
  try {
    return createPrivateKey({
      key: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
      format: "der",
      type: "pkcs8"
    });
  } catch {
    throw new HsmError("invalid-material", "wrapped material is not a private key of its spec");
  }
}
function publicKeyInfoOf(publicKey2) {
  return publicKey2.export({ type: "spki", format: "der" });
}
function rawPublicKeyOf(publicKey2, lengthInBytes) {
  return publicKeyInfoOf(publicKey2).subarray(-lengthInBytes);
}
function signWithNode(material, hash, message, padding = {}) {
  const { privateKey: key } = keyPairOf(material);
  return new Promise((resolve, reject) => {
    sign(hash, message, { key, ...padding }, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}
function verifyWithNode(publicKey2, hash, message, signature, padding = {}) {
  return verify(hash, message, { key: publicKey2, ...padding }, signature);
}

// control-plane/hsm/crypto/signer.ts
var digestLengths = { sha256: 32, sha384: 48, sha512: 64 };

// control-plane/hsm/crypto/ecc.ts
var curves = {
  p256: {
    name: "prime256v1",
    hash: "sha256",
    noble: p256,
    coordinateLengthInBytes: 32,
    materialLengthInBytes: 138,
    scalarOffset: 36
  },
  p384: {
    name: "secp384r1",
    hash: "sha384",
    noble: p384,
    coordinateLengthInBytes: 48,
    materialLengthInBytes: 185,
    scalarOffset: 35
  },
  p521: {
    name: "secp521r1",
    hash: "sha512",
    noble: p521,
    coordinateLengthInBytes: 66,
    materialLengthInBytes: 241,
    scalarOffset: 35
  },
  secp256k1: {
    name: "secp256k1",
    hash: "sha256",
    noble: secp256k1,
    coordinateLengthInBytes: 32,
    materialLengthInBytes: 135,
    scalarOffset: 33
  }
};
function generateEccKey({ name }) {
  return generatePrivateKey((encoding, done) => generateKeyPair("ec", { namedCurve: name, ...encoding }, done));
}
function ecdsa2(curve) {
  return { RAW: messageSigner(curve), DIGEST: digestSigner(curve) };
}
var messageSigner = ({ hash }) => ({
  sign: (material, message) => signWithNode(material, hash, message, { dsaEncoding: "der" }),
  verify: (publicKey2, message, signature) => verifyWithNode(publicKey2, hash, message, signature, { dsaEncoding: "der" })
});
var overDigest = { prehash: false, lowS: false, format: "der" };
var digestSigner = ({ hash, noble, scalarOffset, coordinateLengthInBytes }) => ({
  messageLengthInBytes: digestLengths[hash],
  sign: (material, digest) => material.use((bytes) => {
    const scalar = bytes.subarray(scalarOffset, scalarOffset + coordinateLengthInBytes);
    return noble.sign(digest, scalar, { ...overDigest, extraEntropy: true });
  }),
  verify: (publicKey2, digest, signature) => noble.verify(signature, digest, rawPublicKeyOf(publicKey2, 1 + 2 * coordinateLengthInBytes), overDigest)
});
function ecdh2(material, peerPublicKeyInfo) {
  const { privateKey, publicKey: publicKey2 } = keyPairOf(material);
  try {
    return diffieHellman({ privateKey, publicKey: readPeer(peerPublicKeyInfo, publicKey2) });
  } catch {
    throw new HsmError("invalid-public-key", "the public key is not an SPKI of a point on the curve of this key");
  }
}
function readPeer(publicKeyInfo, ours) {
  const peer = createPublicKey2({ key: Buffer.from(publicKeyInfo), format: "der", type: "spki" });
  const encoded = publicKeyInfoOf(peer);
  const namesOurCurve = algorithmIdentifierOf(encoded).equals(algorithmIdentifierOf(publicKeyInfoOf(ours)));
  if (namesOurCurve && encoded.equals(publicKeyInfo)) return peer;
  throw new RangeError("public key: another curve or form");
}
function algorithmIdentifierOf(publicKeyInfo) {
  const start = publicKeyInfo.readUInt8(1) < 128 ? 2 : 3;
  return publicKeyInfo.subarray(start, start + 2 + publicKeyInfo.readUInt8(start + 1));
}

// control-plane/hsm/crypto/ed25519.ts
import { generateKeyPair as generateKeyPair2 } from "node:crypto";

// node_modules/@noble/curves/abstract/edwards.js
var _0n6 = /* @__PURE__ */ BigInt(0);
var _1n5 = /* @__PURE__ */ BigInt(1);
var _2n4 = /* @__PURE__ */ BigInt(2);
var _4n4 = /* @__PURE__ */ BigInt(4);
var _8n2 = /* @__PURE__ */ BigInt(8);
function isEdValidXY(Fp2, CURVE, x, y) {
  const x2 = Fp2.sqr(x);
  const y2 = Fp2.sqr(y);
  const left = Fp2.add(Fp2.mul(CURVE.a, x2), y2);
  const right = Fp2.add(Fp2.ONE, Fp2.mul(CURVE.d, Fp2.mul(x2, y2)));
  return Fp2.eql(left, right);
}
function edwards(params, extraOpts = {}) {
  validateObject(extraOpts, {}, {}, "extraOpts");
  const opts2 = extraOpts;
  const validated = createCurveFields("edwards", params, opts2, opts2.FpFnLE);
  const { Fp: Fp2, Fn } = validated;
  let CURVE = validated.CURVE;
  const { h: cofactor } = CURVE;
  if (FpLegendre(Fp2, CURVE.a) !== 1)
    throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");
  if (FpLegendre(Fp2, CURVE.d) !== -1)
    throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");
  validateObject(opts2, {}, { uvRatio: "function", randomBytes: "function" });
  const randomBytes15 = opts2.randomBytes === void 0 ? randomBytes6 : opts2.randomBytes;
  const MASK = _2n4 << BigInt(Fp2.BYTES * 8) - _1n5;
  function isOdd(n) {
    if (!Fp2.isOdd)
      throw new Error("Field does not have .isOdd()");
    return Fp2.isOdd(n);
  }
  const uvRatio2 = opts2.uvRatio === void 0 ? (u, v) => {
    try {
      return { isValid: true, value: Fp2.sqrt(Fp2.div(u, v)) };
    } catch (e) {
      return { isValid: false, value: _0n6 };
    }
  } : opts2.uvRatio;
  if (!isEdValidXY(Fp2, CURVE, CURVE.Gx, CURVE.Gy))
    throw new Error("bad curve params: generator point");
  const mulA = Fp2.eql(CURVE.a, Fp2.neg(Fp2.ONE)) ? (x) => Fp2.neg(x) : Fp2.eql(CURVE.a, Fp2.ONE) ? (x) => x : (x) => Fp2.mul(CURVE.a, x);
  function acoord(title, n, banZero = false) {
    const min = banZero ? _1n5 : _0n6;
    aInRange("coordinate " + title, n, min, MASK);
    return n;
  }
  function aedpoint(other) {
    if (!(other instanceof Point))
      throw new Error("EdwardsPoint expected");
  }
  class Point {
    static BASE = new Point(CURVE.Gx, CURVE.Gy, Fp2.ONE, Fp2.mul(CURVE.Gx, CURVE.Gy));
    static ZERO = new Point(Fp2.ZERO, Fp2.ONE, Fp2.ONE, Fp2.ZERO);
    static Fp = Fp2;
    static Fn = Fn;
    X;
    Y;
    Z;
    T;
    constructor(X, Y, Z, T) {
      this.X = acoord("x", X);
      this.Y = acoord("y", Y);
      this.Z = acoord("z", Z, true);
      this.T = acoord("t", T);
      Object.freeze(this);
    }
    static CURVE() {
      return CURVE;
    }
    /**
     * Create one extended Edwards point from affine coordinates.
     * Does NOT validate that the point is on-curve or torsion-free.
     * Use `.assertValidity()` on adversarial inputs.
     */
    static fromAffine(p) {
      if (p instanceof Point)
        throw new Error("extended point not allowed");
      const { x, y } = p || {};
      acoord("x", x);
      acoord("y", y);
      return new Point(x, y, Fp2.ONE, Fp2.mul(x, y));
    }
    // Uses algo from RFC8032 5.1.3.
    static fromBytes(bytes, zip215 = false) {
      const len = Fp2.BYTES;
      const { a, d } = CURVE;
      bytes = copyBytes2(abytes3(bytes, len, "point"));
      abool3(zip215, "zip215");
      const normed = copyBytes2(bytes);
      const lastByte = bytes[len - 1];
      normed[len - 1] = lastByte & ~128;
      const y = bytesToNumberLE(normed);
      const max = zip215 ? MASK : Fp2.ORDER;
      aInRange("point.y", y, _0n6, max);
      const y2 = Fp2.sqr(y);
      const u = Fp2.sub(y2, Fp2.ONE);
      const v = Fp2.sub(Fp2.mulN(d, y2), a);
      let { isValid, value: x } = uvRatio2(u, v);
      if (!isValid)
        throw new Error("bad point: invalid y coordinate");
      const isXOdd = isOdd(x);
      const isLastByteOdd = (lastByte & 128) !== 0;
      if (!zip215 && Fp2.is0(x) && isLastByteOdd)
        throw new Error("bad point: x=0 and x_0=1");
      if (isLastByteOdd !== isXOdd)
        x = Fp2.neg(x);
      return Point.fromAffine({ x, y });
    }
    static fromHex(hex2, zip215 = false) {
      return Point.fromBytes(hexToBytes2(hex2), zip215);
    }
    get x() {
      return this.toAffine().x;
    }
    get y() {
      return this.toAffine().y;
    }
    precompute(windowSize = 6, isLazy = true) {
      wnaf.setWindowSize(this, windowSize);
      if (!isLazy)
        this.multiply(_2n4);
      return this;
    }
    // Useful in fromAffine() - not for fromBytes(), which always created valid points.
    assertValidity() {
      const p = this;
      const { a, d } = CURVE;
      if (p.is0())
        throw new Error("bad point: ZERO");
      const { X, Y, Z, T } = p;
      const X2 = Fp2.sqr(X);
      const Y2 = Fp2.sqr(Y);
      const Z2 = Fp2.sqr(Z);
      const Z4 = Fp2.sqr(Z2);
      const aX2 = Fp2.mul(X2, a);
      const left = Fp2.mul(Fp2.add(aX2, Y2), Z2);
      const right = Fp2.add(Z4, Fp2.mul(d, Fp2.mul(X2, Y2)));
      if (!Fp2.eql(left, right))
        throw new Error("bad point: equation left != right (1)");
      const XY = Fp2.mul(X, Y);
      const ZT = Fp2.mul(Z, T);
      if (!Fp2.eql(XY, ZT))
        throw new Error("bad point: equation left != right (2)");
    }
    // Compare one point to another.
    equals(other) {
      aedpoint(other);
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const { X: X2, Y: Y2, Z: Z2 } = other;
      const X1Z2 = Fp2.mul(X1, Z2);
      const X2Z1 = Fp2.mul(X2, Z1);
      const Y1Z2 = Fp2.mul(Y1, Z2);
      const Y2Z1 = Fp2.mul(Y2, Z1);
      return Fp2.eql(X1Z2, X2Z1) && Fp2.eql(Y1Z2, Y2Z1);
    }
    is0() {
      return this.equals(Point.ZERO);
    }
    negate() {
      return new Point(Fp2.neg(this.X), this.Y, this.Z, Fp2.neg(this.T));
    }
    // Fast algo for doubling Extended Point.
    // https://hyperelliptic.org/EFD/g1p/auto-twisted-extended.html#doubling-dbl-2008-hwcd
    // Cost: 4M + 4S + 1*a + 6add + 1*2.
    double() {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const A = Fp2.sqr(X1);
      const B2 = Fp2.sqr(Y1);
      const C = Fp2.mul(Fp2.sqr(Z1), _2n4);
      const D2 = mulA(A);
      const x1y1 = Fp2.addN(X1, Y1);
      const E = Fp2.sub(Fp2.subN(Fp2.sqr(x1y1), A), B2);
      const G = Fp2.addN(D2, B2);
      const F3 = Fp2.subN(G, C);
      const H = Fp2.subN(D2, B2);
      const X3 = Fp2.mul(E, F3);
      const Y3 = Fp2.mul(G, H);
      const T3 = Fp2.mul(E, H);
      const Z3 = Fp2.mul(F3, G);
      return new Point(X3, Y3, Z3, T3);
    }
    // Fast algo for adding 2 Extended Points.
    // https://hyperelliptic.org/EFD/g1p/auto-twisted-extended.html#addition-add-2008-hwcd
    // Cost: 9M + 1*a + 1*d + 7add.
    add(other) {
      aedpoint(other);
      const { d } = CURVE;
      const { X: X1, Y: Y1, Z: Z1, T: T1 } = this;
      const { X: X2, Y: Y2, Z: Z2, T: T2 } = other;
      const A = Fp2.mul(X1, X2);
      const B2 = Fp2.mul(Y1, Y2);
      const C = Fp2.mul(Fp2.mulN(T1, d), T2);
      const D2 = Fp2.mul(Z1, Z2);
      const E = Fp2.sub(Fp2.subN(Fp2.mulN(Fp2.addN(X1, Y1), Fp2.addN(X2, Y2)), A), B2);
      const F3 = Fp2.subN(D2, C);
      const G = Fp2.addN(D2, C);
      const H = Fp2.sub(B2, mulA(A));
      const X3 = Fp2.mul(E, F3);
      const Y3 = Fp2.mul(G, H);
      const T3 = Fp2.mul(E, H);
      const Z3 = Fp2.mul(F3, G);
      return new Point(X3, Y3, Z3, T3);
    }
    subtract(other) {
      aedpoint(other);
      return this.add(other.negate());
    }
    // Constant-time multiplication.
    multiply(scalar) {
      if (!Fn.isValidNot0(scalar))
        throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");
      const { p, f } = wnaf.mulSecret(this, scalar, cofactor, normalize);
      return normalize([p, f])[0];
    }
    // Non-constant-time multiplication. Uses double-and-add algorithm.
    // It's faster, but should only be used when you don't care about
    // an exposed private key e.g. sig verification.
    // Keeps the same subgroup-scalar contract: 0 is allowed for public-scalar callers, but
    // n and larger values are rejected instead of being reduced mod n to the identity point.
    multiplyUnsafe(scalar) {
      if (!Fn.isValid(scalar))
        throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");
      if (scalar === _0n6)
        return Point.ZERO;
      if (this.is0() || scalar === _1n5)
        return this;
      return wnaf.mulUnsafe(this, scalar, normalize);
    }
    // Checks if point is of small order.
    // If you add something to small order point, you will have "dirty"
    // point with torsion component.
    // Clears cofactor and checks if the result is 0.
    isSmallOrder() {
      return this.clearCofactor().is0();
    }
    // Multiplies point by curve order and checks if the result is 0.
    // Returns `false` is the point is dirty.
    isTorsionFree() {
      return wnaf.mulUnsafe(this, CURVE.n).is0();
    }
    // Converts Extended point to default (x, y) coordinates.
    // Can accept precomputed Z^-1 - for example, from invertBatch.
    toAffine(invertedZ) {
      const p = this;
      let iz = invertedZ;
      if (iz != null && typeof iz !== "bigint")
        throw new TypeError('"invertedZ" expected bigint, got type=' + typeof iz);
      const { X, Y, Z } = p;
      const is0 = p.is0();
      if (iz == null)
        iz = is0 ? Fp2.create(_8n2) : Fp2.inv(Z);
      const x = Fp2.mul(X, iz);
      const y = Fp2.mul(Y, iz);
      const zz = Fp2.mul(Z, iz);
      if (is0)
        return { x: Fp2.ZERO, y: Fp2.ONE };
      if (!Fp2.eql(zz, Fp2.ONE))
        throw new Error("invZ was invalid");
      return { x, y };
    }
    clearCofactor() {
      if (cofactor === _1n5)
        return this;
      if (cofactor === _2n4)
        return this.double();
      if (cofactor === _4n4)
        return this.double().double();
      if (cofactor === _8n2)
        return this.double().double().double();
      return this.multiplyUnsafe(cofactor);
    }
    toBytes() {
      const { x, y } = this.toAffine();
      const bytes = Fp2.toBytes(y);
      bytes[bytes.length - 1] |= isOdd(x) ? 128 : 0;
      return bytes;
    }
    toHex() {
      return bytesToHex2(this.toBytes());
    }
    toString() {
      return `<Point ${this.is0() ? "ZERO" : this.toHex()}>`;
    }
  }
  const normalize = (points) => normalizeZ(Point, points);
  const wnaf = new ScalarMultiplier(Point, randomBytes15);
  if (wnaf.bits >= 6)
    Point.BASE.precompute(6);
  Object.freeze(Point.prototype);
  Object.freeze(Point);
  return Point;
}
function eddsa(Point, cHash, eddsaOpts = {}) {
  validatePointCons(Point);
  if (typeof cHash !== "function")
    throw new Error('"hash" function param is required');
  const hash = cHash;
  const opts2 = eddsaOpts;
  validateObject(opts2, {}, {
    adjustScalarBytes: "function",
    randomBytes: "function",
    domain: "function",
    prehash: "function",
    zip215: "boolean",
    mapToCurve: "function",
    toMontgomery: "function",
    toMontgomerySecret: "function"
  });
  const { prehash } = opts2;
  const { BASE, Fp: Fp2, Fn } = Point;
  const outputLen = hash.outputLen;
  const expectedLen = 2 * Fp2.BYTES;
  if (outputLen !== void 0) {
    asafenumber(outputLen, "hash.outputLen");
    if (outputLen !== expectedLen)
      throw new Error(`hash.outputLen must be ${expectedLen}, got ${outputLen}`);
  }
  const randomBytes15 = opts2.randomBytes === void 0 ? randomBytes6 : opts2.randomBytes;
  const toMontgomery2 = opts2.toMontgomery;
  const toMontgomerySecret2 = opts2.toMontgomerySecret;
  const adjustScalarBytes2 = opts2.adjustScalarBytes === void 0 ? (bytes) => bytes : opts2.adjustScalarBytes;
  const domain = opts2.domain === void 0 ? (data, ctx, phflag) => {
    abool3(phflag, "phflag");
    if (ctx.length || phflag)
      throw new Error("Contexts/pre-hash are not supported");
    return data;
  } : opts2.domain;
  function modN_LE(hash2) {
    return Fn.create(bytesToNumberLE(hash2));
  }
  function getPrivateScalar(key) {
    const len = lengths.secretKey;
    abytes3(key, lengths.secretKey, "secretKey");
    const hashed = abytes3(hash(key), 2 * len, "hashedSecretKey");
    const head = adjustScalarBytes2(hashed.slice(0, len));
    const prefix = hashed.slice(len, 2 * len);
    const scalar = modN_LE(head);
    return { head, prefix, scalar };
  }
  function getExtendedPublicKey(secretKey) {
    const { head, prefix, scalar } = getPrivateScalar(secretKey);
    const point = BASE.multiply(scalar);
    const pointBytes = point.toBytes();
    return { head, prefix, scalar, point, pointBytes };
  }
  function getPublicKey(secretKey) {
    return getExtendedPublicKey(secretKey).pointBytes;
  }
  function hashDomainToScalar(context = Uint8Array.of(), ...msgs) {
    const msg = concatBytes3(...msgs);
    return modN_LE(hash(domain(msg, abytes3(context, void 0, "context"), !!prehash)));
  }
  function sign2(msg, secretKey, options = {}) {
    validateObject(options, {}, {}, "options");
    msg = copyBytes2(abytes3(msg, void 0, "message"));
    if (prehash)
      msg = prehash(msg);
    const { prefix, scalar, pointBytes } = getExtendedPublicKey(secretKey);
    const r = hashDomainToScalar(options.context, prefix, msg);
    const R = BASE.multiply(r).toBytes();
    const k = hashDomainToScalar(options.context, R, pointBytes, msg);
    const s = Fn.create(r + k * scalar);
    if (!Fn.isValid(s))
      throw new Error("sign failed: invalid s");
    const rs = concatBytes3(R, Fn.toBytes(s));
    return abytes3(rs, lengths.signature, "result");
  }
  const verifyOpts = {
    zip215: opts2.zip215
  };
  function verify2(sig, msg, publicKey2, options = verifyOpts) {
    validateObject(options);
    const { context } = options;
    const zip215 = options.zip215 === void 0 ? !!verifyOpts.zip215 : options.zip215;
    const len = lengths.signature;
    sig = abytes3(sig, len, "signature");
    msg = abytes3(msg, void 0, "message");
    publicKey2 = abytes3(publicKey2, lengths.publicKey, "publicKey");
    if (zip215 !== void 0)
      abool3(zip215, "zip215");
    if (prehash)
      msg = prehash(msg);
    const mid = len / 2;
    const r = sig.subarray(0, mid);
    const s = bytesToNumberLE(sig.subarray(mid, len));
    let A, R, SB;
    try {
      A = Point.fromBytes(publicKey2, zip215);
      R = Point.fromBytes(r, zip215);
      SB = BASE.multiplyUnsafe(s);
    } catch (error) {
      return false;
    }
    if (!zip215 && A.isSmallOrder())
      return false;
    const k = hashDomainToScalar(context, r, publicKey2, msg);
    const RkA = R.add(A.multiplyUnsafe(k));
    return RkA.subtract(SB).clearCofactor().is0();
  }
  const _size = Fp2.BYTES;
  const lengths = {
    secretKey: _size,
    publicKey: _size,
    signature: 2 * _size,
    seed: _size
  };
  function randomSecretKey(seed) {
    seed = seed === void 0 ? randomBytes15(lengths.seed) : seed;
    return abytes3(seed, lengths.seed, "seed");
  }
  function isValidSecretKey(key) {
    return isBytes3(key) && key.length === lengths.secretKey;
  }
  function isValidPublicKey(key, zip215) {
    try {
      return !!Point.fromBytes(key, zip215 === void 0 ? verifyOpts.zip215 : zip215);
    } catch (error) {
      return false;
    }
  }
  const utils = {
    getExtendedPublicKey,
    randomSecretKey,
    isValidSecretKey,
    isValidPublicKey,
    /** Converts an Edwards public key to a companion Montgomery public key. */
    toMontgomery(publicKey2) {
      if (toMontgomery2 === void 0)
        throw new Error("Montgomery conversion is not supported for this curve");
      return toMontgomery2(Point.fromBytes(publicKey2));
    },
    toMontgomerySecret(secretKey) {
      if (toMontgomerySecret2 === void 0)
        throw new Error("Montgomery conversion is not supported for this curve");
      return toMontgomerySecret2(secretKey);
    }
  };
  Object.freeze(lengths);
  Object.freeze(utils);
  return Object.freeze({
    keygen: createKeygen(randomSecretKey, getPublicKey),
    getPublicKey,
    sign: sign2,
    verify: verify2,
    utils,
    Point,
    lengths
  });
}

// node_modules/@noble/curves/ed25519.js
var _1n6 = /* @__PURE__ */ BigInt(1);
var _2n5 = /* @__PURE__ */ BigInt(2);
var _5n2 = /* @__PURE__ */ BigInt(5);
var _8n3 = /* @__PURE__ */ BigInt(8);
var ed25519_CURVE_p = /* @__PURE__ */ BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
var ed25519_CURVE = /* @__PURE__ */ (() => ({
  p: ed25519_CURVE_p,
  n: BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),
  h: _8n3,
  a: BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
  d: BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),
  Gx: BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
  Gy: BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")
}))();
function ed25519_pow_2_252_3(x) {
  const _10n = BigInt(10), _20n = BigInt(20), _40n = BigInt(40), _80n = BigInt(80);
  const P = ed25519_CURVE_p;
  const x2 = x * x % P;
  const b2 = x2 * x % P;
  const b4 = pow2(b2, _2n5, P) * b2 % P;
  const b5 = pow2(b4, _1n6, P) * x % P;
  const b10 = pow2(b5, _5n2, P) * b5 % P;
  const b20 = pow2(b10, _10n, P) * b10 % P;
  const b40 = pow2(b20, _20n, P) * b20 % P;
  const b80 = pow2(b40, _40n, P) * b40 % P;
  const b160 = pow2(b80, _80n, P) * b80 % P;
  const b240 = pow2(b160, _80n, P) * b80 % P;
  const b250 = pow2(b240, _10n, P) * b10 % P;
  const pow_p_5_8 = pow2(b250, _2n5, P) * x % P;
  return { pow_p_5_8, b2 };
}
function adjustScalarBytes(bytes) {
  bytes[0] &= 248;
  bytes[31] &= 127;
  bytes[31] |= 64;
  return bytes;
}
var ED25519_SQRT_M1 = /* @__PURE__ */ BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");
function uvRatio(u, v) {
  const P = ed25519_CURVE_p;
  const v3 = mod(v * v * v, P);
  const v7 = mod(v3 * v3 * v, P);
  const pow3 = ed25519_pow_2_252_3(u * v7).pow_p_5_8;
  let x = mod(u * v3 * pow3, P);
  const vx2 = mod(v * x * x, P);
  const root1 = x;
  const root2 = mod(x * ED25519_SQRT_M1, P);
  const useRoot1 = vx2 === u;
  const useRoot2 = vx2 === mod(-u, P);
  const noRoot = vx2 === mod(-u * ED25519_SQRT_M1, P);
  if (useRoot1)
    x = root1;
  if (useRoot2 || noRoot)
    x = root2;
  if (isNegativeLE(x, P))
    x = mod(-x, P);
  return { isValid: useRoot1 || useRoot2, value: x };
}
var ed25519_Point = /* @__PURE__ */ edwards(ed25519_CURVE, { uvRatio });
var Fp = /* @__PURE__ */ (() => ed25519_Point.Fp)();
function toMontgomery(point) {
  const { y } = point;
  return Fp.toBytes(Fp.div(_1n6 + y, _1n6 - y));
}
function toMontgomerySecret(secretKey) {
  const size = ed25519_Point.Fp.BYTES;
  abytes2(secretKey, size);
  return adjustScalarBytes(sha512(secretKey.subarray(0, size))).subarray(0, size);
}
function ed25519_domain(data, ctx, phflag) {
  if (ctx.length > 255)
    throw new Error("Context is too big");
  return concatBytes2(asciiToBytes("SigEd25519 no Ed25519 collisions"), new Uint8Array([phflag ? 1 : 0, ctx.length]), ctx, data);
}
function ed(opts2) {
  return eddsa(ed25519_Point, sha512, Object.assign({ adjustScalarBytes, toMontgomery, toMontgomerySecret, zip215: true }, opts2));
}
var ed25519ph = /* @__PURE__ */ ed({ domain: ed25519_domain, prehash: sha512 });

// control-plane/hsm/crypto/ed25519.ts
var ED25519_MATERIAL_BYTES = 48;
var SEED_BYTES = 32;
var PUBLIC_KEY_BYTES = 32;
function generateEd25519Key() {
  return generatePrivateKey((encoding, done) => generateKeyPair2("ed25519", encoding, done));
}
var ed25519Signers = {
  ED25519_SHA_512: {
    RAW: {
      sign: (material, message) => signWithNode(material, null, message),
      verify: (publicKey2, message, signature) => verifyWithNode(publicKey2, null, message, signature)
    }
  },
  ED25519_PH_SHA_512: {
    DIGEST: {
      messageLengthInBytes: digestLengths.sha512,
      sign: (material, digest) => material.use((bytes) => ed25519ph.sign(digest, bytes.subarray(-SEED_BYTES))),
      // Strict as in RFC 8032, not lenient as in ZIP 215.
      verify: (publicKey2, digest, signature) => ed25519ph.verify(signature, digest, rawPublicKeyOf(publicKey2, PUBLIC_KEY_BYTES), { zip215: false })
    }
  }
};

// control-plane/hsm/crypto/hmac.ts
import { createHmac as createHmac4, createSecretKey as createSecretKey4, randomBytes as randomBytes7 } from "node:crypto";
var hmac2 = (hash) => (material, message) => material.use((bytes) => createHmac4(hash, createSecretKey4(bytes)).update(message).digest());
function generateHmacKey(lengthInBytes) {
  return new SecretBytes(randomBytes7(lengthInBytes));
}

// control-plane/hsm/crypto/imported-private-keys.ts
import {
  checkPrime,
  createECDH,
  createPrivateKey as createPrivateKey2,
  createPublicKey as createPublicKey3
} from "node:crypto";
import { promisify } from "node:util";
function incorrectKeyMaterial() {
  return new HsmError("incorrect-key-material", "the bytes are not key material of the key spec");
}
var acceptBytes = (minLength, maxLength) => (plaintext) => {
  if (plaintext.length < minLength || plaintext.length > maxLength) throw incorrectKeyMaterial();
  return new SecretBytes(plaintext.use((bytes) => Uint8Array.from(bytes)));
};
var acceptEccKey = (curve) => (plaintext) => {
  const imported = readPrivateKey2(plaintext, "ec");
  if (imported.asymmetricKeyDetails?.namedCurve !== curve.name) throw incorrectKeyMaterial();
  try {
    const key = imported.export({ format: "jwk" });
    const point = pointOf(curve, key);
    const ours = createPrivateKey2({ key: { ...key, ...point }, format: "jwk" });
    if (key.x !== point.x || key.y !== point.y || !sameAlgorithm(imported, ours)) throw incorrectKeyMaterial();
    return written(ours);
  } catch {
    throw incorrectKeyMaterial();
  }
};
var acceptEd25519Key = (plaintext) => {
  const key = readPrivateKey2(plaintext, "ed25519");
  const publicKey2 = Buffer.concat([Buffer.of(129, 33, 0), rawPublicKeyOf(createPublicKey3(key), 32)]);
  const isOurs = plaintext.use(
    (bytes) => versionOf(bytes) === 0 || publicKey2.equals(bytes.subarray(-publicKey2.length))
  );
  if (!isOurs) throw incorrectKeyMaterial();
  return written(key);
};
var acceptRsaKey = (modulusLengthInBits) => async (plaintext) => {
  const imported = readPrivateKey2(plaintext, "rsa");
  if (imported.asymmetricKeyDetails?.modulusLength !== modulusLengthInBits) throw incorrectKeyMaterial();
  const numbers = findNumbers(imported);
  const hasForm = numbers && isConsistent(numbers) && isFarApart(numbers, modulusLengthInBits / 2);
  if (!hasForm || !await arePrimes(numbers.p, numbers.q)) throw incorrectKeyMaterial();
  return written(imported);
};
function readPrivateKey2(plaintext, type) {
  const key = plaintext.use((bytes) => {
    if (!isOneDerValue(bytes)) return void 0;
    try {
      return createPrivateKey2({
        key: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        format: "der",
        type: "pkcs8"
      });
    } catch {
      return void 0;
    }
  });
  if (key?.asymmetricKeyType !== type) throw incorrectKeyMaterial();
  return key;
}
function isOneDerValue(bytes) {
  const [, short = 0] = bytes;
  if (short < 128) return bytes.length === 2 + short;
  const octets = bytes.subarray(2, 2 + (short & 127));
  if (octets.length < 1 || octets.length > 2) return false;
  return bytes.length === 2 + octets.length + octets.reduce((length, octet) => 256 * length + octet, 0);
}
function versionOf(pkcs8) {
  const [, short = 0] = pkcs8;
  const head = short < 128 ? 2 : 2 + (short & 127);
  return pkcs8[head + 2];
}
function written(key) {
  return new SecretBytes(key.export({ type: "pkcs8", format: "der" }));
}
function pointOf({ name, coordinateLengthInBytes }, { d = "" }) {
  const ecdh3 = createECDH(name);
  ecdh3.setPrivateKey(d, "base64url");
  const point = ecdh3.getPublicKey();
  return {
    x: point.toString("base64url", 1, 1 + coordinateLengthInBytes),
    y: point.toString("base64url", 1 + coordinateLengthInBytes)
  };
}
function sameAlgorithm(one, other) {
  const [a, b] = [one, other].map((key) => algorithmIdentifierOf(publicKeyInfoOf(createPublicKey3(key))));
  return a !== void 0 && b !== void 0 && a.equals(b);
}
function findNumbers(key) {
  try {
    return numbersOf(key.export({ format: "jwk" }));
  } catch {
    return void 0;
  }
}
function numbersOf(key) {
  const number = (member) => BigInt(`0x${Buffer.from(String(key[member]), "base64url").toString("hex")}`);
  return {
    n: number("n"),
    e: number("e"),
    d: number("d"),
    p: number("p"),
    q: number("q"),
    dp: number("dp"),
    dq: number("dq"),
    qi: number("qi")
  };
}
function isConsistent({ n, e, d, p, q, dp, dq, qi }) {
  const goodExponent = e > 1n << 16n && e < 1n << 256n && e % 2n === 1n;
  return goodExponent && p > 1n && q > 1n && p !== q && p * q === n && e * d % (p - 1n) === 1n && e * d % (q - 1n) === 1n && dp === d % (p - 1n) && dq === d % (q - 1n) && qi * q % p === 1n;
}
function isFarApart({ p, q }, lengthInBits) {
  const bits = BigInt(lengthInBits);
  const distance = p > q ? p - q : q - p;
  return p >> bits - 1n === 1n && q >> bits - 1n === 1n && distance > 1n << bits - 100n;
}
var isPrime = promisify((candidate, done) => checkPrime(candidate, done));
var primalityTests = new Gate(2);
async function arePrimes(...candidates) {
  const found = await Promise.all(candidates.map((candidate) => primalityTests.run(() => isPrime(candidate))));
  return found.every(Boolean);
}

// control-plane/hsm/crypto/ml-dsa.ts
import { randomBytes as randomBytes9 } from "node:crypto";

// node_modules/@noble/hashes/sha3.js
var _0n7 = BigInt(0);
var _1n7 = BigInt(1);
var _2n6 = BigInt(2);
var _7n2 = BigInt(7);
var _256n = BigInt(256);
var _0x71n = BigInt(113);
var SHA3_PI = [];
var SHA3_ROTL = [];
var _SHA3_IOTA = [];
for (let round = 0, R = _1n7, x = 1, y = 0; round < 24; round++) {
  [x, y] = [y, (2 * x + 3 * y) % 5];
  SHA3_PI.push(2 * (5 * y + x));
  SHA3_ROTL.push((round + 1) * (round + 2) / 2 % 64);
  let t = _0n7;
  for (let j = 0; j < 7; j++) {
    R = (R << _1n7 ^ (R >> _7n2) * _0x71n) % _256n;
    if (R & _2n6)
      t ^= _1n7 << (_1n7 << BigInt(j)) - _1n7;
  }
  _SHA3_IOTA.push(t);
}
var IOTAS = split(_SHA3_IOTA, true);
var SHA3_IOTA_H = IOTAS[0];
var SHA3_IOTA_L = IOTAS[1];
var rotlSH = (h, l, s) => h << s | l >>> 32 - s;
var rotlSL = (h, l, s) => l << s | h >>> 32 - s;
var rotlBH = (h, l, s) => l << s - 32 | h >>> 64 - s;
var rotlBL = (h, l, s) => h << s - 32 | l >>> 64 - s;
var rotlH = (h, l, s) => s > 32 ? rotlBH(h, l, s) : rotlSH(h, l, s);
var rotlL = (h, l, s) => s > 32 ? rotlBL(h, l, s) : rotlSL(h, l, s);
var B = new Uint32Array(5 * 2);
function keccakP(s, rounds = 24) {
  if (!(s instanceof Uint32Array))
    throw new TypeError('"s" expected Uint32Array(50), got type=' + typeof s);
  if (s.length !== 50)
    throw new RangeError('"s" expected Uint32Array(50), got length=' + s.length);
  anumber2(rounds, "rounds");
  if (rounds < 1 || rounds > 24)
    throw new Error('"rounds" expected integer 1..24');
  for (let round = 24 - rounds; round < 24; round++) {
    for (let x = 0; x < 10; x++)
      B[x] = s[x] ^ s[x + 10] ^ s[x + 20] ^ s[x + 30] ^ s[x + 40];
    for (let x = 0; x < 10; x += 2) {
      const idx1 = (x + 8) % 10;
      const idx0 = (x + 2) % 10;
      const B0 = B[idx0];
      const B1 = B[idx0 + 1];
      const Th = rotlH(B0, B1, 1) ^ B[idx1];
      const Tl = rotlL(B0, B1, 1) ^ B[idx1 + 1];
      for (let y = 0; y < 50; y += 10) {
        s[x + y] ^= Th;
        s[x + y + 1] ^= Tl;
      }
    }
    let curH = s[2];
    let curL = s[3];
    for (let t = 0; t < 24; t++) {
      const shift = SHA3_ROTL[t];
      const Th = rotlH(curH, curL, shift);
      const Tl = rotlL(curH, curL, shift);
      const PI = SHA3_PI[t];
      curH = s[PI];
      curL = s[PI + 1];
      s[PI] = Th;
      s[PI + 1] = Tl;
    }
    for (let y = 0; y < 50; y += 10) {
      const b0 = s[y], b1 = s[y + 1], b2 = s[y + 2], b3 = s[y + 3];
      s[y] ^= ~s[y + 2] & s[y + 4];
      s[y + 1] ^= ~s[y + 3] & s[y + 5];
      s[y + 2] ^= ~s[y + 4] & s[y + 6];
      s[y + 3] ^= ~s[y + 5] & s[y + 7];
      s[y + 4] ^= ~s[y + 6] & s[y + 8];
      s[y + 5] ^= ~s[y + 7] & s[y + 9];
      s[y + 6] ^= ~s[y + 8] & b0;
      s[y + 7] ^= ~s[y + 9] & b1;
      s[y + 8] ^= ~b0 & b2;
      s[y + 9] ^= ~b1 & b3;
    }
    s[0] ^= SHA3_IOTA_H[round];
    s[1] ^= SHA3_IOTA_L[round];
  }
  clean2(B);
}
var Keccak = class _Keccak {
  state;
  pos = 0;
  posOut = 0;
  finished = false;
  state32;
  destroyed = false;
  blockLen;
  suffix;
  outputLen;
  canXOF;
  enableXOF = false;
  rounds;
  // NOTE: we accept arguments in bytes instead of bits here.
  constructor(blockLen, suffix, outputLen, enableXOF = false, rounds = 24) {
    anumber2(blockLen, "blockLen");
    anumber2(suffix, "suffix");
    anumber2(rounds, "rounds");
    abool2(enableXOF, "enableXOF");
    this.blockLen = blockLen;
    this.suffix = suffix;
    this.outputLen = outputLen;
    this.enableXOF = enableXOF;
    this.canXOF = enableXOF;
    this.rounds = rounds;
    anumber2(outputLen, "outputLen");
    if (!(0 < blockLen && blockLen < 200))
      throw new Error('"blockLen" must be 1..199');
    this.state = new Uint8Array(200);
    this.state32 = u322(this.state);
  }
  clone() {
    return this._cloneInto();
  }
  keccak() {
    swap32IfBE2(this.state32);
    keccakP(this.state32, this.rounds);
    swap32IfBE2(this.state32);
    this.posOut = 0;
    this.pos = 0;
  }
  update(data) {
    aexists2(this);
    abytes2(data);
    const { blockLen, state, state32 } = this;
    const len = data.length;
    const canUseU32 = blockLen % 4 === 0 && data.byteOffset % 4 === 0;
    const blockLen32 = blockLen / 4;
    const data32 = canUseU32 && len >= blockLen ? u322(data) : void 0;
    for (let pos = 0; pos < len; ) {
      if (data32 !== void 0 && this.pos === 0 && pos % 4 === 0 && len - pos >= blockLen) {
        for (let i = 0, o = pos / 4; i < blockLen32; i++)
          state32[i] ^= data32[o + i];
        pos += blockLen;
        this.pos = blockLen;
        this.keccak();
        continue;
      }
      const take = Math.min(blockLen - this.pos, len - pos);
      for (let i = 0; i < take; i++)
        state[this.pos++] ^= data[pos++];
      if (this.pos === blockLen)
        this.keccak();
    }
    return this;
  }
  finish() {
    if (this.finished)
      return;
    this.finished = true;
    const { state, suffix, pos, blockLen } = this;
    state[pos] ^= suffix;
    if ((suffix & 128) !== 0 && pos === blockLen - 1)
      this.keccak();
    state[blockLen - 1] ^= 128;
    this.keccak();
  }
  writeInto(out) {
    aexists2(this, false);
    abytes2(out);
    this.finish();
    const bufferOut = this.state;
    const { blockLen } = this;
    for (let pos = 0, len = out.length; pos < len; ) {
      if (this.posOut >= blockLen)
        this.keccak();
      const take = Math.min(blockLen - this.posOut, len - pos);
      out.set(bufferOut.subarray(this.posOut, this.posOut + take), pos);
      this.posOut += take;
      pos += take;
    }
    return out;
  }
  xofInto(out) {
    if (!this.enableXOF)
      throw new Error("XOF is not enabled");
    return this.writeInto(out);
  }
  xof(bytes) {
    anumber2(bytes);
    return this.xofInto(new Uint8Array(bytes));
  }
  digestInto(out) {
    aoutput2(out, this);
    if (this.finished)
      throw new Error("digest() was already called");
    this.writeInto(out.length === this.outputLen ? out : out.subarray(0, this.outputLen));
    this.destroy();
  }
  digest() {
    const out = new Uint8Array(this.outputLen);
    this.digestInto(out);
    return out;
  }
  destroy() {
    this.destroyed = true;
    clean2(this.state);
  }
  _cloneInto(to) {
    const { blockLen, suffix, outputLen, rounds, enableXOF } = this;
    to ||= new _Keccak(blockLen, suffix, outputLen, enableXOF, rounds);
    to.blockLen = blockLen;
    to.state32.set(this.state32);
    to.pos = this.pos;
    to.posOut = this.posOut;
    to.finished = this.finished;
    to.rounds = rounds;
    to.suffix = suffix;
    to.outputLen = outputLen;
    to.enableXOF = enableXOF;
    to.canXOF = this.canXOF;
    to.destroyed = this.destroyed;
    return to;
  }
};
var genKeccak = (suffix, blockLen, outputLen, info = {}) => createHasher(() => new Keccak(blockLen, suffix, outputLen), info);
var sha3_256 = /* @__PURE__ */ genKeccak(
  6,
  136,
  32,
  /* @__PURE__ */ oidNist(8)
);
var sha3_512 = /* @__PURE__ */ genKeccak(
  6,
  72,
  64,
  /* @__PURE__ */ oidNist(10)
);
var genShake = (suffix, blockLen, outputLen, info = {}) => createHasher((opts2 = {}) => {
  opts2 = checkOpts({}, opts2);
  return new Keccak(blockLen, suffix, opts2.dkLen === void 0 ? outputLen : opts2.dkLen, true);
}, info);
var shake128 = /* @__PURE__ */ genShake(31, 168, 16, /* @__PURE__ */ oidNist(11));
var shake256 = /* @__PURE__ */ genShake(31, 136, 32, /* @__PURE__ */ oidNist(12));

// node_modules/@noble/post-quantum/utils.js
var abytesDoc = abytes2;
var randomBytes8 = randomBytes5;
function aarray2(item, title, inner = () => {
}) {
  if (!Array.isArray(item))
    throw new TypeError(`"${title}" expected array, got type=${typeof item}`);
  for (let i = 0; i < item.length; i++)
    inner(item[i], `${title}[${i}]`);
  return item;
}
function aobject3(value, title = "object") {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(title === "object" ? "expected valid options object" : `"${title}" expected object, got type=${typeof value}`);
  return value;
}
function equalBytes3(a, b) {
  a = abytes2(a);
  b = abytes2(b);
  if (a.length !== b.length)
    return false;
  let diff = 0;
  for (let i = 0; i < a.length; i++)
    diff |= a[i] ^ b[i];
  return diff === 0;
}
function copyBytes3(bytes) {
  return new Uint8Array(abytes2(bytes));
}
function validateOpts(opts2) {
  if (isBytes2(opts2))
    throw new TypeError('"opts" expected object, got Uint8Array');
  aobject3(opts2, "opts");
  const proto = Object.getPrototypeOf(opts2);
  if (proto !== null && proto !== Object.prototype)
    throw new TypeError('"opts" expected a plain object');
}
var VER_OPT_KEYS = /* @__PURE__ */ Object.freeze([
  "context"
]);
var SIG_OPT_KEYS = /* @__PURE__ */ Object.freeze([
  "context",
  "extraEntropy"
]);
function checkOptKeys(opts2, allowed) {
  validateOpts(opts2);
  const normalized = Object.assign(/* @__PURE__ */ Object.create(null), opts2);
  for (const [k, v] of Object.entries(normalized)) {
    if (v === void 0)
      continue;
    if (!allowed.includes(k))
      throw new TypeError('unexpected option "' + String(k) + '"; expected one of: ' + allowed.join(", "));
  }
  return Object.freeze(normalized);
}
function validateVerOpts(opts2, allowed = VER_OPT_KEYS) {
  const normalized = checkOptKeys(opts2, allowed);
  if (normalized.context !== void 0)
    abytes2(normalized.context, void 0, "opts.context");
  return normalized;
}
function validateSigOpts2(opts2, allowed = SIG_OPT_KEYS) {
  const normalized = checkOptKeys(opts2, allowed);
  if (normalized.context !== void 0)
    abytes2(normalized.context, void 0, "opts.context");
  if (normalized.extraEntropy !== false && normalized.extraEntropy !== void 0)
    abytes2(normalized.extraEntropy, void 0, "opts.extraEntropy");
  return normalized;
}
function splitCoder(label, ...lengths) {
  const getLength = (c) => typeof c === "number" ? c : c.bytesLen;
  const bytesLen = lengths.reduce((sum, a) => sum + getLength(a), 0);
  return {
    bytesLen,
    encode: (bufs) => {
      const res = new Uint8Array(bytesLen);
      for (let i = 0, pos = 0; i < lengths.length; i++) {
        const c = lengths[i];
        const l = getLength(c);
        const b = typeof c === "number" ? bufs[i] : c.encode(bufs[i]);
        abytes2(b, l, label);
        res.set(b, pos);
        if (typeof c !== "number")
          b.fill(0);
        pos += l;
      }
      return res;
    },
    decode: (buf) => {
      abytes2(buf, bytesLen, label);
      const res = [];
      for (const c of lengths) {
        const l = getLength(c);
        const b = buf.subarray(0, l);
        res.push(typeof c === "number" ? b : c.decode(b));
        buf = buf.subarray(l);
      }
      return res;
    }
  };
}
function vecCoder(c, vecLen) {
  const coder = c;
  const bytesLen = vecLen * coder.bytesLen;
  return {
    bytesLen,
    encode: (u) => {
      const uArr = aarray2(u, "u");
      if (uArr.length !== vecLen)
        throw new RangeError(`vecCoder.encode: wrong length=${uArr.length}. Expected: ${vecLen}`);
      const res = new Uint8Array(bytesLen);
      for (let i = 0, pos = 0; i < uArr.length; i++) {
        const b = coder.encode(uArr[i]);
        res.set(b, pos);
        b.fill(0);
        pos += b.length;
      }
      return res;
    },
    decode: (a) => {
      abytes2(a, bytesLen);
      const r = [];
      for (let i = 0; i < a.length; i += coder.bytesLen)
        r.push(coder.decode(a.subarray(i, i + coder.bytesLen)));
      return r;
    }
  };
}
function cleanBytes(...list) {
  for (const t of list) {
    if (Array.isArray(t))
      for (const b of t)
        b.fill(0);
    else
      t.fill(0);
  }
}
function getMask(bits) {
  anumber2(bits, "bits");
  if (bits > 32)
    throw new RangeError('"bits" expected <= 32, got ' + bits);
  return bits === 32 ? 4294967295 : ~(-1 << bits) >>> 0;
}
var EMPTY = /* @__PURE__ */ Uint8Array.of();
function getMessage(msg, ctx = EMPTY) {
  abytes2(msg, void 0, "msg");
  abytes2(ctx, void 0, "ctx");
  if (ctx.length > 255)
    throw new RangeError("context should be 255 bytes or less");
  return concatBytes2(new Uint8Array([0, ctx.length]), ctx, msg);
}
var oidNistP = /* @__PURE__ */ Uint8Array.from([6, 9, 96, 134, 72, 1, 101, 3, 4, 2]);
var XOF_OID_OUTPUT_LEN = /* @__PURE__ */ (() => ({
  "060960864801650304020b": 32,
  // id-shake128, SHAKE128(M, 256)
  "060960864801650304020c": 64
  // id-shake256, SHAKE256(M, 512)
}))();
function checkHash(hash, requiredStrength = 0) {
  if (typeof hash !== "function" || typeof hash.create !== "function")
    throw new TypeError('"hash" expected hash function, got type=' + typeof hash);
  ahash(hash);
  anumber2(requiredStrength, "requiredStrength");
  const oid = hash.oid;
  abytes2(oid, void 0, "hash.oid");
  if (!equalBytes3(oid.subarray(0, 10), oidNistP))
    throw new Error('"hash.oid" is invalid: expected NIST hash');
  const xofLen = XOF_OID_OUTPUT_LEN[bytesToHex(oid)];
  if (xofLen !== void 0 && hash.outputLen !== xofLen) {
    throw new Error("Pre-hash XOF output length must be " + xofLen + " bytes for this OID, got: " + hash.outputLen);
  }
  const collisionResistance = hash.outputLen * 8 / 2;
  if (requiredStrength > collisionResistance) {
    throw new Error("Pre-hash security strength too low: " + collisionResistance + ", required: " + requiredStrength);
  }
}
function getMessagePrehash(hash, msg, ctx = EMPTY) {
  checkHash(hash);
  abytes2(msg, void 0, "msg");
  abytes2(ctx, void 0, "ctx");
  if (ctx.length > 255)
    throw new RangeError("context should be 255 bytes or less");
  const hashed = hash(msg);
  return concatBytes2(new Uint8Array([1, ctx.length]), ctx, hash.oid, hashed);
}

// node_modules/@noble/post-quantum/_crystals.js
var genCrystals = (opts2) => {
  const { newPoly: newPoly2, N: N3, Q: Q3, F: F3, ROOT_OF_UNITY: ROOT_OF_UNITY3, brvBits, isKyber } = opts2;
  const mod2 = (a, modulo = Q3) => {
    const result = a % modulo | 0;
    return (result >= 0 ? result | 0 : modulo + result | 0) | 0;
  };
  const smod = (a, modulo = Q3) => {
    const r = mod2(a, modulo) | 0;
    return (r > modulo >> 1 ? r - modulo | 0 : r) | 0;
  };
  function getZettas() {
    const out = newPoly2(N3);
    for (let i = 0; i < N3; i++) {
      const b = reverseBits(i, brvBits);
      const p = BigInt(ROOT_OF_UNITY3) ** BigInt(b) % BigInt(Q3);
      out[i] = Number(p) | 0;
    }
    return out;
  }
  const nttZetas = getZettas();
  const inv = (_a) => {
    throw new Error("not implemented");
  };
  const field = isKyber ? {
    add: (a, b) => {
      const r = a + b | 0;
      return r >= Q3 ? r - Q3 | 0 : r;
    },
    sub: (a, b) => {
      const r = a - b | 0;
      return r < 0 ? r + Q3 | 0 : r;
    },
    mul: (a, b) => mod2((a | 0) * (b | 0)) | 0,
    inv
  } : {
    add: (a, b) => mod2((a | 0) + (b | 0)) | 0,
    sub: (a, b) => mod2((a | 0) - (b | 0)) | 0,
    mul: (a, b) => mod2((a | 0) * (b | 0)) | 0,
    inv
  };
  const nttOpts = {
    N: N3,
    roots: nttZetas,
    invertButterflies: true,
    skipStages: isKyber ? 1 : 0,
    brp: false
  };
  const dif = FFTCore(field, { dit: false, ...nttOpts });
  const dit = FFTCore(field, { dit: true, ...nttOpts });
  const NTT = {
    encode: (r) => {
      return dif(r);
    },
    decode: (r) => {
      dit(r);
      for (let i = 0; i < r.length; i++)
        r[i] = mod2(F3 * r[i]);
      return r;
    }
  };
  const bitsCoder = (d, c) => {
    for (let i = 0, bufLen = 0; i < N3; i++) {
      bufLen += d;
      if (bufLen > 32)
        getMask(bufLen);
      bufLen %= 8;
    }
    const mask = getMask(d);
    const bytesLen = d * (N3 / 8);
    return {
      bytesLen,
      encode: (poly_) => {
        const poly = poly_;
        const r = new Uint8Array(bytesLen);
        for (let i = 0, buf = 0, bufLen = 0, pos = 0; i < poly.length; i++) {
          buf |= (c.encode(poly[i]) & mask) << bufLen;
          bufLen += d;
          for (; bufLen >= 8; bufLen -= 8, buf >>= 8)
            r[pos++] = buf & 255;
        }
        return r;
      },
      decode: (bytes) => {
        const r = newPoly2(N3);
        for (let i = 0, buf = 0, bufLen = 0, pos = 0; i < bytes.length; i++) {
          buf |= bytes[i] << bufLen;
          bufLen += 8;
          for (; bufLen >= d; bufLen -= d, buf >>= d)
            r[pos++] = c.decode(buf & mask);
        }
        return r;
      }
    };
  };
  return {
    mod: mod2,
    smod,
    nttZetas,
    NTT: {
      encode: (r) => NTT.encode(r),
      decode: (r) => NTT.decode(r)
    },
    bitsCoder
  };
};
var createXofShake = (shake) => (seed, blockLen) => {
  if (!blockLen)
    blockLen = shake.blockLen;
  const _seed = new Uint8Array(seed.length + 2);
  _seed.set(seed);
  const seedLen = seed.length;
  const buf = new Uint8Array(blockLen);
  let h = shake.create({});
  let calls = 0;
  let xofs = 0;
  return {
    stats: () => ({ calls, xofs }),
    get: (x, y) => {
      _seed[seedLen + 0] = x;
      _seed[seedLen + 1] = y;
      h.destroy();
      h = shake.create({}).update(_seed);
      calls++;
      return () => {
        xofs++;
        return h.xofInto(buf);
      };
    },
    clean: () => {
      h.destroy();
      cleanBytes(buf, _seed);
    }
  };
};
var XOF128 = /* @__PURE__ */ createXofShake(shake128);
var XOF256 = /* @__PURE__ */ createXofShake(shake256);

// node_modules/@noble/post-quantum/ml-dsa.js
var INTERNAL_SIG_OPT_KEYS = /* @__PURE__ */ Object.freeze([
  "extraEntropy",
  "externalMu"
]);
var INTERNAL_VER_OPT_KEYS = /* @__PURE__ */ Object.freeze(["externalMu"]);
function validateInternalOpts(opts2, allowed) {
  const normalized = checkOptKeys(opts2, allowed);
  if (normalized.externalMu !== void 0)
    abool3(normalized.externalMu, "opts.externalMu");
  return normalized;
}
var N = 256;
var Q = 8380417;
var ROOT_OF_UNITY = 1753;
var F = 8347681;
var D = 13;
var GAMMA2_1 = Math.floor((Q - 1) / 88) | 0;
var GAMMA2_2 = Math.floor((Q - 1) / 32) | 0;
var PARAMS = /* @__PURE__ */ (() => Object.freeze({
  2: Object.freeze({
    K: 4,
    L: 4,
    D,
    GAMMA1: 2 ** 17,
    GAMMA2: GAMMA2_1,
    TAU: 39,
    ETA: 2,
    OMEGA: 80
  }),
  3: Object.freeze({
    K: 6,
    L: 5,
    D,
    GAMMA1: 2 ** 19,
    GAMMA2: GAMMA2_2,
    TAU: 49,
    ETA: 4,
    OMEGA: 55
  }),
  5: Object.freeze({
    K: 8,
    L: 7,
    D,
    GAMMA1: 2 ** 19,
    GAMMA2: GAMMA2_2,
    TAU: 60,
    ETA: 2,
    OMEGA: 75
  })
}))();
var newPoly = (n) => new Int32Array(n);
var crystals = /* @__PURE__ */ genCrystals({
  N,
  Q,
  F,
  ROOT_OF_UNITY,
  newPoly,
  isKyber: false,
  brvBits: 8
});
var id = (n) => n;
var polyCoder = (d, compress2 = id, verify2 = id) => crystals.bitsCoder(d, {
  encode: (i) => compress2(verify2(i)),
  decode: (i) => verify2(compress2(i))
});
var polyAdd = (a_, b_) => {
  const a = a_;
  const b = b_;
  for (let i = 0; i < a.length; i++)
    a[i] = crystals.mod(a[i] + b[i]);
  return a;
};
var polySub = (a_, b_) => {
  const a = a_;
  const b = b_;
  for (let i = 0; i < a.length; i++)
    a[i] = crystals.mod(a[i] - b[i]);
  return a;
};
var polyShiftl = (p_) => {
  const p = p_;
  for (let i = 0; i < N; i++)
    p[i] <<= D;
  return p;
};
var polyChknorm = (p_, B2) => {
  const p = p_;
  for (let i = 0; i < N; i++)
    if (Math.abs(crystals.smod(p[i])) >= B2)
      return true;
  return false;
};
var MultiplyNTTs = (a_, b_) => {
  const a = a_;
  const b = b_;
  const c = newPoly(N);
  for (let i = 0; i < a.length; i++)
    c[i] = crystals.mod(a[i] * b[i]);
  return c;
};
function RejNTTPoly(xof_) {
  const xof = xof_;
  const r = newPoly(N);
  for (let j = 0; j < N; ) {
    const b = xof();
    if (b.length % 3)
      throw new Error("RejNTTPoly: unaligned block");
    for (let i = 0; j < N && i <= b.length - 3; i += 3) {
      const t = (b[i + 0] | b[i + 1] << 8 | b[i + 2] << 16) & 8388607;
      if (t < Q)
        r[j++] = t;
    }
  }
  return r;
}
function getDilithium(opts_) {
  const opts2 = opts_;
  const { K, L, GAMMA1, GAMMA2, TAU, ETA, OMEGA } = opts2;
  const { CRH_BYTES, TR_BYTES, C_TILDE_BYTES, XOF128: XOF1282, XOF256: XOF2562, securityLevel } = opts2;
  if (![2, 4].includes(ETA))
    throw new Error("Wrong ETA");
  if (![1 << 17, 1 << 19].includes(GAMMA1))
    throw new Error("Wrong GAMMA1");
  if (![GAMMA2_1, GAMMA2_2].includes(GAMMA2))
    throw new Error("Wrong GAMMA2");
  const BETA = TAU * ETA;
  const decompose = (r) => {
    const rPlus = crystals.mod(r);
    const r0 = crystals.smod(rPlus, 2 * GAMMA2) | 0;
    if (rPlus - r0 === Q - 1)
      return { r1: 0 | 0, r0: r0 - 1 | 0 };
    const r1 = Math.floor((rPlus - r0) / (2 * GAMMA2)) | 0;
    return { r1, r0 };
  };
  const HighBits = (r) => decompose(r).r1;
  const LowBits = (r) => decompose(r).r0;
  const MakeHint = (z, r) => {
    const res0 = z <= GAMMA2 || z > Q - GAMMA2 || z === Q - GAMMA2 && r === 0 ? 0 : 1;
    return res0;
  };
  const HINT_M = Math.floor((Q - 1) / (2 * GAMMA2));
  const UseHint = (h, r) => {
    const { r1, r0 } = decompose(r);
    if (h === 1)
      return r0 > 0 ? crystals.mod(r1 + 1, HINT_M) | 0 : crystals.mod(r1 - 1, HINT_M) | 0;
    return r1 | 0;
  };
  const Power2Round = (r) => {
    const rPlus = crystals.mod(r);
    const r0 = crystals.smod(rPlus, 2 ** D) | 0;
    return { r1: Math.floor((rPlus - r0) / 2 ** D) | 0, r0 };
  };
  const hintCoder = {
    bytesLen: OMEGA + K,
    encode: (h_) => {
      const h = h_;
      if (h === false)
        throw new Error("hint.encode: hint is false");
      const res = new Uint8Array(OMEGA + K);
      for (let i = 0, k = 0; i < K; i++) {
        for (let j = 0; j < N; j++)
          if (h[i][j] !== 0)
            res[k++] = j;
        res[OMEGA + i] = k;
      }
      return res;
    },
    decode: (buf) => {
      const h = [];
      let k = 0;
      for (let i = 0; i < K; i++) {
        const hi = newPoly(N);
        if (buf[OMEGA + i] < k || buf[OMEGA + i] > OMEGA)
          return false;
        for (let j = k; j < buf[OMEGA + i]; j++) {
          if (j > k && buf[j] <= buf[j - 1])
            return false;
          hi[buf[j]] = 1;
        }
        k = buf[OMEGA + i];
        h.push(hi);
      }
      for (let j = k; j < OMEGA; j++)
        if (buf[j] !== 0)
          return false;
      return h;
    }
  };
  const ETACoder = polyCoder(ETA === 2 ? 3 : 4, (i) => ETA - i, (i) => {
    if (!(-ETA <= i && i <= ETA))
      throw new Error(`malformed key s1/s3 ${i} outside of ETA range [${-ETA}, ${ETA}]`);
    return i;
  });
  const T0Coder = polyCoder(13, (i) => (1 << D - 1) - i);
  const T1Coder = polyCoder(10);
  const ZCoder = polyCoder(GAMMA1 === 1 << 17 ? 18 : 20, (i) => crystals.smod(GAMMA1 - i));
  const W1Coder = polyCoder(GAMMA2 === GAMMA2_1 ? 6 : 4);
  const W1Vec = vecCoder(W1Coder, K);
  const publicCoder = splitCoder("publicKey", 32, vecCoder(T1Coder, K));
  const secretCoder = splitCoder("secretKey", 32, 32, TR_BYTES, vecCoder(ETACoder, L), vecCoder(ETACoder, K), vecCoder(T0Coder, K));
  const sigCoder = splitCoder("signature", C_TILDE_BYTES, vecCoder(ZCoder, L), hintCoder);
  const CoefFromHalfByte = ETA === 2 ? (n) => n < 15 ? 2 - n % 5 : false : (n) => n < 9 ? 4 - n : false;
  function RejBoundedPoly(xof_) {
    const xof = xof_;
    const r = newPoly(N);
    for (let j = 0; j < N; ) {
      const b = xof();
      for (let i = 0; j < N && i < b.length; i += 1) {
        const d1 = CoefFromHalfByte(b[i] & 15);
        const d2 = CoefFromHalfByte(b[i] >> 4 & 15);
        if (d1 !== false)
          r[j++] = d1;
        if (j < N && d2 !== false)
          r[j++] = d2;
      }
    }
    return r;
  }
  const SampleInBall = (seed) => {
    const pre = newPoly(N);
    const s = shake256.create({}).update(seed);
    const buf = new Uint8Array(shake256.blockLen);
    s.xofInto(buf);
    const masks = buf.slice(0, 8);
    for (let i = N - TAU, pos = 8, maskPos = 0, maskBit = 0; i < N; i++) {
      let b = i + 1;
      for (; b > i; ) {
        b = buf[pos++];
        if (pos < shake256.blockLen)
          continue;
        s.xofInto(buf);
        pos = 0;
      }
      pre[i] = pre[b];
      pre[b] = 1 - ((masks[maskPos] >> maskBit++ & 1) << 1);
      if (maskBit >= 8) {
        maskPos++;
        maskBit = 0;
      }
    }
    return pre;
  };
  const polyPowerRound = (p_) => {
    const p = p_;
    const res0 = newPoly(N);
    const res1 = newPoly(N);
    for (let i = 0; i < p.length; i++) {
      const { r0, r1 } = Power2Round(p[i]);
      res0[i] = r0;
      res1[i] = r1;
    }
    return { r0: res0, r1: res1 };
  };
  const polyUseHint = (u_, h_) => {
    const u = u_;
    const h = h_;
    for (let i = 0; i < N; i++)
      u[i] = UseHint(h[i], u[i]);
    return u;
  };
  const polyMakeHint = (a_, b_) => {
    const a = a_;
    const b = b_;
    const v = newPoly(N);
    let cnt = 0;
    for (let i = 0; i < N; i++) {
      const h = MakeHint(a[i], b[i]);
      v[i] = h;
      cnt += h;
    }
    return { v, cnt };
  };
  const signRandBytes = 32;
  const seedCoder = splitCoder("seed", 32, 64, 32);
  const internal = Object.freeze({
    info: Object.freeze({ type: "internal-ml-dsa" }),
    lengths: Object.freeze({
      secretKey: secretCoder.bytesLen,
      publicKey: publicCoder.bytesLen,
      seed: 32,
      signature: sigCoder.bytesLen,
      signRand: signRandBytes
    }),
    keygen: (seed) => {
      const seedDst = new Uint8Array(32 + 2);
      const randSeed = seed === void 0;
      if (randSeed)
        seed = randomBytes8(32);
      abytesDoc(seed, 32, "seed");
      seedDst.set(seed);
      if (randSeed)
        cleanBytes(seed);
      seedDst[32] = K;
      seedDst[33] = L;
      const [rho, rhoPrime, K_] = seedCoder.decode(shake256(seedDst, { dkLen: seedCoder.bytesLen }));
      const xofPrime = XOF2562(rhoPrime);
      const s1 = [];
      for (let i = 0; i < L; i++)
        s1.push(RejBoundedPoly(xofPrime.get(i & 255, i >> 8 & 255)));
      const s2 = [];
      for (let i = L; i < L + K; i++)
        s2.push(RejBoundedPoly(xofPrime.get(i & 255, i >> 8 & 255)));
      const s1Hat = s1.map((i) => crystals.NTT.encode(i.slice()));
      const t0 = [];
      const t1 = [];
      const xof = XOF1282(rho);
      const t = newPoly(N);
      for (let i = 0; i < K; i++) {
        cleanBytes(t);
        for (let j = 0; j < L; j++) {
          const aij = RejNTTPoly(xof.get(j, i));
          polyAdd(t, MultiplyNTTs(aij, s1Hat[j]));
        }
        crystals.NTT.decode(t);
        const { r0, r1 } = polyPowerRound(polyAdd(t, s2[i]));
        t0.push(r0);
        t1.push(r1);
      }
      const publicKey2 = publicCoder.encode([rho, t1]);
      const tr = shake256(publicKey2, { dkLen: TR_BYTES });
      const secretKey = secretCoder.encode([rho, K_, tr, s1, s2, t0]);
      xof.clean();
      xofPrime.clean();
      cleanBytes(rho, rhoPrime, K_, s1, s2, s1Hat, t, t0, t1, tr, seedDst);
      return {
        publicKey: publicKey2,
        secretKey
      };
    },
    getPublicKey: (secretKey) => {
      const [rho, _K, _tr, s1, s2, _t0] = secretCoder.decode(secretKey);
      const xof = XOF1282(rho);
      const s1Hat = s1.map((p) => crystals.NTT.encode(p.slice()));
      const t1 = [];
      const tmp = newPoly(N);
      for (let i = 0; i < K; i++) {
        tmp.fill(0);
        for (let j = 0; j < L; j++) {
          const aij = RejNTTPoly(xof.get(j, i));
          polyAdd(tmp, MultiplyNTTs(aij, s1Hat[j]));
        }
        crystals.NTT.decode(tmp);
        polyAdd(tmp, s2[i]);
        const { r1 } = polyPowerRound(tmp);
        t1.push(r1);
      }
      xof.clean();
      cleanBytes(tmp, s1Hat, _t0, s1, s2);
      return publicCoder.encode([rho, t1]);
    },
    // NOTE: random is optional.
    sign: (msg, secretKey, opts3 = {}) => {
      opts3 = validateSigOpts2(opts3, INTERNAL_SIG_OPT_KEYS);
      opts3 = validateInternalOpts(opts3, INTERNAL_SIG_OPT_KEYS);
      const { extraEntropy: random, externalMu = false } = opts3;
      if (externalMu)
        abytesDoc(msg, CRH_BYTES, "mu");
      const ownRnd = random === false || random === void 0;
      const rnd = random === false ? new Uint8Array(32) : random === void 0 ? randomBytes8(signRandBytes) : random;
      abytesDoc(rnd, 32, "extraEntropy");
      const decoded = (() => {
        try {
          return secretCoder.decode(secretKey);
        } catch (error) {
          if (ownRnd)
            cleanBytes(rnd);
          throw error;
        }
      })();
      const [rho, _K, tr, s1, s2, t0] = decoded;
      const A = [];
      const xof = XOF1282(rho);
      for (let i = 0; i < K; i++) {
        const pv = [];
        for (let j = 0; j < L; j++)
          pv.push(RejNTTPoly(xof.get(j, i)));
        A.push(pv);
      }
      xof.clean();
      for (let i = 0; i < L; i++)
        crystals.NTT.encode(s1[i]);
      for (let i = 0; i < K; i++) {
        crystals.NTT.encode(s2[i]);
        crystals.NTT.encode(t0[i]);
      }
      const mu = externalMu ? msg : (
        // 6: µ ← H(tr||M, 512)
        //    ▷ Compute message representative µ
        shake256.create({ dkLen: CRH_BYTES }).update(tr).update(msg).digest()
      );
      const rhoprime = shake256.create({ dkLen: CRH_BYTES }).update(_K).update(rnd).update(mu).digest();
      if (ownRnd)
        cleanBytes(rnd);
      abytesDoc(rhoprime, CRH_BYTES);
      const x256 = XOF2562(rhoprime, ZCoder.bytesLen);
      main_loop: for (let kappa = 0; ; ) {
        const y = [];
        for (let i = 0; i < L; i++, kappa++)
          y.push(ZCoder.decode(x256.get(kappa & 255, kappa >> 8)()));
        const z = y.map((i) => crystals.NTT.encode(i.slice()));
        const w = [];
        for (let i = 0; i < K; i++) {
          const wi = newPoly(N);
          for (let j = 0; j < L; j++)
            polyAdd(wi, MultiplyNTTs(A[i][j], z[j]));
          crystals.NTT.decode(wi);
          w.push(wi);
        }
        const w1 = w.map((j) => j.map(HighBits));
        const cTilde = shake256.create({ dkLen: C_TILDE_BYTES }).update(mu).update(W1Vec.encode(w1)).digest();
        const cHat = crystals.NTT.encode(SampleInBall(cTilde));
        const cs1 = s1.map((i) => MultiplyNTTs(i, cHat));
        for (let i = 0; i < L; i++) {
          polyAdd(crystals.NTT.decode(cs1[i]), y[i]);
          if (polyChknorm(cs1[i], GAMMA1 - BETA)) {
            cleanBytes(cTilde, cs1, cHat, w1, w, z, y);
            continue main_loop;
          }
        }
        let cnt = 0;
        const h = [];
        for (let i = 0; i < K; i++) {
          const cs2 = crystals.NTT.decode(MultiplyNTTs(s2[i], cHat));
          const r0 = polySub(w[i], cs2).map(LowBits);
          if (polyChknorm(r0, GAMMA2 - BETA)) {
            cleanBytes(cTilde, cs1, cHat, w1, w, z, y, h, cs2, r0);
            continue main_loop;
          }
          const ct0 = crystals.NTT.decode(MultiplyNTTs(t0[i], cHat));
          if (polyChknorm(ct0, GAMMA2)) {
            cleanBytes(cTilde, cs1, cHat, w1, w, z, y, h, cs2, r0, ct0);
            continue main_loop;
          }
          polyAdd(r0, ct0);
          const hint = polyMakeHint(r0, w1[i]);
          h.push(hint.v);
          cnt += hint.cnt;
        }
        if (cnt > OMEGA) {
          cleanBytes(cTilde, cs1, cHat, w1, w, z, y, h);
          continue;
        }
        x256.clean();
        const res = sigCoder.encode([cTilde, cs1, h]);
        cleanBytes(cTilde, cs1, h, cHat, w1, w, z, y, rhoprime, s1, s2, t0, ...A);
        if (!externalMu)
          cleanBytes(mu);
        return res;
      }
      throw new Error("Unreachable code path reached, report this error");
    },
    verify: (sig, msg, publicKey2, opts3 = {}) => {
      opts3 = validateInternalOpts(opts3, INTERNAL_VER_OPT_KEYS);
      const { externalMu = false } = opts3;
      if (externalMu)
        abytesDoc(msg, CRH_BYTES, "mu");
      const [rho, t1] = publicCoder.decode(publicKey2);
      const tr = shake256(publicKey2, { dkLen: TR_BYTES });
      if (sig.length !== sigCoder.bytesLen)
        return false;
      const [cTilde, z, h] = sigCoder.decode(sig);
      if (h === false)
        return false;
      for (let i = 0; i < L; i++)
        if (polyChknorm(z[i], GAMMA1 - BETA))
          return false;
      const mu = externalMu ? msg : (
        // 7: µ ← H(tr||M, 512)
        shake256.create({ dkLen: CRH_BYTES }).update(tr).update(msg).digest()
      );
      const c = crystals.NTT.encode(SampleInBall(cTilde));
      const zNtt = z.map((i) => i.slice());
      for (let i = 0; i < L; i++)
        crystals.NTT.encode(zNtt[i]);
      const wTick1 = [];
      const xof = XOF1282(rho);
      for (let i = 0; i < K; i++) {
        const ct12d = MultiplyNTTs(crystals.NTT.encode(polyShiftl(t1[i])), c);
        const Az = newPoly(N);
        for (let j = 0; j < L; j++) {
          const aij = RejNTTPoly(xof.get(j, i));
          polyAdd(Az, MultiplyNTTs(aij, zNtt[j]));
        }
        const wApprox = crystals.NTT.decode(polySub(Az, ct12d));
        wTick1.push(polyUseHint(wApprox, h[i]));
      }
      xof.clean();
      const c2 = shake256.create({ dkLen: C_TILDE_BYTES }).update(mu).update(W1Vec.encode(wTick1)).digest();
      for (const t of h) {
        const sum = t.reduce((acc, i) => acc + i, 0);
        if (!(sum <= OMEGA))
          return false;
      }
      for (const t of z)
        if (polyChknorm(t, GAMMA1 - BETA))
          return false;
      return equalBytes3(cTilde, c2);
    }
  });
  return Object.freeze({
    info: Object.freeze({ type: "ml-dsa" }),
    internal,
    securityLevel,
    keygen: internal.keygen,
    lengths: internal.lengths,
    getPublicKey: internal.getPublicKey,
    sign: (msg, secretKey, opts3 = {}) => {
      opts3 = validateSigOpts2(opts3);
      const M = getMessage(msg, opts3.context);
      const res = internal.sign(M, secretKey, {
        extraEntropy: opts3.extraEntropy,
        externalMu: false
      });
      cleanBytes(M);
      return res;
    },
    verify: (sig, msg, publicKey2, opts3 = {}) => {
      opts3 = validateVerOpts(opts3);
      abytesDoc(sig, void 0, "signature");
      return internal.verify(sig, getMessage(msg, opts3.context), publicKey2, { externalMu: false });
    },
    prehash: (hash) => {
      checkHash(hash, securityLevel);
      const rawHash = hash;
      return Object.freeze({
        info: Object.freeze({ type: "hashml-dsa" }),
        securityLevel,
        lengths: internal.lengths,
        keygen: internal.keygen,
        getPublicKey: internal.getPublicKey,
        sign: (msg, secretKey, opts3 = {}) => {
          opts3 = validateSigOpts2(opts3);
          const M = getMessagePrehash(rawHash, msg, opts3.context);
          const res = internal.sign(M, secretKey, {
            extraEntropy: opts3.extraEntropy,
            externalMu: false
          });
          cleanBytes(M);
          return res;
        },
        verify: (sig, msg, publicKey2, opts3 = {}) => {
          opts3 = validateVerOpts(opts3);
          abytesDoc(sig, void 0, "signature");
          return internal.verify(sig, getMessagePrehash(rawHash, msg, opts3.context), publicKey2, {
            externalMu: false
          });
        }
      });
    }
  });
}
var ml_dsa44 = /* @__PURE__ */ (() => getDilithium({
  ...PARAMS[2],
  CRH_BYTES: 64,
  TR_BYTES: 64,
  C_TILDE_BYTES: 32,
  XOF128,
  XOF256,
  securityLevel: 128
}))();
var ml_dsa65 = /* @__PURE__ */ (() => getDilithium({
  ...PARAMS[3],
  CRH_BYTES: 64,
  TR_BYTES: 64,
  C_TILDE_BYTES: 48,
  XOF128,
  XOF256,
  securityLevel: 192
}))();
var ml_dsa87 = /* @__PURE__ */ (() => getDilithium({
  ...PARAMS[5],
  CRH_BYTES: 64,
  TR_BYTES: 64,
  C_TILDE_BYTES: 64,
  XOF128,
  XOF256,
  securityLevel: 256
}))();

// control-plane/hsm/crypto/ml-dsa.ts
var SEED_BYTES2 = 32;
var MU_BYTES = 64;
var mlDsaParameters = {
  mlDsa44: { noble: ml_dsa44, publicKeyLengthInBytes: 1312, objectIdentifierArc: 17 },
  mlDsa65: { noble: ml_dsa65, publicKeyLengthInBytes: 1952, objectIdentifierArc: 18 },
  mlDsa87: { noble: ml_dsa87, publicKeyLengthInBytes: 2592, objectIdentifierArc: 19 }
};
var pkcs8Head = ({ objectIdentifierArc }) => Buffer.concat([
  Buffer.from("3034020100300b06096086480165030403", "hex"),
  Buffer.of(objectIdentifierArc),
  Buffer.from("04228020", "hex")
]);
var ML_DSA_MATERIAL_BYTES = 54;
function generateMlDsaKey(parameters) {
  const material = new SecretBytes(Buffer.concat([pkcs8Head(parameters), randomBytes9(SEED_BYTES2)]));
  try {
    keyPairOf(material);
    return material;
  } catch {
    material.wipe();
    throw new HsmError("unsupported", "ML-DSA needs Node 24.6 or later, with OpenSSL 3.5");
  }
}
function mlDsaSigners({ noble, publicKeyLengthInBytes }) {
  return {
    ML_DSA_SHAKE_256: {
      RAW: {
        sign: (material, message) => signWithNode(material, null, message),
        verify: (publicKey2, message, signature) => verifyWithNode(publicKey2, null, message, signature)
      },
      EXTERNAL_MU: {
        messageLengthInBytes: MU_BYTES,
        sign(material, mu) {
          const expanded = material.use((bytes) => noble.keygen(bytes.subarray(-SEED_BYTES2)).secretKey);
          return new SecretBytes(expanded).useOnce((key) => noble.internal.sign(mu, key, { externalMu: true }));
        },
        verify: (publicKey2, mu, signature) => noble.internal.verify(signature, mu, rawPublicKeyOf(publicKey2, publicKeyLengthInBytes), { externalMu: true })
      }
    }
  };
}

// control-plane/hsm/crypto/ml-kem.ts
import * as crypto from "node:crypto";

// node_modules/@noble/post-quantum/ml-kem.js
var N2 = 256;
var Q2 = 3329;
var F2 = 3303;
var ROOT_OF_UNITY2 = 17;
var crystals2 = /* @__PURE__ */ genCrystals({
  N: N2,
  Q: Q2,
  F: F2,
  ROOT_OF_UNITY: ROOT_OF_UNITY2,
  newPoly: (n) => new Uint16Array(n),
  brvBits: 7,
  isKyber: true
});
var PARAMS2 = /* @__PURE__ */ (() => Object.freeze({
  512: Object.freeze({ N: N2, Q: Q2, K: 2, ETA1: 3, ETA2: 2, du: 10, dv: 4, RBGstrength: 128 }),
  768: Object.freeze({ N: N2, Q: Q2, K: 3, ETA1: 2, ETA2: 2, du: 10, dv: 4, RBGstrength: 192 }),
  1024: Object.freeze({ N: N2, Q: Q2, K: 4, ETA1: 2, ETA2: 2, du: 11, dv: 5, RBGstrength: 256 })
}))();
var compress = (d) => {
  if (d >= 12)
    return { encode: (i) => i, decode: (i) => i >= Q2 ? i - Q2 : i };
  const a = 2 ** (d - 1);
  return {
    // This only matches standalone Compress_d after bitsCoder masks the result into Z_(2^d).
    encode: (i) => ((i << d) + Q2 / 2) / Q2,
    // const decompress = (i: number) => round((Q / 2 ** d) * i);
    decode: (i) => i * Q2 + a >>> d
  };
};
var byteCoder = (d) => crystals2.bitsCoder(d, d === 12 ? { encode: (i) => i, decode: (i) => i >= Q2 ? i - Q2 : i } : { encode: (i) => i, decode: (i) => i });
var polyCoder2 = (d) => d === 12 ? byteCoder(12) : crystals2.bitsCoder(d, compress(d));
function polyAdd2(a_, b_) {
  const a = a_;
  const b = b_;
  for (let i = 0; i < N2; i++) {
    const r = a[i] + b[i];
    a[i] = r >= Q2 ? r - Q2 : r;
  }
}
function polySub2(a_, b_) {
  const a = a_;
  const b = b_;
  for (let i = 0; i < N2; i++) {
    const r = a[i] - b[i];
    a[i] = r < 0 ? r + Q2 : r;
  }
}
function BaseCaseMultiply(a0, a1, b0, b1, zeta) {
  const c0 = crystals2.mod(crystals2.mod(a1 * b1) * zeta + a0 * b0);
  const c1 = crystals2.mod(a0 * b1 + a1 * b0);
  return { c0, c1 };
}
function MultiplyNTTs2(f_, g_) {
  const f = f_;
  const g = g_;
  for (let i = 0; i < N2 / 2; i++) {
    let z = crystals2.nttZetas[64 + (i >> 1)];
    if (i & 1)
      z = -z;
    const { c0, c1 } = BaseCaseMultiply(f[2 * i + 0], f[2 * i + 1], g[2 * i + 0], g[2 * i + 1], z);
    f[2 * i + 0] = c0;
    f[2 * i + 1] = c1;
  }
  return f;
}
function SampleNTT(xof_) {
  const xof = xof_;
  const r = new Uint16Array(N2);
  for (let j = 0; j < N2; ) {
    const b = xof();
    if (b.length % 3)
      throw new Error("SampleNTT: unaligned block");
    for (let i = 0; j < N2 && i + 3 <= b.length; i += 3) {
      const d1 = (b[i + 0] >> 0 | b[i + 1] << 8) & 4095;
      const d2 = (b[i + 1] >> 4 | b[i + 2] << 4) & 4095;
      if (d1 < Q2)
        r[j++] = d1;
      if (j < N2 && d2 < Q2)
        r[j++] = d2;
    }
  }
  return r;
}
var sampleCBDBytes = (buf, eta) => {
  const r = new Uint16Array(N2);
  const b32 = u322(buf);
  swap32IfBE2(b32);
  let len = 0;
  for (let i = 0, p = 0, bb = 0, t0 = 0; i < b32.length; i++) {
    let b = b32[i];
    for (let j = 0; j < 32; j++) {
      bb += b & 1;
      b >>= 1;
      len += 1;
      if (len === eta) {
        t0 = bb;
        bb = 0;
      } else if (len === 2 * eta) {
        r[p++] = crystals2.mod(t0 - bb);
        bb = 0;
        len = 0;
      }
    }
  }
  swap32IfBE2(b32);
  if (len)
    throw new Error(`sampleCBD: leftover bits: ${len}`);
  return r;
};
function sampleCBD(PRF_, seed, nonce, eta) {
  const PRF = PRF_;
  return sampleCBDBytes(PRF(eta * N2 / 4, seed, nonce), eta);
}
var genKPKE = (opts_) => {
  const opts2 = opts_;
  const { K, PRF, XOF, HASH512, ETA1, ETA2, du, dv } = opts2;
  const poly1 = polyCoder2(1);
  const polyV = polyCoder2(dv);
  const polyU = polyCoder2(du);
  const publicCoder = splitCoder("publicKey", vecCoder(polyCoder2(12), K), 32);
  const secretCoder = vecCoder(polyCoder2(12), K);
  const cipherCoder = splitCoder("ciphertext", vecCoder(polyU, K), polyV);
  const seedCoder = splitCoder("seed", 32, 32);
  const encryptCore = (tHat, getA, msg, seed) => {
    const rHat = [];
    for (let i = 0; i < K; i++)
      rHat.push(crystals2.NTT.encode(sampleCBD(PRF, seed, i, ETA1)));
    const tmp2 = new Uint16Array(N2);
    const u = [];
    for (let i = 0; i < K; i++) {
      const e1 = sampleCBD(PRF, seed, K + i, ETA2);
      const tmp = new Uint16Array(N2);
      for (let j = 0; j < K; j++) {
        const aij = getA(i, j);
        polyAdd2(tmp, MultiplyNTTs2(aij, rHat[j]));
      }
      polyAdd2(e1, crystals2.NTT.decode(tmp));
      u.push(e1);
      polyAdd2(tmp2, MultiplyNTTs2(tHat[i], rHat[i]));
      cleanBytes(tmp);
    }
    const e2 = sampleCBD(PRF, seed, 2 * K, ETA2);
    polyAdd2(e2, crystals2.NTT.decode(tmp2));
    const v = poly1.decode(msg);
    polyAdd2(v, e2);
    cleanBytes(tHat, rHat, tmp2, e2);
    return cipherCoder.encode([u, v]);
  };
  return {
    secretCoder,
    lengths: {
      secretKey: secretCoder.bytesLen,
      publicKey: publicCoder.bytesLen,
      cipherText: cipherCoder.bytesLen
    },
    keygen: (seed) => {
      abytesDoc(seed, 32, "seed");
      const seedDst = new Uint8Array(33);
      seedDst.set(seed);
      seedDst[32] = K;
      const seedHash = HASH512(seedDst);
      const [rho, sigma] = seedCoder.decode(seedHash);
      const sHat = [];
      const tHat = [];
      for (let i = 0; i < K; i++)
        sHat.push(crystals2.NTT.encode(sampleCBD(PRF, sigma, i, ETA1)));
      const x = XOF(rho);
      for (let i = 0; i < K; i++) {
        const e = crystals2.NTT.encode(sampleCBD(PRF, sigma, K + i, ETA1));
        for (let j = 0; j < K; j++) {
          const aji = SampleNTT(x.get(j, i));
          polyAdd2(e, MultiplyNTTs2(aji, sHat[j]));
        }
        tHat.push(e);
      }
      x.clean();
      const res = {
        publicKey: publicCoder.encode([tHat, rho]),
        secretKey: secretCoder.encode(sHat)
      };
      cleanBytes(rho, sigma, sHat, tHat, seedDst, seedHash);
      return res;
    },
    encrypt: (publicKey2, msg, seed) => {
      const [tHat, rho] = publicCoder.decode(publicKey2);
      const x = XOF(rho);
      const res = encryptCore(tHat, (i, j) => SampleNTT(x.get(i, j)), msg, seed);
      x.clean();
      return res;
    },
    // Expands the full Â matrix (public data derived from rho) once, so repeated encryptions
    // against the same ek skip the K² SampleNTT XOF expansions. Cached polys are copied per
    // call because encryptCore mutates its inputs in place.
    prepare: (publicKey2) => {
      const [tHat, rho] = publicCoder.decode(publicKey2);
      const x = XOF(rho);
      const A = [];
      for (let i = 0; i < K; i++)
        for (let j = 0; j < K; j++)
          A.push(SampleNTT(x.get(i, j)));
      x.clean();
      return {
        encrypt: (msg, seed) => encryptCore(tHat.map((p) => p.slice()), (i, j) => A[i * K + j].slice(), msg, seed),
        clean: () => cleanBytes(tHat, A)
      };
    },
    decrypt: (cipherText, privateKey) => {
      const [u, v] = cipherCoder.decode(cipherText);
      const sk = secretCoder.decode(privateKey);
      const tmp = new Uint16Array(N2);
      for (let i = 0; i < K; i++)
        polyAdd2(tmp, MultiplyNTTs2(sk[i], crystals2.NTT.encode(u[i])));
      polySub2(v, crystals2.NTT.decode(tmp));
      const res = poly1.encode(v);
      cleanBytes(tmp, sk, u, v);
      return res;
    }
  };
};
function createKyber(opts2) {
  const rawOpts = opts2;
  const KPKE = genKPKE(rawOpts);
  const { HASH256, HASH512, KDF } = rawOpts;
  const { secretCoder: KPKESecretCoder, lengths } = KPKE;
  const secretCoder = splitCoder("secretKey", lengths.secretKey, lengths.publicKey, 32, 32);
  const msgLen = 32;
  const seedLen = 64;
  const validateModulus = (publicKey2, fn) => {
    const eke = publicKey2.subarray(0, 384 * rawOpts.K);
    const ek = KPKESecretCoder.encode(KPKESecretCoder.decode(copyBytes3(eke)));
    const ok = equalBytes3(ek, eke);
    cleanBytes(ek);
    if (!ok)
      throw new Error(`ML-KEM.${fn}: wrong publicKey modulus`);
  };
  const kemLengths = Object.freeze({
    ...lengths,
    seed: 64,
    msg: msgLen,
    msgRand: msgLen,
    secretKey: secretCoder.bytesLen
  });
  return Object.freeze({
    info: Object.freeze({ type: "ml-kem" }),
    lengths: kemLengths,
    keygen: (seed) => {
      const ownSeed = seed === void 0;
      const s = ownSeed ? randomBytes8(seedLen) : seed;
      let sk;
      let publicKeyHash;
      try {
        abytesDoc(s, seedLen, "seed");
        const keys = KPKE.keygen(s.subarray(0, 32));
        const publicKey2 = keys.publicKey;
        sk = keys.secretKey;
        publicKeyHash = HASH256(publicKey2);
        const secretKey = secretCoder.encode([sk, publicKey2, publicKeyHash, s.subarray(32)]);
        return {
          publicKey: publicKey2,
          secretKey
        };
      } finally {
        if (sk !== void 0)
          cleanBytes(sk);
        if (publicKeyHash !== void 0)
          cleanBytes(publicKeyHash);
        if (ownSeed)
          cleanBytes(s);
      }
    },
    getPublicKey: (secretKey) => {
      const [_sk, publicKey2, _publicKeyHash, _z] = secretCoder.decode(secretKey);
      return Uint8Array.from(publicKey2);
    },
    encapsulate: (publicKey2, msg) => {
      const ownMsg = msg === void 0;
      const m = ownMsg ? randomBytes8(msgLen) : msg;
      let kr;
      try {
        abytesDoc(publicKey2, lengths.publicKey, "publicKey");
        abytesDoc(m, msgLen, "message");
        validateModulus(publicKey2, "encapsulate");
        kr = HASH512.create().update(m).update(HASH256(publicKey2)).digest();
        const cipherText = KPKE.encrypt(publicKey2, m, kr.subarray(32, 64));
        return {
          cipherText,
          sharedSecret: kr.subarray(0, 32)
        };
      } finally {
        if (kr !== void 0)
          cleanBytes(kr.subarray(32));
        if (ownMsg)
          cleanBytes(m);
      }
    },
    decapsulate: (cipherText, secretKey) => {
      abytesDoc(secretKey, secretCoder.bytesLen, "secretKey");
      abytesDoc(cipherText, lengths.cipherText, "cipherText");
      const k768 = secretCoder.bytesLen - 96;
      const start = k768 + 32;
      const test = HASH256(secretKey.subarray(k768 / 2, start));
      if (!equalBytes3(test, secretKey.subarray(start, start + 32)))
        throw new Error("invalid secretKey: hash check failed");
      const [sk, publicKey2, publicKeyHash, z] = secretCoder.decode(secretKey);
      const msg = KPKE.decrypt(cipherText, sk);
      const kr = HASH512.create().update(msg).update(publicKeyHash).digest();
      const Khat = kr.subarray(0, 32);
      const cipherText2 = KPKE.encrypt(publicKey2, msg, kr.subarray(32, 64));
      const isValid = equalBytes3(cipherText, cipherText2);
      const Kbar = KDF.create({ dkLen: 32 }).update(z).update(cipherText).digest();
      cleanBytes(msg, cipherText2, kr.subarray(32), !isValid ? Khat : Kbar);
      return isValid ? Khat : Kbar;
    },
    /**
     * Experimental prototype: pre-expand a public key so repeated encapsulate/decapsulate
     * against the same key skip re-validation, H(ek), t̂ decoding and the K² SampleNTT
     * XOF expansions of Â. Only public data is cached; see {@link KEMPrepared}.
     */
    prepare: (publicKey2) => {
      abytesDoc(publicKey2, lengths.publicKey, "publicKey");
      validateModulus(publicKey2, "prepare");
      const ek = copyBytes3(publicKey2);
      const publicKeyHash = HASH256(ek);
      const cached = KPKE.prepare(ek);
      return Object.freeze({
        publicKey: ek,
        encapsulate: (msg) => {
          const ownMsg = msg === void 0;
          const m = ownMsg ? randomBytes8(msgLen) : msg;
          let kr;
          try {
            abytesDoc(m, msgLen, "message");
            kr = HASH512.create().update(m).update(publicKeyHash).digest();
            const cipherText = cached.encrypt(m, kr.subarray(32, 64));
            return {
              cipherText,
              sharedSecret: kr.subarray(0, 32)
            };
          } finally {
            if (kr !== void 0)
              cleanBytes(kr.subarray(32));
            if (ownMsg)
              cleanBytes(m);
          }
        },
        decapsulate: (cipherText, secretKey) => {
          abytesDoc(secretKey, secretCoder.bytesLen, "secretKey");
          abytesDoc(cipherText, lengths.cipherText, "cipherText");
          const [sk, ekEmbedded, storedHash, z] = secretCoder.decode(secretKey);
          if (!equalBytes3(ekEmbedded, ek) || !equalBytes3(storedHash, publicKeyHash))
            throw new Error("ML-KEM.decapsulate: secretKey does not match prepared publicKey");
          const msg = KPKE.decrypt(cipherText, sk);
          const kr = HASH512.create().update(msg).update(publicKeyHash).digest();
          const Khat = kr.subarray(0, 32);
          const cipherText2 = cached.encrypt(msg, kr.subarray(32, 64));
          const isValid = equalBytes3(cipherText, cipherText2);
          const Kbar = KDF.create({ dkLen: 32 }).update(z).update(cipherText).digest();
          cleanBytes(msg, cipherText2, kr.subarray(32), !isValid ? Khat : Kbar);
          return isValid ? Khat : Kbar;
        },
        clean: cached.clean
      });
    }
  });
}
function shakePRF(dkLen, key, nonce) {
  return shake256.create({ dkLen }).update(key).update(new Uint8Array([nonce])).digest();
}
var opts = /* @__PURE__ */ (() => ({
  HASH256: sha3_256,
  HASH512: sha3_512,
  KDF: shake256,
  XOF: XOF128,
  PRF: shakePRF
}))();
var mk = (params) => createKyber({
  ...opts,
  ...params
});
var ml_kem512 = /* @__PURE__ */ (() => mk(PARAMS2[512]))();
var ml_kem768 = /* @__PURE__ */ (() => mk(PARAMS2[768]))();
var ml_kem1024 = /* @__PURE__ */ (() => mk(PARAMS2[1024]))();

// control-plane/hsm/crypto/ml-kem.ts
var SEED_BYTES3 = 64;
var mlKemParameters = {
  mlKem512: { noble: ml_kem512, publicKeyLengthInBytes: 800, ciphertextLengthInBytes: 768, objectIdentifierArc: 1 },
  mlKem768: { noble: ml_kem768, publicKeyLengthInBytes: 1184, ciphertextLengthInBytes: 1088, objectIdentifierArc: 2 },
  mlKem1024: { noble: ml_kem1024, publicKeyLengthInBytes: 1568, ciphertextLengthInBytes: 1568, objectIdentifierArc: 3 }
};
var algorithmIdentifier = ({ objectIdentifierArc }) => Buffer.concat([Buffer.from("300b06096086480165030404", "hex"), Buffer.of(objectIdentifierArc)]);
var pkcs8Head2 = (parameters) => Buffer.concat([Buffer.from("3054020100", "hex"), algorithmIdentifier(parameters), Buffer.from("04428040", "hex")]);
var ML_KEM_MATERIAL_BYTES = 86;
function generateMlKemKey(parameters) {
  return new SecretBytes(Buffer.concat([pkcs8Head2(parameters), crypto.randomBytes(SEED_BYTES3)]));
}
var opensslMlKem = ({ ciphertextLengthInBytes }) => ({
  encapsulate(material) {
    const { sharedKey: sharedSecret, ciphertext } = crypto.encapsulate(keyPairOf(material).publicKey);
    return { sharedSecret, ciphertext };
  },
  decapsulate(material, ciphertext) {
    requireLength(ciphertext, ciphertextLengthInBytes);
    return crypto.decapsulate(keyPairOf(material).privateKey, ciphertext);
  },
  publicKey: (material) => publicKeyInfoOf(keyPairOf(material).publicKey)
});
var nobleMlKem = (parameters) => ({
  encapsulate(material) {
    const { cipherText: ciphertext, sharedSecret } = parameters.noble.encapsulate(publicKeyOf(parameters, material));
    return { sharedSecret, ciphertext };
  },
  decapsulate(material, ciphertext) {
    requireLength(ciphertext, parameters.ciphertextLengthInBytes);
    return expand(parameters, material).secretKey.useOnce((key) => parameters.noble.decapsulate(ciphertext, key));
  },
  publicKey: (material) => subjectPublicKeyInfo(parameters, publicKeyOf(parameters, material))
});
function expand({ noble }, material) {
  const { publicKey: publicKey2, secretKey } = material.use((bytes) => noble.keygen(bytes.subarray(-SEED_BYTES3)));
  return { publicKey: publicKey2, secretKey: new SecretBytes(secretKey) };
}
function publicKeyOf(parameters, material) {
  const { publicKey: publicKey2, secretKey } = expand(parameters, material);
  secretKey.wipe();
  return publicKey2;
}
function subjectPublicKeyInfo(parameters, publicKey2) {
  const bitString = Buffer.concat([headOf(3, publicKey2.length + 1), Buffer.of(0), publicKey2]);
  const algorithm = algorithmIdentifier(parameters);
  return Buffer.concat([headOf(48, algorithm.length + bitString.length), algorithm, bitString]);
}
var headOf = (tag, length) => Buffer.of(tag, 130, length >> 8, length & 255);
function requireLength({ length }, expected) {
  if (length !== expected) throw new HsmError("invalid-ciphertext", `the ciphertext must have ${expected} bytes`);
}
function hasOpensslMlKem() {
  if (typeof crypto.decapsulate !== "function") return false;
  try {
    generateMlKemKey(mlKemParameters.mlKem512).useOnce(readPrivateKey);
    return true;
  } catch {
    return false;
  }
}
var isOpenssl;
function kemOf(parameters) {
  const [openssl, noble] = [opensslMlKem(parameters), nobleMlKem(parameters)];
  const chosen = () => {
    isOpenssl ??= hasOpensslMlKem();
    return isOpenssl ? openssl : noble;
  };
  return {
    encapsulate: (material) => chosen().encapsulate(material),
    decapsulate: (material, ciphertext) => chosen().decapsulate(material, ciphertext),
    publicKey: (material) => chosen().publicKey(material)
  };
}

// control-plane/hsm/crypto/rsa.ts
import {
  constants,
  generateKeyPair as generateKeyPair3,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  randomBytes as randomBytes11,
  timingSafeEqual as timingSafeEqual3,
  webcrypto
} from "node:crypto";

// control-plane/hsm/crypto/emsa.ts
import { createHash, timingSafeEqual as timingSafeEqual2 } from "node:crypto";
var digestInfoPrefixes = {
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440"
};
function encodePkcs1(hash, digest, lengthInBytes) {
  const digestInfo = Buffer.concat([Buffer.from(digestInfoPrefixes[hash], "hex"), digest]);
  const encoded = Buffer.alloc(lengthInBytes, 255);
  encoded[0] = 0;
  encoded[1] = 1;
  encoded[lengthInBytes - digestInfo.length - 1] = 0;
  encoded.set(digestInfo, lengthInBytes - digestInfo.length);
  return encoded;
}
var TRAILER = 188;
var EIGHT_ZEROS = Buffer.alloc(8);
function encodePss(hash, digest, salt, lengthInBytes) {
  const h = saltedHash(hash, digest, salt);
  const db = Buffer.alloc(lengthInBytes - h.length - 1);
  db[db.length - salt.length - 1] = 1;
  db.set(salt, db.length - salt.length);
  return Buffer.concat([unmask(hash, db, h), h, Buffer.of(TRAILER)]);
}
function matchesPss(hash, digest, encoded) {
  const hashLength = digestLengths[hash];
  const maskedDb = encoded.subarray(0, encoded.length - hashLength - 1);
  const h = encoded.subarray(maskedDb.length, -1);
  const salt = unmask(hash, maskedDb, h).subarray(-hashLength);
  return timingSafeEqual2(encodePss(hash, digest, salt, encoded.length), encoded);
}
function saltedHash(hash, digest, salt) {
  return createHash(hash).update(EIGHT_ZEROS).update(digest).update(salt).digest();
}
function unmask(hash, db, seed) {
  const mask = mgf1(hash, seed, db.length);
  const result = Buffer.from(db.map((byte, index) => byte ^ (mask[index] ?? 0)));
  result[0] = (result[0] ?? 0) & 127;
  return result;
}
function mgf1(hash, seed, lengthInBytes) {
  const blocks = Math.ceil(lengthInBytes / digestLengths[hash]);
  const counter = Buffer.alloc(4);
  const mask = Array.from({ length: blocks }, (_, index) => {
    counter.writeUInt32BE(index);
    return createHash(hash).update(seed).update(counter).digest();
  });
  return Buffer.concat(mask).subarray(0, lengthInBytes);
}

// control-plane/hsm/crypto/rsa.ts
var PUBLIC_EXPONENT = 65537;
var generations = new Gate(2);
function generateRsaKey(modulusLengthInBits) {
  const options = { modulusLength: modulusLengthInBits, publicExponent: PUBLIC_EXPONENT };
  return generations.run(
    () => generatePrivateKey((encoding, done) => generateKeyPair3("rsa", { ...options, ...encoding }, done))
  );
}
function hasModulusLength(material, modulusLengthInBits) {
  const { asymmetricKeyType, asymmetricKeyDetails } = keyPairOf(material).publicKey;
  return asymmetricKeyType === "rsa" && asymmetricKeyDetails?.modulusLength === modulusLengthInBits;
}
function modulusLengthInBytes(material) {
  return modulusBytes(keyPairOf(material).publicKey);
}
function modulusBytes(key) {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}
function isAsLongAsModulus(key, bytes) {
  return bytes.length === modulusBytes(key);
}
function oaep(hash) {
  return {
    encrypt(material, plaintext) {
      const { publicKey: key } = keyPairOf(material);
      const limit2 = modulusBytes(key) - 2 * hash.lengthInBytes - 2;
      if (plaintext.length > limit2) throw new HsmError("plaintext-too-long", `at most ${limit2} bytes fit this key`);
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash.node }, plaintext);
    },
    async decrypt(material, ciphertext) {
      const { privateKey } = keyPairOf(material);
      if (!isAsLongAsModulus(privateKey, ciphertext)) throw invalidCiphertext2();
      const key = privateKey.toCryptoKey({ name: "RSA-OAEP", hash: hash.web }, false, ["decrypt"]);
      try {
        return Buffer.from(await webcrypto.subtle.decrypt("RSA-OAEP", key, Buffer.from(ciphertext)));
      } catch {
        throw invalidCiphertext2();
      }
    }
  };
}
function invalidCiphertext2() {
  return new HsmError("invalid-ciphertext", "ciphertext, algorithm and key do not belong together");
}
var oaepCiphers = {
  RSAES_OAEP_SHA_1: oaep({ node: "sha1", web: "SHA-1", lengthInBytes: 20 }),
  RSAES_OAEP_SHA_256: oaep({ node: "sha256", web: "SHA-256", lengthInBytes: 32 })
};
var pkcs1Padding = { padding: constants.RSA_PKCS1_PADDING };
var pssPadding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
var messageSigner2 = (hash, padding) => ({
  sign: (material, message) => signWithNode(material, hash, message, padding),
  verify: (publicKey2, message, signature) => isAsLongAsModulus(publicKey2, signature) && verifyWithNode(publicKey2, hash, message, signature, padding)
});
var pkcs1DigestSigner = (hash) => ({
  messageLengthInBytes: digestLengths[hash],
  sign: (material, digest) => signEncoded(material, (lengthInBytes) => encodePkcs1(hash, digest, lengthInBytes)),
  verify: (publicKey2, digest, signature) => timingSafeEqual3(openSigned(publicKey2, signature), encodePkcs1(hash, digest, modulusBytes(publicKey2)))
});
var pssDigestSigner = (hash) => ({
  messageLengthInBytes: digestLengths[hash],
  sign(material, digest) {
    const salt = randomBytes11(digestLengths[hash]);
    return signEncoded(material, (lengthInBytes) => encodePss(hash, digest, salt, lengthInBytes));
  },
  verify: (publicKey2, digest, signature) => matchesPss(hash, digest, openSigned(publicKey2, signature))
});
function signEncoded(material, encode) {
  const { privateKey: key } = keyPairOf(material);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encode(modulusBytes(key)));
}
function openSigned(publicKey2, signature) {
  if (!isAsLongAsModulus(publicKey2, signature)) throw new RangeError("signature: not as long as the modulus");
  return publicDecrypt({ key: publicKey2, padding: constants.RSA_NO_PADDING }, signature);
}
var pkcs1 = (hash) => ({ RAW: messageSigner2(hash, pkcs1Padding), DIGEST: pkcs1DigestSigner(hash) });
var pss = (hash) => ({ RAW: messageSigner2(hash, pssPadding), DIGEST: pssDigestSigner(hash) });
var rsaSigners = {
  RSASSA_PKCS1_V1_5_SHA_256: pkcs1("sha256"),
  RSASSA_PKCS1_V1_5_SHA_384: pkcs1("sha384"),
  RSASSA_PKCS1_V1_5_SHA_512: pkcs1("sha512"),
  RSASSA_PSS_SHA_256: pss("sha256"),
  RSASSA_PSS_SHA_384: pss("sha384"),
  RSASSA_PSS_SHA_512: pss("sha512")
};

// control-plane/hsm/crypto/families.ts
var publicKey = (material) => publicKeyInfoOf(keyPairOf(material).publicKey);
var hasLength = (minLength, maxLength = minLength) => (material) => material.length >= minLength && material.length <= maxLength;
function rsa(modulusLengthInBits) {
  const generate = () => generateRsaKey(modulusLengthInBits);
  return {
    generate,
    fits: (material) => hasModulusLength(material, modulusLengthInBits),
    accept: acceptRsaKey(modulusLengthInBits),
    asymmetricCiphers: oaepCiphers,
    signers: rsaSigners,
    publicKey,
    generateDataKeyPair: generate
  };
}
function ecc(curve, algorithm) {
  const generate = () => generateEccKey(curve);
  return {
    generate,
    fits: hasLength(curve.materialLengthInBytes),
    accept: acceptEccKey(curve),
    signers: { [algorithm]: ecdsa2(curve) },
    publicKey,
    generateDataKeyPair: generate
  };
}
function mac2(algorithm, lengthInBytes, blockInBytes, compute) {
  return {
    generate: () => generateHmacKey(lengthInBytes),
    fits: hasLength(lengthInBytes, blockInBytes),
    accept: acceptBytes(lengthInBytes, blockInBytes),
    macs: { [algorithm]: compute }
  };
}
function mlDsa(parameters) {
  return {
    generate: () => generateMlDsaKey(parameters),
    fits: hasLength(ML_DSA_MATERIAL_BYTES),
    signers: mlDsaSigners(parameters),
    publicKey
  };
}
function mlKem(parameters) {
  const generate = async () => generateMlKemKey(parameters);
  const kem = kemOf(parameters);
  return {
    generate,
    fits: hasLength(ML_KEM_MATERIAL_BYTES),
    kem,
    publicKey: kem.publicKey,
    generateDataKeyPair: generate
  };
}
var families = {
  SYMMETRIC_DEFAULT: {
    generate: generateAesKey,
    fits: hasLength(AES_256_KEY_BYTES),
    accept: acceptBytes(AES_256_KEY_BYTES, AES_256_KEY_BYTES),
    cipher: { seal: sealMessage, open: openMessage }
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: { ...ecc(curves.p256, "ECDSA_SHA_256"), agree: ecdh2 },
  ECC_NIST_P384: { ...ecc(curves.p384, "ECDSA_SHA_384"), agree: ecdh2 },
  ECC_NIST_P521: { ...ecc(curves.p521, "ECDSA_SHA_512"), agree: ecdh2 },
  ECC_SECG_P256K1: ecc(curves.secp256k1, "ECDSA_SHA_256"),
  ECC_NIST_EDWARDS25519: {
    generate: generateEd25519Key,
    fits: hasLength(ED25519_MATERIAL_BYTES),
    accept: acceptEd25519Key,
    signers: ed25519Signers,
    publicKey,
    generateDataKeyPair: generateEd25519Key
  },
  HMAC_224: mac2("HMAC_SHA_224", 28, 64, hmac2("sha224")),
  HMAC_256: mac2("HMAC_SHA_256", 32, 64, hmac2("sha256")),
  HMAC_384: mac2("HMAC_SHA_384", 48, 128, hmac2("sha384")),
  HMAC_512: mac2("HMAC_SHA_512", 64, 128, hmac2("sha512")),
  ML_DSA_44: mlDsa(mlDsaParameters.mlDsa44),
  ML_DSA_65: mlDsa(mlDsaParameters.mlDsa65),
  ML_DSA_87: mlDsa(mlDsaParameters.mlDsa87),
  ML_KEM_512: mlKem(mlKemParameters.mlKem512),
  ML_KEM_768: mlKem(mlKemParameters.mlKem768),
  ML_KEM_1024: mlKem(mlKemParameters.mlKem1024)
};
function requireFamily(keySpec) {
  return requireOwn(families, keySpec, `key spec ${keySpec} is not supported by this HSM`);
}
function requireAbility(keySpec, ability) {
  const found = requireFamily(keySpec)[ability];
  if (found === void 0) throw new HsmError("unsupported", `keys of spec ${keySpec} cannot do this operation`);
  return found;
}
function requireOwn(table, name, refusal = `keys of this spec do not support ${String(name)}`) {
  const row = Object.hasOwn(table, name) ? table[name] : void 0;
  if (row === void 0 || row === null) throw new HsmError("unsupported", refusal);
  return row;
}

// control-plane/hsm/crypto/import-token.ts
var VERSION2 = 1;
var ALGORITHM_OFFSET = 1;
var KEY_SPEC_OFFSET = 2;
var VALID_TO_OFFSET = 3;
var HEADER_BYTES2 = 11;
var algorithmCodes = {
  RSAES_OAEP_SHA_1: 1,
  RSAES_OAEP_SHA_256: 2,
  RSA_AES_KEY_WRAP_SHA_1: 3,
  RSA_AES_KEY_WRAP_SHA_256: 4
};
var keySpecCodes = { RSA_2048: 1, RSA_3072: 2, RSA_4096: 3 };
function sealImportToken(rootKeys, target, importToken, privateKey) {
  const header = encodeHeader(importToken);
  return Buffer.concat([header, wrap(rootKeys, importTokenBinding(target, header), privateKey)]);
}
function openImportToken(rootKeys, target, importToken) {
  const header = Buffer.from(importToken.subarray(0, HEADER_BYTES2));
  const opened = parseHeader(header);
  if (!opened) throw invalidImportToken();
  try {
    return {
      ...opened,
      privateKey: unwrap(rootKeys, importTokenBinding(target, header), importToken.subarray(HEADER_BYTES2))
    };
  } catch {
    throw invalidImportToken();
  }
}
function encodeHeader({ wrapping, validToMs }) {
  const header = Buffer.alloc(HEADER_BYTES2);
  header[0] = VERSION2;
  header[ALGORITHM_OFFSET] = algorithmCodes[wrapping.algorithm];
  header[KEY_SPEC_OFFSET] = keySpecCodes[wrapping.keySpec];
  header.writeBigUInt64BE(BigInt(validToMs), VALID_TO_OFFSET);
  return header;
}
function parseHeader(header) {
  if (header.length !== HEADER_BYTES2 || header[0] !== VERSION2) return void 0;
  const algorithm = nameOf(algorithmCodes, header[ALGORITHM_OFFSET]);
  const keySpec = nameOf(keySpecCodes, header[KEY_SPEC_OFFSET]);
  if (algorithm === void 0 || keySpec === void 0) return void 0;
  return { wrapping: { algorithm, keySpec }, validToMs: Number(header.readBigUInt64BE(VALID_TO_OFFSET)) };
}
function nameOf(codes, code) {
  return Object.keys(codes).find((name) => codes[name] === code);
}
function importTokenBinding({ owner, region }, header) {
  const { accountId, keyId, keySpec } = owner;
  return {
    label: "keystead import token v1",
    keyContext: encodeTexts(accountId, region),
    associatedData: Buffer.concat([encodeTexts("import token", accountId, region, keyId, keySpec), header])
  };
}
function invalidImportToken() {
  return new HsmError("invalid-import-token", "the import token is damaged, or belongs to another key");
}

// control-plane/hsm/crypto/aes-kwp.ts
import { createDecipheriv as createDecipheriv3, createSecretKey as createSecretKey5 } from "node:crypto";
var INTEGRITY_CHECK = Buffer.of(166, 89, 89, 166);
function unwrapWithPadding(key, wrapped) {
  if (wrapped.length < 16 || wrapped.length % 8 !== 0) throw unwrapFailed();
  const parts = [];
  try {
    const decipher = key.use(
      (bytes) => createDecipheriv3(`id-aes${8 * bytes.length}-wrap-pad`, createSecretKey5(bytes), INTEGRITY_CHECK)
    );
    parts.push(decipher.update(wrapped), decipher.final());
    return new SecretBytes(Buffer.concat(parts));
  } catch {
    throw unwrapFailed();
  } finally {
    for (const part of parts) part.fill(0);
  }
}
function unwrapFailed() {
  return new HsmError("invalid-ciphertext", "the wrapped key cannot be unwrapped");
}

// control-plane/hsm/crypto/key-import.ts
var oaep2 = (algorithm) => async (wrappingKey2, ciphertext) => new SecretBytes(await oaepCiphers[algorithm].decrypt(wrappingKey2, ciphertext));
var rsaAesKeyWrap = (algorithm) => async (wrappingKey2, ciphertext) => {
  const wrappedKeyLength = modulusLengthInBytes(wrappingKey2);
  const aesKey = await oaep2(algorithm)(wrappingKey2, ciphertext.subarray(0, wrappedKeyLength));
  try {
    if (aesKey.length !== AES_256_KEY_BYTES)
      throw new HsmError("invalid-ciphertext", "the wrapped key cannot be unwrapped");
    return unwrapWithPadding(aesKey, ciphertext.subarray(wrappedKeyLength));
  } finally {
    aesKey.wipe();
  }
};
var unwraps = {
  RSAES_OAEP_SHA_1: oaep2("RSAES_OAEP_SHA_1"),
  RSAES_OAEP_SHA_256: oaep2("RSAES_OAEP_SHA_256"),
  RSA_AES_KEY_WRAP_SHA_1: rsaAesKeyWrap("RSAES_OAEP_SHA_1"),
  RSA_AES_KEY_WRAP_SHA_256: rsaAesKeyWrap("RSAES_OAEP_SHA_256")
};
async function unwrapKeyMaterial(owner, algorithm, wrappingKey2, ciphertext) {
  const accept = requireAbility(owner.keySpec, "accept");
  const plaintext = await unwraps[algorithm](wrappingKey2, ciphertext);
  try {
    return await accept(plaintext);
  } finally {
    plaintext.wipe();
  }
}
function importedMaterialId({ keyId }, material) {
  return material.use(
    (bytes) => deriveKey(bytes, "keystead imported material id v1", encodeTexts(keyId)).useOnce(
      (id2) => Buffer.from(id2).toString("hex")
    )
  );
}

// control-plane/hsm/pkcs11/pkcs11-keys.ts
import { randomBytes as randomBytes12 } from "node:crypto";
var AES_256_BYTES = 32;
var AES_GCM_PARAMETERS = 3;
var identity = (id2) => [
  { type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY },
  { type: CK.CKA_KEY_TYPE, value: CK.CKK_AES },
  { type: CK.CKA_ID, value: Buffer.from(id2) }
];
var newKey = (id2, label) => [
  ...identity(id2),
  { type: CK.CKA_LABEL, value: label },
  { type: CK.CKA_VALUE_LEN, value: AES_256_BYTES },
  { type: CK.CKA_TOKEN, value: true },
  { type: CK.CKA_PRIVATE, value: true },
  { type: CK.CKA_SENSITIVE, value: true },
  { type: CK.CKA_EXTRACTABLE, value: false },
  { type: CK.CKA_ENCRYPT, value: true },
  { type: CK.CKA_DECRYPT, value: true },
  { type: CK.CKA_WRAP, value: false },
  { type: CK.CKA_UNWRAP, value: false },
  { type: CK.CKA_SIGN, value: false },
  { type: CK.CKA_VERIFY, value: false },
  { type: CK.CKA_DERIVE, value: false }
];
function generatePkcs11Key(pkcs11Token, id2, label) {
  return pkcs11Token.run(async ({ module, handle: session }) => {
    const mechanism = { mechanism: CK.CKM_AES_KEY_GEN };
    const key = await module.C_GenerateKeyAsync(session, mechanism, newKey(id2, label));
    const [sensitive, extractable] = module.C_GetAttributeValue(session, key, [
      { type: CK.CKA_SENSITIVE },
      { type: CK.CKA_EXTRACTABLE }
    ]);
    if (sensitive?.value[0] !== 1 || extractable?.value[0] !== 0) {
      module.C_DestroyObject(session, key);
      throw new HsmError("pkcs11-token-unfit", "the PKCS#11 token creates keys that can be extracted");
    }
    pkcs11Token.handles.set(hex(id2), key);
  });
}
function destroyPkcs11Key(pkcs11Token, id2) {
  return pkcs11Token.run(async (session) => {
    pkcs11Token.handles.delete(hex(id2));
    const key = find(session, id2);
    if (key === void 0) return false;
    session.module.C_DestroyObject(session.handle, key);
    return true;
  });
}
function pkcs11Random(pkcs11Token, lengthInBytes) {
  return pkcs11Token.run(async ({ module, handle }) => module.C_GenerateRandom(handle, Buffer.alloc(lengthInBytes)));
}
async function sealInPkcs11Token(pkcs11Token, id2, names, plaintext, encryptionContext) {
  if (plaintext.length < 1 || plaintext.length > MAX_PLAINTEXT_BYTES) {
    throw new RangeError(`plaintext: expected 1–${MAX_PLAINTEXT_BYTES} bytes, got ${plaintext.length}`);
  }
  const iv = randomBytes12(IV_BYTES);
  const mechanism = aesGcm(iv, pkcs11AdditionalData(names, iv, encryptionContext));
  const input = Buffer.from(plaintext);
  try {
    const sealed = await withKey(pkcs11Token, id2, ({ module, handle }, key) => {
      module.C_EncryptInit(handle, mechanism, key);
      return module.C_EncryptAsync(handle, input, Buffer.alloc(input.length + TAG_BYTES));
    });
    return encodePkcs11Ciphertext({ ...names, iv, sealed });
  } finally {
    input.fill(0);
  }
}
async function openInPkcs11Token(pkcs11Token, id2, names, blob, encryptionContext) {
  const parsed2 = parsePkcs11Ciphertext(blob);
  if (parsed2?.keyId !== names.keyId || parsed2.materialId !== names.materialId) throw invalidCiphertext3();
  const mechanism = aesGcm(parsed2.iv, pkcs11AdditionalData(names, parsed2.iv, encryptionContext));
  const input = Buffer.from(parsed2.sealed);
  try {
    return await withKey(pkcs11Token, id2, ({ module, handle }, key) => {
      module.C_DecryptInit(handle, mechanism, key);
      return module.C_DecryptAsync(handle, input, Buffer.alloc(input.length));
    });
  } catch (error) {
    if (isCiphertextRefused(error)) throw invalidCiphertext3();
    if (returnValueOf(error) !== CKR_GENERAL_ERROR) throw error;
    await sealInPkcs11Token(pkcs11Token, id2, names, Buffer.of(0), {});
    throw invalidCiphertext3();
  }
}
function aesGcm(iv, additionalData2) {
  const parameter = {
    type: AES_GCM_PARAMETERS,
    iv: Buffer.from(iv),
    aad: Buffer.from(additionalData2),
    ivBits: 8 * IV_BYTES,
    tagBits: 8 * TAG_BYTES
  };
  return { mechanism: CK.CKM_AES_GCM, parameter };
}
async function withKey(pkcs11Token, id2, work) {
  const known = pkcs11Token.handles.get(hex(id2));
  try {
    if (known) return await pkcs11Token.run((session) => work(session, known));
  } catch (error) {
    if (!isHandleLost(error)) throw error;
    pkcs11Token.handles.delete(hex(id2));
  }
  return await pkcs11Token.run((session) => {
    const key = find(session, id2);
    if (key === void 0) throw new HsmError("pkcs11-key-missing", "the key is not in the PKCS#11 token");
    pkcs11Token.handles.set(hex(id2), key);
    return work(session, key);
  });
}
function find({ module, handle }, id2) {
  module.C_FindObjectsInit(handle, identity(id2));
  try {
    return module.C_FindObjects(handle, 1)[0];
  } finally {
    module.C_FindObjectsFinal(handle);
  }
}
var hex = (id2) => Buffer.from(id2).toString("hex");
function invalidCiphertext3() {
  return new HsmError("invalid-ciphertext", "ciphertext, encryption context and key do not belong together");
}

// control-plane/hsm/soft/held.ts
function backingKeyIdOf({ opened }, material) {
  const place = opened.open(pkcs11KeyBinding(material, material.materialId), material.wrapped);
  return place.use((id2) => Uint8Array.from(id2));
}

// control-plane/hsm/soft/key-material.ts
var MATERIAL_ID_BYTES = 32;
var newMaterialId = () => randomBytes13(MATERIAL_ID_BYTES).toString("hex");
var SoftKeyMaterial = class {
  #held;
  constructor(held) {
    this.#held = held;
  }
  generateKey = async (owner) => {
    const family = requireFamily(owner.keySpec);
    const materialId = newMaterialId();
    const material = await family.generate();
    try {
      return { materialId, wrapped: wrap(this.#held.rootKeys, materialBinding(owner, materialId), material) };
    } finally {
      material.wipe();
    }
  };
  encrypt = async ({ material, plaintext, encryptionContext }) => {
    const { pkcs11Login } = material;
    if (pkcs11Login) {
      const id2 = backingKeyIdOf(this.#held, material);
      return this.#held.pkcs11Tokens.use(
        pkcs11Login,
        (pkcs11Token) => sealInPkcs11Token(pkcs11Token, id2, material, plaintext, encryptionContext)
      );
    }
    const { seal } = requireAbility(material.keySpec, "cipher");
    return seal(this.#openMaterial(material), material, plaintext, encryptionContext);
  };
  decrypt = async ({ material, ciphertextBlob, encryptionContext }) => {
    const { pkcs11Login } = material;
    if (pkcs11Login) {
      const id2 = backingKeyIdOf(this.#held, material);
      return this.#held.pkcs11Tokens.use(
        pkcs11Login,
        (pkcs11Token) => openInPkcs11Token(pkcs11Token, id2, material, ciphertextBlob, encryptionContext)
      );
    }
    const { open } = requireAbility(material.keySpec, "cipher");
    return open(this.#openMaterial(material), material, ciphertextBlob, encryptionContext);
  };
  generateDataKey = async ({
    material,
    lengthInBytes,
    encryptionContext,
    withPlaintext
  }) => {
    const plaintext = randomBytes13(lengthInBytes);
    const ciphertextBlob = await this.encrypt({ material, plaintext, encryptionContext });
    if (withPlaintext) return { ciphertextBlob, plaintext };
    plaintext.fill(0);
    return { ciphertextBlob };
  };
  generateDataKeyPair = async (req) => {
    const { material, keyPairSpec, encryptionContext, withPlaintext } = req;
    const { seal } = requireAbility(material.keySpec, "cipher");
    const generate = requireAbility(keyPairSpec, "generateDataKeyPair");
    const publicKeyOf2 = requireAbility(keyPairSpec, "publicKey");
    const privateKey = await generate();
    try {
      const publicKey2 = publicKeyOf2(privateKey);
      return privateKey.use((plaintext) => ({
        publicKey: publicKey2,
        privateKeyCiphertextBlob: seal(this.#openMaterial(material), material, plaintext, encryptionContext),
        ...withPlaintext && { privateKeyPlaintext: Uint8Array.from(plaintext) }
      }));
    } finally {
      privateKey.wipe();
    }
  };
  reEncrypt = async (req) => {
    const plaintext = await this.#decryptSource(req);
    try {
      if (plaintext.length === 0) throw new HsmError("invalid-ciphertext", "the plaintext is empty");
      return await this.#encryptDestination(req, plaintext);
    } finally {
      plaintext.fill(0);
    }
  };
  #decryptSource(req) {
    const { source: material, sourceAlgorithm: algorithm, ciphertextBlob } = req;
    if (algorithm !== void 0) return this.decryptAsymmetric({ material, algorithm, ciphertext: ciphertextBlob });
    return this.decrypt({ material, ciphertextBlob, encryptionContext: req.sourceEncryptionContext });
  }
  #encryptDestination(req, plaintext) {
    const { destination: material, destinationAlgorithm: algorithm } = req;
    if (algorithm !== void 0) return this.encryptAsymmetric({ material, algorithm, plaintext });
    return this.encrypt({ material, plaintext, encryptionContext: req.destinationEncryptionContext });
  }
  encryptAsymmetric = async ({ material, algorithm, plaintext }) => {
    const cipher = requireOwn(requireAbility(material.keySpec, "asymmetricCiphers"), algorithm);
    return cipher.encrypt(this.#openMaterial(material), plaintext);
  };
  decryptAsymmetric = async ({ material, algorithm, ciphertext }) => {
    const cipher = requireOwn(requireAbility(material.keySpec, "asymmetricCiphers"), algorithm);
    return await cipher.decrypt(this.#openMaterial(material), ciphertext);
  };
  sign = async (req) => {
    const signer = requireSigner(req);
    return await signer.sign(this.#openMaterial(req.material), req.message);
  };
  verify = async (req) => {
    const signer = requireSigner(req);
    const { publicKey: publicKey2 } = keyPairOf(this.#openMaterial(req.material));
    try {
      return signer.verify(publicKey2, req.message, req.signature);
    } catch {
      return false;
    }
  };
  mac = async ({ material, algorithm, message }) => {
    const compute = requireOwn(requireAbility(material.keySpec, "macs"), algorithm);
    return compute(this.#openMaterial(material), message);
  };
  verifyMac = async ({ mac: mac3, ...req }) => {
    const expected = await this.mac(req);
    return mac3.length === expected.length && timingSafeEqual4(mac3, expected);
  };
  deriveSharedSecret = async ({ material, publicKey: publicKey2 }) => {
    const agree = requireAbility(material.keySpec, "agree");
    return agree(this.#openMaterial(material), publicKey2);
  };
  encapsulate = async ({ material }) => {
    const { encapsulate: encapsulate2 } = requireAbility(material.keySpec, "kem");
    return encapsulate2(this.#openMaterial(material));
  };
  decapsulate = async ({ material, ciphertext }) => {
    const { decapsulate: decapsulate2 } = requireAbility(material.keySpec, "kem");
    return decapsulate2(this.#openMaterial(material), ciphertext);
  };
  publicKey = async (material) => {
    const publicKeyOf2 = requireAbility(material.keySpec, "publicKey");
    return publicKeyOf2(this.#openMaterial(material));
  };
  generateImportParameters = async ({ target, ...header }) => {
    const privateKey = await requireFamily(header.wrapping.keySpec).generate();
    try {
      const { publicKey: publicKey2 } = keyPairOf(privateKey);
      const importToken = sealImportToken(this.#held.rootKeys, target, header, privateKey);
      return { publicKey: publicKeyInfoOf(publicKey2), importToken };
    } finally {
      privateKey.wipe();
    }
  };
  importKey = async ({ target, importToken, encryptedKeyMaterial, nowMs }) => {
    const { wrapping, validToMs, privateKey } = openImportToken(this.#held.rootKeys, target, importToken);
    const { owner } = target;
    try {
      if (nowMs >= validToMs) throw new HsmError("expired-import-token", "the import token has expired");
      const material = await unwrapKeyMaterial(owner, wrapping.algorithm, privateKey, encryptedKeyMaterial);
      return this.#wrapImported(owner, material);
    } finally {
      privateKey.wipe();
    }
  };
  acceptKey = async (owner, keyMaterial) => {
    if (!this.#held.isSeeding) {
      throw new HsmError("unsupported", "key material is accepted by import; a chosen value only while seeding");
    }
    const accept = requireAbility(owner.keySpec, "accept");
    const plaintext = new SecretBytes(Uint8Array.from(keyMaterial));
    try {
      return this.#wrapImported(owner, await accept(plaintext));
    } finally {
      plaintext.wipe();
    }
  };
  #wrapImported(owner, material) {
    const materialId = importedMaterialId(owner, material);
    const wrapped = wrap(this.#held.rootKeys, materialBinding(owner, materialId), material);
    material.wipe();
    return { materialId, wrapped };
  }
  random = async (lengthInBytes) => randomBytes13(lengthInBytes);
  /** @throws HsmError `invalid-material` */
  #openMaterial(material) {
    const opened = this.#held.opened.open(materialBinding(material, material.materialId), material.wrapped);
    if (requireFamily(material.keySpec).fits(opened)) return opened;
    throw new HsmError("invalid-material", "wrapped material does not fit its key spec");
  }
};
function requireSigner({
  material,
  algorithm,
  messageType,
  message
}) {
  const messageTypes = requireOwn(requireAbility(material.keySpec, "signers"), algorithm);
  const signer = requireOwn(messageTypes, messageType, `${algorithm} does not take messages of type ${messageType}`);
  const { messageLengthInBytes: expected = message.length } = signer;
  if (message.length === expected) return signer;
  throw new RangeError(`message: expected ${expected} bytes, got ${message.length}`);
}

// control-plane/hsm/soft/pkcs11.ts
import { randomBytes as randomBytes14, timingSafeEqual as timingSafeEqual5 } from "node:crypto";
var BACKING_KEY_ID_BYTES = 16;
var SoftPkcs11 = class {
  #held;
  constructor(held) {
    this.#held = held;
  }
  wrapKeyStorePassword = async (owner, password) => {
    const bytes = secretFromText(password.reveal());
    try {
      return wrap(this.#held.rootKeys, passwordBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };
  isKeyStorePassword = async (login, password) => {
    const known = this.#held.opened.open(passwordBinding(login), login.wrappedPassword);
    return secretFromText(password.reveal()).useOnce(
      (given) => known.use((bytes) => bytes.length === given.length && timingSafeEqual5(bytes, given))
    );
  };
  pkcs11TokenStatus = (clusterId) => this.#held.pkcs11Tokens.status(clusterId);
  connectPkcs11Token = (login) => this.#held.pkcs11Tokens.connect(login);
  disconnectPkcs11Token = (clusterId) => this.#held.pkcs11Tokens.disconnect(clusterId);
  generatePkcs11Key = async (owner, login) => {
    const materialId = newMaterialId();
    const id2 = randomBytes14(BACKING_KEY_ID_BYTES);
    await this.#held.pkcs11Tokens.use(login, (pkcs11Token) => generatePkcs11Key(pkcs11Token, id2, owner.keyId));
    const secretId = new SecretBytes(Uint8Array.from(id2));
    const wrapped = secretId.useOnce(() => wrap(this.#held.rootKeys, pkcs11KeyBinding(owner, materialId), secretId));
    return { materialId, wrapped, backingKeyId: id2.toString("hex") };
  };
  destroyPkcs11Key = async (material) => {
    const id2 = backingKeyIdOf(this.#held, material);
    return this.#held.pkcs11Tokens.use(requireLogin(material), (pkcs11Token) => destroyPkcs11Key(pkcs11Token, id2));
  };
  backingKeyId = async (material) => Buffer.from(backingKeyIdOf(this.#held, material)).toString("hex");
  pkcs11Random = (login, lengthInBytes) => this.#held.pkcs11Tokens.use(login, (pkcs11Token) => pkcs11Random(pkcs11Token, lengthInBytes));
};
function requireLogin({ pkcs11Login }) {
  if (pkcs11Login) return pkcs11Login;
  throw new HsmError("unsupported", "the key is not in a PKCS#11 token");
}

// control-plane/hsm/soft/soft-hsm.ts
var DEFAULT_CACHE_CAPACITY = 1024;
function createSoftHsm(rootKey, options = {}) {
  const { cacheCapacity = DEFAULT_CACHE_CAPACITY, pkcs11Tokens = [], isSeeding = false, nowMs = Date.now } = options;
  const rootKeys = rootKey instanceof RootKeys ? rootKey : RootKeys.first(rootKey);
  const opened = new OpenedCache(rootKeys, cacheCapacity);
  const held = {
    rootKeys,
    opened,
    nowMs,
    isSeeding,
    pkcs11Tokens: new Pkcs11Tokens(pkcs11Tokens, (login) => opened.open(passwordBinding(login), login.wrappedPassword))
  };
  return {
    ...new SoftKeyMaterial(held),
    ...new SoftCredentials(held),
    ...new SoftPkcs11(held),
    ...new SoftInstallation(held)
  };
}

export {
  RootKeys,
  gcmsiv,
  MAX_SESSION_AGE_MS,
  createSoftHsm
};
