/**
 * What a request costs among very many keys, against the same request among a thousand: two servers, one with each, take
 * turns under the same load. Making the keys is timed too.
 * BENCH_KEYS sets how many, BENCH_DATABASE names a PostgreSQL (postgres://…) to take in place of SQLite.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { type LoadResult, load, type PreparedRequest } from './load.ts';
import { type Caller, prepare } from './prepare.ts';
import { type Figure, ratio } from './report.ts';
import { type BenchServer, credentialsOf, root, startKeystead } from './servers.ts';

const MANY = Number(process.env.BENCH_KEYS ?? 1_000_000);
const FEW = 1000;
const CONNECTIONS = 32;
/** Keys that are looked at, spread evenly over all: as many on both sides, so that caches help both alike. */
const SAMPLE = 500;
const ROUNDS = 5;
const REQUESTS_PER_ROUND = { ListKeys: 1000, DescribeKey: 4000, Encrypt: 4000, CreateKey: 2000 } as const;

type Operation = keyof typeof REQUESTS_PER_ROUND;
const operations = Object.keys(REQUESTS_PER_ROUND) as readonly Operation[];

export async function benchManyKeys(): Promise<readonly Figure[]> {
  const database = process.env.BENCH_DATABASE ?? 'sqlite';
  const directories = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'keystead-bench-'))));
  const [fewDir = '', manyDir = ''] = directories;
  // On PostgreSQL each side has a database of its own, in the server that BENCH_DATABASE names.
  const own = (name: string) => (database === 'sqlite' ? database : new URL(name, database).href);
  const servers: BenchServer[] = [];
  const start = async (dataDir: string, name: string): Promise<Caller> => {
    const server = await startKeystead(dataDir, own(name));
    servers.push(server);
    return { endpoint: server.endpoint, credentials: await credentialsOf(dataDir), region: 'us-east-1' };
  };
  try {
    const floor = await makeKeys(fewDir, own('few'), FEW);
    const bulk = await makeKeys(manyDir, own('many'), MANY);
    const few = await start(fewDir, 'few');
    const many = await start(manyDir, 'many');
    await settled(few);
    await settled(many);
    const sides = { floor: await sampleKeys(few, FEW), ours: await sampleKeys(many, MANY) };
    const figures = [ratio(`Making ${count(MANY)} keys: keys/s`, `${count(FEW)} keys`, bulk, floor)];
    for (const operation of operations) {
      const requests = (side: 'floor' | 'ours') => sides[side](operation);
      figures.push(...(await compare(operation, requests)));
    }
    return figures;
  } finally {
    for (const server of servers) await server.stop();
    for (const directory of directories) await rm(directory, { recursive: true });
  }
}

/** Through the whole pipeline but its door, in a process of its own; the server starts on what it leaves. @returns keys/s */
async function makeKeys(dataDir: string, database: string, keys: number): Promise<number> {
  const script = join(root, 'bench/fill.ts');
  const child = spawn(process.execPath, [script, dataDir, database, String(keys)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seconds = Number(await text(child.stdout));
  if (!(seconds > 0)) throw new Error(`bench/fill.ts made no keys in ${dataDir}`);
  return keys / seconds;
}

/** Jobs read the log of all that was made, once; who measures waits until the server's processor time stands still. */
async function settled({ endpoint }: Caller): Promise<void> {
  const cpuSeconds = async () => {
    const exposed = await (await fetch(new URL('/metrics', endpoint))).text();
    return Number(/^process_cpu_seconds_total ([\d.]+)/m.exec(exposed)?.[1]);
  };
  for (let before = await cpuSeconds(); ; ) {
    await setTimeout(2000);
    const now = await cpuSeconds();
    if (now - before < 0.1) return;
    before = now;
  }
}

/** Signs anew what is asked of keys spread evenly over all there are. */
async function sampleKeys(caller: Caller, keys: number): Promise<(operation: Operation) => readonly PreparedRequest[]> {
  const ids: string[] = [];
  const markers: string[] = [];
  const every = Math.max(1, Math.floor(keys / SAMPLE));
  let seen = 0;
  for (let Marker: string | undefined; ; ) {
    const page = await listKeys(caller, Math.min(1000, keys / 10), Marker);
    for (const { KeyId } of page.Keys) if (seen++ % every === 0) ids.push(KeyId);
    if (page.NextMarker === undefined) break;
    Marker = page.NextMarker;
    markers.push(page.NextMarker);
  }
  const Plaintext = Buffer.alloc(256, 7).toString('base64');
  return (operation) => {
    const inputs: Readonly<Record<Operation, readonly object[]>> = {
      ListKeys: markers.map((Marker) => ({ Marker, Limit: 100 })),
      DescribeKey: ids.map((KeyId) => ({ KeyId })),
      Encrypt: ids.map((KeyId) => ({ KeyId, Plaintext })),
      CreateKey: [{}],
    };
    return inputs[operation].map((input) => prepare(caller, operation, input));
  };
}

interface KeyPage {
  readonly Keys: readonly { readonly KeyId: string }[];
  readonly NextMarker?: string;
}

async function listKeys(caller: Caller, Limit: number, Marker: string | undefined): Promise<KeyPage> {
  const { url, headers, body } = prepare(caller, 'ListKeys', { Limit, ...(Marker !== undefined && { Marker }) });
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`ListKeys answered ${answer.status}`);
  return (await answer.json()) as KeyPage;
}

/** In turn, so that a drift of the machine's speed hits both; the median round counts. */
async function compare(
  operation: Operation,
  requestsOf: (side: 'floor' | 'ours') => readonly PreparedRequest[],
): Promise<readonly Figure[]> {
  const requests = REQUESTS_PER_ROUND[operation];
  const rounds: { readonly floor: LoadResult; readonly ours: LoadResult }[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const floor = await load(requestsOf('floor'), requests, CONNECTIONS);
    const ours = await load(requestsOf('ours'), requests, CONNECTIONS);
    if (round >= 0) rounds.push({ floor, ours }); // the first round warms both
  }
  const quotient = ({ floor, ours }: (typeof rounds)[number]) => ours.requestsPerSecond / floor.requestsPerSecond;
  rounds.sort((a, b) => quotient(a) - quotient(b));
  const { floor, ours } = rounds[Math.floor(ROUNDS / 2)] as (typeof rounds)[number];
  const name = `${operation} among ${count(MANY)} keys`;
  const among = `among ${count(FEW)}`;
  return [
    ratio(`${name}: requests/s`, among, ours.requestsPerSecond, floor.requestsPerSecond),
    ratio(`${name}: median ms`, among, ours.medianMs, floor.medianMs),
  ];
}

const count = (keys: number): string => keys.toLocaleString('en-US');
