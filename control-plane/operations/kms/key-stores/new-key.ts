/** New keys in custom key stores. Source: AWS KMS API reference, CreateKey (Origin, CustomKeyStoreId, XksKeyId). */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import { KeyStoreRefusal } from '../../../context/key-store-refusal.ts';
import { requireTransition } from '../../../domain/key-stores/key-store.ts';
import { pkcs11LoginOf, xksProxyOf } from '../../../domain/key-stores/key-store-login.ts';
import { type NewKey, updateKeyStore } from '../../../mutations/mutations.ts';
import type { Mutation } from '../../../storage/port/store.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';
import type { ExternalKeyMetadata } from '../../../xks/port/xks.ts';
import type { Input } from '../../shared/implementation.ts';
import { clusterRefusal } from './cluster.ts';
import { requireKeyStore } from './key-store.ts';
import { keyRequest, refusalIn } from './proxy.ts';

/** The columns and the material that a key gets from its key store. */
export type KeyStoreColumns = Required<Pick<NewKey, 'origin' | 'shared'>> & Pick<NewKey, 'material'>;

export interface KeyInKeyStore {
  readonly keyStore: CustomKeyStoreRow;
  readonly columns: KeyStoreColumns;
  readonly mutations: readonly Mutation[];
  readonly eventData?: Readonly<Record<string, unknown>>;
  readonly compensate?: () => Promise<void>;
}

/**
 * Prepares the key store for one more key; undefined for keys that are not in a key store.
 * @throws KmsError CustomKeyStoreNotFoundException, CustomKeyStoreInvalidStateException, and the errors of its type of
 * store
 */
export async function keyInKeyStore(
  ctx: Context,
  input: Input<'CreateKey'>,
  keyId: string,
): Promise<KeyInKeyStore | undefined> {
  const { CustomKeyStoreId, Origin: origin, XksKeyId } = input;
  if (CustomKeyStoreId === undefined) return undefined;
  const keyStore = await requireKeyStore(ctx, CustomKeyStoreId);
  if (keyStore.type !== origin) {
    throw new KmsError(
      'UnsupportedOperationException',
      `Origin ${origin} does not fit a custom key store of type ${keyStore.type}.`,
    );
  }
  requireTransition(keyStore, 'CreateKey');
  // Each new key changes the store's revision, so that the store cannot be deleted while the key is being made.
  const base = { keyStore, mutations: [updateKeyStore(keyStore, {})] };
  return XksKeyId === undefined
    ? { ...base, ...(await keyInPkcs11Token(ctx, keyStore, keyId)) }
    : { ...base, columns: await keyOnProxy(ctx, keyStore, XksKeyId) };
}

async function keyInPkcs11Token(ctx: Context, keyStore: CustomKeyStoreRow, keyId: string) {
  const owner = { accountId: ctx.accountId, domainRegion: ctx.region, keyId, keySpec: 'SYMMETRIC_DEFAULT' } as const;
  const login = pkcs11LoginOf(keyStore);
  const { materialId, wrapped, backingKeyId } = await ctx.pkcs11
    .generatePkcs11Key(owner, login)
    .catch(clusterRefusal(keyStore));
  return {
    columns: {
      origin: 'AWS_CLOUDHSM',
      shared: { custom_key_store_id: keyStore.custom_key_store_id },
      material: { materialId, wrapped },
    } as const,
    eventData: { backingKey: JSON.stringify({ backingKeyId }) },
    compensate: async () => {
      await ctx.pkcs11.destroyPkcs11Key({ ...owner, materialId, wrapped, pkcs11Login: login });
    },
  };
}

/** The external key must have the right configuration, and no other KMS key of this store can use it. */
async function keyOnProxy(ctx: Context, keyStore: CustomKeyStoreRow, xksKeyId: string): Promise<KeyStoreColumns> {
  const { account_id: accountId, custom_key_store_id: keyStoreId } = keyStore;
  if (await ctx.store.hasKeyInKeyStore(accountId, keyStoreId, xksKeyId)) {
    throw new KmsError('XksKeyAlreadyInUseException', messages.xksKeyInUse(xksKeyId));
  }
  const metadata = await ctx.keyStores.xks
    .getKeyMetadata(xksProxyOf(keyStore), xksKeyId, keyRequest(ctx, 'CreateKey'))
    .catch(refusalIn('createKey'));
  const fault = faultOf(metadata);
  if (fault !== undefined) {
    const cause = `the proxy says of the external key: ${JSON.stringify(metadata)}`;
    throw new KeyStoreRefusal('XksKeyInvalidConfigurationException', fault, {
      customKeyStoreId: keyStoreId,
      xksKeyId,
      cause,
    });
  }
  return {
    origin: 'EXTERNAL_KEY_STORE',
    shared: { custom_key_store_id: keyStoreId, xks_key_id: xksKeyId },
  };
}

/**
 * Why a KMS key cannot use the external key; undefined when it can.
 * Source: AWS KMS Developer Guide, "Troubleshooting external key stores", "CreateKey errors for the external key".
 */
function faultOf({ keySpec, keyUsage, keyStatus }: ExternalKeyMetadata): string | undefined {
  if (keySpec !== 'AES_256') return messages.xksKeySpec(keySpec);
  if (keyStatus !== 'ENABLED') return messages.xksKeyStatus(keyStatus);
  const isUsable = keyUsage.includes('ENCRYPT') && keyUsage.includes('DECRYPT');
  return isUsable ? undefined : messages.xksKeyUsage(keyUsage);
}
