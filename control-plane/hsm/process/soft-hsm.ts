/**
 * The Hsm in software: the default implementation, meant to run alone in its own process (process.ts). Everything it
 * holds follows from the root key: wrapping keys are derived, key material arrives wrapped with each request and is
 * opened for it, so the process keeps no state that could be lost.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveSigningKey, generateSecret, secretFromText } from '../crypto/access-key-secret.ts';
import { signStatement, statementPublicKey } from '../crypto/checkpoint-key.ts';
import { requireAbility, requireFamily, requireOwn } from '../crypto/families.ts';
import { openImportToken, sealImportToken } from '../crypto/import-token.ts';
import { deriveKey, encodeTexts } from '../crypto/kdf.ts';
import { importedMaterialId, unwrapKeyMaterial } from '../crypto/key-import.ts';
import { keyPairOf, publicKeyInfoOf } from '../crypto/key-pairs.ts';
import { OpenedCache } from '../crypto/opened-cache.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Signer } from '../crypto/signer.ts';
import { materialBinding, passwordBinding, secretBinding, tokenKeyBinding, wrap } from '../crypto/wrapping.ts';
import { destroyTokenKey, generateTokenKey, openInToken, sealInToken, tokenRandom } from '../pkcs11/token-keys.ts';
import { Tokens } from '../pkcs11/tokens.ts';
import { type Hsm, HsmError, type MaterialOwner, type TokenLogin, type WrappedMaterial } from '../port/hsm.ts';
import type { TokenConfig } from '../port/token-config.ts';

const MATERIAL_ID_BYTES = 32;
/** CKA_ID of a key in a token. */
const BACKING_KEY_ID_BYTES = 16;
const FINGERPRINT_BYTES = 16;
const DEFAULT_CACHE_CAPACITY = 1024;

export interface SoftHsmOptions {
  /** How many opened secrets (key material, access-key secrets) stay in memory. */
  readonly cacheCapacity?: number;
  /** PKCS#11 tokens that custom key stores may stand on. */
  readonly tokens?: readonly TokenConfig[];
}

type ReEncryption = Parameters<Hsm['reEncrypt']>[0];

export class SoftHsm implements Hsm {
  readonly #rootKey: SecretBytes;
  readonly #opened: OpenedCache;
  readonly #tokens: Tokens;

