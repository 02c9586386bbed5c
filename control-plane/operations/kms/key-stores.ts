/**
 * Custom key stores: made, connected, changed and given up. Connecting takes time and is a job's work; what is asked
 * here only says so. Source: AWS KMS API reference, the operations by name.
 */

import { randomBytes } from 'node:crypto';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { CustomKeyStoresListEntry } from '@keystead/provider-schema/generated/types.ts';
import type { keyStoresOperations } from '@keystead/provider-schema/operations/kms/key-stores.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import { requireTransition } from '../../domain/key-stores/key-store.ts';
import { isSameCertificate, parseTrustAnchor } from '../../domain/key-stores/trust-anchor.ts';
import { keyStoreChange, updateKeyStore } from '../../mutations/mutations.ts';
import type { CustomKeyStoreRow } from '../../storage/port/tables.ts';
import { secretOwner } from '../../xks/port/xks.ts';
import type { Implementation, Implementations, Input } from '../shared/implementation.ts';
import { listPage, pageInMemory } from '../shared/paging.ts';
import { findCluster, healthRequest, loginOf, proxyOf, refusalIn, requireCluster } from './key-store-backing.ts';

type NewRow = Omit<CustomKeyStoreRow, 'revision'>;
type CreateInput = Input<'CreateCustomKeyStore'>;
type UpdateInput = Input<'UpdateCustomKeyStore'>;

const createCustomKeyStore: Implementation<'CreateCustomKeyStore'> = {
  check(_ctx, input) {
    requireMembersOfType(input);
  },
  async run(ctx, input) {
    const retried = await findRetried(ctx, input);
    if (retried) return created(retried, []);
    await requireFreeName(ctx, input.CustomKeyStoreName);
    await requireRoom(ctx);
    const row =
      typeOf(input) === 'AWS_CLOUDHSM' ? await newClusterStore(ctx, input) : await newExternalStore(ctx, input);
    return created(row, [{ op: 'insert', table: 'custom_key_stores', row }]);
  },
};

const describeCustomKeyStores: Implementation<'DescribeCustomKeyStores'> = {
  check(_ctx, { CustomKeyStoreId: id, CustomKeyStoreName: name }) {
    if (id === undefined || name === undefined) return;
    throw new KmsError('ValidationException', 'Give CustomKeyStoreId or CustomKeyStoreName, not both.');
  },
  async run(ctx, input) {
    const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input;
    const all = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
    const asked = all.filter(
      (row) => (id === undefined || row.custom_key_store_id === id) && (name === undefined || row.name === name),
    );
    if (asked.length === 0 && (id ?? name) !== undefined) throw notFound(id ?? name ?? '');
    const idOf = (row: CustomKeyStoreRow) => row.custom_key_store_id;
    const request = { operation: 'DescribeCustomKeyStores', of: id ?? name ?? '', input } as const;
    const { rows, paging } = await listPage(ctx, request, pageInMemory(asked, idOf), idOf);
    return { output: { CustomKeyStores: rows.map(listEntry), ...paging } };
  },
};

const connectCustomKeyStore: Implementation<'ConnectCustomKeyStore'> = {
  async run(ctx, { CustomKeyStoreId }) {
    const row = await requireKeyStore(ctx, CustomKeyStoreId);
    const state = requireTransition(row, 'ConnectCustomKeyStore');
    if (state === row.connection_state) return { output: {}, audit: auditOf(row) };
    if (row.cloud_hsm_cluster_id !== null) await requireConnectable(ctx, row.cloud_hsm_cluster_id);
    return connectionChange(row, state, 'ConnectCustomKeyStore');
  },
};

const disconnectCustomKeyStore: Implementation<'DisconnectCustomKeyStore'> = {
  async run(ctx, { CustomKeyStoreId }) {
    const row = await requireKeyStore(ctx, CustomKeyStoreId);
    return connectionChange(row, requireTransition(row, 'DisconnectCustomKeyStore'), 'DisconnectCustomKeyStore');
  },
};

