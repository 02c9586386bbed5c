/** The provider: its resources and data sources, and how its block becomes a connection. */
import { providerRecord } from '@keystead/provider-schema/provider.ts';
import type { Client } from './client/client.ts';
import { awsCallerIdentityData } from './data-sources/aws-caller-identity.ts';
import { awsKmsAliasData } from './data-sources/aws-kms-alias.ts';
import { awsKmsCustomKeyStoreData } from './data-sources/aws-kms-custom-key-store.ts';
import { awsKmsKeyData } from './data-sources/aws-kms-key.ts';
import { DiagnosticError, type ProviderType } from './engine/resource.ts';
import type { ObjectValue } from './engine/value.ts';
import { awsKmsAlias } from './resources/aws-kms-alias.ts';
import { awsKmsCustomKeyStore } from './resources/aws-kms-custom-key-store.ts';
import { awsKmsExternalKey } from './resources/aws-kms-external-key.ts';
import { awsKmsGrant } from './resources/aws-kms-grant.ts';
import { awsKmsKey } from './resources/aws-kms-key.ts';
import { awsKmsKeyPolicy } from './resources/aws-kms-key-policy.ts';
import { awsKmsReplicaExternalKey } from './resources/aws-kms-replica-external-key.ts';
import { awsKmsReplicaKey } from './resources/aws-kms-replica-key.ts';

export const provider: ProviderType<Client> = {
  record: providerRecord,
  meta: providerRecord.meta ?? {},
  configure,
  resources: [
    awsKmsAlias,
    awsKmsCustomKeyStore,
    awsKmsExternalKey,
    awsKmsGrant,
    awsKmsKey,
    awsKmsKeyPolicy,
    awsKmsReplicaExternalKey,
    awsKmsReplicaKey,
  ],
  dataSources: [awsCallerIdentityData, awsKmsAliasData, awsKmsCustomKeyStoreData, awsKmsKeyData],
};

/** The connection is loaded here and not with the module: schema questions start and end without it. */
async function configure(config: ObjectValue, terraformVersion: string, stopSignal: AbortSignal): Promise<Client> {
  const [{ connect, surroundings }, { readSettings, unknownArguments }, { attempt }] = await Promise.all([
    import('./client/client.ts'),
    import('./client/settings.ts'),
    import('./resources/shared/failures.ts'),
  ]);
  const unsettled = unknownArguments(config);
  if (unsettled.length > 0) return unsettledClient(unsettled);
  const around = surroundings(`terraform-provider-keystead Terraform/${terraformVersion}`, stopSignal);
  const settings = readSettings(config, around.env);
  return attempt('configuring the provider', undefined, () => connect(settings, around));
}

/** Stands in while the provider block depends on what is still to be made: creations can be planned, nothing can be asked. */
function unsettledClient(names: readonly string[]): Client {
  const refuse = async (): Promise<never> => {
    throw new DiagnosticError([
      {
        severity: 'error',
        summary: 'The provider configuration is not known yet',
        detail:
          `${names.join(', ')} in the provider block will be known only after apply. Apply what they depend on first ` +
          '(terraform apply -target), or set them to known values.',
      },
    ]);
  };
  return { region: undefined, tags: undefined, call: refuse, read: refuse, close: () => undefined };
}
