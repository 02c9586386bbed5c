/**
 * Signature Version 4 and session tokens: how many per second one thread verifies and opens, against the hashes that
 * every verifier must compute; and the share of an Encrypt that a signature takes, by processor time of the API
 * process.
 */
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import { createSealedTokens } from '@keystead/control-plane/authentication/sealed-tokens.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import {
  checkDate,
  deriveSigningKey,
  parseAuthorization,
  type SignableRequest,
  sign,
  verifySignature,
} from '@keystead/control-plane/sigv4/verify.ts';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { microsecondsPerRun } from '../measure/processor-time.ts';
import { encryptProcessorMicroseconds } from './encrypt-processor-time.ts';

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

const rate = { unit: '1/s', better: 'higher' } as const;
const figures: readonly FigureDescription[] = [
  { id: 'signature-rate', name: 'Signatures verified', ...rate, floorName: 'its hashes alone' },
  {
    id: 'session-token-rate',
    name: 'Session tokens opened, each for the first time',
    ...rate,
    floorName: 'hashes of a signature',
  },
  {
    id: 'signature-share',
    name: 'Signature, in an Encrypt',
    unit: 'µs of processor time',
    better: 'neither',
    floorName: 'Encrypt, API process',
  },
];

export const signatures: Benchmark = {
  name: 'signatures',
  summary: 'verifying signatures, opening session tokens, and the share in an Encrypt',
  rounds: 7,
  lasting: false,
  figures,
  prepare: async () => {
    const works = { ...signatureWorks(), open: await sessionTokenWork() };
    return { measure: (round) => measure(round, works), close: async () => undefined };
  },
};

type Works = Readonly<Record<'verify' | 'hashes' | 'open', () => unknown>>;

async function measure(round: number, works: Works): Promise<RoundSamples> {
  const { verify, hashes, open } = microsecondsPerRun(round, works);
  const perSecond = (microseconds: number) => 1_000_000 / microseconds;
  return {
    'signature-rate': { subject: perSecond(verify), floor: perSecond(hashes) },
    'session-token-rate': { subject: perSecond(open), floor: perSecond(hashes) },
    'signature-share': { subject: verify, floor: await encryptProcessorMicroseconds() },
  };
}

function signatureWorks() {
  const request: SignableRequest = { ...plain, headers: sign(plain, credentials, { region: 'us-east-1', nowMs }) };
  const key = createSecretKey(deriveSigningKey(credentials.secretAccessKey, parseAuthorization(request)));
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
  return { verify, hashes };
}

async function sessionTokenWork(): Promise<() => unknown> {
  const sealedTokens = createSealedTokens(createSoftHsm(new SecretBytes(randomBytes(32))));
  const sessionToken = await sealedTokens.seal('session', aSession());
  return () => sealedTokens.open('session', sessionToken);
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
