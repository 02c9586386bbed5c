/** Every fault that the contract forbids, at both doors of a real server: refused in AWS's words, nothing stored. */
import { restStatus } from '@keystead/provider-schema/errors.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { hasBody, pathMembers } from '@keystead/provider-schema/rest.ts';
import { type Caller, caller, storedState } from '../support/calls.ts';
import { type Fault, faultsOf, validJson } from '../support/contract-faults.ts';
import { startServer, type TestServer } from '../support/server.ts';

const records = Object.values<OperationRecord>(operations);
const CONCURRENCY = 16;

let server: TestServer;
let root: Caller;
let before: string;

beforeAll(async () => {
  server = await startServer({ env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
  root = caller(server.endpoint, server.credentials);
  before = await storedState(root);
});

afterAll(async () => {
  await server.stop();
});

/** Runs the cases a few at a time and tells which did not hold. */
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

function told(
  record: OperationRecord,
  fault: Fault,
  answer: { readonly status: number; readonly text: string },
): string {
  return `${record.name}: ${fault.what}, expected ${fault.code}: ${answer.status} ${answer.text.slice(0, 300)}`;
}

test("the AWS door names each fault with AWS's code, and says nothing else", async () => {
  const cases = records.filter((record) => record.service === 'kms').flatMap(inputFaults);
  expect(cases.length).toBeGreaterThan(1500);
  const wrong = await unexpected(cases, async ({ record, fault }) => {
    const answer = await root.aws(record.name, JSON.stringify(fault.json));
    const right =
      answer.status === 400 && answer.code === fault.code && answer.headers['x-amzn-errortype'] === fault.code;
    return right ? undefined : told(record, fault, answer);
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
    const answer = await root.rest(record.rest.method, target, JSON.stringify(fault.json));
    const right =
      answer.status === restStatus(fault.code) &&
      answer.code === fault.code &&
      answer.json.status === answer.status &&
      answer.headers['content-type'] === 'application/problem+json';
    return right || !isObject(fault.json) ? wrongUnless(right, answer.code) : told(record, fault, answer);
  });
  expect(wrong).toEqual([]);
});

/** A body that is no object at all is refused before its operation is looked at. */
const wrongUnless = (right: boolean, code: string | undefined) =>
  right || code === 'SerializationException' ? undefined : `a body that is no object: ${code}`;

test('nothing was stored, nothing failed within, and the server is ready', async () => {
  expect(await storedState(root)).toBe(before);
  expect((await root.rest('GET', '/readyz')).status).toBe(200);
  expect(server.log()).toBe('');
});
