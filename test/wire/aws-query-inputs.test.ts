/**
 * How the Query door reads every input of IAM and STS: as the values that were sent, or with a refusal of each fault.
 */
import { decodeInput } from '@keystead/control-plane/validation/validate.ts';
import { awsQueryDoor, queryApis } from '@keystead/control-plane/wire/aws-query.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import fc from 'fast-check';
import { faultsOf } from '../support/contract-faults.ts';
import { formOf } from '../support/query-form.ts';
import { revealed } from '../support/revealed.ts';
import { shapeValue } from '../support/shape-arbitraries.ts';

const records: readonly OperationRecord[] = operationNames
  .map((name): OperationRecord => operations[name])
  .filter(({ service }) => service === 'iam' || service === 'sts');

function read(record: OperationRecord, json: unknown): unknown {
  const api = queryApis[record.service as 'iam' | 'sts'];
  const door = awsQueryDoor(api, async () => {
    throw new Error('these requests are not authenticated');
  });
  const call = door.lookUp({
    method: 'POST',
    rawPath: '/',
    rawQuery: '',
    headers: [],
    body: Buffer.from(formOf(record.name, api.version, record.input, json)),
    sourceIp: '',
    userAgent: '',
    secureTransport: false,
  });
  expect(call.record).toBe(record);
  return decodeInput(record.name, call.json);
}

const asJson = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
};

/** A form cannot express an item of a list that has no members. */
const isExpressible = (value: unknown): boolean =>
  !Array.isArray(value) || value.every((item) => typeof item !== 'object' || Object.keys(item ?? {}).length > 0)
    ? typeof value !== 'object' || value === null || Object.values(value).every(isExpressible)
    : false;

test.each(records)('$name gets the values that were sent', (record) => {
  fc.assert(
    fc.property(shapeValue(record.input), (input) => {
      fc.pre(isExpressible(input));
      expect(revealed(read(record, asJson(input)))).toEqual(input);
    }),
    { numRuns: 20 },
  );
});

/** A form has neither types nor null: only a value that breaks a constraint is a fault in it. */
const faults = records.flatMap((record) =>
  faultsOf(record.input)
    .filter(({ code, what }) => code === 'ValidationException' && !/ with null| is null/.test(what))
    .map((fault) => ({ record, fault })),
);

test('each fault is found, and reported in the words of AWS', () => {
  expect(faults.length).toBeGreaterThan(600);
  const missed = faults.filter(({ record, fault }) => {
    try {
      read(record, fault.json);
      return true;
    } catch (error) {
      return !(error instanceof KmsError) || error.code !== 'ValidationException' || !/ detected: /.test(error.message);
    }
  });
  expect(missed.map(({ record, fault }) => `${record.name}: ${fault.what}`)).toEqual([]);
});

test('text that is not a number, boolean or time is refused where one is required', () => {
  const typed = records.flatMap((record) => {
    const shape = shapeOf(record.input);
    const members = shape.type === 'structure' ? Object.entries(shape.members) : [];
    return members
      .filter(([, member]) => ['integer', 'boolean', 'timestamp'].includes(shapeOf(member).type))
      .map(([name]) => ({ record, name }));
  });
  expect(typed.length).toBeGreaterThan(20);
  for (const { record, name } of typed) {
    for (const text of ['', 'ten', '1e3', 'TRUE', '0x10', ' 1', '9'.repeat(17)]) {
      expect(() => read(record, { [name]: text })).toThrow(expect.objectContaining({ code: 'SerializationException' }));
    }
  }
});
