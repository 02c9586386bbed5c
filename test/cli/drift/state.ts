/** Terraform states and running keys for tests of drift, each with defaults and the changes that a test names; compared. */

import {
  type CompareOptions,
  compareAll,
  type Difference,
} from '@keystead/control-plane/cli/drift/findings/compare.ts';
import type { Actual, ActualGrant, ActualKey } from '@keystead/control-plane/cli/drift/running/actual.ts';
import { type DeclaredResource, parseDeclared } from '@keystead/control-plane/cli/drift/states/declared.ts';

export const account = '111122223333';
export const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
export const arnOf = (id: string, region = 'us-east-1') => `arn:aws:kms:${region}:${account}:key/${id}`;

export const defaultPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
});

export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly mode?: string;
  readonly provider_name?: string;
  readonly sensitive_values?: unknown;
  readonly deposed_key?: string;
}

/** `terraform show -json` of these resources. */
export function shown(...resources: readonly StateResource[]): string {
  const all = resources.map((resource) => ({
    mode: 'managed',
    provider_name: 'registry.terraform.io/keystead/aws',
    ...resource,
  }));
  return JSON.stringify({ format_version: '1.0', values: { root_module: { resources: all } } });
}

export function declared(...resources: readonly StateResource[]): readonly DeclaredResource[] {
  return parseDeclared(shown(...resources), 'us-east-1', 'keystead/aws').resources;
}

export function keyState(values: StateResource['values'] = {}, rest: Partial<StateResource> = {}): StateResource {
  return {
    address: 'aws_kms_key.orders',
    type: 'aws_kms_key',
    ...rest,
    values: {
      arn: arnOf(keyId),
      description: 'orders',
      enable_key_rotation: false,
      id: keyId,
      is_enabled: true,
      key_id: keyId,
      policy: defaultPolicy,
      region: 'us-east-1',
      rotation_period_in_days: null,
      tags_all: {},
      ...values,
    },
  };
}

export interface KeyChanges extends Partial<Omit<ActualKey, 'KeyMetadata'>> {
  readonly KeyMetadata?: Partial<ActualKey['KeyMetadata']>;
}

export function runningKey({ KeyMetadata, ...rest }: KeyChanges = {}): ActualKey {
  return {
    KeyMetadata: {
      KeyId: keyId,
      Arn: arnOf(keyId),
      Description: 'orders',
      Enabled: true,
      KeyState: 'Enabled',
      ...KeyMetadata,
    },
    Policy: defaultPolicy,
    Tags: [],
    RotationStatus: { KeyRotationEnabled: false },
    Aliases: [],
    Grants: [],
    DeletionProtection: false,
    ...rest,
  };
}

/** A control plane that runs these keys and nothing else. */
export function running(...keys: readonly ActualKey[]): Actual {
  const regionOf = (arn: string) => arn.split(':')[3] ?? '';
  return {
    key: (region, id) => keys.find(({ KeyMetadata: { Arn, KeyId } }) => regionOf(Arn) === region && KeyId === id),
    aliasTarget: (region, name) =>
      keys.find(
        ({ KeyMetadata, Aliases }) =>
          regionOf(KeyMetadata.Arn) === region && Aliases.some(({ AliasName }) => AliasName === name),
      )?.KeyMetadata.KeyId,
  };
}

const nothingIgnored: CompareOptions = { ignoresTag: () => false };

/** The differences between a state and a control plane that runs these keys and nothing else. */
export function compare(
  state: readonly DeclaredResource[],
  keys: readonly ActualKey[],
  options = nothingIgnored,
): readonly Difference[] {
  return compareAll(state, running(...keys), options);
}

/** `address: attribute what (declared → actual)` */
export function brief(differences: readonly Difference[]): readonly string[] {
  return differences.map(
    ({ address, resourceArn, attribute, what, declared: wanted, actual }) =>
      `${address ?? resourceArn}: ${attribute} ${what} (${JSON.stringify(wanted)} → ${JSON.stringify(actual)})`,
  );
}

export const grant = (changes: Partial<ActualGrant> = {}): ActualGrant => ({
  GrantId: 'a1',
  GranteePrincipal: `arn:aws:iam::${account}:user/bob`,
  Operations: ['Encrypt', 'Decrypt'],
  ...changes,
});
export const alias = (name: string) => ({ AliasName: name, AliasArn: `arn:aws:kms:us-east-1:${account}:${name}` });
export const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue });
