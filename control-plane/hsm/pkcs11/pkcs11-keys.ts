/**
 * AES-256 keys that are created and used in a PKCS#11 token, and cannot leave it. The token itself encrypts messages
 * with AES-GCM; the blob's layout belongs to domain/key-stores/key-store-ciphertext.ts. Source: OASIS PKCS #11
 * Specification version 3.1, sections 4.9 (attributes), 6.13.3 (AES-GCM).
 */
import { randomBytes } from 'node:crypto';
import type { Handle, Mechanism, Template } from 'pkcs11js';
import {
  encodePkcs11Ciphertext,
  parsePkcs11Ciphertext,
  pkcs11AdditionalData,
} from '../../domain/key-stores/key-store-ciphertext.ts';
import { type CiphertextNames, IV_BYTES, MAX_PLAINTEXT_BYTES, TAG_BYTES } from '../../domain/keys/ciphertext.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { EncryptionContext } from '../port/key-material.ts';
import { CKR_GENERAL_ERROR, isCiphertextRefused, isHandleLost, returnValueOf } from './pkcs11-errors.ts';
import { CK, type Pkcs11Token, type Session } from './pkcs11-token.ts';

const AES_256_BYTES = 32;
/** The binding's CK_PARAMS_AES_GCM. */
const AES_GCM_PARAMETERS = 3;

const identity = (id: Uint8Array): Template => [
  { type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY },
  { type: CK.CKA_KEY_TYPE, value: CK.CKK_AES },
  { type: CK.CKA_ID, value: Buffer.from(id) },
];

/** Permits encryption and decryption only; above all, the key can be neither read nor wrapped. */
const newKey = (id: Uint8Array, label: string): Template => [
  ...identity(id),
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
  { type: CK.CKA_DERIVE, value: false },
];

/** @throws HsmError `pkcs11-token-unfit` when the token created a key that could leave it; that key is destroyed. */
export function generatePkcs11Key(pkcs11Token: Pkcs11Token, id: Uint8Array, label: string): Promise<void> {
  return pkcs11Token.run(async ({ module, handle: session }) => {
    const mechanism = { mechanism: CK.CKM_AES_KEY_GEN };
    const key = await module.C_GenerateKeyAsync(session, mechanism, newKey(id, label));
    const [sensitive, extractable] = module.C_GetAttributeValue(session, key, [
      { type: CK.CKA_SENSITIVE },
      { type: CK.CKA_EXTRACTABLE },
    ]);
    if (sensitive?.value[0] !== 1 || extractable?.value[0] !== 0) {
      module.C_DestroyObject(session, key);
      throw new HsmError('pkcs11-token-unfit', 'the PKCS#11 token creates keys that can be extracted');
    }
    pkcs11Token.handles.set(hex(id), key);
  });
}

/** @returns whether the key existed */
export function destroyPkcs11Key(pkcs11Token: Pkcs11Token, id: Uint8Array): Promise<boolean> {
  return pkcs11Token.run(async (session) => {
    pkcs11Token.handles.delete(hex(id));
    const key = find(session, id);
    if (key === undefined) return false;
    session.module.C_DestroyObject(session.handle, key);
    return true;
  });
}

export function pkcs11Random(pkcs11Token: Pkcs11Token, lengthInBytes: number): Promise<Uint8Array> {
  return pkcs11Token.run(async ({ module, handle }) => module.C_GenerateRandom(handle, Buffer.alloc(lengthInBytes)));
}

/** @returns a ciphertext blob under a fresh IV. */
export async function sealInPkcs11Token(
  pkcs11Token: Pkcs11Token,
  id: Uint8Array,
  names: CiphertextNames,
  plaintext: Uint8Array,
  encryptionContext: EncryptionContext,
): Promise<Uint8Array> {
  if (plaintext.length < 1 || plaintext.length > MAX_PLAINTEXT_BYTES) {
    throw new RangeError(`plaintext: expected 1–${MAX_PLAINTEXT_BYTES} bytes, got ${plaintext.length}`);
  }
  const iv = randomBytes(IV_BYTES);
  const mechanism = aesGcm(iv, pkcs11AdditionalData(names, iv, encryptionContext));
  const input = Buffer.from(plaintext);
  try {
    const sealed = await withKey(pkcs11Token, id, ({ module, handle }, key) => {
      module.C_EncryptInit(handle, mechanism, key);
      return module.C_EncryptAsync(handle, input, Buffer.alloc(input.length + TAG_BYTES));
    });
    return encodePkcs11Ciphertext({ ...names, iv, sealed });
  } finally {
    input.fill(0);
  }
}

/**
 * @throws HsmError `invalid-ciphertext`, the same for every cause: another key, material, context or a changed byte.
 */
export async function openInPkcs11Token(
  pkcs11Token: Pkcs11Token,
  id: Uint8Array,
  names: CiphertextNames,
  blob: Uint8Array,
  encryptionContext: EncryptionContext,
): Promise<Uint8Array> {
  const parsed = parsePkcs11Ciphertext(blob);
  if (parsed?.keyId !== names.keyId || parsed.materialId !== names.materialId) throw invalidCiphertext();
  const mechanism = aesGcm(parsed.iv, pkcs11AdditionalData(names, parsed.iv, encryptionContext));
  const input = Buffer.from(parsed.sealed);
  try {
    return await withKey(pkcs11Token, id, ({ module, handle }, key) => {
      module.C_DecryptInit(handle, mechanism, key);
      return module.C_DecryptAsync(handle, input, Buffer.alloc(input.length));
    });
  } catch (error) {
    if (isCiphertextRefused(error)) throw invalidCiphertext();
    if (returnValueOf(error) !== CKR_GENERAL_ERROR) throw error;
    // Some tokens answer a wrong tag with a general error. If the token still encrypts with the key, the blob is at
    // fault.
    await sealInPkcs11Token(pkcs11Token, id, names, Buffer.of(0), {});
    throw invalidCiphertext();
  }
}

function aesGcm(iv: Uint8Array, additionalData: Uint8Array): Mechanism {
  const parameter = {
    type: AES_GCM_PARAMETERS,
    iv: Buffer.from(iv),
    aad: Buffer.from(additionalData),
    ivBits: 8 * IV_BYTES,
    tagBits: 8 * TAG_BYTES,
  };
  return { mechanism: CK.CKM_AES_GCM, parameter };
}

/** Finds the key once per login, and again when its handle is no longer valid. */
async function withKey<T>(
  pkcs11Token: Pkcs11Token,
  id: Uint8Array,
  work: (session: Session, key: Handle) => Promise<T>,
): Promise<T> {
  const known = pkcs11Token.handles.get(hex(id));
  try {
    if (known) return await pkcs11Token.run((session) => work(session, known));
  } catch (error) {
    if (!isHandleLost(error)) throw error;
    pkcs11Token.handles.delete(hex(id));
  }
  return await pkcs11Token.run((session) => {
    const key = find(session, id);
    if (key === undefined) throw new HsmError('pkcs11-key-missing', 'the key is not in the PKCS#11 token');
    pkcs11Token.handles.set(hex(id), key);
    return work(session, key);
  });
}

function find({ module, handle }: Session, id: Uint8Array): Handle | undefined {
  module.C_FindObjectsInit(handle, identity(id));
  try {
    return module.C_FindObjects(handle, 1)[0];
  } finally {
    module.C_FindObjectsFinal(handle);
  }
}

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');

function invalidCiphertext(): HsmError {
  return new HsmError('invalid-ciphertext', 'ciphertext, encryption context and key do not belong together');
}
