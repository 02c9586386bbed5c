/**
 * Random JSON for every operation, at both doors, over both databases: it is answered or refused, without internal
 * errors.
 */
import { jest } from '@jest/globals';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { structureOf } from '@keystead/provider-schema/shapes/index.ts';
import fc from 'fast-check';
import { aKey, aUser, type Caller, caller, storedState } from '../support/calls.ts';
import { describeWith } from '../support/needs.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { shapeValue } from '../support/shape-arbitraries.ts';

const RUNS_PER_OPERATION = 25;
jest.setTimeout(180_000);
const records = Object.values<OperationRecord>(operations);

const json = fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as unknown);
/** KEY and ARN are replaced by the id and ARN of an existing key. */
const ids = fc.constantFrom(
  'KEY',
  'ARN',
  'alias/fuzzed',
  'alias/none',
  'arn:aws:kms:us-east-1:444455556666:key/x',
  'a\0b',
);

/** Members of the operation with values of their shapes, of other shapes, or without a shape. */
function inputs(record: OperationRecord): fc.Arbitrary<unknown> {
  const members = Object.entries(structureOf(record.input).members).map(([name, shape]) => {
    const valid = shapeValue(shape).map(toJson);
    const likely = /KeyId$/.test(name) ? ids : valid;
    return [name, fc.oneof({ weight: 6, arbitrary: likely }, { weight: 2, arbitrary: valid }, json)] as const;
  });
  return fc.oneof({ weight: 8, arbitrary: fc.record(Object.fromEntries(members), { requiredKeys: [] }) }, json);
}

function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}

describe('over SQLite', () => judgeAll('SQLite'));
describeWith('postgres')('over PostgreSQL', () => judgeAll('PostgreSQL'));

function judgeAll(engine: 'SQLite' | 'PostgreSQL'): void {
  let postgres: PostgresServer | undefined;
  let server: TestServer;
  let root: Caller;
  let stranger: Caller;
  let key: { readonly keyId: string; readonly arn: string };

  beforeAll(async () => {
    postgres = engine === 'PostgreSQL' ? await startPostgres({ fsync: false }) : undefined;
    const database = postgres && { database: await postgres.createDatabase() };
    server = await startServer({ ...database, env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
    root = caller(server.endpoint, server.credentials);
    stranger = caller(server.endpoint, await aUser(root, 'stranger'));
    key = await aKey(root);
    await root.aws('CreateAlias', { AliasName: 'alias/fuzzed', TargetKeyId: key.keyId });
  });

  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
  });

  const filled = (value: unknown) =>
    JSON.stringify(value)?.replaceAll('"KEY"', `"${key.keyId}"`).replaceAll('"ARN"', `"${key.arn}"`) ?? '';

  /** Each operation with random input at one door or the other. */
  async function expectJudged(by: Caller): Promise<void> {
    const judge = (record: OperationRecord) =>
      fc.asyncProperty(inputs(record), fc.boolean(), async (input, toRest) => {
        const path = record.rest.path.replace(/\{\w+\}/g, key.keyId);
        const reply =
          toRest || record.service !== 'kms'
            ? await by.rest(record.rest.method, path, record.rest.method === 'GET' ? '' : filled(input))
            : await by.aws(record.name, filled(input));
        if (reply.status < 300) return;
        expect(reply.code).toMatch(/^[A-Za-z]+$/);
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.status).toBeLessThan(500);
      });
    await Promise.all(records.map((record) => fc.assert(judge(record), { numRuns: RUNS_PER_OPERATION })));
    expect((await by.rest('GET', '/readyz')).status).toBe(200);
    expect(server.log()).toBe('');
  }

  test('requests of a caller without permissions store nothing', async () => {
    const before = await storedState(root);
    await expectJudged(stranger);
    expect(await storedState(root)).toBe(before);
  });

  test('requests of a caller with all permissions cause no internal error', async () => {
    await expectJudged(root);
  });
}
