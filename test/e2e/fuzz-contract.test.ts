/**
 * Every violation of the contract, at both doors of a real server, is refused in AWS's words, and nothing is stored.
 */
import type { SigningCredentials } from '@keystead/control-plane/sigv4/verify.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { hasBody, pathMembers } from '@keystead/provider-schema/rest.ts';
import { structureOf } from '@keystead/provider-schema/shapes/index.ts';
import { aUser, type Caller, caller, storedState } from '../support/calls.ts';
import { boundsOf, type Fault, faultsOf, validJson } from '../support/contract-faults.ts';
import { startServer, type TestServer } from '../support/server.ts';

const records = Object.values<OperationRecord>(operations);
const kms = records.filter(({ service }) => service === 'kms');
const CONCURRENCY = 16;

let server: TestServer;
let root: Caller;
let nobodyCredentials: SigningCredentials;
let before: string;

beforeAll(async () => {
  server = await startServer({ env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
  root = caller(server.endpoint, server.credentials);
  nobodyCredentials = await aUser(root, 'nobody');
  before = await storedState(root);
});

afterAll(async () => {
  await server.stop();
});

/** Runs the cases a few at a time and returns the messages of those that failed. */
async function unexpected<Case>(cases: readonly Case[], judge: (one: Case) => Promise<string | undefined>) {
  const queue = [...cases];
  const wrong: string[] = [];
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const fault = await judge(one);
      if (fault !== undefined) wrong.push(fault);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return wrong;
}

const inputFaults = (record: OperationRecord) => faultsOf(record.input).map((fault) => ({ record, fault }));
const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

function mismatch(
  record: OperationRecord,
  fault: Fault,
  answer: { readonly status: number; readonly text: string },
): string {
  return `${record.name}: ${fault.what}, expected ${fault.code}: ${answer.status} ${answer.text.slice(0, 300)}`;
}

/** Whether the count is right in `1 validation error detected: …`, `2 validation errors detected: …; …`. */
function isCounted(message: string): boolean {
  const [, count, plural = '', items = ''] = /^(\d+) validation error(s?) detected: (.*)$/s.exec(message) ?? [];
  const said = items.match(/ failed to satisfy constraint: /g)?.length;
  return Number(count) === said && (plural === 's') === said > 1;
}

test("the AWS door names each fault with AWS's code, and no other fault", async () => {
  const cases = kms.flatMap(inputFaults);
  expect(cases.length).toBeGreaterThan(1500);
  const wrong = await unexpected(cases, async ({ record, fault }) => {
    const answer = await root.aws(record.name, JSON.stringify(fault.json));
    const right =
      answer.status === 400 && answer.code === fault.code && answer.headers['x-amzn-errortype'] === fault.code;
    return right && (fault.code !== 'ValidationException' || isCounted(answer.message))
      ? undefined
      : mismatch(record, fault, answer);
  });
  expect(wrong).toEqual([]);
});

test('the AWS door names all faults of a request in one text', async () => {
  const several = kms.flatMap((record) => {
    const { members, required = [] } = structureOf(record.input);
    const invalid = Object.keys(members).flatMap((name) => {
      const fault = faultsOf(members[name] ?? '', name).find(({ code }) => code === 'ValidationException');
      return fault ? [[name, fault.json] as const] : [];
    });
    // A required member without invalid values is made faulty by omitting it.
    const faulty = new Set([...required, ...invalid.map(([name]) => name)]);
    return faulty.size > 1 ? [{ record, json: Object.fromEntries(invalid), faulty: [...faulty] }] : [];
  });
  expect(several.length).toBeGreaterThan(30);
  const wrong = await unexpected(several, async ({ record, json, faulty }) => {
    const answer = await root.aws(record.name, JSON.stringify(json));
    const unnamed = faulty.filter(
      (name) => !answer.message.includes(`at '${name.charAt(0).toLowerCase()}${name.slice(1)}`),
    );
    const right = answer.code === 'ValidationException' && isCounted(answer.message) && unnamed.length === 0;
    return right ? undefined : `${record.name} does not name ${unnamed}: ${answer.text.slice(0, 500)}`;
  });
  expect(wrong).toEqual([]);
});

test('a value exactly at its limit, and null for an optional member, are valid', async () => {
  // The caller has no permissions, so that the requests change nothing.
  const nobody = caller(server.endpoint, nobodyCredentials);
  const limits = kms.flatMap((record) => boundsOf(record.input).map((limit) => ({ record, ...limit })));
  const absent = kms.flatMap((record) => {
    const { members, required = [] } = structureOf(record.input);
    const base = validJson(record.input) as Readonly<Record<string, unknown>>;
    return Object.keys(members)
      .filter((name) => !required.includes(name))
      .map((name) => ({ record, what: `.${name} is null`, json: { ...base, [name]: null } }));
  });
  expect(limits.length).toBeGreaterThan(150);
  expect(absent.length).toBeGreaterThan(100);
  const wrong = await unexpected([...limits, ...absent], async ({ record, what, json }) => {
    const answer = await nobody.aws(record.name, JSON.stringify(json));
    const refused =
      /SerializationException/.test(answer.code ?? '') || / validation errors? detected: /.test(answer.message);
    return refused || answer.status === 500 ? `${record.name}: ${what}: ${answer.text.slice(0, 300)}` : undefined;
  });
  expect(wrong).toEqual([]);
});

test('the REST door answers the same faults with problem details', async () => {
  const cases = records
    .filter(hasBody)
    .flatMap(inputFaults)
    .filter(({ record, fault }) => !pathMembers(record).some((member) => fault.what.startsWith(`.${member} `)));
  const wrong = await unexpected(cases, async ({ record, fault }) => {
    const valid = validJson(record.input) as Readonly<Record<string, string>>;
    const target = record.rest.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(valid[name] ?? ''));
    const answer = await root.rest(record.rest.method, target, JSON.stringify(withoutPath(record, fault.json)));
    const right =
      answer.status === 400 &&
      answer.code === fault.code &&
      answer.json.status === answer.status &&
      answer.headers['content-type'] === 'application/problem+json';
    return right || !isObject(fault.json) ? wrongUnless(right, answer.code) : mismatch(record, fault, answer);
  });
  expect(wrong).toEqual([]);
});

/** What is in the path cannot be in the body too. */
function withoutPath(record: OperationRecord, json: unknown): unknown {
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).filter(([member]) => !pathMembers(record).includes(member)));
}

/** A body that is not an object is refused before its operation is looked up. */
const wrongUnless = (right: boolean, code: string | undefined) =>
  right || code === 'SerializationException' ? undefined : `a body that is not an object: ${code}`;

test('nothing was stored, the server logged no internal error and is ready', async () => {
  expect(await storedState(root)).toBe(before);
  expect((await root.rest('GET', '/readyz')).status).toBe(200);
  expect(server.log()).toBe('');
});
