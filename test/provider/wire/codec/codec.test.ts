import { describe, expect, test } from '@jest/globals';
import { isSameValue } from '@keystead/provider/engine/compare.ts';
import { isSameDecimal, parseDecimal } from '@keystead/provider/engine/decimal.ts';
import { unknown, type Value } from '@keystead/provider/engine/value.ts';
import { CodecError } from '@keystead/provider/wire/codec/codec-error.ts';
import { decodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { decodeJson, encodeJson } from '@keystead/provider/wire/codec/json.ts';
import { decodeMsgpack, encodeMsgpack } from '@keystead/provider/wire/codec/msgpack.ts';
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const ascii = (text: string): string => Buffer.from(text).toString('hex');

/** A map or object as the codec makes it: without a prototype. */
function bare(entries: Record<string, Value>): Value {
  return Object.assign(Object.create(null), entries);
}

describe('msgpack vectors', () => {
  const object: AttributeType = ['object', { a: 'string', b: 'number' }];
  const cases: readonly (readonly [string, AttributeType, string, Value])[] = [
    ['null', 'string', 'c0', null],
    ['an unknown value', 'string', 'd4 00 00', unknown],
    ['an empty string', 'string', 'a0', ''],
    ['a string', 'string', `a5 ${ascii('hello')}`, 'hello'],
    ['a string beyond ASCII', 'string', 'a4 f09f9491', '🔑'],
    ['a string of 32 bytes', 'string', `d920 ${ascii('x'.repeat(32))}`, 'x'.repeat(32)],
    ['a string of 256 bytes', 'string', `da0100 ${ascii('x'.repeat(256))}`, 'x'.repeat(256)],
    ['true', 'bool', 'c3', true],
    ['false', 'bool', 'c2', false],
    ['zero', 'number', `a1 ${ascii('0')}`, 0],
    ['an integer', 'number', `a4 ${ascii('-365')}`, -365],
    ['0.1, which Terraform sends as text', 'number', `a3 ${ascii('0.1')}`, 0.1],
    ['2^53 + 1', 'number', `b0 ${ascii('9007199254740993')}`, 9007199254740993n],
    [
      'an integer of 30 digits',
      'number',
      `be ${ascii('123456789012345678901234567890')}`,
      123456789012345678901234567890n,
    ],
    ['a fraction that no double holds', 'number', `b6 ${ascii('12345678901234567890.5')}`, '12345678901234567890.5'],
    ['an empty list', ['list', 'string'], '90', []],
    ['a list with null and unknown', ['list', 'bool'], '93 c3 c0 d40000', [true, null, unknown]],
    ['a set', ['set', 'string'], '92 a161 a162', ['a', 'b']],
    [
      'a map with keys that are also names on every object',
      ['map', 'string'],
      `82 a9${ascii('__proto__')} a178 ab${ascii('constructor')} a179`,
      bare({ ['__proto__']: 'x', constructor: 'y' }),
    ],
    ['an object', object, `82 a161 a178 a162 a1${ascii('1')}`, bare({ a: 'x', b: 1 })],
  ];

  test.each(cases)('%s is read and written', (_name, type, bytes, value) => {
    expect(decodeMsgpack(type, hex(bytes))).toEqual(value);
    expect(encodeMsgpack(type, value).toString('hex')).toBe(hex(bytes).toString('hex'));
  });

  const readOnly: readonly (readonly [string, AttributeType, string, Value])[] = [
    ['zero in binary', 'number', '00', 0],
    ['the largest one-byte integer', 'number', '7f', 127],
    ['2^53 + 1 in binary', 'number', 'd3 0020000000000001', 9007199254740993n],
    ['the smallest int64', 'number', 'd3 8000000000000000', -9223372036854775808n],
    ['the largest uint64', 'number', 'cf ffffffffffffffff', 18446744073709551615n],
    ['an int8', 'number', 'd0 80', -128],
    ['a negative one-byte integer', 'number', 'ff', -1],
    ['a uint8', 'number', 'cc ff', 255],
    ['a uint16', 'number', 'cd ffff', 65535],
    ['an int16', 'number', 'd1 8000', -32768],
    ['a uint32', 'number', 'ce ffffffff', 4294967295],
    ['an int32', 'number', 'd2 80000000', -2147483648],
    ['a float32', 'number', 'ca 3f000000', 0.5],
    ['a float64', 'number', 'cb 3fe0000000000000', 0.5],
    ['a float64 that is a large integer', 'number', 'cb 4430000000000000', 295147905179352825856n],
    ['minus zero', 'number', 'cb 8000000000000000', 0],
    ['an integer written with a fraction', 'number', `a3 ${ascii('7.0')}`, 7],
    ['an unknown value with refinements (code 12)', 'string', 'c7 04 0c 81 01 c2 c0'.replace(' c0', ' 00'), unknown],
    ['an unknown value of four bytes', 'string', 'd6 0c 8101c200', unknown],
    ['an array of 16-bit length', ['list', 'bool'], 'dc 0001 c3', [true]],
    ['a map of 32-bit length', ['map', 'bool'], 'df 00000001 a161 c3', bare({ a: true })],
    ['object attributes in any order', object, '82 a162 01 a161 a178', bare({ a: 'x', b: 1 })],
  ];

  test.each(readOnly)('%s is read', (_name, type, bytes, value) => {
    expect(decodeMsgpack(type, hex(bytes))).toEqual(value);
  });

  const refused: readonly (readonly [string, AttributeType, string, RegExp])[] = [
    ['nothing', 'string', '', /end too early/],
    ['bytes after the value', 'bool', 'c3 c3', /after the value/],
    ['a text that is cut off', 'string', 'a5 6161', /end too early/],
    ['a false length of four gigabytes', 'string', 'db ffffffff 61', /end too early/],
    ['an array with a false length', ['list', 'bool'], 'dd ffffffff c3', /end too early/],
    ['a number for a string', 'string', '01', /expected a string/],
    ['a string for true or false', 'bool', 'a161', /expected true or false/],
    ['a text that is not a number', 'number', `a3 ${ascii('abc')}`, /not a decimal/],
    ['not-a-number', 'number', 'cb 7ff8000000000000', /not a number/],
    ['invalid UTF-8', 'string', 'a2 c328', /UTF-8/],
    ['a missing attribute', object, '81 a161 a178', /2 attributes, found 1/],
    ['an attribute of another schema', object, '82 a161 a178 a163 01', /no attribute "c"/],
    ['the same attribute twice', object, '82 a161 a178 a161 a178', /twice/],
    ['the same key twice', ['map', 'bool'], '82 a161 c3 a161 c3', /twice/],
    ['an extension that is cut off', 'string', 'c7 ff 00', /end too early/],
    ['the reserved format', 'string', 'c1', /0xc1/],
  ];

  test.each(refused)('%s is refused', (_name, type, bytes, message) => {
    expect(() => decodeMsgpack(type, hex(bytes))).toThrow(message);
    expect(() => decodeMsgpack(type, hex(bytes))).toThrow(CodecError);
  });

  test('a value that does not fit its type is refused with its path and without its content', () => {
    const type: AttributeType = ['object', { list: ['list', 'number'] }];
    expect(() => encodeMsgpack(type, { list: [1, 'secret'] })).toThrow(/^list\.1: expected a number$/);
    expect(() => encodeMsgpack(type, {})).toThrow(/^list: there is no value$/);
    expect(() => encodeMsgpack(type, { list: null, more: 1 })).toThrow(/no attribute "more"/);
    expect(() => encodeMsgpack('string', '\ud800')).toThrow(/surrogate/);
  });

  test('random bytes are a value or refused, and nothing else', () => {
    const type: AttributeType = ['object', { a: ['list', ['map', 'string']], b: 'number' }];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeMsgpack(type, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('round trips', () => {
  const decimalText = fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 1, max: 10 ** 9 }))
    .map(([whole, fraction]) => parseDecimal(`${whole}.${String(fraction)}`) ?? 0);
  const number = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => parseDecimal(String(value)) ?? 0),
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((value) => parseDecimal(String(value)) ?? 0),
    decimalText,
  );
  const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', ''), fc.string({ unit: 'grapheme' }));

  interface Typed {
    readonly type: AttributeType;
    readonly values: readonly Value[];
  }

  const first = ({ values: [value] }: Typed): Value => (value === undefined ? null : value);

  /** A type together with values of it. */
  const typed = fc.letrec<{ typed: Typed }>((tie) => ({
    typed: fc.oneof(
      { maxDepth: 3, withCrossShrink: true } as const,
      fc.array(fc.string({ unit: 'grapheme' })).map((values): Typed => ({ type: 'string', values })),
      fc.array(number).map((values): Typed => ({ type: 'number', values })),
      fc.array(fc.boolean()).map((values): Typed => ({ type: 'bool', values })),
      tie('typed').map(({ type, values }): Typed => ({ type: ['list', type], values: [values, []] })),
      tie('typed').map(({ type, values }): Typed => ({ type: ['set', type], values: [values] })),
      fc.tuple(tie('typed'), fc.uniqueArray(key)).map(([{ type, values }, keys]): Typed => {
        const map: Record<string, Value> = Object.create(null);
        for (const [index, name] of keys.entries()) map[name] = values[index] ?? null;
        return { type: ['map', type], values: [map] };
      }),
      fc.tuple(tie('typed'), tie('typed')).map(
        ([one, other]): Typed => ({
          type: ['object', { one: one.type, other: other.type }],
          values: [bare({ one: first(one), other: first(other) })],
        }),
      ),
    ),
  })).typed;

  test('a value comes back from msgpack as it was, nulls and unknowns included', () => {
    fc.assert(
      fc.property(typed, ({ type, values }) => {
        const list: AttributeType = ['list', type];
        const all: readonly Value[] = [...values, null, unknown];
        expect(decodeMsgpack(list, encodeMsgpack(list, all))).toEqual(all);
      }),
      { numRuns: 300 },
    );
  });

  test('a known value comes back from JSON as it was', () => {
    fc.assert(
      fc.property(typed, ({ type, values }) => {
        const list: AttributeType = ['list', type];
        expect(decodeJson(list, encodeJson(list, values))).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });
});

describe('JSON state', () => {
  const type: AttributeType = ['object', { id: 'string', size: 'number', tags: ['map', 'string'] }];
  const read = (text: string): Value => decodeJson(type, Buffer.from(text));

  test('keeps every digit of a number', () => {
    expect(read('{"id":"a","size":9007199254740993,"tags":null}')).toEqual({
      id: 'a',
      size: 9007199254740993n,
      tags: null,
    });
    expect(read('{"id":"a","size":0.1000000000000000000001,"tags":{}}')).toEqual({
      id: 'a',
      size: '0.1000000000000000000001',
      tags: {},
    });
  });

  test('drops attributes the schema no longer has and fills in new ones with null', () => {
    expect(read('{"id":"a","former":[1,{"x":2}]}')).toEqual({ id: 'a', size: null, tags: null });
  });

  test('keeps the key __proto__ of a map', () => {
    expect(Object.keys((read('{"id":"a","tags":{"__proto__":"x"}}') as { tags: object }).tags)).toEqual(['__proto__']);
  });

  test.each([
    ['text that is not JSON', '{', /not valid JSON/],
    ['a list where an object belongs', '[]', /expected an object/],
    ['a string where a number belongs', '{"size":"5"}', /^size: expected a number/],
    ['nesting that is far too deep', `${'['.repeat(200_000)}`, /not valid JSON/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('cannot hold an unknown value', () => {
    expect(() => encodeJson('string', unknown)).toThrow(/unknown/);
  });
});

describe('DynamicValue', () => {
  test('is null when empty, msgpack when both are there, JSON otherwise', () => {
    expect(decodeDynamicValue('bool', undefined)).toBeNull();
    expect(decodeDynamicValue('bool', { msgpack: new Uint8Array(), json: new Uint8Array() })).toBeNull();
    expect(decodeDynamicValue('bool', { msgpack: Buffer.of(0xc3), json: Buffer.from('false') })).toBe(true);
    expect(decodeDynamicValue('bool', { json: Buffer.from('false') })).toBe(false);
  });
});

describe('decimals', () => {
  test.each([
    ['0', 0],
    ['-0.0', 0],
    ['1e3', 1000],
    ['0.10', 0.1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-1e20', -(10n ** 20n)],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.300000000000000040001', '0.300000000000000040001'],
    ['1e999999999', '1e999999999'],
    ['1e-999999999', '1e-999999999'],
    ['', undefined],
    ['0x10', undefined],
    ['1.', undefined],
    ['Infinity', undefined],
  ])('%s is read without loss', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  test('are the same whichever form they have', () => {
    expect(isSameDecimal(7, '7.0')).toBe(true);
    expect(isSameDecimal(10n ** 20n, '1e20')).toBe(true);
    expect(isSameDecimal(0.1, '0.10000000000000001')).toBe(false);
    expect(isSameDecimal('abc', 1)).toBe(false);
  });

  test('sets are the same in any order, lists are not', () => {
    expect(isSameValue(['set', 'number'], [1, 2, 2], [2, 1, 2])).toBe(true);
    expect(isSameValue(['set', 'number'], [1, 2, 2], [2, 1, 1])).toBe(false);
    expect(isSameValue(['list', 'number'], [1, 2], [2, 1])).toBe(false);
    expect(isSameValue(['map', 'string'], { a: 'x' }, { b: 'x' })).toBe(false);
    expect(isSameValue('string', unknown, 'x')).toBe(false);
  });
});

describe('refined unknown values', () => {
  const type: AttributeType = ['object', { a: 'string', b: 'string', c: 'string' }];
  const refine = (path: readonly unknown[]) =>
    path[0] === 'a'
      ? ({ notNull: true, prefix: 'arn:' } as const)
      : path[0] === 'b'
        ? ({ notNull: true } as const)
        : undefined;

  test('are ext 8 with code 12 and a map, and read as unknown', () => {
    const bytes = encodeMsgpack(type, { a: unknown, b: unknown, c: unknown }, refine);
    expect(bytes.toString('hex')).toBe('83a161c7090c8201c202a461726e3aa162c7030c8101c2a163d40000');
    expect(decodeMsgpack(type, bytes)).toEqual({ a: unknown, b: unknown, c: unknown });
  });

  test('are for unknown values alone', () => {
    const value = { a: 'x', b: null, c: 'y' };
    expect(encodeMsgpack(type, value, refine)).toEqual(encodeMsgpack(type, value));
  });

  test.each(['', 'é', 'x'.repeat(32)])('cannot have the prefix "%s"', (prefix) => {
    expect(() => encodeMsgpack('string', unknown, () => ({ notNull: true, prefix }))).toThrow(CodecError);
  });
});
