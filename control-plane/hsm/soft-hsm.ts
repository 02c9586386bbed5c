/**
 * The Hsm in software: the default implementation, meant to run alone in its own process (process.ts). Everything it
 * holds follows from the root key: wrapping keys are derived, key material arrives wrapped with each request and is
 * opened for it, so the process keeps no state that could be lost.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveSigningKey, generateSecretText, secretFromText } from './access-key-secret.ts';
import { requireAbility, requireFamily, requireOwn } from './families.ts';
import { type Hsm, HsmError, type WrappedMaterial } from './hsm.ts';
import { deriveKey, encodeTexts } from './kdf.ts';
import { keyPairOf } from './key-pairs.ts';
import { OpenedCache } from './opened-cache.ts';
import type { SecretBytes } from './secret-bytes.ts';
import type { Signer } from './signer.ts';
import { materialBinding, secretBinding, wrap } from './wrapping.ts';

const MATERIAL_ID_BYTES = 32;
const FINGERPRINT_BYTES = 16;
const DEFAULT_CACHE_CAPACITY = 1024;

export interface SoftHsmOptions {
  /** How many opened secrets (key material, access-key secrets) stay in memory. */
  readonly cacheCapacity?: number;
}

type ReEncryption = Parameters<Hsm['reEncrypt']>[0];

export class SoftHsm implements Hsm {
  readonly #rootKey: SecretBytes;
  readonly #opened: OpenedCache;

  /** Takes ownership of the root key; `close` wipes it. */
  constructor(rootKey: SecretBytes, { cacheCapacity = DEFAULT_CACHE_CAPACITY }: SoftHsmOptions = {}) {
    this.#rootKey = rootKey;
    this.#opened = new OpenedCache(rootKey, cacheCapacity);
  }