const updateCustomKeyStore: Implementation<'UpdateCustomKeyStore'> = {
  check(_ctx, input) {
    const { CustomKeyStoreId: _, ...changes } = input;
    if (Object.values(changes).some((value) => value !== undefined)) return;
    throw new KmsError('ValidationException', 'The request changes nothing: give at least one new value.');
  },
  async run(ctx, input) {
    const row = await requireKeyStore(ctx, input.CustomKeyStoreId);
    requireMembersOfRow(row, input);
    requireTransition(row, isLive(input) ? 'UpdateLive' : 'UpdateCustomKeyStore');
    const { NewCustomKeyStoreName: name = row.name } = input;
    if (name !== row.name) await requireFreeName(ctx, name);
    const changed =
      row.type === 'AWS_CLOUDHSM' ? await clusterChanges(ctx, row, input) : await externalChanges(ctx, row, input);
    return {
      output: {},
      mutations: [updateKeyStore(row, { ...changed, name })],
      changes: [keyStoreChange(row, 'updated', 'UpdateCustomKeyStore')],
      audit: auditOf(row),
    };
  },
};

const deleteCustomKeyStore: Implementation<'DeleteCustomKeyStore'> = {
  async run(ctx, { CustomKeyStoreId }) {
    const row = await requireKeyStore(ctx, CustomKeyStoreId);
    requireTransition(row, 'DeleteCustomKeyStore');
    if (await ctx.store.hasKeyInKeyStore(row.account_id, row.custom_key_store_id)) {
      throw new KmsError('CustomKeyStoreHasCMKsException', messages.keyStoreHasKeys(row.custom_key_store_id));
    }
    const { account_id, region, custom_key_store_id, revision } = row;
    const key = { account_id, region, custom_key_store_id };
    return {
      output: {},
      // A key created meanwhile has changed the row's revision.
      mutations: [{ op: 'delete', table: 'custom_key_stores', key, revision }],
      changes: [keyStoreChange(row, 'deleted', 'DeleteCustomKeyStore')],
      audit: auditOf(row),
    };
  },
};

/** @throws KmsError CustomKeyStoreNotFoundException */
export async function requireKeyStore(ctx: Context, keyStoreId: string): Promise<CustomKeyStoreRow> {
  const row = await ctx.store.findCustomKeyStore(ctx.accountId, ctx.region, keyStoreId);
  if (!row) throw notFound(keyStoreId);
  return row;
}

const notFound = (idOrName: string) =>
  new KmsError('CustomKeyStoreNotFoundException', messages.keyStoreNotFound(idOrName));

function created(row: NewRow, mutations: NonNullable<Outcome<unknown>['mutations']>) {
  const output = { CustomKeyStoreId: row.custom_key_store_id };
  return {
    output,
    mutations,
    changes: mutations.length > 0 ? [keyStoreChange(row, 'created', 'CreateCustomKeyStore')] : [],
    audit: { responseElements: { customKeyStoreId: row.custom_key_store_id } },
  };
}

function connectionChange(row: CustomKeyStoreRow, state: CustomKeyStoreRow['connection_state'], eventName: string) {
  return {
    output: {},
    mutations: [updateKeyStore(row, { connection_state: state, connection_error_code: null })],
    changes: [keyStoreChange(row, 'updated', eventName)],
    audit: auditOf(row),
    ...(state !== 'DISCONNECTED' && { wakesJobs: true as const }),
  };
}

function auditOf(row: CustomKeyStoreRow) {
  const { name: customKeyStoreName, cloud_hsm_cluster_id: clusterId } = row;
  return { additionalEventData: { customKeyStoreName, ...(clusterId !== null && { clusterId }) } };
}

/** What AWS refuses at once, before the store is CONNECTING; the rest is found out while connecting. */
async function requireConnectable(ctx: Context, clusterId: string): Promise<void> {
  if (findCluster(ctx, clusterId) && (await ctx.hsm.tokenStatus(clusterId)) !== 'unknown') {
    await requireCluster(ctx, clusterId);
  }
}

