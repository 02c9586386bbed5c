import { requireAccountId, requireRegion } from '@keystead/control-plane/startup/config.ts';
import { notRegionNames, regionNames } from '../support/regions.ts';

describe('the Region of the root credentials', () => {
  test.each(regionNames)('can be %s', (name) => {
    expect(requireRegion(name)).toBe(name);
  });

  test.each(notRegionNames)('cannot be %j', (name) => {
    expect(() => requireRegion(name)).toThrow('Region');
  });
});

test('the account of the root principal has twelve digits', () => {
  expect(requireAccountId('111122223333')).toBe('111122223333');
  for (const text of ['', '1111', '1111222233334', 'accountabcde']) {
    expect(() => requireAccountId(text)).toThrow('account id');
  }
});
