/** The provider serves what the contract declares. */
import { provider } from '@keystead/provider/provider.ts';
import * as actions from '@keystead/provider-schema/actions/index.ts';
import * as dataSources from '@keystead/provider-schema/data-sources/index.ts';
import * as ephemeralResources from '@keystead/provider-schema/ephemeral-resources/index.ts';
import * as listResources from '@keystead/provider-schema/list-resources/index.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';

test.each([
  ['resource', provider.resources, resources],
  ['data source', provider.dataSources, dataSources],
  ['ephemeral resource', provider.ephemeralResources, ephemeralResources],
  ['list resource', provider.listResources, listResources],
  ['action', provider.actions, actions],
])('the provider has every %s of the contract, under its type, and no other', (_kind, served, declared) => {
  expect(served.map(({ record }) => record.type).sort()).toEqual(Object.keys(declared).sort());
});
