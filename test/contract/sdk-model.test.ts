/**
 * The contract against the model of the installed AWS SDK for JavaScript: operations, members of requests and answers,
 * enumerations and errors. A newer SDK, or a newer contract, shows here by name. A member that AWS's model has and the
 * contract lacks would be dropped from requests without a word, so it is built, refused, or listed here with a reason.
 */
import * as sdk from '@aws-sdk/client-kms';
import { findOperation, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { exceptions } from '@keystead/provider-schema/shapes/kms/exceptions.ts';
import { structures } from '@keystead/provider-schema/shapes/kms/structures.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';

/** What the contract has and the installed SDK does not have yet, each with its source. */
const newerInContract: readonly string[] = [
  // KMS API reference, ListKeys: keys that other accounts share through Resource Access Manager.
  'member ListKeysRequest.ResourceOwners',
  'value ResourceOwnerType.OTHER_ACCOUNTS_VIA_RAM',
  'value ResourceOwnerType.SELF',
];

/** What the installed SDK has and the contract does not have; docs/differences.md says what is answered. */
const newerInSdk: readonly string[] = [];

/** ML-KEM comes as a whole: until the contract has its operations, it has nothing of it. */
const ofMlKem = (line: string) => /ML_KEM|capsul/i.test(line);
const hasMlKem = findOperation('Encapsulate') !== undefined;

/** An operation's schema in the SDK: kind, namespace, name, traits, input, output. */
type OperationSchema = readonly [9, string, string, unknown, () => StructureSchema, () => StructureSchema | 'unit'];
/** A structure's schema: kind, namespace, name, traits, members, their schemas, how many of the first are required. */
type StructureSchema = readonly [3, string, string, unknown, readonly string[], readonly unknown[], number?];

/** Beside it the SDK has the base class of its errors. */
const NAMESPACE = 'com.amazonaws.kms';

const exported = Object.entries(sdk);
const ofKind = <Schema>(kind: number) =>
  exported.flatMap(([name, value]) =>
    name.endsWith('$') && Array.isArray(value) && value[0] === kind && value[1] === NAMESPACE
      ? [value as unknown as Schema]
      : [],
  );

function linesOfSdk(): readonly string[] {
  const called = ofKind<OperationSchema>(9).map(([, , name, , input, output]) => {
    const answer = output();
    return `operation ${name} ${input()[2]} ${answer === 'unit' ? 'nothing' : answer[2]}`;
  });
  const members = ofKind<StructureSchema>(3).flatMap(([, , name, , all, , required = 0]) =>
    all.flatMap((member, i) => memberLines(name, member, i < required)),
  );
  const failures = ofKind<readonly [-3, string, string]>(-3).map(([, , name]) => `error ${name}`);
  const enumerated = exported.flatMap(([name, value]) =>
    isEnumeration(value) ? Object.values(value).map((one) => `value ${name}.${one}`) : [],
  );
  return [...called, ...members, ...failures, ...enumerated];
}

/** The SDK exports an enumeration as an object whose names are its values. */
function isEnumeration(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([, one]) => typeof one === 'string');
}

function linesOfContract(): readonly string[] {
  const called = Object.values<OperationRecord>(operations)
    .filter(({ service }) => service === 'kms')
    .map(({ name, input, output }) => `operation ${name} ${input} ${output ?? 'nothing'}`);
  const members = Object.entries<Shape>(structures).flatMap(([name, shape]) =>
    shape.type === 'structure'
      ? Object.keys(shape.members).flatMap((member) =>
          memberLines(name, member, shape.required?.includes(member) === true),
        )
      : [],
  );
  const failures = Object.keys(exceptions).map((name) => `error ${name}`);
  const enumerated = Object.entries<Shape>(values).flatMap(([name, shape]) =>
    'enum' in shape ? (shape.enum ?? []).map((one) => `value ${name}.${one}`) : [],
  );
  return [...called, ...members, ...failures, ...enumerated];
}

const memberLines = (structure: string, member: string, required: boolean) => [
  `member ${structure}.${member}`,
  ...(required ? [`required ${structure}.${member}`] : []),
];

const without = (lines: readonly string[], others: readonly string[]) => {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line)).sort();
};

const [ofTheSdk, ofTheContract] = [linesOfSdk(), linesOfContract()];

test('both models are read: each has operations, members, required members, errors and enumerations', () => {
  for (const lines of [ofTheSdk, ofTheContract]) {
    const kinds = lines.map((line) => line.slice(0, line.indexOf(' ')));
    const counts = Object.fromEntries(
      [...new Set(kinds)].map((kind) => [kind, kinds.filter((k) => k === kind).length]),
    );
    expect(counts.operation).toBeGreaterThanOrEqual(54);
    expect(counts.member).toBeGreaterThan(300);
    expect(counts.required).toBeGreaterThan(60);
    expect(counts.error).toBeGreaterThanOrEqual(48);
    expect(counts.value).toBeGreaterThan(120);
    expect(new Set(lines).size).toBe(lines.length);
  }
});

test('the contract has everything that the SDK has, except what is listed', () => {
  const lacking = without(ofTheSdk, ofTheContract).filter((line) => hasMlKem || !ofMlKem(line));
  expect(lacking).toEqual([...newerInSdk].sort());
});

test('the SDK has everything that the contract has, except what is listed', () => {
  expect(without(ofTheContract, ofTheSdk)).toEqual([...newerInContract].sort());
});
