import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  decodeEncryptionContext,
  encodeEncryptionContext
} from "./part-4RXXNH3Y.js";
import {
  Secret
} from "./part-V3QLCJLG.js";

// control-plane/hsm/process/codec.ts
var Writer = class {
  #parts = [];
  #length = 0;
  /** With its length in bytes in front. */
  text(part) {
    const lengthInBytes = Buffer.byteLength(part);
    this.#parts.push(lengthInBytes, part);
    this.#length += 4 + lengthInBytes;
  }
  bytes(part) {
    this.#parts.push(part);
    this.#length += part.length;
  }
  uint32(value) {
    this.#parts.push(value);
    this.#length += 4;
  }
  /** Copies everything into one new buffer. @throws RangeError for a number that has more than 32 bits */
  finish() {
    const message = Buffer.alloc(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      if (typeof part === "number") offset = message.writeUInt32BE(part, offset);
      else if (typeof part === "string") offset += message.write(part, offset);
      else {
        message.set(part, offset);
        offset += part.length;
      }
    }
    return message;
  }
};
var Reader = class {
  #bytes;
  #offset = 0;
  constructor(bytes2) {
    this.#bytes = bytes2;
  }
  uint32() {
    const value = this.#bytes.readUInt32BE(this.#offset);
    this.#offset += 4;
    return value;
  }
  bytes(length) {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new RangeError("message is shorter than its fields");
    const view = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return view;
  }
  /** @throws RangeError when bytes are left over. */
  finish() {
    if (this.#offset !== this.#bytes.length) throw new RangeError("message is longer than its fields");
  }
};
var uint32 = {
  write: (to, value) => to.uint32(value),
  read: (from) => from.uint32()
};
var timeMs = {
  write(to, value) {
    to.uint32(Math.floor(value / 2 ** 32));
    to.uint32(value % 2 ** 32);
  },
  read: (from) => from.uint32() * 2 ** 32 + from.uint32()
};
var bytes = {
  write(to, value) {
    to.uint32(value.length);
    to.bytes(value);
  },
  read: (from) => from.bytes(from.uint32())
};
var text = {
  write: (to, value) => to.text(value),
  read: (from) => from.bytes(from.uint32()).toString("utf8")
};
var flag = {
  write: (to, value) => to.uint32(value ? 1 : 0),
  read: (from) => from.uint32() === 1
};
var nothing = { write: () => void 0, read: () => void 0 };
function struct(required, optional = {}) {
  const requiredFields = Object.entries(required);
  const optionalFields = Object.entries(optional);
  return {
    write(to, value) {
      for (const [name, codec] of requiredFields) codec.write(to, value[name]);
      for (const [name, codec] of optionalFields) {
        flag.write(to, value[name] !== void 0);
        if (value[name] !== void 0) codec.write(to, value[name]);
      }
    },
    read(from) {
      const value = {};
      for (const [name, codec] of requiredFields) value[name] = codec.read(from);
      for (const [name, codec] of optionalFields) if (flag.read(from)) value[name] = codec.read(from);
      return value;
    }
  };
}
function list(codec) {
  return {
    write(to, values) {
      to.uint32(values.length);
      for (const value of values) codec.write(to, value);
    },
    // Reading past the end throws, whatever the length says.
    read(from) {
      const values = [];
      for (let left = from.uint32(); left > 0; left--) values.push(codec.read(from));
      return values;
    }
  };
}
function union(codecs) {
  const codecOf = (kind) => {
    const codec = Object.hasOwn(codecs, kind) ? codecs[kind] : void 0;
    if (!codec) throw new RangeError("message has a value of an unknown kind");
    return codec;
  };
  return {
    write(to, value) {
      text.write(to, value.kind);
      codecOf(value.kind).write(to, value);
    },
    read(from) {
      const kind = text.read(from);
      return { kind, ...codecOf(kind).read(from) };
    }
  };
}
function tuple(...codecs) {
  return {
    write(to, values) {
      for (const [index, codec] of codecs.entries()) codec.write(to, values[index]);
    },
    read: (from) => codecs.map((codec) => codec.read(from))
  };
}
function encodeWith(codec, value) {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.finish();
}
function decodeWith(codec, message) {
  const reader = new Reader(message);
  const value = codec.read(reader);
  reader.finish();
  return value;
}

// control-plane/hsm/process/protocol.ts
var SHARED_TOKEN_BYTES = 32;
var CHALLENGE = 200;
var HELLO = 201;
var WELCOME = 202;
var GOODBYE = 203;
var STATUS_OK = 0;
var errorStatuses = {
  "invalid-ciphertext": 1,
  "invalid-material": 2,
  unsupported: 3,
  unavailable: 4,
  "invalid-public-key": 6,
  "plaintext-too-long": 7,
  "invalid-import-token": 8,
  "expired-import-token": 9,
  "incorrect-key-material": 10,
  "root-key-closed": 11,
  "pkcs11-token-unknown": 20,
  "pkcs11-token-inactive": 21,
  "pkcs11-token-unfit": 22,
  "pkcs11-pin-incorrect": 23,
  "pkcs11-pin-locked": 24,
  "pkcs11-user-missing": 25,
  "pkcs11-user-busy": 26,
  "pkcs11-token-unreachable": 27,
  "pkcs11-no-session": 28,
  "pkcs11-key-missing": 29,
  "pkcs11-token-failed": 30
};
var STATUS_DEFECT = 5;
var encryptionContext = {
  write: (to, context) => bytes.write(to, encodeEncryptionContext(context)),
  read: (from) => decodeEncryptionContext(bytes.read(from))
};
var secretText = {
  write: (to, secret) => text.write(to, secret.reveal()),
  read: (from) => new Secret(text.read(from))
};
var keySpec = text;
var encryptionAlgorithm = text;
var macAlgorithm = text;
var signingAlgorithm = text;
var messageType = text;
var tokenPurpose = text;
var ownerFields = { accountId: text, domainRegion: text, keyId: text, keySpec };
var owner = struct(ownerFields);
var keyStoreOwner = struct({ accountId: text, keyStoreId: text });
var login = struct({ accountId: text, keyStoreId: text, clusterId: text, wrappedPassword: bytes });
var pkcs11TokenReport = struct({ status: text }, { cause: text });
var material = struct({ ...ownerFields, materialId: text, wrapped: bytes }, { pkcs11Login: login });
var importTarget = struct({ owner, region: text });
var wrapping = struct({
  algorithm: text,
  keySpec: text
});
var signed = { material, algorithm: signingAlgorithm, messageType };
var secretOwner = struct({ accountId: text, accessKeyId: text });
var refusal = struct({ message: text, hint: text });
var generation = struct(
  { generation: uint32, fingerprint: text },
  { createdAtMs: timeMs, createdBy: text }
);
var wrappedMaterial = struct({
  ...ownerFields,
  materialId: text,
  wrapped: bytes
});
var wrappedSecret = union({
  "key-material": wrappedMaterial,
  "pkcs11-key": wrappedMaterial,
  "access-key-secret": struct({ accountId: text, accessKeyId: text, wrapped: bytes }),
  "key-store-password": struct({ accountId: text, keyStoreId: text, wrapped: bytes })
});
var verbs = {
  // Key material
  generateKey: {
    kind: 1,
    arguments: tuple(owner),
    result: struct({ materialId: text, wrapped: bytes })
  },
  encrypt: {
    kind: 2,
    arguments: tuple(struct({ material, plaintext: bytes, encryptionContext })),
    result: bytes
  },
  decrypt: {
    kind: 3,
    arguments: tuple(struct({ material, ciphertextBlob: bytes, encryptionContext })),
    result: bytes
  },
  generateDataKey: {
    kind: 4,
    arguments: tuple(struct({ material, lengthInBytes: uint32, encryptionContext, withPlaintext: flag })),
    result: struct({ ciphertextBlob: bytes }, { plaintext: bytes })
  },
  reEncrypt: {
    kind: 5,
    arguments: tuple(
      struct(
        {
          source: material,
          ciphertextBlob: bytes,
          sourceEncryptionContext: encryptionContext,
          destination: material,
          destinationEncryptionContext: encryptionContext
        },
        { sourceAlgorithm: encryptionAlgorithm, destinationAlgorithm: encryptionAlgorithm }
      )
    ),
    result: bytes
  },
  random: { kind: 6, arguments: tuple(uint32), result: bytes },
  encryptAsymmetric: {
    kind: 12,
    arguments: tuple(struct({ material, algorithm: encryptionAlgorithm, plaintext: bytes })),
    result: bytes
  },
  decryptAsymmetric: {
    kind: 13,
    arguments: tuple(struct({ material, algorithm: encryptionAlgorithm, ciphertext: bytes })),
    result: bytes
  },
  sign: { kind: 14, arguments: tuple(struct({ ...signed, message: bytes })), result: bytes },
  verify: { kind: 15, arguments: tuple(struct({ ...signed, message: bytes, signature: bytes })), result: flag },
  mac: {
    kind: 16,
    arguments: tuple(struct({ material, algorithm: macAlgorithm, message: bytes })),
    result: bytes
  },
  verifyMac: {
    kind: 17,
    arguments: tuple(struct({ material, algorithm: macAlgorithm, message: bytes, mac: bytes })),
    result: flag
  },
  deriveSharedSecret: { kind: 18, arguments: tuple(struct({ material, publicKey: bytes })), result: bytes },
  publicKey: { kind: 19, arguments: tuple(material), result: bytes },
  generateDataKeyPair: {
    kind: 20,
    arguments: tuple(struct({ material, keyPairSpec: keySpec, encryptionContext, withPlaintext: flag })),
    result: struct(
      { publicKey: bytes, privateKeyCiphertextBlob: bytes },
      { privateKeyPlaintext: bytes }
    )
  },
  generateImportParameters: {
    kind: 21,
    arguments: tuple(struct({ target: importTarget, wrapping, validToMs: timeMs })),
    result: struct({ publicKey: bytes, importToken: bytes })
  },
  importKey: {
    kind: 22,
    arguments: tuple(struct({ target: importTarget, importToken: bytes, encryptedKeyMaterial: bytes, nowMs: timeMs })),
    result: struct({ materialId: text, wrapped: bytes })
  },
  encapsulate: {
    kind: 24,
    arguments: tuple(struct({ material })),
    result: struct({ sharedSecret: bytes, ciphertext: bytes })
  },
  decapsulate: { kind: 25, arguments: tuple(struct({ material, ciphertext: bytes })), result: bytes },
  acceptKey: { kind: 23, arguments: tuple(owner, bytes), result: struct({ materialId: text, wrapped: bytes }) },
  // Credentials
  generateSecret: {
    kind: 7,
    arguments: tuple(secretOwner),
    result: struct({ secret: secretText, wrapped: bytes })
  },
  wrapSecret: { kind: 8, arguments: tuple(secretOwner, secretText), result: bytes },
  deriveSigningKey: {
    kind: 9,
    arguments: tuple(
      struct({
        secret: struct({ accountId: text, accessKeyId: text, wrapped: bytes }),
        date: text,
        region: text,
        service: text
      })
    ),
    result: bytes
  },
  sealToken: { kind: 26, arguments: tuple(tokenPurpose, bytes), result: bytes },
  openToken: {
    kind: 27,
    arguments: tuple(tokenPurpose, bytes),
    result: struct({}, { content: bytes })
  },
  // PKCS#11
  wrapKeyStorePassword: { kind: 40, arguments: tuple(keyStoreOwner, secretText), result: bytes },
  isKeyStorePassword: { kind: 41, arguments: tuple(login, secretText), result: flag },
  pkcs11TokenStatus: { kind: 42, arguments: tuple(text), result: pkcs11TokenReport },
  connectPkcs11Token: { kind: 43, arguments: tuple(login), result: nothing },
  disconnectPkcs11Token: { kind: 44, arguments: tuple(text), result: nothing },
  generatePkcs11Key: {
    kind: 45,
    arguments: tuple(owner, login),
    result: struct({ materialId: text, wrapped: bytes, backingKeyId: text })
  },
  destroyPkcs11Key: { kind: 46, arguments: tuple(material), result: flag },
  backingKeyId: { kind: 47, arguments: tuple(material), result: text },
  pkcs11Random: { kind: 48, arguments: tuple(login, uint32), result: bytes },
  // Installation
  openRootKey: {
    kind: 62,
    arguments: tuple(struct({ mustExist: flag }, { fingerprint: text })),
    result: struct({}, { refused: refusal })
  },
  rootKeyFingerprint: { kind: 11, arguments: tuple(), result: text },
  rootKeyGenerations: {
    kind: 64,
    arguments: tuple(),
    result: struct(
      { inUse: uint32, generations: list(generation) },
      { removal: struct({ removedAtMs: timeMs, removedBy: text }), refused: refusal }
    )
  },
  useGeneration: {
    kind: 65,
    arguments: tuple(struct({ generation: uint32 })),
    result: struct({}, { refused: refusal })
  },
  rewrap: {
    kind: 66,
    arguments: tuple(list(wrappedSecret)),
    result: list(struct({}, { wrapped: bytes }))
  },
  endSeeding: { kind: 63, arguments: tuple(), result: nothing },
  signCheckpoint: { kind: 60, arguments: tuple(text), result: bytes },
  checkpointPublicKey: { kind: 61, arguments: tuple(), result: bytes }
};
var verbNames = Object.keys(verbs);

export {
  encodeWith,
  decodeWith,
  SHARED_TOKEN_BYTES,
  CHALLENGE,
  HELLO,
  WELCOME,
  GOODBYE,
  STATUS_OK,
  errorStatuses,
  STATUS_DEFECT,
  verbs,
  verbNames
};