  generateKey: Hsm['generateKey'] = async (owner) => {
    const family = requireFamily(owner.keySpec);
    const materialId = randomBytes(MATERIAL_ID_BYTES).toString('hex');
    const material = await family.generate();
    try {
      return { materialId, wrapped: wrap(this.#rootKey, materialBinding(owner, materialId), material) };
    } finally {
      material.wipe();
    }
  };

  encrypt: Hsm['encrypt'] = async ({ material, plaintext, encryptionContext }) => {
    const { seal } = requireAbility(material.keySpec, 'cipher');
    return seal(this.#openMaterial(material), material, plaintext, encryptionContext);
  };

  decrypt: Hsm['decrypt'] = async ({ material, ciphertextBlob, encryptionContext }) => {
    const { open } = requireAbility(material.keySpec, 'cipher');
    return open(this.#openMaterial(material), material, ciphertextBlob, encryptionContext);
  };

  generateDataKey: Hsm['generateDataKey'] = async ({ material, lengthInBytes, encryptionContext, withPlaintext }) => {
    const { seal } = requireAbility(material.keySpec, 'cipher');
    const plaintext = randomBytes(lengthInBytes);
    const ciphertextBlob = seal(this.#openMaterial(material), material, plaintext, encryptionContext);
    if (withPlaintext) return { ciphertextBlob, plaintext };
    plaintext.fill(0);
    return { ciphertextBlob };
  };

  generateDataKeyPair: Hsm['generateDataKeyPair'] = async (req) => {
    const { material, keyPairSpec, encryptionContext, withPlaintext } = req;
    const { seal } = requireAbility(material.keySpec, 'cipher');
    const generate = requireAbility(keyPairSpec, 'generateDataKeyPair');
    const publicKeyOf = requireAbility(keyPairSpec, 'publicKey');
    const privateKey = await generate();
    try {
      const publicKey = publicKeyOf(privateKey);
      return privateKey.use((plaintext) => ({
        publicKey,
        privateKeyCiphertextBlob: seal(this.#openMaterial(material), material, plaintext, encryptionContext),
        ...(withPlaintext && { privateKeyPlaintext: Uint8Array.from(plaintext) }),
      }));
    } finally {
      privateKey.wipe();
    }
  };

  reEncrypt: Hsm['reEncrypt'] = async (req) => {
    const plaintext = await this.#decryptSource(req);
    try {
      // RSA-OAEP can hold a message of no bytes, which no key takes for encryption.
      if (plaintext.length === 0) throw new HsmError('invalid-ciphertext', 'the ciphertext holds no plaintext');
      return await this.#encryptDestination(req, plaintext);
    } finally {
      plaintext.fill(0);
    }
  };

  #decryptSource(req: ReEncryption): Promise<Uint8Array> {
    const { source: material, sourceAlgorithm: algorithm, ciphertextBlob } = req;
    if (algorithm !== undefined) return this.decryptAsymmetric({ material, algorithm, ciphertext: ciphertextBlob });
    return this.decrypt({ material, ciphertextBlob, encryptionContext: req.sourceEncryptionContext });
  }

  #encryptDestination(req: ReEncryption, plaintext: Uint8Array): Promise<Uint8Array> {
    const { destination: material, destinationAlgorithm: algorithm } = req;
    if (algorithm !== undefined) return this.encryptAsymmetric({ material, algorithm, plaintext });
    return this.encrypt({ material, plaintext, encryptionContext: req.destinationEncryptionContext });
  }

  encryptAsymmetric: Hsm['encryptAsymmetric'] = async ({ material, algorithm, plaintext }) => {
    const cipher = requireOwn(requireAbility(material.keySpec, 'asymmetricCiphers'), algorithm);
    return cipher.encrypt(this.#openMaterial(material), plaintext);
  };

  decryptAsymmetric: Hsm['decryptAsymmetric'] = async ({ material, algorithm, ciphertext }) => {
    const cipher = requireOwn(requireAbility(material.keySpec, 'asymmetricCiphers'), algorithm);
    return await cipher.decrypt(this.#openMaterial(material), ciphertext);
  };

  sign: Hsm['sign'] = async (req) => {
    const signer = requireSigner(req);
    return await signer.sign(this.#openMaterial(req.material), req.message);
  };

  verify: Hsm['verify'] = async (req) => {
    const signer = requireSigner(req);
    const { publicKey } = keyPairOf(this.#openMaterial(req.material));
    try {
      return signer.verify(publicKey, req.message, req.signature);
    } catch {
      return false;
    }
  };

  mac: Hsm['mac'] = async ({ material, algorithm, message }) => {
    const compute = requireOwn(requireAbility(material.keySpec, 'macs'), algorithm);
    return compute(this.#openMaterial(material), message);
  };

  verifyMac: Hsm['verifyMac'] = async ({ mac, ...req }) => {
    const expected = await this.mac(req);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  };

  deriveSharedSecret: Hsm['deriveSharedSecret'] = async ({ material, publicKey }) => {
    const agree = requireAbility(material.keySpec, 'agree');
    return agree(this.#openMaterial(material), publicKey);
  };

  publicKey: Hsm['publicKey'] = async (material) => {
    const publicKeyOf = requireAbility(material.keySpec, 'publicKey');
    return publicKeyOf(this.#openMaterial(material));
  };

  random: Hsm['random'] = async (lengthInBytes) => randomBytes(lengthInBytes);

  generateSecret: Hsm['generateSecret'] = async (owner) => {
    const secret = generateSecretText();
    return { secret, wrapped: await this.wrapSecret(owner, secret) };
  };

  wrapSecret: Hsm['wrapSecret'] = async (owner, secret) => {
    const bytes = secretFromText(secret);
    try {
      return wrap(this.#rootKey, secretBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };

  deriveSigningKey: Hsm['deriveSigningKey'] = async ({ secret, ...scope }) =>
    deriveSigningKey(this.#opened.open(secretBinding(secret), secret.wrapped), scope);

  deriveTokenKey: Hsm['deriveTokenKey'] = async (purpose) =>
    this.#rootKey.use((rootKey) =>
      deriveKey(rootKey, 'keystead token key v1', encodeTexts(purpose)).useOnce((key) => Uint8Array.from(key)),
    );

  rootKeyFingerprint: Hsm['rootKeyFingerprint'] = async () => fingerprintOf(this.#rootKey);

  async close(): Promise<void> {
    this.#opened.clear();
    this.#rootKey.wipe();
  }

  /** @throws HsmError `invalid-material` */
  #openMaterial(material: WrappedMaterial): SecretBytes {
    const opened = this.#opened.open(materialBinding(material, material.materialId), material.wrapped);
    if (requireFamily(material.keySpec).fits(opened)) return opened;
    throw new HsmError('invalid-material', 'wrapped material is not of its key spec');
  }
}

/** @throws HsmError `unsupported`, or RangeError when the message has another length than the message type wants. */
function requireSigner({ material, algorithm, messageType, message }: Parameters<Hsm['sign']>[0]): Signer {
  const messageTypes = requireOwn(requireAbility(material.keySpec, 'signers'), algorithm);
  const signer = requireOwn(messageTypes, messageType, `${algorithm} does not take messages of type ${messageType}`);
  const { messageLengthInBytes: expected = message.length } = signer;
  if (message.length === expected) return signer;
  throw new RangeError(`message: expected ${expected} bytes, got ${message.length}`);
}

/** 32 hex digits, one-way from the root key. */
export function fingerprintOf(rootKey: SecretBytes): string {
  return rootKey.use((bytes) =>
    deriveKey(bytes, 'keystead root key fingerprint v1', new Uint8Array(0)).useOnce((fingerprint) =>
      Buffer.from(fingerprint).toString('hex', 0, FINGERPRINT_BYTES),
    ),
  );
}
