import { isInRange, parseAddress, parseAddressRange } from '@keystead/policy/address.ts';
import fc from 'fast-check';

const isIn = (address: string, block: string) => {
  const [given, range] = [parseAddress(address), parseAddressRange(block)];
  return given !== undefined && range !== undefined && isInRange(given, range);
};

test.each<[string, readonly number[]]>([
  ['203.0.113.7', [0xcb007107]],
  ['255.255.255.255', [0xffffffff]],
  ['::', [0, 0, 0, 0]],
  ['::1', [0, 0, 0, 1]],
  ['2001:db8::', [0x20010db8, 0, 0, 0]],
  ['2001:DB8:0:0:8:800:200C:417A', [0x20010db8, 0, 0x00080800, 0x200c417a]],
  ['1:2:3:4:5:6:7::', [0x00010002, 0x00030004, 0x00050006, 0x00070000]],
  ['64:ff9b::203.0.113.7', [0x0064ff9b, 0, 0, 0xcb007107]],
  ['::ffff:203.0.113.7', [0xcb007107]],
  ['0:0:0:0:0:FFFF:cb00:7107', [0xcb007107]],
  ['::203.0.113.7', [0, 0, 0, 0xcb007107]],
])('%s is read as its words', (text, words) => {
  expect(parseAddress(text)).toEqual(words);
});

test.each(['', 'somewhere', '203.0.113', '203.0.113.256', '203.0.113.07', 'fe80::1%eth0', '1::2::3', '203.0.113.0/24'])(
  '%j is not an address',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

test.each(['203.0.113.0/33', '2001:db8::/129', '203.0.113.0/', '203.0.113.0/-1', '203.0.113.0/24/8', '10/8', '/8'])(
  '%j is not a block',
  (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  },
);

test.each<[string, string, boolean]>([
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7', '203.0.113.99/24', true],
  ['203.0.113.7', '203.0.113.8/29', false],
  ['203.0.113.7', '128.0.0.0/1', true],
  ['203.0.113.7', '0.0.0.0/1', false],
  ['203.0.113.7', '0.0.0.0/0', true],
  ['2001:db8:0:7::1', '2001:db8::/33', true],
  ['2001:db8:8000::1', '2001:db8::/33', false],
  ['2001:db8::1', '::/0', true],
  ['2001:db8::1', '2001:db8::1/128', true],
  ['203.0.113.7', '::/0', false],
  ['::cb00:7107', '203.0.113.7', false],
  ['2001:db8::1', '0.0.0.0/0', false],
  ['::ffff:203.0.113.7', '203.0.113.0/24', true],
  ['::ffff:203.0.113.7', '::/0', false],
  ['203.0.113.7', '::ffff:203.0.113.7', true],
  ['203.0.113.7', '::ffff:203.0.113.0/120', true],
  ['203.0.114.7', '::ffff:203.0.113.0/120', false],
  ['203.0.113.7', '::ffff:0:0/96', true],
  ['203.0.113.7', '::ffff:0:0/95', false],
  ['::fffe:cb00:7107', '::ffff:0:0/95', true],
])('%s in %s: %s', (address, block, expected) => {
  expect(isIn(address, block)).toBe(expected);
});

test('an address is in each block of its own network, and in no block whose last network bit differs', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.nat(127), (address, bit) => {
      const words = parseAddress(address);
      if (words?.length !== 4) return;
      const flipped = words.map((word, i) => (i === bit >> 5 ? (word ^ (1 << (31 - (bit & 31)))) >>> 0 : word));
      const text = flipped.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]).join(':');
      // A mapped neighbour is an IPv4 address.
      if (parseAddress(text)?.length !== 4) return;
      expect(isIn(address, `${address}/${bit + 1}`)).toBe(true);
      expect(isIn(address, `${text}/${bit}`)).toBe(true);
      expect(isIn(address, `${text}/${bit + 1}`)).toBe(false);
    }),
  );
});

test('an address reads the same with its zeros left out, wherever they are, and with its end as an IPv4 address', () => {
  const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  const run = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 8 }));
  fc.assert(
    fc.property(groups, run, (all, [start, length]) => {
      const end = Math.min(8, start + length);
      const zeroed = all.map((group, i) => (i >= start && i < end ? 0 : group));
      const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
      const [high = 0, low = 0] = zeroed.slice(6);
      const dotted = [high >> 8, high & 255, low >> 8, low & 255].join('.');
      const whole = parseAddress(hex(zeroed));
      expect(whole).toBeDefined();
      expect(parseAddress(`${hex(zeroed.slice(0, start))}::${hex(zeroed.slice(end))}`)).toEqual(whole);
      expect(parseAddress(`${hex(zeroed.slice(0, 6))}:${dotted}`)).toEqual(whole);
      if (end <= 6) {
        const tail = [...zeroed.slice(end, 6).map((group) => group.toString(16)), dotted].join(':');
        expect(parseAddress(`${hex(zeroed.slice(0, start))}::${tail}`)).toEqual(whole);
      }
    }),
  );
});