function listEntry(row: CustomKeyStoreRow): CustomKeyStoresListEntry {
  return {
    CustomKeyStoreId: row.custom_key_store_id,
    CustomKeyStoreName: row.name,
    CustomKeyStoreType: row.type,
    ConnectionState: row.connection_state,
    CreationDate: new Date(row.created_at_ms),
    ...(row.connection_error_code !== null && { ConnectionErrorCode: row.connection_error_code }),
    ...(row.cloud_hsm_cluster_id !== null && { CloudHsmClusterId: row.cloud_hsm_cluster_id }),
    ...(row.trust_anchor_certificate !== null && { TrustAnchorCertificate: row.trust_anchor_certificate }),
    ...(row.type === 'EXTERNAL_KEY_STORE' && { XksProxyConfiguration: proxyConfiguration(row) }),
  };
}

function proxyConfiguration(row: CustomKeyStoreRow): NonNullable<CustomKeyStoresListEntry['XksProxyConfiguration']> {
  const { xks_vpc_endpoint_service_name: service, xks_vpc_endpoint_service_owner: owner } = row;
  return {
    ...(row.xks_connectivity !== null && { Connectivity: row.xks_connectivity }),
    ...(row.xks_access_key_id !== null && { AccessKeyId: new Secret(row.xks_access_key_id) }),
    ...(row.xks_uri_endpoint !== null && { UriEndpoint: row.xks_uri_endpoint }),
    ...(row.xks_uri_path !== null && { UriPath: row.xks_uri_path }),
    ...(service !== null && { VpcEndpointServiceName: service }),
    ...(owner !== null && { VpcEndpointServiceOwner: owner }),
  };
}

// What a request may hold

const typeOf = ({ CustomKeyStoreType: type = 'AWS_CLOUDHSM' }: CreateInput) => type;

const clusterMembers = ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword'] as const;
const externalMembers = [
  'XksProxyConnectivity',
  'XksProxyAuthenticationCredential',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
] as const;
const serviceMembers = ['XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'] as const;

/** Those of the members that a request has. */
const given = (input: object, names: readonly string[]) =>
  names.filter((name) => (input as Readonly<Record<string, unknown>>)[name] !== undefined);

