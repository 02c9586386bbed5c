/** The provider serves what the contract declares. */
import { provider } from '@keystead/provider/provider.ts';
import * as dataSources from '@keystead/provider-schema/data-sources/index.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';

test('the provider has every resource and data source of the contract, and no other', () => {
  const types = (served: readonly { readonly record: { readonly type: string } }[]) =>
    served.map(({ record }) => record.type).sort();
  expect(types(provider.resources)).toEqual(Object.keys(resources).sort());
  expect(types(provider.dataSources)).toEqual(Object.keys(dataSources).sort());
});
