/** The `region` argument: every object lives in one Region, by default the provider's. */
import { partitionOf } from '@keystead/provider-schema/arn.ts';
import type { Client } from '../../client/client.ts';
import { DiagnosticError } from '../../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import { textOf } from './values.ts';

/** Region of the calls about this object. */
export function regionOf(client: Client, object: ObjectValue): string {
  const region = textOf(object, 'region') ?? client.region;
  if (region === undefined) throw new Error('the Region is not known before the provider is configured');
  return region;
}

/** Known at plan time, so that a change of the provider's Region shows as a replacement. */
export function planRegion(client: Client | undefined, config: ObjectValue): Value {
  const configured = config.region || null;
  if (configured === unknown) return unknown;
  const region = configured ?? client?.region;
  if (typeof region !== 'string') return unknown;
  requirePartition(region, client?.region);
  return region;
}

/**
 * The plan with its Region. A state from before the argument existed holds none: its object is in the provider's Region,
 * which is not a change; another Region replaces the object.
 */
export function planInRegion(
  client: Client | undefined,
  config: ObjectValue,
  prior: ObjectValue | null,
  proposed: ObjectValue,
): { readonly planned: ObjectValue; readonly requiresReplace: readonly (readonly string[])[] } {
  const region = planRegion(client, config);
  const isUnrecorded = prior !== null && textOf(prior, 'region') === undefined;
  if (!isUnrecorded) return { planned: { ...proposed, region }, requiresReplace: [] };
  const isSame = region === client?.region;
  return {
    planned: { ...proposed, region: isSame ? (prior.region ?? null) : region },
    requiresReplace: isSame ? [] : [['region']],
  };
}

function requirePartition(region: string, providerRegion: string | undefined): void {
  if (providerRegion === undefined || partitionOf(region) === partitionOf(providerRegion)) return;
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: 'Region of another partition',
      detail:
        `Region ${region} lies in partition ${partitionOf(region)}, the provider works in ` +
        `${partitionOf(providerRegion)} (Region ${providerRegion}). Use a Region of that partition, or a provider ` +
        'configuration for the other one.',
      path: ['region'],
    },
  ]);
}