/** @throws KmsError ValidationException */
function requireMembersOfType(input: CreateInput): void {
  const type = typeOf(input);
  const [needed, foreign] =
    type === 'AWS_CLOUDHSM'
      ? [clusterMembers, [...externalMembers, ...serviceMembers]]
      : [externalMembers, [...clusterMembers]];
  const missing = needed.filter((name) => input[name] === undefined);
  if (missing.length > 0) throw invalid(`CustomKeyStoreType ${type} needs ${missing.join(', ')}.`);
  refuseForeign(type, given(input, foreign));
  if (type === 'AWS_CLOUDHSM') return;
  requireService(input.XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE', input);
}

function refuseForeign(type: string, foreign: readonly string[]): void {
  if (foreign.length > 0) throw invalid(`${foreign.join(', ')} cannot be given for CustomKeyStoreType ${type}.`);
}

function requireService(isPrivate: boolean, input: CreateInput | UpdateInput): void {
  const services = given(input, serviceMembers);
  if (isPrivate && input.XksProxyVpcEndpointServiceName === undefined) {
    throw invalid('XksProxyConnectivity VPC_ENDPOINT_SERVICE needs XksProxyVpcEndpointServiceName.');
  }
  if (!isPrivate && services.length > 0) {
    throw invalid(`${services.join(', ')} cannot be given for XksProxyConnectivity PUBLIC_ENDPOINT.`);
  }
}

const invalid = (problem: string) => new KmsError('ValidationException', problem);

/** @throws KmsError ValidationException */
function requireMembersOfRow(row: CustomKeyStoreRow, input: UpdateInput): void {
  const foreign = row.type === 'AWS_CLOUDHSM' ? [...externalMembers, ...serviceMembers] : clusterMembers;
  refuseForeign(row.type, given(input, foreign));
  const { XksProxyConnectivity: connectivity, XksProxyUriEndpoint: endpoint } = input;
  if (connectivity !== undefined && connectivity !== row.xks_connectivity) {
    if (endpoint === undefined)
      throw invalid(`A change to XksProxyConnectivity ${connectivity} needs XksProxyUriEndpoint.`);
    requireService(connectivity === 'VPC_ENDPOINT_SERVICE', input);
  } else if (row.type === 'EXTERNAL_KEY_STORE' && row.xks_connectivity === 'PUBLIC_ENDPOINT') {
    requireService(false, input);
  }
}

/** Changes that a connected key store takes: its name, and an external one's credential and URI path. */
function isLive(input: UpdateInput): boolean {
  const needDisconnection = [...clusterMembers, 'XksProxyConnectivity', 'XksProxyUriEndpoint', ...serviceMembers];
  return given(input, needDisconnection).length === 0;
}

/** @throws KmsError CustomKeyStoreNameInUseException */
async function requireFreeName(ctx: Context, name: string): Promise<void> {
  const rows = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
  if (!rows.some((row) => row.name === name)) return;
  throw new KmsError('CustomKeyStoreNameInUseException', messages.keyStoreNameInUse(name));
}

/** Creations at the very limit may pass it by as many as are under way at once, as with keys. */
async function requireRoom(ctx: Context): Promise<void> {
  const { customKeyStoresPerRegion: quota } = ctx.quotas;
  if (quota === undefined) return;
  const rows = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
  if (rows.length < quota) return;
  throw new KmsError(
    'LimitExceededException',
    `The account has ${quota} custom key stores in ${ctx.region}, which is the limit.`,
  );
}

function newRow(ctx: Context, input: CreateInput): Omit<NewRow, 'wrapped_secret'> {
  return {
    account_id: ctx.accountId,
    region: ctx.region,
    custom_key_store_id: `cks-${randomBytes(9).toString('hex').slice(1)}`,
    name: input.CustomKeyStoreName,
    type: typeOf(input),
    connection_state: 'DISCONNECTED',
    connection_error_code: null,
    created_at_ms: ctx.nowMs,
    cloud_hsm_cluster_id: null,
    trust_anchor_certificate: null,
    xks_connectivity: null,
    xks_access_key_id: null,
    xks_uri_endpoint: null,
    xks_uri_path: null,
    xks_vpc_endpoint_service_name: null,
    xks_vpc_endpoint_service_owner: null,
  };
}

// Stores on a cluster

/** A create that was sent again: the store it made, as long as nobody connected it. */
async function findRetried(ctx: Context, input: CreateInput): Promise<CustomKeyStoreRow | undefined> {
  const { CloudHsmClusterId, TrustAnchorCertificate, KeyStorePassword } = input;
  if (CloudHsmClusterId === undefined || KeyStorePassword === undefined) return undefined;
  const rows = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
  const same = rows.find(
    (row) =>
      row.name === input.CustomKeyStoreName &&
      row.cloud_hsm_cluster_id === CloudHsmClusterId &&
      row.trust_anchor_certificate === TrustAnchorCertificate &&
      row.connection_state === 'DISCONNECTED',
  );
  return same && (await ctx.hsm.isKeyStorePassword(loginOf(same), KeyStorePassword)) ? same : undefined;
}

async function newClusterStore(ctx: Context, input: CreateInput): Promise<NewRow> {
  const { CloudHsmClusterId = '', TrustAnchorCertificate = '', KeyStorePassword = NO_SECRET } = input;
  const row = newRow(ctx, input);
  const cluster = await requireCluster(ctx, CloudHsmClusterId);
  if ((await ctx.store.listCustomKeyStoresOn({ cloud_hsm_cluster_id: CloudHsmClusterId })).length > 0) {
    throw new KmsError('CloudHsmClusterInUseException', messages.clusterInUse(CloudHsmClusterId));
  }
  requireTrustAnchor(TrustAnchorCertificate, cluster.trustAnchorCertificate);
  return {
    ...row,
    cloud_hsm_cluster_id: CloudHsmClusterId,
    trust_anchor_certificate: TrustAnchorCertificate,
    wrapped_secret: await ctx.hsm.wrapKeyStorePassword(ownerOf(row), KeyStorePassword),
  };
}

/** @throws KmsError IncorrectTrustAnchorException */
function requireTrustAnchor(anchor: string, ofCluster: string | undefined): void {
  const fits = ofCluster === undefined ? parseTrustAnchor(anchor) !== undefined : isSameCertificate(anchor, ofCluster);
  if (!fits) throw new KmsError('IncorrectTrustAnchorException', messages.incorrectTrustAnchor);
}

const ownerOf = (row: Pick<NewRow, 'account_id' | 'custom_key_store_id'>) => ({
  accountId: row.account_id,
  keyStoreId: row.custom_key_store_id,
});

async function clusterChanges(ctx: Context, row: CustomKeyStoreRow, input: UpdateInput) {
  const { CloudHsmClusterId: clusterId = row.cloud_hsm_cluster_id ?? '', KeyStorePassword: password } = input;
  if (clusterId !== row.cloud_hsm_cluster_id) await requireRelatedCluster(ctx, row, clusterId);
  return {
    cloud_hsm_cluster_id: clusterId,
    ...(password !== undefined && { wrapped_secret: await ctx.hsm.wrapKeyStorePassword(ownerOf(row), password) }),
  };
}

/** A cluster from the same backups has the same certificate, and so the same keys. */
async function requireRelatedCluster(ctx: Context, row: CustomKeyStoreRow, clusterId: string): Promise<void> {
  const { trustAnchorCertificate } = await requireCluster(ctx, clusterId);
  const related =
    trustAnchorCertificate !== undefined &&
    isSameCertificate(row.trust_anchor_certificate ?? '', trustAnchorCertificate) &&
    (await ctx.store.listCustomKeyStoresOn({ cloud_hsm_cluster_id: clusterId })).length === 0;
  if (!related) throw new KmsError('CloudHsmClusterNotRelatedException', messages.clusterNotRelated(clusterId));
}

// Stores on a proxy

type ExternalColumns = Pick<
  NewRow,
  | 'xks_connectivity'
  | 'xks_access_key_id'
  | 'xks_uri_endpoint'
  | 'xks_uri_path'
  | 'xks_vpc_endpoint_service_name'
  | 'xks_vpc_endpoint_service_owner'
  | 'wrapped_secret'
>;

async function newExternalStore(ctx: Context, input: CreateInput): Promise<NewRow> {
  const credential = input.XksProxyAuthenticationCredential;
  const base = newRow(ctx, input);
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
  // Private connectivity is proven when the store is connected.
  if (!isPrivate) await requireHealthy(ctx, row, 'CreateCustomKeyStore');
  return row;
}

async function externalChanges(
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

/** In place of one that the check before has seen to be there. */
const NO_SECRET = new Secret('');

type Credential = NonNullable<CreateInput['XksProxyAuthenticationCredential']>;

function wrapCredential(ctx: Context, row: Omit<NewRow, 'wrapped_secret'>, credential: Credential | undefined) {
  const { AccessKeyId = NO_SECRET, RawSecretAccessKey = NO_SECRET } = credential ?? {};
  const owner = secretOwner({ ...ownerOf(row), accessKeyId: AccessKeyId.reveal() });
  return ctx.hsm.wrapSecret(owner, RawSecretAccessKey);
}

/** @throws KmsError as the proxy's failure is called in requests about key stores. */
function requireHealthy(ctx: Context, row: NewRow, operation: string): Promise<void> {
  return ctx.keyStores.xks.getHealthStatus(proxyOf(row), healthRequest(ctx, operation)).catch(refusalIn('keyStore'));
}

/** @throws KmsError XksProxyUriInUseException, XksProxyUriEndpointInUseException, XksProxyVpcEndpointServiceInUseException */
async function requireFreeProxy(ctx: Context, row: NewRow): Promise<void> {
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

/** Public endpoints may be shared under other paths; a private one is its store's alone. */
function refuseSharedEndpoint(row: NewRow, sharing: readonly CustomKeyStoreRow[]): void {
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

export const keyStoresFunctions: Implementations<typeof keyStoresOperations> = {
  CreateCustomKeyStore: createCustomKeyStore,
  DescribeCustomKeyStores: describeCustomKeyStores,
  UpdateCustomKeyStore: updateCustomKeyStore,
  DeleteCustomKeyStore: deleteCustomKeyStore,
  ConnectCustomKeyStore: connectCustomKeyStore,
  DisconnectCustomKeyStore: disconnectCustomKeyStore,
};
