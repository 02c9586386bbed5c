/** The provider: its resources and data sources, and how its block becomes a connection. */
import { providerRecord } from '@keystead/provider-schema/provider.ts';
import * as actions from './actions/index.ts';
import type { Client } from './client/client.ts';
import * as dataSources from './data-sources/index.ts';
import { DiagnosticError, type ProviderType } from './engine/resource.ts';
import type { ObjectValue } from './engine/value.ts';
import * as ephemeralResources from './ephemeral-resources/index.ts';
import * as functions from './functions/index.ts';
import * as listResources from './list-resources/index.ts';
import * as resources from './resources/index.ts';

export const provider: ProviderType<Client> = {
  record: providerRecord,
  meta: providerRecord.meta ?? {},
  configure,
  recorded: (client, state) => client.journal.seen(state),
  ended: (client, did) => client.journal.end(did),
  isUnsettled: (client) => client.region === undefined,
  withMeta,
  resources: Object.values(resources),
  dataSources: Object.values(dataSources),
  ephemeralResources: Object.values(ephemeralResources),
  listResources: Object.values(listResources),
  actions: Object.values(actions),
  functions: Object.values(functions),
};

/** The client is loaded here and not with the module, because requests for schemas do not need it. */
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

/**
 * Stands in while values of the provider block are known only after apply: creates can be planned, every call fails.
 */
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
  const client: Client = {
    region: undefined,
    tags: undefined,
    call: refuse,
    read: refuse,
    reviews: undefined,
    withProducts: () => client,
    journal: { seen: () => undefined, end: () => undefined },
    close: () => undefined,
  };
  return client;
}

/** Products of a module go into the User-Agent header of its requests, behind those of the provider block. */
function withMeta(client: Client, meta: ObjectValue): Client {
  const products = Array.isArray(meta.user_agent) ? meta.user_agent.filter((item) => typeof item === 'string') : [];
  const unfit = products.find((product) => !/^[\x20-\x7e]+$/.test(product));
  if (unfit === undefined) return products.length === 0 ? client : client.withProducts(products);
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: 'A product that a header cannot hold',
      detail: 'user_agent in provider_meta can hold only printable ASCII characters. Correct it in the module.',
    },
  ]);
}
