/**
 * An account's Encrypts while another account of the same server sends the worst it can: requests whose key policy costs
 * more than a decision may, key policies of the greatest size that take long to compile, bodies of the greatest size,
 * and inputs with as many faults as fit. The floor is the same load alone.
 */
import { setTimeout } from 'node:timers/promises';
import { signRequest } from '@keystead/control-plane/sigv4/verify.ts';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { load } from '../load/load.ts';
import { type Caller, call, prepare, prepareEncrypt } from '../load/prepare.ts';
import type { LoadResult, PreparedRequest } from '../load/request.ts';
import type { Benchmark, RoundSamples } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { inTurn } from '../measure/in-turn.ts';
import { callerOf, startKeystead } from '../servers/processes.ts';

const NEIGHBOUR = '222233334444';
const CONNECTIONS = 8;
/** The neighbour's driver needs processor time to begin, which is not the server's. */
const LEAD_SECONDS = 2;
const TIMES = { warmUpSeconds: 1, measuredSeconds: 2.5 } as const;
const floorName = 'the same alone';

export const hostileNeighbour: Benchmark = {
  name: 'hostile-neighbour',
  summary: 'Encrypt while another account sends requests and policies that are built to be expensive',
  rounds: 7,
  lasting: false,
  figures: [
    {
      id: 'hostile-neighbour-rate',
      name: 'Encrypt beside a hostile account',
      unit: 'requests/s',
      better: 'higher',
      floorName,
    },
    {
      id: 'hostile-neighbour-p99',
      name: 'Encrypt beside a hostile account, p99',
      unit: 'ms',
      better: 'lower',
      floorName,
    },
  ],
  prepare: () =>
    withClosers(async (closers) => {
      const dataDir = await closers.directory();
      const server = await startKeystead(dataDir);
      closers.add(server.stop);
      const caller = await callerOf(server, dataDir);
      const neighbour = await createNeighbour(caller);
      const own = await prepareEncrypt(caller);
      const hostile = await expensiveRequests(neighbour);
      return { measure: (round) => measure(round, own, hostile), close: closers.close };
    }),
};

async function measure(
  round: number,
  own: PreparedRequest,
  hostile: readonly PreparedRequest[],
): Promise<RoundSamples> {
  const { subject, floor } = await inTurn(round, { subject: () => beside(own, hostile), floor: () => alone(own) });
  return {
    'hostile-neighbour-rate': { subject: subject.requestsPerSecond, floor: floor.requestsPerSecond },
    'hostile-neighbour-p99': { subject: subject.p99Ms, floor: floor.p99Ms },
  };
}

const alone = (own: PreparedRequest) => load({ requests: [own], connections: CONNECTIONS, ...TIMES });

/** The neighbour begins first and ends last, so that it is there all the time that is measured. */
async function beside(own: PreparedRequest, neighbours: readonly PreparedRequest[]): Promise<LoadResult> {
  const whole = LEAD_SECONDS + TIMES.warmUpSeconds + TIMES.measuredSeconds + 1;
  const other = load({
    ...{ requests: neighbours, connections: CONNECTIONS, warmUpSeconds: 0, measuredSeconds: whole },
    acceptsRefusals: true,
  });
  await setTimeout(LEAD_SECONDS * 1000);
  const [measured] = await Promise.all([alone(own), other]);
  return measured;
}

/** The root user of a second account. */
async function createNeighbour(caller: Caller): Promise<Caller> {
  const { method, target, body } = encodeRestCall('CreateAccount', { AccountId: NEIGHBOUR });
  const url = new URL(target, caller.endpoint);
  const headers = signRequest({
    ...{ method, url, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) },
    ...{ credentials: caller.credentials, region: caller.region, service: 'kms', nowMs: Date.now() },
  });
  const answer = await fetch(url, { method, headers, body });
  if (!answer.ok) throw new Error(`CreateAccount answered ${answer.status}: ${await answer.text()}`);
  const { AccessKey } = (await answer.json()) as OutputJson<'CreateAccount'>;
  const credentials = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  return { ...caller, credentials };
}

const account = { Effect: 'Allow', Principal: { AWS: NEIGHBOUR }, Action: 'kms:*', Resource: '*' };
const document = (...statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [account, ...statements] });
const deny = (Condition: object) => ({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*', Condition });

/** Wildcards that nearly fit everywhere in a long value, in every statement. */
const costlyToEvaluate = document(
  ...Array.from({ length: 150 }, () => deny({ StringLike: { 'kms:EncryptionContext:long': '*a?a?a?a?a?a?a?b*' } })),
);
/** As many patterns as fit, other ones each time: no cache has them. */
const costlyToCompile = (i: number) =>
  document(deny({ ArnLike: { 'aws:PrincipalArn': Array.from({ length: 2500 }, (_, n) => `a:${i}:${n}*`) } }));

async function expensiveRequests(neighbour: Caller): Promise<readonly PreparedRequest[]> {
  const { KeyMetadata } = await call(neighbour, 'CreateKey', { Policy: costlyToEvaluate });
  const { KeyMetadata: other } = await call(neighbour, 'CreateKey', {});
  const encrypt = prepare(neighbour, 'Encrypt', {
    KeyId: KeyMetadata?.KeyId ?? '',
    Plaintext: Buffer.alloc(256, 7).toString('base64'),
    EncryptionContext: { long: 'a'.repeat(7500) },
  });
  const put = (i: number) =>
    prepare(neighbour, 'PutKeyPolicy', { KeyId: other?.KeyId ?? '', Policy: costlyToCompile(i) });
  const largest = prepare(neighbour, 'Encrypt', {
    KeyId: KeyMetadata?.KeyId ?? '',
    Plaintext: Buffer.alloc(780_000, 7).toString('base64'),
  });
  const faulty = prepare(neighbour, 'CreateGrant', {
    ...{ KeyId: '', GranteePrincipal: '' },
    Operations: Array.from({ length: limits.requestValues - 10 }, () => '') as never,
  });
  return [...Array.from({ length: 16 }, (_, i) => [encrypt, put(i), faulty]).flat(), largest];
}
