/** Key stores of type EXTERNAL_KEY_STORE: the checks of their proxy, and their columns. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import { keyStoreOwner, xksProxyOf } from '../../../domain/key-stores/key-store-login.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';
import { secretOwner } from '../../../xks/port/xks.ts';
import type { BaseRow, NewKeyStoreRow } from './key-store.ts';
import { type CreateInput, NO_SECRET, type UpdateInput } from './members.ts';
import { healthRequest, refusalIn } from './proxy.ts';

type ExternalColumns = Pick<
  NewKeyStoreRow,
  | 'xks_connectivity'
  | 'xks_access_key_id'
  | 'xks_uri_endpoint'
  | 'xks_uri_path'
  | 'xks_vpc_endpoint_service_name'
  | 'xks_vpc_endpoint_service_owner'
  | 'wrapped_secret'
>;

/** @throws KmsError XksProxy…Exception */
export async function newExternalStore(ctx: Context, base: BaseRow, input: CreateInput): Promise<NewKeyStoreRow> {
  const credential = input.XksProxyAuthenticationCredential;
  const isPrivate = input.XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE';
  const row = {
    ...base,
    xks_connectivity: input.XksProxyConnectivity ?? null,
    xks_access_key_id: credential?.AccessKeyId.reveal() ?? null,
    xks_uri_endpoint: input.XksProxyUriEndpoint ?? null,
    xks_uri_path: input.XksProxyUriPath ?? null,
    xks_vpc_endpoint_service_name: input.XksProxyVpcEndpointServiceName ?? null,
    xks_vpc_endpoint_service_owner: isPrivate ? (input.XksProxyVpcEndpointServiceOwner ?? ctx.accountId) : null,
    wrapped_secret: await wrapCredential(ctx, base, credential),
  };
  await requireFreeProxy(ctx, row);
  // A proxy with private connectivity is tested when the store is connected.
  if (!isPrivate) await requireHealthy(ctx, row, 'CreateCustomKeyStore');
  return row;
}

/** @throws KmsError XksProxy…Exception */
export async function externalChanges(
  ctx: Context,
  row: CustomKeyStoreRow,
  input: UpdateInput,
): Promise<Partial<ExternalColumns>> {
  const { NewCustomKeyStoreName: _name, CustomKeyStoreId: _id, ...external } = input;
  if (Object.values(external).every((value) => value === undefined)) return {};
  const { XksProxyAuthenticationCredential: credential, XksProxyConnectivity = row.xks_connectivity } = input;
  const isPrivate = XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE';
  const owner = input.XksProxyVpcEndpointServiceOwner ?? row.xks_vpc_endpoint_service_owner ?? ctx.accountId;
  const changes = {
    xks_connectivity: XksProxyConnectivity,
    xks_uri_endpoint: input.XksProxyUriEndpoint ?? row.xks_uri_endpoint,
    xks_uri_path: input.XksProxyUriPath ?? row.xks_uri_path,
    xks_vpc_endpoint_service_name: isPrivate
      ? (input.XksProxyVpcEndpointServiceName ?? row.xks_vpc_endpoint_service_name)
      : null,
    xks_vpc_endpoint_service_owner: isPrivate ? owner : null,
    ...(credential && {
      xks_access_key_id: credential.AccessKeyId.reveal(),
      wrapped_secret: await wrapCredential(ctx, row, credential),
    }),
  };
  const next = { ...row, ...changes };
  await requireFreeProxy(ctx, next);
  await requireHealthy(ctx, next, 'UpdateCustomKeyStore');
  return changes;
}

type Credential = NonNullable<CreateInput['XksProxyAuthenticationCredential']>;

function wrapCredential(ctx: Context, row: BaseRow, credential: Credential | undefined) {
  const { AccessKeyId = NO_SECRET, RawSecretAccessKey = NO_SECRET } = credential ?? {};
  const owner = secretOwner({ ...keyStoreOwner(row), accessKeyId: AccessKeyId.reveal() });
  return ctx.credentials.wrapSecret(owner, RawSecretAccessKey);
}

/** @throws KmsError with the code that the proxy's failure has in requests about key stores. */
function requireHealthy(ctx: Context, row: NewKeyStoreRow, operation: string): Promise<void> {
  return ctx.keyStores.xks.getHealthStatus(xksProxyOf(row), healthRequest(ctx, operation)).catch(refusalIn('keyStore'));
}

/**
 * @throws KmsError XksProxyUriInUseException, XksProxyUriEndpointInUseException,
 * XksProxyVpcEndpointServiceInUseException
 */
async function requireFreeProxy(ctx: Context, row: NewKeyStoreRow): Promise<void> {
  const { xks_uri_endpoint: endpoint, xks_vpc_endpoint_service_name: service } = row;
  const isOther = (other: CustomKeyStoreRow) => other.custom_key_store_id !== row.custom_key_store_id;
  if (endpoint !== null) {
    const sharing = (await ctx.store.listCustomKeyStoresOn({ xks_uri_endpoint: endpoint })).filter(isOther);
    refuseSharedEndpoint(
      row,
      sharing.filter((other) => other.region === row.region),
    );
  }
  if (service === null) return;
  const onService = await ctx.store.listCustomKeyStoresOn({ xks_vpc_endpoint_service_name: service });
  if (onService.some(isOther)) {
    throw new KmsError('XksProxyVpcEndpointServiceInUseException', messages.xksServiceInUse(service));
  }
}

/** Stores can share a public endpoint under different paths; a private endpoint belongs to one store. */
function refuseSharedEndpoint(row: NewKeyStoreRow, sharing: readonly CustomKeyStoreRow[]): void {
  const endpoint = row.xks_uri_endpoint ?? '';
  const ours = sharing.filter((other) => other.account_id === row.account_id);
  if (ours.some((other) => other.xks_uri_path === row.xks_uri_path)) {
    throw new KmsError('XksProxyUriInUseException', messages.xksUriInUse(`${endpoint}${row.xks_uri_path}`));
  }
  const isPrivate = row.xks_connectivity === 'VPC_ENDPOINT_SERVICE';
  const clashes = isPrivate
    ? ours.length > 0 || sharing.some((other) => other.xks_connectivity === 'PUBLIC_ENDPOINT')
    : sharing.some((other) => other.xks_connectivity === 'VPC_ENDPOINT_SERVICE');
  if (clashes) throw new KmsError('XksProxyUriEndpointInUseException', messages.xksEndpointInUse(endpoint));
}
