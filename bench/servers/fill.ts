/**
 * Makes KMS keys in bulk through the whole pipeline without HTTP: resolve, policy, HSM process, durable write with
 * change log and audit. Arguments: data directory, database, number of keys. Prints how many seconds it took.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Door, RawRequest } from '@keystead/control-plane/context/door.ts';
import { handle } from '@keystead/control-plane/pipeline/pipeline.ts';
import { startServer } from '@keystead/control-plane/startup/server.ts';
import { noPolicies } from '@keystead/policy/authority.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { pino } from 'pino';

/** Enough that the writer always finds a full batch waiting. */
const AT_ONCE = 512;
const accountId = '111122223333';
const region = 'us-east-1';

const [dataDir = '', databaseText = 'sqlite', count = '0'] = process.argv.slice(2);
const database = new Secret(databaseText);
const server = await startServer({
  config: {
    listen: '127.0.0.1:0',
    plaintext: 'loopback',
    dataDir,
    accountId,
    region,
    database,
    quotas: 'off',
    seal: `file:${join(dataDir, 'root.key')}`,
    logLevel: 'warn',
    jobIntervalInSeconds: 86_400,
    shutdownGraceInSeconds: 1,
    failedAuthenticationsPerMinute: 60,
  },
  log: pino({ level: 'warn' }, process.stderr),
});

const record = findOperation('CreateKey');
if (!record) throw new Error('there is no CreateKey');
const answer = { status: 200, headers: {}, body: '' };
const door: Door = {
  authenticate: async () => ({
    principal: { kind: 'root', accountId, arn: server.root.arn, principalId: accountId },
    authority: noPolicies,
    accessKeyId: server.root.accessKeyId,
    accountId,
    region,
  }),
  lookUp: () => ({ record, json: { Description: 'one of many' } }),
  encode: () => answer,
  encodeError: (error) => {
    throw error;
  },
};
const raw: RawRequest = {
  method: 'POST',
  rawPath: '/',
  rawQuery: '',
  headers: [],
  body: new Uint8Array(),
  sourceIp: '127.0.0.1',
  userAgent: `bench/${randomUUID()}`,
  secureTransport: false,
};

let left = Number(count);
const worker = async () => {
  while (left > 0) {
    left -= 1;
    if (left % 50_000 === 0) console.error(`  ${left} keys to go`);
    await handle(server.engines, door, raw);
  }
};
const startedAt = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, worker));
console.log((performance.now() - startedAt) / 1000);
await server.stop();
