/**
 * The Hsm in software: the default implementation, meant to run alone in its own process (process.ts). Everything it
 * holds follows from the root key: wrapping keys are derived, key material arrives wrapped with each request and is
 * opened for it, so the process keeps no state that could be lost.
 */
import { randomBytes } from 'node:crypto';
import { deriveSigningKey, generateSecretText, secretFromText } from './access-key-secret.ts';
import { requireFamily } from './families.ts';
import { type Hsm, HsmError, type WrappedMaterial } from './hsm.ts';
import { deriveKey, encodeTexts } from './kdf.ts';
import { OpenedCache } from './opened-cache.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { materialBinding, secretBinding, wrap } from './wrapping.ts';

const MATERIAL_ID_BYTES = 32;
const FINGERPRINT_BYTES = 16;
const DEFAULT_CACHE_CAPACITY = 1024;

export interface SoftHsmOptions {
  /** How many opened secrets (key material, access-key secrets) stay in memory. */
  readonly cacheCapacity?: number;
}

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
    const material = family.generate();
    try {
      return { materialId, wrapped: wrap(this.#rootKey, materialBinding(owner, materialId), material) };
    } finally {
      material.wipe();
    }
  };

  encrypt: Hsm['encrypt'] = async ({ material, plaintext, encryptionContext }) => {
    const family = requireFamily(material.keySpec);
    return family.seal(this.#openMaterial(material), material, plaintext, encryptionContext);
  };

  decrypt: Hsm['decrypt'] = async ({ material, ciphertextBlob, encryptionContext }) => {
    const family = requireFamily(material.keySpec);
    return family.open(this.#openMaterial(material), material, ciphertextBlob, encryptionContext);
  };

  generateDataKey: Hsm['generateDataKey'] = async ({ material, lengthInBytes, encryptionContext, withPlaintext }) => {
    const family = requireFamily(material.keySpec);
    const plaintext = randomBytes(lengthInBytes);
    const ciphertextBlob = family.seal(this.#openMaterial(material), material, plaintext, encryptionContext);
    if (withPlaintext) return { ciphertextBlob, plaintext };
    plaintext.fill(0);
    return { ciphertextBlob };
  };

  reEncrypt: Hsm['reEncrypt'] = async (req) => {
    const plaintext = await this.decrypt({
      material: req.source,
      ciphertextBlob: req.ciphertextBlob,
      encryptionContext: req.sourceEncryptionContext,
    });
    try {
      const { destination: material, destinationEncryptionContext: encryptionContext } = req;
      return await this.encrypt({ material, plaintext, encryptionContext });
    } finally {
      plaintext.fill(0);
    }
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

  #openMaterial(material: WrappedMaterial): SecretBytes {
    const opened = this.#opened.open(materialBinding(material, material.materialId), material.wrapped);
    if (opened.length !== requireFamily(material.keySpec).materialLengthInBytes) {
      throw new HsmError('invalid-material', 'wrapped material has another length than its key spec');
    }
    return opened;
  }
}

/** 32 hex digits, one-way from the root key. */
export function fingerprintOf(rootKey: SecretBytes): string {
  return rootKey.use((bytes) =>
    deriveKey(bytes, 'keystead root key fingerprint v1', new Uint8Array(0)).useOnce((fingerprint) =>
      Buffer.from(fingerprint).toString('hex', 0, FINGERPRINT_BYTES),
    ),
  );
}
