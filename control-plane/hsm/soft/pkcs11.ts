/** The PKCS#11 service: wraps and unwraps passwords here, and passes all other work to the tokens. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { secretFromText } from '../crypto/access-key-secret.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { passwordBinding, pkcs11KeyBinding, wrap } from '../crypto/wrapping.ts';
import { destroyPkcs11Key, generatePkcs11Key, pkcs11Random } from '../pkcs11/pkcs11-keys.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { Pkcs11Service } from '../port/pkcs11.ts';
import type { Pkcs11Login, WrappedMaterial } from '../port/wrapped-material.ts';
import { backingKeyIdOf, type Held } from './held.ts';
import { newMaterialId } from './key-material.ts';

/** Length of the CKA_ID of a key in a token. */
const BACKING_KEY_ID_BYTES = 16;

export class SoftPkcs11 implements Pkcs11Service {
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  wrapKeyStorePassword: Pkcs11Service['wrapKeyStorePassword'] = async (owner, password) => {
    const bytes = secretFromText(password.reveal());
    try {
      return wrap(this.#held.rootKeys, passwordBinding(owner), bytes);
    } finally {
      bytes.wipe();
    }
  };

  isKeyStorePassword: Pkcs11Service['isKeyStorePassword'] = async (login, password) => {
    const known = this.#held.opened.open(passwordBinding(login), login.wrappedPassword);
    return secretFromText(password.reveal()).useOnce((given) =>
      known.use((bytes) => bytes.length === given.length && timingSafeEqual(bytes, given)),
    );
  };

  pkcs11TokenStatus: Pkcs11Service['pkcs11TokenStatus'] = (clusterId) => this.#held.pkcs11Tokens.status(clusterId);

  connectPkcs11Token: Pkcs11Service['connectPkcs11Token'] = (login) => this.#held.pkcs11Tokens.connect(login);

  disconnectPkcs11Token: Pkcs11Service['disconnectPkcs11Token'] = (clusterId) =>
    this.#held.pkcs11Tokens.disconnect(clusterId);

  generatePkcs11Key: Pkcs11Service['generatePkcs11Key'] = async (owner, login) => {
    const materialId = newMaterialId();
    const id = randomBytes(BACKING_KEY_ID_BYTES);
    await this.#held.pkcs11Tokens.use(login, (pkcs11Token) => generatePkcs11Key(pkcs11Token, id, owner.keyId));
    const secretId = new SecretBytes(Uint8Array.from(id));
    const wrapped = secretId.useOnce(() => wrap(this.#held.rootKeys, pkcs11KeyBinding(owner, materialId), secretId));
    return { materialId, wrapped, backingKeyId: id.toString('hex') };
  };

  destroyPkcs11Key: Pkcs11Service['destroyPkcs11Key'] = async (material) => {
    const id = backingKeyIdOf(this.#held, material);
    return this.#held.pkcs11Tokens.use(requireLogin(material), (pkcs11Token) => destroyPkcs11Key(pkcs11Token, id));
  };

  backingKeyId: Pkcs11Service['backingKeyId'] = async (material) =>
    Buffer.from(backingKeyIdOf(this.#held, material)).toString('hex');

  pkcs11Random: Pkcs11Service['pkcs11Random'] = (login, lengthInBytes) =>
    this.#held.pkcs11Tokens.use(login, (pkcs11Token) => pkcs11Random(pkcs11Token, lengthInBytes));
}

/** @throws HsmError `unsupported` */
function requireLogin({ pkcs11Login }: WrappedMaterial): Pkcs11Login {
  if (pkcs11Login) return pkcs11Login;
  throw new HsmError('unsupported', 'the key is not in a PKCS#11 token');
}
