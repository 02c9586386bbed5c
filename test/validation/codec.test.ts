import { decodeMembers, decodeOutput, encodeOutput } from '@keystead/control-plane/validation/codec.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { type OperationName, operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import fc from 'fast-check';
import { shapeValue } from '../support/shape-arbitraries.ts';

const withOutput = operationNames.filter((name) => operations[name].output !== null);

function refusal(run: () => unknown): KmsError {
  try {
    run();
  } catch (error) {
    if (error instanceof KmsError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('encoding an output', () => {
  test('writes bytes as Base64, dates as seconds, and leaves out members without a value', () => {
    expect(
      encodeOutput('Decrypt', { KeyId: 'k', Plaintext: new Uint8Array([104, 105]), KeyMaterialId: undefined }),
    ).toEqual({ KeyId: 'k', Plaintext: 'aGk=' });
    expect(encodeOutput('ScheduleKeyDeletion', { DeletionDate: new Date(1_609_193_147_831) })).toEqual({
      DeletionDate: 1_609_193_147.831,
    });
    expect(encodeOutput('ListKeys', { Keys: [], Truncated: false })).toEqual({ Keys: [], Truncated: false });
  });

  test('writes a policy as a string, and a view of a larger buffer by its own bounds', () => {
    expect(encodeOutput('GetKeyPolicy', { Policy: '{"Version":"2012-10-17"}' })).toEqual({
      Policy: '{"Version":"2012-10-17"}',
    });
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(encodeOutput('Encrypt', { CiphertextBlob: view })).toEqual({ CiphertextBlob: 'AgM=' });
  });

  test('writes only members that the contract names', () => {
    expect(encodeOutput('Encrypt', { KeyId: 'k', wrapped: 'secret' })).toEqual({ KeyId: 'k' });
  });

  test('writes an empty object for an operation without an output', () => {
    expect(encodeOutput('EnableKey', undefined)).toEqual({});
    expect(encodeOutput('UpdateCustomKeyStore', {})).toEqual({});
  });

  test.each(withOutput)('of %s can be read back unchanged after a trip through JSON text', (name) => {
    fc.assert(
      fc.property(shapeValue(operations[name].output ?? ''), (output) => {
        const json: unknown = JSON.parse(JSON.stringify(encodeOutput(name, output)));
        expect(decodeOutput(name, json)).toEqual(output);
      }),
      { numRuns: 20 },
    );
  });
});

describe('decoding a request', () => {
  test('reads Base64 as bytes and seconds as a date, with their fractions', () => {
    const json = { KeyId: 'k', ImportToken: 'aGk=', EncryptedKeyMaterial: '', ValidTo: 1_609_193_147.831 };
    expect(decodeMembers('ImportKeyMaterial', json)).toEqual({
      KeyId: 'k',
      ImportToken: new Uint8Array([104, 105]),
      EncryptedKeyMaterial: new Uint8Array(0),
      ValidTo: new Date(1_609_193_147_831),
    });
  });

  test('ignores members that it does not know and treats null as absent', () => {
    expect(decodeMembers('DescribeKey', { KeyId: 'k', GrantTokens: null, Colour: 'red', keyid: 'x' })).toEqual({
      KeyId: 'k',
    });
  });

  test.each<[string, OperationName, unknown]>([
    ['a body that is an array', 'ListKeys', []],
    ['a body that is null', 'ListKeys', null],
    ['a body that is a string', 'ListKeys', '{}'],
    ['a number for a string', 'DescribeKey', { KeyId: 1 }],
    ['an object for a string', 'DescribeKey', { KeyId: { Ref: 'k' } }],
    ['a string for a number', 'ListKeys', { Limit: '10' }],
    ['a fraction for an integer', 'ListKeys', { Limit: 1.5 }],
    ['a string for a boolean', 'CreateKey', { MultiRegion: 'true' }],
    ['a string for a list', 'DescribeKey', { KeyId: 'k', GrantTokens: 't' }],
    ['an object for a list', 'DescribeKey', { KeyId: 'k', GrantTokens: { 0: 't' } }],
    ['an array for a map', 'Encrypt', { KeyId: 'k', Plaintext: '', EncryptionContext: [] }],
    ['a number in a map of strings', 'Encrypt', { KeyId: 'k', Plaintext: '', EncryptionContext: { a: 1 } }],
    ['a string for a structure', 'CreateKey', { Tags: ['a'] }],
    ['an object for a blob', 'Encrypt', { KeyId: 'k', Plaintext: { type: 'Buffer', data: [1] } }],
    ['an ISO text for a timestamp', 'LookupEvents', { StartTime: '2026-01-01T00:00:00Z' }],
    ['a timestamp beyond all dates', 'LookupEvents', { StartTime: 1e300 }],
    ['a policy that is an object', 'PutKeyPolicy', { KeyId: 'k', Policy: {} }],
  ])('refuses %s as a SerializationException without details', (_, operation, json) => {
    const error = refusal(() => decodeMembers(operation, json));
    expect([error.code, error.message]).toEqual(['SerializationException', '']);
  });

  test.each([['aGk'], ['aGk=='], ['aGk=\n'], [' aGk='], ['aG k='], ['aGl='], ['a-_='], ['===='], ['é'], ['aGk=aGk=']])(
    'refuses %j as Base64',
    (text) => {
      expect(refusal(() => decodeMembers('Encrypt', { KeyId: 'k', Plaintext: text })).code).toBe(
        'SerializationException',
      );
    },
  );

  test('accepts the Base64 of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(decodeMembers('Encrypt', { Plaintext: text })).toEqual({ Plaintext: bytes });
      }),
    );
  });

  test('keeps an encryption context key such as __proto__ as data and changes no prototype', () => {
    const json: unknown = JSON.parse(
      '{"EncryptionContext":{"__proto__":"x","constructor":"y"},"__proto__":{"KeyId":"k"}}',
    );
    const input = decodeMembers('Encrypt', json) as { readonly EncryptionContext: object; readonly KeyId?: string };
    expect(Object.entries(input.EncryptionContext)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(input.EncryptionContext)).toBe(Object.prototype);
    expect(input.KeyId).toBeUndefined();
    expect(({} as { x?: string }).x).toBeUndefined();
  });

  test('goes only as deep as the contract, whatever is nested in members that it ignores', () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(decodeMembers('DescribeKey', JSON.parse(`{"KeyId":"k","Other":${deep}}`))).toEqual({ KeyId: 'k' });
    const tags = JSON.parse(`{"Tags":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as unknown;
    expect(refusal(() => decodeMembers('CreateKey', tags)).code).toBe('SerializationException');
  });
});
