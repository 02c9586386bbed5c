/**
 * Service principals: programs of the operator that act like an AWS service (`dynamodb.amazonaws.com`), for callers or
 * in their own name. They sign with access keys of their own; key policies and grants decide what they are allowed to
 * do.
 * Source: KMS Developer Guide, "kms:ViaService"; the operations are Keystead's own.
 */

import { partitionOf } from '@keystead/provider-schema/arn.ts';
import type { servicePrincipalsOperations } from '@keystead/provider-schema/operations/keystead/service-principals.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import { accessKeyChange, deleteAccessKey, deleteAccessKeysOf } from '../../mutations/access-keys.ts';
import { newPrincipal } from '../../mutations/identity-mutations.ts';
import type { PrincipalRow } from '../../storage/port/tables.ts';
import { accessKeyOf, addAccessKey, requireAccessKey } from '../iam/access-keys.ts';
import { alreadyExists, identityRead, identityWrite, noSuchEntity } from '../iam/identity-change.ts';
import { principalResource } from '../iam/identity-lookups.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { identityPage } from '../shared/paging.ts';

const createServicePrincipal = identityWrite('CreateServicePrincipal', async (ctx, { ServiceName }) => {
  if (await ctx.store.findPrincipalNamed(ctx.accountId, 'aws-service', ServiceName)) {
    throw alreadyExists(`The service principal ${ServiceName} exists.`);
  }
  const row = newPrincipal({
    principal_id: uniqueId('AIPA'),
    account_id: ctx.accountId,
    kind: 'aws-service',
    name: ServiceName,
    arn: `arn:${partitionOf(ctx.region)}:iam::${ctx.accountId}:service-principal/${ServiceName}`,
    created_at_ms: ctx.nowMs,
  });
  return {
    output: { ServicePrincipal: serviceOf(row) },
    resource: principalResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'principals', row }],
  };
});

const listServicePrincipals = identityRead<'ListServicePrincipals'>(async (ctx, input) => {
  const { rows, paging } = await identityPage(
    ctx,
    ['ListServicePrincipals'],
    input,
    (page) => ctx.store.listPrincipals(ctx.accountId, 'aws-service', page),
    (row) => row.name_key,
  );
  return { ServicePrincipals: rows.map(serviceOf), ...paging };
});

/** Deletes the access keys of the service principal too. */
const deleteServicePrincipal = identityWrite('DeleteServicePrincipal', async (ctx, { ServiceName }) => {
  const service = await requireServicePrincipal(ctx, ServiceName);
  const { principal_id, revision } = service;
  const keys = await ctx.store.listAccessKeys(principal_id);
  return {
    output: undefined,
    resource: principalResource(service),
    kind: 'deleted',
    mutations: [
      { op: 'delete', table: 'principals', key: { principal_id }, revision },
      ...deleteAccessKeysOf(principal_id, keys),
    ],
  };
});

const createServiceAccessKey: Implementation<'CreateServiceAccessKey'> = {
  async run(ctx, { ServiceName }) {
    const { row, secret, mutations } = await addAccessKey(ctx, await requireServicePrincipal(ctx, ServiceName));
    const shown = serviceKeyOf(row, ServiceName);
    return {
      output: { AccessKey: { ...shown, SecretAccessKey: secret } },
      mutations,
      changes: [accessKeyChange(ctx, row.access_key_id, 'created', 'CreateServiceAccessKey')],
      audit: { responseElements: { accessKey: trailElements(shown) } },
    };
  },
};

const listServiceAccessKeys = identityRead<'ListServiceAccessKeys'>(async (ctx, { ServiceName }) => {
  const { principal_id } = await requireServicePrincipal(ctx, ServiceName);
  const keys = await ctx.store.listAccessKeys(principal_id);
  return { AccessKeyMetadata: keys.map((row) => serviceKeyOf(row, ServiceName)) };
});

const deleteServiceAccessKey: Implementation<'DeleteServiceAccessKey'> = {
  async run(ctx, { ServiceName, AccessKeyId }) {
    const row = await requireAccessKey(ctx, await requireServicePrincipal(ctx, ServiceName), AccessKeyId);
    return {
      output: undefined,
      mutations: deleteAccessKey(row),
      changes: [accessKeyChange(ctx, AccessKeyId, 'deleted', 'DeleteServiceAccessKey')],
    };
  },
};

/** @throws KmsError NoSuchEntityException */
async function requireServicePrincipal(ctx: Context, name: string): Promise<PrincipalRow> {
  const row = await ctx.store.findPrincipalNamed(ctx.accountId, 'aws-service', name);
  if (!row) throw noSuchEntity(`The service principal ${name} cannot be found.`);
  return row;
}

export function serviceOf(row: Omit<PrincipalRow, 'revision'>) {
  return { ServiceName: row.name, ServicePrincipalId: row.principal_id, CreateDate: new Date(row.created_at_ms) };
}

export function serviceKeyOf(row: Parameters<typeof accessKeyOf>[0], name: string) {
  return accessKeyOf(row, { kind: 'aws-service', name });
}

export const servicePrincipalsFunctions: Implementations<typeof servicePrincipalsOperations> = {
  CreateServicePrincipal: createServicePrincipal,
  ListServicePrincipals: listServicePrincipals,
  DeleteServicePrincipal: deleteServicePrincipal,
  CreateServiceAccessKey: createServiceAccessKey,
  ListServiceAccessKeys: listServiceAccessKeys,
  DeleteServiceAccessKey: deleteServiceAccessKey,
};
