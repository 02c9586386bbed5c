/** The installation service in software: all results are derived from the root key. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { isAuditStatement } from '../../domain/audit/audit-statement.ts';
import { signStatement, statementPublicKey } from '../crypto/checkpoint-key.ts';
import {
  type Binding,
  materialBinding,
  passwordBinding,
  pkcs11KeyBinding,
  rewrap,
  secretBinding,
} from '../crypto/wrapping.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { InstallationService } from '../port/installation.ts';
import type { WrappedSecretOf } from '../port/wrapped-secret.ts';
import type { Held } from './held.ts';

export class SoftInstallation implements InstallationService {
  readonly #held: Held;

  constructor(held: Held) {
    this.#held = held;
  }

  /** It was open when this Hsm was created. */
  openRootKey: InstallationService['openRootKey'] = async () => ({});

  rootKeyFingerprint: InstallationService['rootKeyFingerprint'] = async () =>
    this.#held.rootKeys.installation.fingerprint;

  rootKeyGenerations: InstallationService['rootKeyGenerations'] = async () => {
    const { rootKeys } = this.#held;
    const { removal } = rootKeys;
    return { inUse: rootKeys.inUse.generation, generations: rootKeys.describe(), ...defined({ removal }) };
  };

  useGeneration: InstallationService['useGeneration'] = async ({ generation }) =>
    this.#held.rootKeys.use(generation)
      ? {}
      : {
          refused: {
            message: `The root key of this HSM has no generation ${generation}, which the database is wrapped under.`,
            hint: 'Give this HSM the newest root key file: copy it from the machine where the root key was rotated.',
          },
        };

  rewrap: InstallationService['rewrap'] = async (secrets) => {
    const results: { readonly wrapped?: Uint8Array }[] = [];
    for (const secret of secrets) {
      results.push(defined({ wrapped: this.#rewrap(secret) }));
      // Requests that arrived meanwhile go first.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return results;
  };

  #rewrap(secret: WrappedSecretOf): Uint8Array | undefined {
    try {
      return rewrap(this.#held.rootKeys, bindingOf(secret), secret.wrapped);
    } catch (error) {
      if (error instanceof HsmError) return undefined;
      throw error;
    }
  }

  signCheckpoint: InstallationService['signCheckpoint'] = async (body) => {
    if (!isAuditStatement(body)) {
      throw new HsmError('unsupported', 'only a checkpoint of the audit log, or the digest of one, is signed');
    }
    return this.#held.rootKeys.installation.checkpointKey.use((key) => signStatement(key, body));
  };

  endSeeding: InstallationService['endSeeding'] = async () => {
    this.#held.isSeeding = false;
  };

  checkpointPublicKey: InstallationService['checkpointPublicKey'] = async () =>
    this.#held.rootKeys.installation.checkpointKey.use(statementPublicKey);

  close: InstallationService['close'] = async () => {
    await this.#held.pkcs11Tokens.close();
    this.#held.opened.clear();
    this.#held.rootKeys.wipe();
  };
}

function bindingOf(secret: WrappedSecretOf): Binding {
  switch (secret.kind) {
    case 'key-material':
      return materialBinding(secret, secret.materialId);
    case 'pkcs11-key':
      return pkcs11KeyBinding(secret, secret.materialId);
    case 'access-key-secret':
      return secretBinding(secret);
    case 'key-store-password':
      return passwordBinding(secret);
  }
}
