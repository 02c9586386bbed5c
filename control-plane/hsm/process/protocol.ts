/**
 * The protocol between the API process and the HSM process.
 *
 * Standard input of the HSM process: the shared token of 32 bytes and one line of JSON, the `Launch`; the HSM process
 * ends when it closes. Standard output: lines of JSON, first the `LaunchAnswer`, then a `ClientReport` whenever
 * the number of clients changes.
 *
 * On the socket (frames.ts): first the handshake (handshake.ts); then requests, whose kind is a verb and whose body is
 * its arguments, and answers, whose kind is a status and whose body is the result.
 */
import type { MacAlgorithmSpec, MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import type { RsaWrappingKeySpec, WrappingAlgorithm, WrappingChoice } from '@keystead/provider-schema/wrapping.ts';
import { decodeEncryptionContext, encodeEncryptionContext } from '../../domain/keys/ciphertext.ts';
import type { SealedTokenPurpose, SecretOwner } from '../port/credentials.ts';
import type { Hsm } from '../port/hsm.ts';
import type { HsmErrorKind } from '../port/hsm-error.ts';
import type { Removal, RootKeyGeneration, RootKeyRefusal } from '../port/installation.ts';
import type { AsymmetricEncryptionAlgorithm, EncryptionContext, ImportTarget } from '../port/key-material.ts';
import type { Pkcs11TokenReport, Pkcs11TokenStatus } from '../port/pkcs11.ts';
import type { Pkcs11TokenConfig } from '../port/pkcs11-token-config.ts';
import type { KeyStoreOwner, MaterialOwner, Pkcs11Login, WrappedMaterial } from '../port/wrapped-material.ts';
import type { WrappedSecretOf } from '../port/wrapped-secret.ts';
import type { SealConfig } from '../root-key/root-key.ts';
import { bytes, type Codec, flag, list, nothing, struct, text, timeMs, tuple, uint32, union } from './codec.ts';

/** Known to the HSM and its clients; sent to the process as bytes, not as text, because text cannot be wiped. */
export const SHARED_TOKEN_BYTES = 32;

/** The socket that the HSM process creates, and who can use it. */
export interface HsmSocket {
  /** A name in a directory that only the HSM's user can write to. */
  readonly path: string;
  /** 0600, or 0660 for clients of another user in the socket's group. */
  readonly mode: number;
  /**
   * The users of clients (numeric ids) when they are not the HSM's own; each client then proves its user by creating a
   * directory in `directory` (peer.ts). Absent: the modes of directory and socket keep other users out.
   */
  readonly peers?: { readonly uids: readonly number[]; readonly directory: string };
}

/** The configuration of the HSM process. */
export interface Launch {
  readonly seal: SealConfig;
  readonly socket: HsmSocket;
  readonly tokens: readonly Pkcs11TokenConfig[];
  /** Whether key material with a chosen value is accepted until `endSeeding`. */
  readonly isSeeding: boolean;
}

export type LaunchAnswer =
  | { readonly ready: true }
  | { readonly failed: { readonly message: string; readonly hint: string } };

/** How many clients are connected, whether one asked the HSM to end, and whether seeding has ended. */
export interface ClientReport {
  readonly clients: number;
  readonly goodbye?: boolean;
  readonly seedingEnded?: boolean;
}

/** Kinds of the frames of the handshake, in their order (handshake.ts); their request id is 0. */
export const CHALLENGE = 200;
export const HELLO = 201;
export const WELCOME = 202;
/** A request without an answer, the last of its client: an HSM that was started for this client can end. */
export const GOODBYE = 203;

/** Kinds of answers; 5 is below. An error's body is its message, which never contains secrets. */
export const STATUS_OK = 0;
export const errorStatuses = {
  'invalid-ciphertext': 1,
  'invalid-material': 2,
  unsupported: 3,
  unavailable: 4,
  'invalid-public-key': 6,
  'plaintext-too-long': 7,
  'invalid-import-token': 8,
  'expired-import-token': 9,
  'incorrect-key-material': 10,
  'root-key-closed': 11,
  'pkcs11-token-unknown': 20,
  'pkcs11-token-inactive': 21,
  'pkcs11-token-unfit': 22,
  'pkcs11-pin-incorrect': 23,
  'pkcs11-pin-locked': 24,
  'pkcs11-user-missing': 25,
  'pkcs11-user-busy': 26,
  'pkcs11-token-unreachable': 27,
  'pkcs11-no-session': 28,
  'pkcs11-key-missing': 29,
  'pkcs11-token-failed': 30,
} as const satisfies Record<HsmErrorKind, number>;
/** A defect: not an HsmError. */
export const STATUS_DEFECT = 5;

export type VerbName = Exclude<keyof Hsm, 'close'>;
export type Arguments<Name extends VerbName> = Parameters<Hsm[Name]>;
export type Result<Name extends VerbName> = Awaited<ReturnType<Hsm[Name]>>;

export interface Verb<Name extends VerbName> {
  readonly kind: number;
  readonly arguments: Codec<Arguments<Name>>;
  readonly result: Codec<Result<Name>>;
}

/** Sent in its canonical encoding, as a field, because the encoding does not say where it ends. */
const encryptionContext: Codec<EncryptionContext> = {
  write: (to, context) => bytes.write(to, encodeEncryptionContext(context)),
  read: (from) => decodeEncryptionContext(bytes.read(from)),
};

/** Sent in plaintext: the socket is private. */
const secretText: Codec<Secret> = {
  write: (to, secret) => text.write(to, secret.reveal()),
  read: (from) => new Secret(text.read(from)),
};

// Not validated here: the family table refuses names without a row.
const keySpec = text as Codec<MaterialOwner['keySpec']>;
const encryptionAlgorithm = text as Codec<AsymmetricEncryptionAlgorithm>;
const macAlgorithm = text as Codec<MacAlgorithmSpec>;
const signingAlgorithm = text as Codec<SigningAlgorithmSpec>;
const messageType = text as Codec<MessageType>;
const tokenPurpose = text as Codec<SealedTokenPurpose>;

const ownerFields = { accountId: text, domainRegion: text, keyId: text, keySpec };
const owner = struct<MaterialOwner>(ownerFields);
const keyStoreOwner = struct<KeyStoreOwner>({ accountId: text, keyStoreId: text });
const login = struct<Pkcs11Login>({ accountId: text, keyStoreId: text, clusterId: text, wrappedPassword: bytes });
const pkcs11TokenReport = struct<Pkcs11TokenReport>({ status: text as Codec<Pkcs11TokenStatus> }, { cause: text });
const material = struct<WrappedMaterial>({ ...ownerFields, materialId: text, wrapped: bytes }, { pkcs11Login: login });
const importTarget = struct<ImportTarget>({ owner, region: text });
const wrapping = struct<WrappingChoice>({
  algorithm: text as Codec<WrappingAlgorithm>,
  keySpec: text as Codec<RsaWrappingKeySpec>,
});
const signed = { material, algorithm: signingAlgorithm, messageType };
const secretOwner = struct<SecretOwner>({ accountId: text, accessKeyId: text });

const refusal = struct<RootKeyRefusal>({ message: text, hint: text });
const generation = struct<RootKeyGeneration>(
  { generation: uint32, fingerprint: text },
  { createdAtMs: timeMs, createdBy: text },
);
const wrappedMaterial = struct<Omit<WrappedMaterial, 'pkcs11Login'>>({
  ...ownerFields,
  materialId: text,
  wrapped: bytes,
});
const wrappedSecret = union<WrappedSecretOf>({
  'key-material': wrappedMaterial,
  'pkcs11-key': wrappedMaterial,
  'access-key-secret': struct({ accountId: text, accessKeyId: text, wrapped: bytes }),
  'key-store-password': struct({ accountId: text, keyStoreId: text, wrapped: bytes }),
});

/** One row per verb of the port: a verb without a row does not compile. */
export const verbs: { readonly [Name in VerbName]: Verb<Name> } = {
  // Key material
  generateKey: {
    kind: 1,
    arguments: tuple(owner),
    result: struct({ materialId: text, wrapped: bytes }),
  },
  encrypt: {
    kind: 2,
    arguments: tuple(struct({ material, plaintext: bytes, encryptionContext })),
    result: bytes,
  },
  decrypt: {
    kind: 3,
    arguments: tuple(struct({ material, ciphertextBlob: bytes, encryptionContext })),
    result: bytes,
  },
  generateDataKey: {
    kind: 4,
    arguments: tuple(struct({ material, lengthInBytes: uint32, encryptionContext, withPlaintext: flag })),
    result: struct<Result<'generateDataKey'>>({ ciphertextBlob: bytes }, { plaintext: bytes }),
  },
  reEncrypt: {
    kind: 5,
    arguments: tuple(
      struct<Arguments<'reEncrypt'>[0]>(
        {
          source: material,
          ciphertextBlob: bytes,
          sourceEncryptionContext: encryptionContext,
          destination: material,
          destinationEncryptionContext: encryptionContext,
        },
        { sourceAlgorithm: encryptionAlgorithm, destinationAlgorithm: encryptionAlgorithm },
      ),
    ),
    result: bytes,
  },
  random: { kind: 6, arguments: tuple(uint32), result: bytes },
  encryptAsymmetric: {
    kind: 12,
    arguments: tuple(struct({ material, algorithm: encryptionAlgorithm, plaintext: bytes })),
    result: bytes,
  },
  decryptAsymmetric: {
    kind: 13,
    arguments: tuple(struct({ material, algorithm: encryptionAlgorithm, ciphertext: bytes })),
    result: bytes,
  },
  sign: { kind: 14, arguments: tuple(struct({ ...signed, message: bytes })), result: bytes },
  verify: { kind: 15, arguments: tuple(struct({ ...signed, message: bytes, signature: bytes })), result: flag },
  mac: {
    kind: 16,
    arguments: tuple(struct({ material, algorithm: macAlgorithm, message: bytes })),
    result: bytes,
  },
  verifyMac: {
    kind: 17,
    arguments: tuple(struct({ material, algorithm: macAlgorithm, message: bytes, mac: bytes })),
    result: flag,
  },
  deriveSharedSecret: { kind: 18, arguments: tuple(struct({ material, publicKey: bytes })), result: bytes },
  publicKey: { kind: 19, arguments: tuple(material), result: bytes },
  generateDataKeyPair: {
    kind: 20,
    arguments: tuple(struct({ material, keyPairSpec: keySpec, encryptionContext, withPlaintext: flag })),
    result: struct<Result<'generateDataKeyPair'>>(
      { publicKey: bytes, privateKeyCiphertextBlob: bytes },
      { privateKeyPlaintext: bytes },
    ),
  },
  generateImportParameters: {
    kind: 21,
    arguments: tuple(struct({ target: importTarget, wrapping, validToMs: timeMs })),
    result: struct({ publicKey: bytes, importToken: bytes }),
  },
  importKey: {
    kind: 22,
    arguments: tuple(struct({ target: importTarget, importToken: bytes, encryptedKeyMaterial: bytes, nowMs: timeMs })),
    result: struct({ materialId: text, wrapped: bytes }),
  },
  encapsulate: {
    kind: 24,
    arguments: tuple(struct({ material })),
    result: struct({ sharedSecret: bytes, ciphertext: bytes }),
  },
  decapsulate: { kind: 25, arguments: tuple(struct({ material, ciphertext: bytes })), result: bytes },
  acceptKey: { kind: 23, arguments: tuple(owner, bytes), result: struct({ materialId: text, wrapped: bytes }) },

  // Credentials
  generateSecret: {
    kind: 7,
    arguments: tuple(secretOwner),
    result: struct({ secret: secretText, wrapped: bytes }),
  },
  wrapSecret: { kind: 8, arguments: tuple(secretOwner, secretText), result: bytes },
  deriveSigningKey: {
    kind: 9,
    arguments: tuple(
      struct({
        secret: struct({ accountId: text, accessKeyId: text, wrapped: bytes }),
        date: text,
        region: text,
        service: text,
      }),
    ),
    result: bytes,
  },
  sealToken: { kind: 26, arguments: tuple(tokenPurpose, bytes), result: bytes },
  openToken: {
    kind: 27,
    arguments: tuple(tokenPurpose, bytes),
    result: struct<Result<'openToken'>>({}, { content: bytes }),
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
    result: struct({ materialId: text, wrapped: bytes, backingKeyId: text }),
  },
  destroyPkcs11Key: { kind: 46, arguments: tuple(material), result: flag },
  backingKeyId: { kind: 47, arguments: tuple(material), result: text },
  pkcs11Random: { kind: 48, arguments: tuple(login, uint32), result: bytes },

  // Installation
  openRootKey: {
    kind: 62,
    arguments: tuple(struct<Arguments<'openRootKey'>[0]>({ mustExist: flag }, { fingerprint: text })),
    result: struct<Result<'openRootKey'>>({}, { refused: refusal }),
  },
  rootKeyFingerprint: { kind: 11, arguments: tuple<[]>(), result: text },
  rootKeyGenerations: {
    kind: 64,
    arguments: tuple<[]>(),
    result: struct<Result<'rootKeyGenerations'>>(
      { inUse: uint32, generations: list(generation) },
      { removal: struct<Removal>({ removedAtMs: timeMs, removedBy: text }), refused: refusal },
    ),
  },
  useGeneration: {
    kind: 65,
    arguments: tuple(struct({ generation: uint32 })),
    result: struct<Result<'useGeneration'>>({}, { refused: refusal }),
  },
  rewrap: {
    kind: 66,
    arguments: tuple(list(wrappedSecret)),
    result: list(struct<Result<'rewrap'>[number]>({}, { wrapped: bytes })),
  },
  endSeeding: { kind: 63, arguments: tuple<[]>(), result: nothing },
  signCheckpoint: { kind: 60, arguments: tuple(text), result: bytes },
  checkpointPublicKey: { kind: 61, arguments: tuple<[]>(), result: bytes },
};

export const verbNames = Object.keys(verbs) as readonly VerbName[];
