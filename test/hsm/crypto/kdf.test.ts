import { createHmac } from 'node:crypto';
import {
  type CounterModeInput,
  counterModeKdf,
  deriveKey,
  encodeTexts,
} from '@keystead/control-plane/hsm/crypto/kdf.ts';
import fc from 'fast-check';
import { describeWithVectors, fromHex, readVectors } from '../../support/external-vectors.ts';

interface NistCase extends CounterModeInput {
  readonly section: string;
  readonly expected: Buffer;
}

/** The HMAC_SHA256 sections of a CAVS response file. */
function parseCavs(text: string): NistCase[] {
  const cases: NistCase[] = [];
  const section = { PRF: '', CTRLOCATION: '', RLEN: '' };
  let fields: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\[(PRF|CTRLOCATION|RLEN)=(.+)\]$/.exec(line);
    if (heading) section[heading[1] as keyof typeof section] = heading[2] ?? '';
    const field = /^(\w+) ?= ?(\w*)$/.exec(line);
    if (!field) continue;
    if (field[1] === 'COUNT') fields = {};
    fields[field[1] ?? ''] = field[2] ?? '';
    if (field[1] === 'KO' && section.PRF === 'HMAC_SHA256') cases.push(nistCase(section, fields));
  }
  return cases;
}

function nistCase(section: Record<string, string>, fields: Record<string, string>): NistCase {
  const { FixedInputData = '', DataBeforeCtrData = '', DataAfterCtrData = '' } = fields;
  const before = { BEFORE_FIXED: '', AFTER_FIXED: FixedInputData, MIDDLE_FIXED: DataBeforeCtrData };
  const after = { BEFORE_FIXED: FixedInputData, AFTER_FIXED: '', MIDDLE_FIXED: DataAfterCtrData };
  const location = section.CTRLOCATION as keyof typeof before;
  return {
    section: `${location}, ${section.RLEN}`,
    key: fromHex(fields.KI ?? ''),
    beforeCounter: fromHex(before[location]),
    afterCounter: fromHex(after[location]),
    counterLengthInBytes: (Number.parseInt(section.RLEN ?? '', 10) / 8) as 1 | 2 | 3 | 4,
    lengthInBytes: Number(fields.L) / 8,
    expected: fromHex(fields.KO ?? ''),
  };
}

describeWithVectors('NIST CAVP vectors of SP 800-108 in counter mode with HMAC-SHA-256', () => {
  test('every counter placement and length derives the published key', () => {
    const cases = parseCavs(readVectors('nist/nist-800-108-KBKDF-CTR.txt'));
    const sections = new Set(cases.map(({ section }) => section));
    process.stdout.write(
      `SP 800-108 counter mode, HMAC-SHA-256: ${cases.length} cases in ${sections.size} sections run\n`,
    );
    expect(cases).toHaveLength(480);
    expect(sections.size).toBe(12);
    for (const { expected, section, ...input } of cases) {
      expect({ section, output: Buffer.from(counterModeKdf(input)).toString('hex') }).toEqual({
        section,
        output: expected.toString('hex'),
      });
    }
  });
});

describe('key derivation', () => {
  test('one derived key is HMAC(key, [1] ‖ label ‖ 0x00 ‖ context ‖ [256])', () => {
    const key = Buffer.alloc(32, 7);
    const context = Buffer.from('context');
    const expected = createHmac('sha256', key)
      .update(Buffer.concat([fromHex('00000001'), Buffer.from('keystead ciphertext v1'), Buffer.of(0), context]))
      .update(fromHex('00000100'))
      .digest('hex');
    const derived = deriveKey(key, 'keystead ciphertext v1', context);
    expect(derived.use((bytes) => Buffer.from(bytes).toString('hex'))).toBe(expected);
  });

  test('two labels never derive the same key', () => {
    const key = Buffer.alloc(32, 7);
    const hex = (label: Parameters<typeof deriveKey>[1]) =>
      deriveKey(key, label, Buffer.alloc(16)).use((bytes) => Buffer.from(bytes).toString('hex'));
    expect(hex('keystead domain key v1')).not.toBe(hex('keystead token key v2'));
  });

  test('a key that is too long for the counter is refused', () => {
    const nothing = new Uint8Array(0);
    const input = {
      key: Buffer.alloc(32),
      beforeCounter: nothing,
      afterCounter: nothing,
      counterLengthInBytes: 1 as const,
    };
    expect(() => counterModeKdf({ ...input, lengthInBytes: 256 * 32 })).toThrow(RangeError);
    expect(counterModeKdf({ ...input, lengthInBytes: 255 * 32 })).toHaveLength(255 * 32);
  });

  test('two different lists of texts never have the same encoding', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(Buffer.compare(encodeTexts(...a), encodeTexts(...b))).not.toBe(0);
      }),
    );
  });
});
