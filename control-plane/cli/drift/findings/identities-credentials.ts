/** Declared access keys and identity providers: what signs requests, and what opens sessions. */
import { createHash } from 'node:crypto';
import type { IdentityProvider } from '../running/all-identities.ts';
import type { DeclaredResource } from '../states/declared.ts';
import { type IdentityDifference, only, parameter, tracing, tracingExistence } from './identity-difference.ts';
import { tagChanges } from './identity-tags.ts';
import { listOf, ownerNamed, type World } from './identity-world.ts';
import { untouched } from './left.ts';

export const accessKeyAttribute = (id: string): string => `access_key[${JSON.stringify(id)}]`;

export const accessKeyLeaves = {
  CreateAccessKey: () => 'Active',
  CreateRootAccessKey: () => 'Active',
  CreateServiceAccessKey: () => 'Active',
  UpdateAccessKey: parameter('status'),
  DeleteAccessKey: () => undefined,
  DeleteServiceAccessKey: () => undefined,
};

export function compareAccessKey(resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { address, region, values } = resource;
  const [id, declared] = [String(values.id), values.status ?? 'Active'];
  const user = ownerNamed('user', values.user, world.identities);
  const status = user?.accessKeys.find(({ AccessKeyId }) => AccessKeyId === id)?.Status;
  if (status === declared) return [];
  const arn = user?.arn ?? `arn:aws:iam::${world.identities.account.AccountId}:user/${values.user}`;
  const about = { address, region, resourceArn: arn };
  const asked = { resources: [id], trace: tracing(accessKeyLeaves, status) };
  if (status === undefined)
    return [{ ...about, what: 'missing', attribute: accessKeyAttribute(id), severity: 'use lost', asked }];
  const severity = status === 'Active' ? 'access gained' : 'use lost';
  return [{ ...about, what: 'changed', attribute: 'status', declared, actual: status, severity, asked }];
}

export function compareProvider(resource: DeclaredResource, world: World): readonly IdentityDifference[] {
  const { address, region, values } = resource;
  const arn = String(values.arn);
  const about = { address, region, resourceArn: arn };
  const provider = world.identities.providers.get(arn);
  if (!provider) {
    const trace = tracingExistence(['CreateOpenIDConnectProvider'], ['DeleteOpenIDConnectProvider'], false);
    const missing = { what: 'missing', attribute: 'provider', actual: 'gone', severity: 'use lost' } as const;
    return [{ ...about, ...missing, asked: { resources: [arn], trace } }];
  }
  const tags = tagChanges(values.tags_all, provider.tags, world.options.ignoresTag);
  return [
    ...clientIdChanges(provider, listOf(values.client_id_list)),
    ...thumbprintChange(provider, values.thumbprint_list),
    ...tags.map(({ leaves, ...tag }) => ({
      ...tag,
      severity: 'cosmetic' as const,
      trace: tracing(leaves, tag.actual),
    })),
  ].map(({ trace, ...change }) => ({ ...about, what: 'changed', ...change, asked: { resources: [arn], trace } }));
}

/** One for each audience: each can have another cause. */
function clientIdChanges({ clientIds }: IdentityProvider, declared: readonly string[]) {
  return [...new Set([...declared, ...clientIds])]
    .filter((id) => declared.includes(id) !== clientIds.includes(id))
    .sort()
    .map((id) => {
      const isThere = clientIds.includes(id);
      const leaves = {
        AddClientIDToOpenIDConnectProvider: only('clientID', id, () => true),
        RemoveClientIDFromOpenIDConnectProvider: only('clientID', id, () => false),
        CreateOpenIDConnectProvider: parameterHas('clientIDList', id),
      };
      return {
        attribute: `client_id_list[${JSON.stringify(id)}]`,
        ...(isThere ? { actual: id } : { declared: id }),
        severity: isThere ? ('access gained' as const) : ('use lost' as const),
        trace: tracing(leaves, isThere),
      };
    });
}

const parameterHas =
  (name: string, value: string) =>
  ({ requestParameters }: { readonly requestParameters?: Readonly<Record<string, unknown>> | null }) =>
    listOf(requestParameters?.[name]).includes(value);

function thumbprintChange({ thumbprints }: IdentityProvider, value: unknown) {
  const declared = listOf(value).map((text) => text.toLowerCase());
  if (!Array.isArray(value) || declared.join() === thumbprints.join()) return [];
  const same = (left: unknown, actual: unknown) => listOf(left).join().toLowerCase() === listOf(actual).join();
  const leaves = {
    UpdateOpenIDConnectProviderThumbprint: parameter('thumbprintList'),
    CreateOpenIDConnectProvider: parameter('thumbprintList', []),
  };
  return [
    {
      ...{ attribute: 'thumbprint_list', declared, actual: thumbprints, severity: 'access gained' as const },
      trace: tracing(leaves, thumbprints, same),
    },
  ];
}

/**
 * Keys that somebody set for a provider, in the place of those that it publishes: Terraform cannot declare them. The
 * attribute names exactly these keys, so that a rule that covers them does not cover others.
 */
export function keySetDifference(
  { arn, jwks, jwksUri }: IdentityProvider,
  region: string,
): readonly IdentityDifference[] {
  if (jwks === undefined && jwksUri === undefined) return [];
  const name =
    jwksUri ??
    `sha256:${createHash('sha256')
      .update(jwks ?? '')
      .digest('hex')
      .slice(0, 16)}`;
  const leaves = {
    PutOpenIDConnectProviderKeys: ({
      requestParameters,
    }: {
      readonly requestParameters?: Readonly<Record<string, unknown>> | null;
    }) =>
      [requestParameters?.jwksUri, requestParameters?.jwks].some((one) => one === (jwksUri ?? jwks)) ||
      // A long key set is in the audit log as its digest.
      typeof requestParameters?.jwks === 'object',
    CreateOpenIDConnectProvider: () => untouched,
  };
  return [
    {
      ...{ region, resourceArn: arn, what: 'unknown to Terraform', attribute: `keys[${JSON.stringify(name)}]` },
      actual: jwksUri ?? `${keyIds(jwks).length} keys given by hand: ${keyIds(jwks).join(', ')}`,
      severity: 'access gained',
      asked: { resources: [arn], trace: tracing(leaves, true) },
    },
  ];
}

function keyIds(jwks = '{}'): readonly string[] {
  const { keys = [] } = JSON.parse(jwks) as { keys?: readonly { readonly kid?: string }[] };
  return keys.map(({ kid }) => kid ?? 'a key without an id');
}
