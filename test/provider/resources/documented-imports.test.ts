/** The import ids in the documents have the form that each resource accepts. */
import type { Client } from '@keystead/provider/client/client.ts';
import { provider } from '@keystead/provider/provider.ts';
import { documentedImports } from '../../support/document-examples.ts';

/** An import reads only the Region of the client; Terraform reads the rest afterwards. */
const client = { region: 'us-east-1' } as Client;

const importState = (type: string, id: string) => {
  const resource = provider.resources.find(({ record }) => record.type === type);
  if (resource?.importState === undefined) throw new Error(`${type} cannot be imported`);
  return resource.importState(client, id);
};

test.each(documentedImports())('$type accepts $id', async ({ type, id }) => {
  const state = await importState(type, id);
  expect(Object.values(state).filter((value) => typeof value === 'string' && value !== '')).not.toEqual([]);
  const [, region] = /@([a-z0-9-]+)$/.exec(id) ?? [];
  if (region !== undefined) expect(state.region).toBe(region);
});
