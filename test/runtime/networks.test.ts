/** Which addresses can be called when somebody else chose the name. */
import { publicNetworksAnd } from '@keystead/control-plane/runtime/networks.ts';

test.each([
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.0.170'],
  ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fc00::1', 'fd12:3456::1', 'fec0::1', 'ff02::1'],
  ...['::ffff:127.0.0.1', '::ffff:a00:1', '::ffff:169.254.169.254', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ...['localhost', '', '1.2.3', '[::1]'],
])('%s is not a public address', (address) => {
  expect(publicNetworksAnd().allows(address)).toBe(false);
});

test.each(['8.8.8.8', '172.32.0.1', '11.0.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8'])(
  '%s is a public address',
  (address) => {
    expect(publicNetworksAnd().allows(address)).toBe(true);
  },
);

test('the operator can allow further networks, and only these', () => {
  const { allows } = publicNetworksAnd(['10.20.0.0/16', '192.168.1.7', 'fd00:1234::/48']);
  expect(['10.20.3.4', '192.168.1.7', 'fd00:1234::9', '::ffff:10.20.3.4', '8.8.8.8'].map(allows)).toEqual(
    Array(5).fill(true),
  );
  expect(['10.21.3.4', '192.168.1.8', 'fd00:1235::9', '127.0.0.1', '::ffff:10.21.0.1'].map(allows)).toEqual(
    Array(5).fill(false),
  );
});

test.each(['10.0.0.0/33', 'fd00::/129', 'localhost', '10.0.0.0/8/8', '10.0.0', '/8', '10.0.0.0/'])(
  '%p is not a network',
  (network) => {
    expect(() => publicNetworksAnd([network])).toThrow(RangeError);
  },
);
