/** Random values of the contract's shapes, for property tests. */
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape, StructureShape } from '@keystead/provider-schema/shapes/shape.ts';
import fc from 'fast-check';

/** Valid values of the shape, with the types that operations see: bytes, Dates. */
export function shapeValue(shapeName: string): fc.Arbitrary<unknown> {
  const shape = shapeOf(shapeName);
  switch (shape.type) {
    case 'string':
      return text(shape);
    case 'integer':
      return fc.integer({ min: shape.min ?? -1000, max: shape.max ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'blob':
      return fc.uint8Array({ minLength: shape.min ?? 0, maxLength: Math.min(shape.max ?? 64, (shape.min ?? 0) + 64) });
    case 'timestamp':
      return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2200-01-01') });
    case 'list':
      return fc.array(shapeValue(shape.member), { minLength: shape.min ?? 0, maxLength: Math.min(shape.max ?? 4, 4) });
    case 'map':
      return fc
        .array(fc.tuple(fc.oneof(shapeValue(shape.key), fc.constant('__proto__')), shapeValue(shape.value)), {
          maxLength: 4,
        })
        .map((entries) => Object.fromEntries(entries));
    case 'structure':
      return structure(shape);
  }
}

function structure(shape: StructureShape): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(shape.members).map(([name, target]) => [name, shapeValue(target)] as const);
  return fc
    .record(Object.fromEntries(members), { requiredKeys: [...(shape.required ?? [])] })
    .map((value) => ({ ...value }));
}

function text(shape: Extract<Shape, { type: 'string' }>): fc.Arbitrary<string> {
  if (shape.enum) return fc.constantFrom(...shape.enum);
  const { min = 0, max = 40 } = shape;
  let misfits = 0;
  const fits = (value: string) => {
    if (value.length >= min && value.length <= max) return true;
    misfits += 1;
    if (misfits > 10_000) throw new Error(`random matches of ${shape.pattern} are too short or long: add a sample`);
    return false;
  };
  if (shape.pattern === undefined) return fc.string({ minLength: min, maxLength: Math.min(max, min + 20) });
  const sample = samples[shape.pattern];
  if (sample) return sample(min, max);
  return fc.stringMatching(new RegExp(`^(?:${shape.pattern})$`)).filter(fits);
}

/** Generators for patterns whose random matches seldom have a valid length. */
const samples: Readonly<Record<string, (min: number, max: number) => fc.Arbitrary<string>>> = {
  '^[a-f0-9]+$': (_, max) => hex(max),
  '^[A-Z2-7]+$': (min, max) => from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', min, max),
  '^[a-zA-Z0-9\\/+=]+$': (min, max) => from('abcXYZ019/+=', min, max),
  '^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$': (min) =>
    from('abcXYZ019:/_*', min, min + 20).map((rest) => `arn:aws:s3::111122223333:${rest}`),
  '^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$': () =>
    from('abcXYZ019-', 1, 40).map((name) => `${name}.amazonaws.com`),
  '[\\w]+': (min) => from('abcXYZ019_', min, min + 8),
  // Lookaheads, which fast-check's stringMatching does not support either.
  '^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$': () =>
    fc.tuple(from('abc019', 1, 20), from('abc019', 1, 20)).map(([before, after]) => `${before}-${after}`),
  // Unicode properties, which fast-check's stringMatching does not support.
  '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+': (min) => from('aé世9 _.:/=+-@', min, min + 12),
  '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*': (min) => from('aé世9 _.:/=+-@', min, min + 12),
  '^https://[a-zA-Z0-9.-]+$': () => from('abc.-9', 4, 20).map((host) => `https://${host}`),
  '^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$': () =>
    from('abc_-9', 1, 9).map((prefix) => `/${prefix}/kms/xks/v1`),
  '^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$': () =>
    hex(12).map((id) => `com.amazonaws.vpce.eu-west-1.vpce-svc-${id}`),
};

function hex(length: number): fc.Arbitrary<string> {
  return from('0123456789abcdef', length, length);
}

function from(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
}
