/** Reads one object of a listing as its resource does. What cannot be read is left out, not an end of the listing. */
import type { Client } from '../client/client.ts';
import { conform } from '../engine/conform.ts';
import { DiagnosticError, type Listed, type ResourceType } from '../engine/resource.ts';

export async function readListed(
  resource: ResourceType<Client>,
  client: Client,
  { displayName, id, region }: { readonly displayName: string; readonly id: string; readonly region: string },
): Promise<Listed> {
  try {
    const partial = (await resource.importState?.(client, `${id}@${region}`)) ?? {};
    const start = conform(resource.record, partial, { unknowns: 'refused', absent: 'null' }).value;
    const state = await resource.read(client, start);
    return state === null ? { leftOut: `${displayName} is gone or waits for its deletion` } : { displayName, state };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { leftOut: `${displayName}: ${error.message}` };
  }
}