  /** Takes ownership of the root key; `close` wipes it. */
  constructor(rootKey: SecretBytes, { cacheCapacity = DEFAULT_CACHE_CAPACITY, tokens = [] }: SoftHsmOptions = {}) {
    this.#rootKey = rootKey;
    this.#opened = new OpenedCache(rootKey, cacheCapacity);
    this.#tokens = new Tokens(tokens, (login) => this.#opened.open(passwordBinding(login), login.wrappedPassword));
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
    const { token } = material;
    if (token) {
      const id = this.#backingKeyId(material);
      return this.#tokens.use(token, (open) => sealInToken(open, id, material, plaintext, encryptionContext));
    }
    const { seal } = requireAbility(material.keySpec, 'cipher');
    return seal(this.#openMaterial(material), material, plaintext, encryptionContext);
  };

  decrypt: Hsm['decrypt'] = async ({ material, ciphertextBlob, encryptionContext }) => {
    const { token } = material;
    if (token) {
      const id = this.#backingKeyId(material);
      return this.#tokens.use(token, (open) => openInToken(open, id, material, ciphertextBlob, encryptionContext));
    }
    const { open } = requireAbility(material.keySpec, 'cipher');
    return open(this.#openMaterial(material), material, ciphertextBlob, encryptionContext);
  };

  generateDataKey: Hsm['generateDataKey'] = async ({ material, lengthInBytes, encryptionContext, withPlaintext }) => {
    const plaintext = randomBytes(lengthInBytes);
    const ciphertextBlob = await this.encrypt({ material, plaintext, encryptionContext });
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

  generateImportParameters: Hsm['generateImportParameters'] = async ({ target, ...token }) => {
    const privateKey = await requireFamily(token.wrapping.keySpec).generate();
    try {
      const { publicKey } = keyPairOf(privateKey);
      const importToken = sealImportToken(this.#rootKey, target, token, privateKey);
      return { publicKey: publicKeyInfoOf(publicKey), importToken };
    } finally {
      privateKey.wipe();
    }
  };

  importKey: Hsm['importKey'] = async ({ target, importToken, encryptedKeyMaterial, nowMs }) => {
    const { wrapping, validToMs, privateKey } = openImportToken(this.#rootKey, target, importToken);
    const { owner } = target;
    try {
      if (nowMs >= validToMs) throw new HsmError('expired-import-token', 'the import token has expired');
      const material = await unwrapKeyMaterial(owner, wrapping.algorithm, privateKey, encryptedKeyMaterial);
      return this.#takeIn(owner, material);
    } finally {
      privateKey.wipe();
    }
  };

  acceptKey: Hsm['acceptKey'] = async (owner, keyMaterial) => {
    const accept = requireAbility(owner.keySpec, 'accept');
    const plaintext = new SecretBytes(Uint8Array.from(keyMaterial));
    try {
      return this.#takeIn(owner, await accept(plaintext));
    } finally {
      plaintext.wipe();
    }
  };

  #takeIn(owner: MaterialOwner, material: SecretBytes) {
    const materialId = importedMaterialId(owner, material);
    const wrapped = wrap(this.#rootKey, materialBinding(owner, materialId), material);
    material.wipe();
    return { materialId, wrapped };
  }

  random: Hsm['random'] = async (lengthInBytes) => randomBytes(lengthInBytes);

  generateSecret: Hsm['generateSecret'] = async (owner) => {
    const secret = generateSecret();
    return { secret, wrapped: await this.wrapSecret(owner, secret) };
  };

  wrapSecret: Hsm['wrapSecret'] = async (owner, secret) => {
    const bytes = secretFromText(secret.reveal());
    try {
      return wrap(this.#rootKey, secretBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };

  deriveSigningKey: Hsm['deriveSigningKey'] = async ({ secret, ...scope }) =>
    deriveSigningKey(this.#opened.open(secretBinding(secret), secret.wrapped), scope);

  wrapKeyStorePassword: Hsm['wrapKeyStorePassword'] = async (owner, password) => {
    const bytes = secretFromText(password.reveal());
    try {
      return wrap(this.#rootKey, passwordBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };

  isKeyStorePassword: Hsm['isKeyStorePassword'] = async (login, password) => {
    const known = this.#opened.open(passwordBinding(login), login.wrappedPassword);
    return secretFromText(password.reveal()).useOnce((given) =>
      known.use((bytes) => bytes.length === given.length && timingSafeEqual(bytes, given)),
    );
  };

  tokenStatus: Hsm['tokenStatus'] = (clusterId) => this.#tokens.status(clusterId);

  connectToken: Hsm['connectToken'] = (login) => this.#tokens.connect(login);

  disconnectToken: Hsm['disconnectToken'] = (clusterId) => this.#tokens.disconnect(clusterId);

  generateTokenKey: Hsm['generateTokenKey'] = async (owner, login) => {
    const materialId = randomBytes(MATERIAL_ID_BYTES).toString('hex');
    const id = randomBytes(BACKING_KEY_ID_BYTES);
    await this.#tokens.use(login, (token) => generateTokenKey(token, id, owner.keyId));
    const place = new SecretBytes(Uint8Array.from(id));
    const wrapped = place.useOnce(() => wrap(this.#rootKey, tokenKeyBinding(owner, materialId), place));
    return { materialId, wrapped, backingKeyId: id.toString('hex') };
  };

  destroyTokenKey: Hsm['destroyTokenKey'] = async (material) => {
    const id = this.#backingKeyId(material);
    return this.#tokens.use(requireToken(material), (token) => destroyTokenKey(token, id));
  };

  backingKeyId: Hsm['backingKeyId'] = async (material) => Buffer.from(this.#backingKeyId(material)).toString('hex');

  tokenRandom: Hsm['tokenRandom'] = (login, lengthInBytes) =>
    this.#tokens.use(login, (token) => tokenRandom(token, lengthInBytes));

  deriveTokenKey: Hsm['deriveTokenKey'] = async (purpose) =>
    this.#rootKey.use((rootKey) =>
      deriveKey(rootKey, 'keystead token key v1', encodeTexts(purpose)).useOnce((key) => Uint8Array.from(key)),
    );

  rootKeyFingerprint: Hsm['rootKeyFingerprint'] = async () => fingerprintOf(this.#rootKey);

  signCheckpoint: Hsm['signCheckpoint'] = async (body) =>
    checkpointKeyOf(this.#rootKey).useOnce((key) => signStatement(key, body));

  checkpointPublicKey: Hsm['checkpointPublicKey'] = async () =>
    checkpointKeyOf(this.#rootKey).useOnce(statementPublicKey);

  async close(): Promise<void> {
    await this.#tokens.close();
    this.#opened.clear();
    this.#rootKey.wipe();
  }

  /** Where in its token the key is. @throws HsmError `invalid-material` */
  #backingKeyId(material: WrappedMaterial): Uint8Array {
    const place = this.#opened.open(tokenKeyBinding(material, material.materialId), material.wrapped);
    return place.use((id) => Uint8Array.from(id));
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

/** @throws HsmError `unsupported` */
function requireToken({ token }: WrappedMaterial): TokenLogin {
  if (token) return token;
  throw new HsmError('unsupported', 'the key is in no token');
}

function checkpointKeyOf(rootKey: SecretBytes): SecretBytes {
  return rootKey.use((bytes) => deriveKey(bytes, 'keystead checkpoint key v1', new Uint8Array(0)));
}

/** 32 hex digits, one-way from the root key. */
export function fingerprintOf(rootKey: SecretBytes): string {
  return rootKey.use((bytes) =>
    deriveKey(bytes, 'keystead root key fingerprint v1', new Uint8Array(0)).useOnce((fingerprint) =>
      Buffer.from(fingerprint).toString('hex', 0, FINGERPRINT_BYTES),
    ),
  );
}
