/** Any bytes get a clean answer: from the codecs, from every RPC, and from RPCs whose values are broken inside. */
import { levelType } from '@keystead/provider/engine/type.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { CodecError } from '@keystead/provider/wire/codec/codec-error.ts';
import { decodeJson, encodeJson } from '@keystead/provider/wire/codec/json.ts';
import { decodeMsgpack, encodeMsgpack } from '@keystead/provider/wire/codec/msgpack.ts';
import { GrpcError, status } from '@keystead/provider/wire/status.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import fc from 'fast-check';
import { thingRecord } from '../../support/provider/fake-provider.ts';
import { FakeService } from '../../support/provider/service.ts';

const types: fc.Arbitrary<AttributeType> = fc.letrec<{ type: AttributeType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<AttributeType>('string', 'number', 'bool'),
    fc.tuple(fc.constantFrom('list' as const, 'set' as const, 'map' as const), tie('type')),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'constructor', '__proto__x'), tie('type'), { maxKeys: 3 })
      .map((members): AttributeType => ['object', members]),
  ),
})).type;

function valuesOf(type: AttributeType, withUnknown: boolean): fc.Arbitrary<Value> {
  const special: fc.Arbitrary<Value> = withUnknown ? fc.constantFrom(null, unknown) : fc.constant(null);
  const known = (): fc.Arbitrary<Value> => {
    if (type === 'string') return fc.string({ unit: 'grapheme', maxLength: 40 });
    if (type === 'bool') return fc.boolean();
    if (type === 'number') return fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 90n }));
    if (type[0] === 'object') {
      const members = Object.entries(type[1]).map(([name, member]) => [name, valuesOf(member, withUnknown)] as const);
      return fc.record(Object.fromEntries(members), { noNullPrototype: false });
    }
    const element = valuesOf(type[1], withUnknown);
    if (type[0] === 'map') return fc.dictionary(fc.string({ maxLength: 8 }), element, { maxKeys: 3 });
    return fc.array(element, { maxLength: 3 });
  };
  return fc.oneof({ weight: 1, arbitrary: special }, { weight: 5, arbitrary: known() });
}

const typed = (withUnknown: boolean) => types.chain((type) => fc.tuple(fc.constant(type), valuesOf(type, withUnknown)));
const awsKmsKeyType = levelType(resources.aws_kms_key);
const anyType = fc.oneof(types, fc.constant(awsKmsKeyType));
/** Bytes that look like msgpack more often than chance: formats of every kind, with what follows left to chance. */
const msgpackLike = fc
  .array(
    fc.oneof(
      fc.constantFrom(0xc0, 0xc1, 0xc2, 0xc4, 0xc7, 0xca, 0xcb, 0xcf, 0xd3, 0xd4, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf),
      fc.integer({ min: 0x80, max: 0xbf }),
      fc.nat(255),
    ),
    { maxLength: 60 },
  )
  .map((bytes) => Uint8Array.from(bytes));

/** Whether the work ends with a value or a CodecError whose text holds no value. */
function isClean(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return true;
  }
}

describe('the codecs', () => {
  test('read back what they wrote, of any type, as the same bytes', () => {
    fc.assert(
      fc.property(typed(true), ([type, value]) => {
        const bytes = encodeMsgpack(type, value);
        expect(encodeMsgpack(type, decodeMsgpack(type, bytes))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(typed(false), ([type, value]) => {
        const bytes = encodeJson(type, value);
        expect(encodeJson(type, decodeJson(type, bytes))).toEqual(bytes);
      }),
    );
  });

  test('refuse any other bytes with a CodecError', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), msgpackLike);
    fc.assert(fc.property(anyType, bytes, (type, input) => isClean(() => decodeMsgpack(type, input))));
    const text = fc.oneof(fc.json().map(Buffer.from), fc.uint8Array({ maxLength: 60 }));
    fc.assert(fc.property(anyType, text, (type, input) => isClean(() => decodeJson(type, input))));
  });

  test('refuse what they wrote with a byte changed, or read another value, and never fail otherwise', () => {
    const changed = typed(true).chain(([type, value]) => {
      const bytes = encodeMsgpack(type, value);
      return fc.tuple(fc.constant(type), fc.constant(bytes), fc.nat(bytes.length - 1), fc.nat(255), fc.boolean());
    });
    fc.assert(
      fc.property(changed, ([type, bytes, at, byte, isCut]) => {
        const other = Buffer.from(bytes.subarray(0, isCut ? at : bytes.length));
        if (!isCut) other[at] = byte;
        return isClean(() => decodeMsgpack(type, other));
      }),
    );
  });
});

describe('the service', () => {
  let service: FakeService;
  let names: readonly string[];
  beforeAll(async () => {
    service = new FakeService();
    await service.configure();
    names = [...service.methods.keys()].filter((path) => !path.endsWith('/StopProvider'));
  });

  /** The statuses that an answer may have: success, or that the message is none of this method. */
  async function isAnswered(path: string, bytes: Uint8Array): Promise<boolean> {
    const method = service.methods.get(path);
    try {
      if (method?.kind === 'unary') await method.handle(bytes, { closed: Promise.resolve() });
      else if (method?.kind === 'server-stream')
        for await (const event of method.handle(bytes)) expect(event).toBeTruthy();
      return true;
    } catch (error) {
      return error instanceof GrpcError && error.code === status.INVALID_ARGUMENT;
    }
  }

  test('answers any bytes to any RPC with a response or INVALID_ARGUMENT', async () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        for (const name of names) if (!(await isAnswered(name, input))) return false;
        return true;
      }),
    );
  });

  test('answers values that are broken inside with diagnostics, and begins nothing with them', async () => {
    const whole = encodeMsgpack(levelType(thingRecord), {
      ...Object.fromEntries(Object.keys(thingRecord.attributes).map((name) => [name, null])),
      rule: [],
      tag: [],
      timeouts: null,
      kind: 'k',
    } as ObjectValue);
    const broken = fc.oneof(
      msgpackLike,
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        return bytes;
      }),
    );
    const typeName = 'fake_thing';
    await fc.assert(
      fc.asyncProperty(broken, broken, async (one, other) => {
        const [a, b] = [{ msgpack: one }, { msgpack: other }];
        const change = { typeName, priorState: a, plannedState: b, config: b };
        const applied = await service.ask('ApplyResourceChange', tfplugin6.ApplyResourceChange, change);
        const proposal = { typeName, priorState: a, proposedNewState: b, config: a };
        const planned = await service.ask('PlanResourceChange', tfplugin6.PlanResourceChange, proposal);
        const read = await service.ask('ReadResource', tfplugin6.ReadResource, { typeName, currentState: a });
        const found = [applied, planned, read].flatMap(({ diagnostics }) => diagnostics ?? []);
        // A broken value inside a text is a value like any other; what must not be is a fault of the provider.
        for (const { summary } of found) expect(summary).not.toMatch(/Unexpected failure|Provider bug/);
      }),
    );
  });

  test('reads any stored state, or says why it cannot', async () => {
    const typeName = 'fake_thing';
    const state = fc.oneof(fc.json().map(Buffer.from), fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(state, async (json) => {
        const request = { typeName, version: 0, rawState: { json } };
        const answer = await service.ask('UpgradeResourceState', tfplugin6.UpgradeResourceState, request);
        expect(answer.upgradedState !== null || (answer.diagnostics ?? []).length > 0).toBe(true);
      }),
    );
  });
});
