import {
  requireAccountId,
  requireIdentityProviderNetworks,
  requireRegion,
} from '@keystead/control-plane/startup/config.ts';
import { notRegionNames, regionNames } from '../support/regions.ts';

describe('the Region of the root credentials', () => {
  test.each(regionNames)('can be %s', (name) => {
    expect(requireRegion(name)).toBe(name);
  });

  test.each(notRegionNames)('cannot be %j', (name) => {
    expect(() => requireRegion(name)).toThrow('Region');
  });
});

test('networks of identity providers are addresses or ranges of addresses', () => {
  expect(requireIdentityProviderNetworks(' 10.20.0.0/16, ::1').allows('10.20.1.2')).toBe(true);
  expect(requireIdentityProviderNetworks().allows('10.20.1.2')).toBe(false);
  for (const text of ['intranet', '10.0.0.0/40', '10.0.0.0/8;::1']) {
    expect(() => requireIdentityProviderNetworks(text)).toThrow('--identity-provider-networks: ');
  }
});

test('the account of the root principal has twelve digits', () => {
  expect(requireAccountId('111122223333')).toBe('111122223333');
  for (const text of ['', '1111', '1111222233334', 'accountabcde']) {
    expect(() => requireAccountId(text)).toThrow('account id');
  }
});
