/** The installation service in software: all results are derived from the root key. */
import { isAuditStatement } from '../../domain/audit/audit-statement.ts';
import { signStatement, statementPublicKey } from '../crypto/checkpoint-key.ts';
import { deriveKey } from '../crypto/kdf.ts';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { InstallationService } from '../port/installation.ts';
import type { Held } from './held.ts';

const FINGERPRINT_BYTES = 16;

export class SoftInstallation implements InstallationService {
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  /** It was open when this Hsm was created. */
  openRootKey: InstallationService['openRootKey'] = async () => ({});

  rootKeyFingerprint: InstallationService['rootKeyFingerprint'] = async () => fingerprintOf(this.#held.rootKey);

  signCheckpoint: InstallationService['signCheckpoint'] = async (body) => {
    if (!isAuditStatement(body)) {
      throw new HsmError('unsupported', 'only a checkpoint of the audit log, or the digest of one, is signed');
    }
    return checkpointKeyOf(this.#held.rootKey).useOnce((key) => signStatement(key, body));
  };

  endSeeding: InstallationService['endSeeding'] = async () => {
    this.#held.isSeeding = false;
  };

  checkpointPublicKey: InstallationService['checkpointPublicKey'] = async () =>
    checkpointKeyOf(this.#held.rootKey).useOnce(statementPublicKey);

  close: InstallationService['close'] = async () => {
    await this.#held.pkcs11Tokens.close();
    this.#held.opened.clear();
    this.#held.rootKey.wipe();
  };
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
