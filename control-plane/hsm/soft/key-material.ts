/** The key material service in software: material arrives wrapped with each request and is unwrapped for it. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { requireAbility, requireFamily, requireOwn } from '../crypto/families.ts';
import { openImportToken, sealImportToken } from '../crypto/import-token.ts';
import { importedMaterialId, unwrapKeyMaterial } from '../crypto/key-import.ts';
import { keyPairOf, publicKeyInfoOf } from '../crypto/key-pairs.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Signer } from '../crypto/signer.ts';
import { materialBinding, wrap } from '../crypto/wrapping.ts';
import { openInPkcs11Token, sealInPkcs11Token } from '../pkcs11/pkcs11-keys.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { KeyMaterialService } from '../port/key-material.ts';
import type { MaterialOwner, WrappedMaterial } from '../port/wrapped-material.ts';
import { backingKeyIdOf, type Held } from './held.ts';

const MATERIAL_ID_BYTES = 32;

type ReEncryption = Parameters<KeyMaterialService['reEncrypt']>[0];

/** A random id for generated material, 64 hex digits; the id of imported material is derived from its bytes. */
export const newMaterialId = (): string => randomBytes(MATERIAL_ID_BYTES).toString('hex');

export class SoftKeyMaterial implements KeyMaterialService {
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  generateKey: KeyMaterialService['generateKey'] = async (owner) => {
    const family = requireFamily(owner.keySpec);
    const materialId = newMaterialId();
    const material = await family.generate();
    try {
      return { materialId, wrapped: wrap(this.#held.rootKeys, materialBinding(owner, materialId), material) };
    } finally {
      material.wipe();
    }
  };

  encrypt: KeyMaterialService['encrypt'] = async ({ material, plaintext, encryptionContext }) => {
    const { pkcs11Login } = material;
    if (pkcs11Login) {
      const id = backingKeyIdOf(this.#held, material);
      return this.#held.pkcs11Tokens.use(pkcs11Login, (pkcs11Token) =>
        sealInPkcs11Token(pkcs11Token, id, material, plaintext, encryptionContext),
      );
    }
    const { seal } = requireAbility(material.keySpec, 'cipher');
    return seal(this.#openMaterial(material), material, plaintext, encryptionContext);
  };

  decrypt: KeyMaterialService['decrypt'] = async ({ material, ciphertextBlob, encryptionContext }) => {
    const { pkcs11Login } = material;
    if (pkcs11Login) {
      const id = backingKeyIdOf(this.#held, material);
      return this.#held.pkcs11Tokens.use(pkcs11Login, (pkcs11Token) =>
        openInPkcs11Token(pkcs11Token, id, material, ciphertextBlob, encryptionContext),
      );
    }
    const { open } = requireAbility(material.keySpec, 'cipher');
    return open(this.#openMaterial(material), material, ciphertextBlob, encryptionContext);
  };

  generateDataKey: KeyMaterialService['generateDataKey'] = async ({
    material,
    lengthInBytes,
    encryptionContext,
    withPlaintext,
  }) => {
    const plaintext = randomBytes(lengthInBytes);
    const ciphertextBlob = await this.encrypt({ material, plaintext, encryptionContext });
    if (withPlaintext) return { ciphertextBlob, plaintext };
    plaintext.fill(0);
    return { ciphertextBlob };
  };

  generateDataKeyPair: KeyMaterialService['generateDataKeyPair'] = async (req) => {
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

  reEncrypt: KeyMaterialService['reEncrypt'] = async (req) => {
    const plaintext = await this.#decryptSource(req);
    try {
      // RSA-OAEP can encrypt an empty message, but KMS does not.
      if (plaintext.length === 0) throw new HsmError('invalid-ciphertext', 'the plaintext is empty');
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

  encryptAsymmetric: KeyMaterialService['encryptAsymmetric'] = async ({ material, algorithm, plaintext }) => {
    const cipher = requireOwn(requireAbility(material.keySpec, 'asymmetricCiphers'), algorithm);
    return cipher.encrypt(this.#openMaterial(material), plaintext);
  };

  decryptAsymmetric: KeyMaterialService['decryptAsymmetric'] = async ({ material, algorithm, ciphertext }) => {
    const cipher = requireOwn(requireAbility(material.keySpec, 'asymmetricCiphers'), algorithm);
    return await cipher.decrypt(this.#openMaterial(material), ciphertext);
  };

  sign: KeyMaterialService['sign'] = async (req) => {
    const signer = requireSigner(req);
    return await signer.sign(this.#openMaterial(req.material), req.message);
  };

  verify: KeyMaterialService['verify'] = async (req) => {
    const signer = requireSigner(req);
    const { publicKey } = keyPairOf(this.#openMaterial(req.material));
    try {
      return signer.verify(publicKey, req.message, req.signature);
    } catch {
      return false;
    }
  };

  mac: KeyMaterialService['mac'] = async ({ material, algorithm, message }) => {
    const compute = requireOwn(requireAbility(material.keySpec, 'macs'), algorithm);
    return compute(this.#openMaterial(material), message);
  };

  verifyMac: KeyMaterialService['verifyMac'] = async ({ mac, ...req }) => {
    const expected = await this.mac(req);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  };

  deriveSharedSecret: KeyMaterialService['deriveSharedSecret'] = async ({ material, publicKey }) => {
    const agree = requireAbility(material.keySpec, 'agree');
    return agree(this.#openMaterial(material), publicKey);
  };

  encapsulate: KeyMaterialService['encapsulate'] = async ({ material }) => {
    const { encapsulate } = requireAbility(material.keySpec, 'kem');
    return encapsulate(this.#openMaterial(material));
  };

  decapsulate: KeyMaterialService['decapsulate'] = async ({ material, ciphertext }) => {
    const { decapsulate } = requireAbility(material.keySpec, 'kem');
    return decapsulate(this.#openMaterial(material), ciphertext);
  };

  publicKey: KeyMaterialService['publicKey'] = async (material) => {
    const publicKeyOf = requireAbility(material.keySpec, 'publicKey');
    return publicKeyOf(this.#openMaterial(material));
  };

  generateImportParameters: KeyMaterialService['generateImportParameters'] = async ({ target, ...header }) => {
    const privateKey = await requireFamily(header.wrapping.keySpec).generate();
    try {
      const { publicKey } = keyPairOf(privateKey);
      const importToken = sealImportToken(this.#held.rootKeys, target, header, privateKey);
      return { publicKey: publicKeyInfoOf(publicKey), importToken };
    } finally {
      privateKey.wipe();
    }
  };

  importKey: KeyMaterialService['importKey'] = async ({ target, importToken, encryptedKeyMaterial, nowMs }) => {
    const { wrapping, validToMs, privateKey } = openImportToken(this.#held.rootKeys, target, importToken);
    const { owner } = target;
    try {
      if (nowMs >= validToMs) throw new HsmError('expired-import-token', 'the import token has expired');
      const material = await unwrapKeyMaterial(owner, wrapping.algorithm, privateKey, encryptedKeyMaterial);
      return this.#wrapImported(owner, material);
    } finally {
      privateKey.wipe();
    }
  };

  acceptKey: KeyMaterialService['acceptKey'] = async (owner, keyMaterial) => {
    if (!this.#held.isSeeding) {
      throw new HsmError('unsupported', 'key material is accepted by import; a chosen value only while seeding');
    }
    const accept = requireAbility(owner.keySpec, 'accept');
    const plaintext = new SecretBytes(Uint8Array.from(keyMaterial));
    try {
      return this.#wrapImported(owner, await accept(plaintext));
    } finally {
      plaintext.wipe();
    }
  };

  #wrapImported(owner: MaterialOwner, material: SecretBytes) {
    const materialId = importedMaterialId(owner, material);
    const wrapped = wrap(this.#held.rootKeys, materialBinding(owner, materialId), material);
    material.wipe();
    return { materialId, wrapped };
  }

  random: KeyMaterialService['random'] = async (lengthInBytes) => randomBytes(lengthInBytes);

  /** @throws HsmError `invalid-material` */
  #openMaterial(material: WrappedMaterial): SecretBytes {
    const opened = this.#held.opened.open(materialBinding(material, material.materialId), material.wrapped);
    if (requireFamily(material.keySpec).fits(opened)) return opened;
    throw new HsmError('invalid-material', 'wrapped material does not fit its key spec');
  }
}

/** @throws HsmError `unsupported`; RangeError when the message does not have the message type's length. */
function requireSigner({
  material,
  algorithm,
  messageType,
  message,
}: Parameters<KeyMaterialService['sign']>[0]): Signer {
  const messageTypes = requireOwn(requireAbility(material.keySpec, 'signers'), algorithm);
  const signer = requireOwn(messageTypes, messageType, `${algorithm} does not take messages of type ${messageType}`);
  const { messageLengthInBytes: expected = message.length } = signer;
  if (message.length === expected) return signer;
  throw new RangeError(`message: expected ${expected} bytes, got ${message.length}`);
}
