/**
 * Signature Version 4 and session tokens: how many a second one thread verifies and opens, against the hashes that cannot be
 * done without; and which share of an Encrypt that is, by processor time of the API process.
 */
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBytes } from '@keystead/control-plane/hsm/secret-bytes.ts';
import { SoftHsm } from '@keystead/control-plane/hsm/soft-hsm.ts';
import { createTokens } from '@keystead/control-plane/tokens.ts';
import {
  checkDate,
  deriveSigningKey,
  parseAuthorization,
  type SignableRequest,
  sign,
  verifySignature,
} from '@keystead/control-plane/wire/sigv4.ts';
import { prepareEncrypt } from './encrypt.ts';
import { load } from './load.ts';
import { type Figure, median, ratio } from './report.ts';
import { startKeystead } from './servers.ts';

const ROUNDS = 5;
const PER_ROUND = 10_000;
const ENCRYPTS = 5_000;
const nowMs = Date.UTC(2026, 2, 1, 12);
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** As an SDK sends an Encrypt. */
const plain: SignableRequest = {
  method: 'POST',
  rawPath: '/',
  rawQuery: '',
  headers: [
    ['host', 'kms.example.com:8600'],
    ['content-type', 'application/x-amz-json-1.1'],
    ['x-amz-target', 'TrentService.Encrypt'],
    ['user-agent', 'aws-sdk-js/3.1169.0'],
    ['amz-sdk-request', 'attempt=1; max=3'],
  ],
  body: Buffer.from(
    JSON.stringify({
      KeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
      Plaintext: Buffer.alloc(256, 7).toString('base64'),
      EncryptionContext: { Department: 'finance' },
    }),
  ),
};

export async function benchSignatures(): Promise<readonly Figure[]> {
  const request: SignableRequest = { ...plain, headers: sign(plain, credentials, { region: 'us-east-1', nowMs }) };
  const parsed = parseAuthorization(request);
  const key = createSecretKey(deriveSigningKey(credentials.secretAccessKey, parsed));
  const verify = () => {
    const claimed = parseAuthorization(request);
    checkDate(claimed, nowMs);
    verifySignature(claimed, request, key);
  };
  // Hash of the body, hash of a canonical request, MAC of the string to sign: what every verifier computes.
  const canonical = Buffer.alloc(400, 'a');
  const hashes = () => {
    hash('sha256', request.body, 'hex');
    hash('sha256', canonical, 'hex');
    createHmac('sha256', key).update(canonical.subarray(0, 140)).digest();
  };
  const tokens = await createTokens(new SoftHsm(new SecretBytes(randomBytes(32))));
  const token = tokens.seal('session', aSession());
  const open = () => tokens.open('session', token);
  const perSecond = alternate({ verify, hashes, open });
  const encryptMicroseconds = await processorTimeOfEncrypt();
  const microseconds = (rate: number) => 1_000_000 / rate;
  const inApi = 'Encrypt, API process';
  return [
    ratio('Signatures verified/s', 'its hashes alone', perSecond.verify, perSecond.hashes),
    ratio(
      'Session tokens opened/s, each for the first time',
      'hashes of a signature',
      perSecond.open,
      perSecond.hashes,
    ),
    ratio('Signature: processor µs', inApi, microseconds(perSecond.verify), encryptMicroseconds),
  ];
}

function aSession() {
  return {
    accessKeyId: 'ASIARTX3GSDSVCKOVETM',
    wrappedSecret: randomBytes(73).toString('base64'),
    accountId: '111122223333',
    principalId: 'AROAEXAMPLEEXAMPLEEXA',
    sessionName: 'build-7',
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 3_600_000,
    openedBy: credentials.accessKeyId,
  };
}

/** Runs in a second of processor time. In turn, so that a drift of the machine's speed hits all; the median round counts. */
export function alternate<Name extends string>(works: Readonly<Record<Name, () => unknown>>): Record<Name, number> {
  const names = Object.keys(works) as Name[];
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const before = process.cpuUsage();
      for (let i = 0; i < PER_ROUND; i++) works[name]();
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) rates.get(name)?.push(PER_ROUND / ((user + system) / 1_000_000));
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(rates.get(name) ?? [])])) as Record<Name, number>;
}

/** Microseconds of all threads of the API process, its store's writer included, for one Encrypt under load. */
export async function processorTimeOfEncrypt(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keystead-bench-'));
  const server = await startKeystead(dataDir);
  try {
    const encrypt = await prepareEncrypt(server.endpoint, dataDir);
    await load(encrypt, ENCRYPTS / 5, 32);
    const before = await processorSeconds(server.endpoint);
    await load(encrypt, ENCRYPTS, 32);
    return ((await processorSeconds(server.endpoint)) - before) * (1_000_000 / ENCRYPTS);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
}

async function processorSeconds(endpoint: string): Promise<number> {
  const text = await (await fetch(`${endpoint}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}
