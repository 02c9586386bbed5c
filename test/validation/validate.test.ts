import { decodeInput } from '@keystead/control-plane/validation/validate.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { type OperationName, operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import fc from 'fast-check';
import { revealed } from '../support/revealed.ts';
import { shapeValue } from '../support/shape-arbitraries.ts';

function messageOf(operation: OperationName, json: unknown): string {
  try {
    decodeInput(operation, json);
  } catch (error) {
    if (error instanceof KmsError && error.code === 'ValidationException') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64');

describe('one violation', () => {
  test.each<[string, OperationName, unknown, string]>([
    [
      'an absent required member',
      'DescribeKey',
      {},
      "Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a required member that is null',
      'DescribeKey',
      { KeyId: null },
      "Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an empty string',
      'DescribeKey',
      { KeyId: '' },
      "Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a long tag key, by its place in the list counted from one',
      'TagResource',
      {
        KeyId: 'k',
        Tags: [
          { TagKey: 'ok', TagValue: '' },
          { TagKey: 'x'.repeat(129), TagValue: '' },
        ],
      },
      `Value '${'x'.repeat(129)}' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ],
    [
      'an absent member of a structure in a list',
      'CreateKey',
      { Tags: [{ TagKey: 'a' }] },
      "Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a null in a list of structures',
      'CreateKey',
      { Tags: [null] },
      "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an alias name with a space',
      'DeleteAlias',
      { AliasName: 'alias/a b' },
      "Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ],
    [
      'an unknown message type',
      'Sign',
      { KeyId: 'k', Message: 'aGk=', SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'COOKED' },
      "Value 'COOKED' at 'messageType' failed to satisfy constraint: Member must satisfy enum value set: [RAW, DIGEST, EXTERNAL_MU]",
    ],
    [
      'too many random bytes',
      'GenerateRandom',
      { NumberOfBytes: 1025 },
      "Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    ],
    [
      'no random bytes',
      'GenerateRandom',
      { NumberOfBytes: 0 },
      "Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a scalar in a list, as the whole list with every constraint of its elements',
      'UntagResource',
      { KeyId: 'k', TagKeys: ['a', ''] },
      "Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
    ],
    [
      'too many grant tokens',
      'DescribeKey',
      { KeyId: 'k', GrantTokens: Array.from('abcdefghijk') },
      "Value '[a, b, c, d, e, f, g, h, i, j, k]' at 'grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10",
    ],
    [
      'a null in a list of strings',
      'UntagResource',
      { KeyId: 'k', TagKeys: [null] },
      "Value '[null]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]",
    ],
    [
      'a null in a map',
      'Encrypt',
      { KeyId: 'k', Plaintext: 'aGk=', EncryptionContext: { a: null } },
      "Value '{a=null}' at 'encryptionContext' failed to satisfy constraint: Map value must satisfy constraint: [Member must not be null]",
    ],
    [
      'a name in a map that is too short',
      'SimulateAuthorization',
      { PrincipalArn: 'a', Action: 'kms:Encrypt', ConditionValues: { '': [] } },
      "Value '{=[]}' at 'conditionValues' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1]",
    ],
    [
      'a plaintext that is too long, without its value',
      'Encrypt',
      { KeyId: 'k', Plaintext: base64(4097) },
      "Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    ],
    [
      'an empty ciphertext, without its value',
      'Decrypt',
      { CiphertextBlob: '' },
      "Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a password that is too short, without its value',
      'UpdateCustomKeyStore',
      { CustomKeyStoreId: 'cks-1', KeyStorePassword: 'hunter' },
      "Value at 'keyStorePassword' failed to satisfy constraint: Member must have length greater than or equal to 7",
    ],
  ])('%s', (_, operation, json, item) => {
    expect(messageOf(operation, json)).toBe(`1 validation error detected: ${item}`);
  });
});

describe('several violations', () => {
  test('are counted, and named in one message', () => {
    expect(messageOf('Encrypt', {})).toBe(
      "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
    );
  });

  test('of one value are all named', () => {
    expect(messageOf('DeleteAlias', { AliasName: '' })).toBe(
      "2 validation errors detected: Value '' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$; " +
        "Value '' at 'aliasName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  });

  test('in nested structures keep their places and hide their secrets', () => {
    const message = messageOf('UpdateCustomKeyStore', {
      CustomKeyStoreId: 'cks-1',
      XksProxyAuthenticationCredential: { AccessKeyId: 'lower-case-and-short', RawSecretAccessKey: 'too short' },
    });
    expect(message).toContain(
      "Value at 'xksProxyAuthenticationCredential.accessKeyId' failed to satisfy constraint: Member must satisfy regular",
    );
    expect(message).toContain(
      "Value at 'xksProxyAuthenticationCredential.rawSecretAccessKey' failed to satisfy constraint: Member must have length",
    );
    expect(message).not.toContain('lower-case');
    expect(message).not.toContain('too short');
  });

  test('are counted and printed up to a limit, and a long value is cut off', () => {
    const hostile = messageOf('TagResource', { KeyId: 'k', Tags: Array.from({ length: 50_000 }, () => ({})) });
    expect(hostile).toMatch(new RegExp(`^${limits.countedViolations} validation errors detected: `));
    expect(hostile.split('; ')).toHaveLength(limits.printedViolations);
    const list = messageOf('UntagResource', { KeyId: 'k', TagKeys: Array.from({ length: 50_000 }, () => '') });
    expect(list.length).toBeLessThan(2 * limits.printedValueLength);
  });
});

describe('lengths', () => {
  test('of blobs are those of the decoded bytes', () => {
    expect(decodeInput('Encrypt', { KeyId: 'k', Plaintext: base64(4096) }).Plaintext).toHaveLength(4096);
  });

  test('of strings count UTF-16 code units', () => {
    const tag = (units: number) => ({ KeyId: 'k', Tags: [{ TagKey: '😀'.repeat(units / 2), TagValue: '' }] });
    expect(decodeInput('TagResource', tag(128)).Tags).toHaveLength(1);
    expect(messageOf('TagResource', tag(130))).toContain('less than or equal to 128');
  });

  test('of an encryption context count names and values together, as bytes', () => {
    const context = (valueLength: number) => ({ ä: 'x'.repeat(valueLength - 2) });
    const input = (valueLength: number) => ({
      KeyId: 'k',
      Plaintext: base64(1),
      EncryptionContext: context(valueLength),
    });
    expect(() => decodeInput('Encrypt', input(limits.encryptionContextInBytes))).not.toThrow();
    expect(messageOf('Encrypt', input(limits.encryptionContextInBytes + 1))).toBe(
      'EncryptionContext is larger than 8192 bytes.',
    );
  });

  test('are checked for every bounded blob of every operation, exactly at the bound', () => {
    for (const name of operationNames) {
      const { members } = structureOf(operations[name].input);
      for (const [member, shapeName] of Object.entries(members)) {
        const shape = shapeOf(shapeName);
        if (shape.type !== 'blob' || shape.max === undefined) continue;
        const over = messageIfAny(name, { [member]: base64(shape.max + 1) });
        const exact = messageIfAny(name, { [member]: base64(shape.max) });
        expect(over).toContain(`less than or equal to ${shape.max}`);
        expect(exact).not.toContain('less than or equal to');
      }
    }
  });
});

function messageIfAny(operation: OperationName, json: unknown): string {
  try {
    decodeInput(operation, json);
    return '';
  } catch (error) {
    return error instanceof KmsError ? error.message : String(error);
  }
}

/** A value as the JSON that a client would send. */
function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

describe('every operation', () => {
  test.each(operationNames)('%s accepts values that fit its shapes, and decodes them', (name) => {
    fc.assert(
      fc.property(shapeValue(operations[name].input), (input) => {
        expect(revealed(decodeInput(name, JSON.parse(JSON.stringify(toJson(input)))))).toEqual(input);
      }),
      { numRuns: 15 },
    );
  });

  test.each(operationNames)('%s names each required member that is missing', (name) => {
    const { required = [] } = structureOf(operations[name].input);
    if (required.length === 0) {
      expect(decodeInput(name, {})).toEqual({});
      return;
    }
    const message = messageOf(name, {});
    for (const member of required) {
      expect(message).toContain(`Value null at '${member.charAt(0).toLowerCase()}${member.slice(1)}'`);
    }
  });

  test('answers any JSON with an input or with one of two refusals', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...operationNames),
        fc.jsonValue(),
        fc.array(fc.jsonValue()),
        (name, whole, parts) => {
          const members = Object.keys(structureOf(operations[name].input).members);
          const mixed = Object.fromEntries(
            members.map((member, index) => [member, parts[index % (parts.length || 1)]]),
          );
          for (const json of [whole, mixed]) {
            try {
              decodeInput(name, json);
            } catch (error) {
              expect(error).toBeInstanceOf(KmsError);
              expect(['ValidationException', 'SerializationException']).toContain((error as KmsError).code);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('refuses names that are not operations', () => {
    for (const name of ['Nothing', 'encrypt', '__proto__', 'constructor']) {
      expect(() => decodeInput(name, {})).toThrow(expect.objectContaining({ code: 'UnknownOperationException' }));
    }
  });
});
