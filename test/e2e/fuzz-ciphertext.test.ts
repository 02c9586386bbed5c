/**
 * Changed ciphertexts, encryption contexts, signatures and MACs, for every operation whose record takes them. None is
 * accepted, the server has no internal error, and all decryption failures look the same.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord, Target } from '@keystead/provider-schema/records.ts';
import { structureOf } from '@keystead/provider-schema/shapes/index.ts';
import { aKey, aUser, type Caller, caller, type Json, type Reply } from '../support/calls.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { runs } from '../support/sizes.ts';

const ACCOUNT = '111122223333';
const OTHER_ACCOUNT = '444455556666';
const AWAY = { region: 'eu-west-1' };
const Plaintext = Buffer.from('attack at dawn').toString('base64');
const context = { Department: 'finance', Stage: 'beta', Ä: '財務' };

let dataDir: string;
let server: TestServer;
let root: Caller;
let user: Caller;
let otherRoot: Caller;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-fuzz-ciphertext-'));
  const foreign = { accessKeyId: 'AKIAOTHERACCOUNTROOT', secretAccessKey: 'other-account-root-secret-0123456789abcd' };
  const env = {
    KEYSTEAD_LOG_LEVEL: 'warn',
    KEYSTEAD_ROOT_ACCESS_KEY_ID: foreign.accessKeyId,
    KEYSTEAD_ROOT_SECRET_ACCESS_KEY: foreign.secretAccessKey,
  };
  // One control plane has two accounts: it was started once with each account id.
  await (await startServer({ dataDir, accountId: OTHER_ACCOUNT, env })).stop();
  server = await startServer({ dataDir, accountId: ACCOUNT, env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
  root = caller(server.endpoint, server.credentials);
  otherRoot = caller(server.endpoint, foreign);
  user = caller(server.endpoint, await aUser(root, 'nobody'));
});

afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Opening {
  readonly record: OperationRecord;
  /** Members by their content. */
  readonly blob: string;
  readonly key: string;
  readonly context: string;
  readonly algorithm: string;
}

/** Read from the contract, so that a new operation that decrypts ciphertexts is tested too. */
const openings: readonly Opening[] = Object.values<OperationRecord>(operations).flatMap((record) =>
  record.targets
    .filter((target): target is Extract<Target, { kind: 'key' }> => target.kind === 'key')
    .filter((target) => target.ciphertextMember !== undefined)
    .map((target) => {
      const members = Object.entries(structureOf(record.input).members);
      const side = target.member.replace(/KeyId$/, '');
      const first = (shape: string) => members.find(([name, of]) => of === shape && name.startsWith(side))?.[0] ?? '';
      return {
        record,
        blob: target.ciphertextMember ?? '',
        key: target.member,
        context: first('EncryptionContextType'),
        algorithm: first('EncryptionAlgorithmSpec'),
      };
    }),
);

test('the contract has exactly the expected operations that decrypt ciphertexts', () => {
  expect(openings.map(({ record, ...members }) => [record.name, members])).toEqual([
    [
      'Decrypt',
      { blob: 'CiphertextBlob', key: 'KeyId', context: 'EncryptionContext', algorithm: 'EncryptionAlgorithm' },
    ],
    [
      'ReEncrypt',
      {
        blob: 'CiphertextBlob',
        key: 'SourceKeyId',
        context: 'SourceEncryptionContext',
        algorithm: 'SourceEncryptionAlgorithm',
      },
    ],
  ]);
});

/** Everything in a refusal that a client can see, except request id and time. */
function appearance({ status, headers, text }: Reply): string {
  const { date: _, ...others } = headers;
  const id = String(headers['x-amzn-requestid'] ?? headers['x-request-id'] ?? '');
  return JSON.stringify([status, others, text]).replaceAll(id === '' ? '\0' : id, 'ID');
}

type Ask = (input: Json) => Promise<Reply>;

const doors: readonly (readonly [door: string, by: (record: OperationRecord, caller: Caller) => Ask])[] = [
  ['AWS', (record, by) => (input) => by.aws(record.name, input)],
  ['REST', (record, by) => (input) => by.rest(record.rest.method, record.rest.path, input)],
];

/** Sends all inputs and returns the distinct appearances of the answers. */
async function appearances(ask: Ask, inputs: readonly Json[]): Promise<readonly string[]> {
  const seen = new Set<string>();
  const queue = [...inputs];
  const work = async () => {
    for (let input = queue.shift(); input; input = queue.shift()) {
      const reply = await ask(input);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.status).toBeLessThan(500);
      seen.add(appearance(reply));
    }
  };
  await Promise.all(Array.from({ length: 12 }, work));
  return [...seen];
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const flippedAt = (bytes: Uint8Array, at: number, mask = 1 + ((at * 37) % 255)) =>
  bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** Each byte flipped, each shorter length, and one byte more. */
const damaged = (bytes: Uint8Array, from = 0): readonly string[] => [
  ...range(from, bytes.length).map((at) => base64(flippedAt(bytes, at))),
  ...range(Math.max(from, 1), bytes.length).map((length) => base64(bytes.subarray(0, length))),
  base64(Uint8Array.from([...bytes, 0])),
];

/** Inputs that cost an RSA operation each: every ninth in `make test`, all of them in `make exhaustive`. */
const sampled = (texts: readonly string[]) => texts.filter((_, n) => n % runs(9, 1) === 0);

/** Contexts with a pair changed in name, value or case, or left out; with one more pair; and without any. */
function otherContexts(pairs: Readonly<Record<string, string>>): readonly Json[] {
  const names = Object.keys(pairs);
  const without = (name: string) => Object.fromEntries(Object.entries(pairs).filter(([other]) => other !== name));
  return [
    {},
    { ...pairs, more: '' },
    ...names.flatMap((name) => [
      without(name),
      { ...pairs, [name]: `${pairs[name]} ` },
      { ...pairs, [name]: '' },
      { ...pairs, [name]: (pairs[name] ?? '').toUpperCase() === pairs[name] ? 'x' : (pairs[name] ?? '').toUpperCase() },
      { ...without(name), [`${name}x`]: pairs[name] },
      { ...without(name), [name.toLowerCase() === name ? name.toUpperCase() : name.toLowerCase()]: pairs[name] },
    ]),
    Object.fromEntries(names.map((name, i) => [name, pairs[names[(i + 1) % names.length] ?? '']])),
  ];
}

describe.each(doors)('at the %s door', (_door, at) => {
  describe.each(openings.map((opening) => [opening.record.name, opening] as const))('%s', (_name, opening) => {
    const { record, blob, key, context: contextMember, algorithm } = opening;
    const ask = (by: Caller) => at(record, by);
    let symmetric: { readonly keyId: string; readonly arn: string };
    let sealed: Buffer;
    let good: Json;

    async function encrypted(input: Json): Promise<Buffer> {
      const { json } = await root.aws('Encrypt', { Plaintext, ...input });
      return Buffer.from(String(json.CiphertextBlob), 'base64');
    }

    beforeAll(async () => {
      symmetric = await aKey(root);
      sealed = await encrypted({ KeyId: symmetric.keyId, EncryptionContext: context });
      const rest = record.name === 'ReEncrypt' ? { DestinationKeyId: symmetric.keyId } : {};
      good = { ...rest, [blob]: base64(sealed), [key]: symmetric.keyId, [contextMember]: context };
      expect((await ask(root)(good)).status).toBe(200);
    });

    /** Bytes 0 to 17 name the ciphertext's layout and its key. */
    const NAMES = 18;

    test('refuses every damaged ciphertext and every other context with the same answer', async () => {
      const inputs = [
        ...damaged(sealed, NAMES).map((text) => ({ ...good, [blob]: text })),
        ...otherContexts(context).map((pairs) => ({ ...good, [contextMember]: pairs })),
        { ...good, [blob]: base64(flippedAt(sealed, 0)) },
        { ...good, [blob]: base64(Buffer.alloc(6144, 7)) },
      ];
      const unnamed = inputs.map(({ [key]: _, ...input }: Record<string, unknown>) => input);
      const seen = await appearances(ask(root), [...inputs, ...unnamed]);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toContain('InvalidCiphertextException');
    });

    test('answers a ciphertext that names another key without revealing whether that key exists', async () => {
      const others = [await aKey(root), await aKey(root)];
      const ofOthers = await Promise.all(
        others.map(({ keyId }) => encrypted({ KeyId: keyId, EncryptionContext: context })),
      );
      const ofNobody = range(2, NAMES).map((byte) => flippedAt(sealed, byte));
      const inputs = [...ofOthers, ...ofNobody].map((bytes) => ({ ...good, [blob]: base64(bytes) }));
      const named = await appearances(ask(root), inputs);
      expect(named).toHaveLength(1);
      expect(named[0]).toContain('IncorrectKeyException');
      const unnamed = inputs.map(({ [key]: _, ...input }: Record<string, unknown>) => input);
      const closed = await appearances(ask(user), unnamed);
      expect(closed).toHaveLength(1);
      expect(closed[0]).toContain('on the resource associated with this ciphertext');
    });

    test('decrypts nothing in another Region or for another account', async () => {
      const { [key]: _, ...unnamed } = good as Record<string, unknown>;
      const inRegion = async (input: Json) =>
        record.name === 'ReEncrypt' ? { ...input, DestinationKeyId: (await aKey(root, {}, AWAY)).keyId } : input;
      const away = await root.aws(record.name, await inRegion(unnamed), AWAY);
      expect([away.status, away.code]).toEqual([400, 'AccessDeniedException']);
      const byArn = await root.aws(record.name, await inRegion({ ...good, [key]: symmetric.arn }), AWAY);
      expect([byArn.status, byArn.code]).toEqual([400, 'NotFoundException']);

      const destination = record.name === 'ReEncrypt' ? { DestinationKeyId: (await aKey(otherRoot)).keyId } : {};
      const nobodys = base64(flippedAt(sealed, 5));
      const foreign = await appearances(ask(otherRoot), [
        { ...unnamed, ...destination },
        { ...unnamed, ...destination, [blob]: nobodys },
      ]);
      expect(foreign).toHaveLength(1);
      expect(foreign[0]).toContain('AccessDeniedException');
      const missing = symmetric.arn.replace(symmetric.keyId, '1234abcd-12ab-34cd-56ef-1234567890ab');
      const closed = await appearances(
        ask(otherRoot),
        [symmetric.arn, missing].map((arn) => ({ ...good, ...destination, [key]: arn })),
      );
      expect(closed).toHaveLength(1);
      expect(closed[0]).toContain('AccessDeniedException');
    });

    test('refuses every damaged ciphertext of an RSA key with the same answer too', async () => {
      const rsa = await aKey(root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
      const another = await aKey(root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
      const by = { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
      const bytes = await encrypted({ KeyId: rsa.keyId, ...by });
      const { [contextMember]: _, ...rest } = good as Record<string, unknown>;
      const input = { ...rest, [key]: rsa.keyId, [algorithm]: 'RSAES_OAEP_SHA_256' };
      expect((await ask(root)({ ...input, [blob]: base64(bytes) })).status).toBe(200);
      const others = [
        await encrypted({ KeyId: another.keyId, ...by }),
        await encrypted({ KeyId: rsa.keyId, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }),
        sealed,
      ];
      const seen = await appearances(
        ask(root),
        [...sampled(damaged(bytes)), ...others.map(base64)].map((text) => ({ ...input, [blob]: text })),
      );
      expect(seen).toHaveLength(1);
      expect(seen[0]).toContain('InvalidCiphertextException');
    });
  });

  describe.each([
    [
      'Verify',
      'Sign',
      'Signature',
      'KMSInvalidSignatureException',
      'ECC_NIST_P256',
      'SigningAlgorithm',
      'ECDSA_SHA_256',
    ],
    [
      'Verify',
      'Sign',
      'Signature',
      'KMSInvalidSignatureException',
      'RSA_2048',
      'SigningAlgorithm',
      'RSASSA_PSS_SHA_256',
    ],
    ['VerifyMac', 'GenerateMac', 'Mac', 'KMSInvalidMacException', 'HMAC_256', 'MacAlgorithm', 'HMAC_SHA_256'],
  ] as const)('%s of the result of %s', (verify, make, member, code, KeySpec, algorithm, name) => {
    test(`with ${KeySpec} refuses every other value with the same answer`, async () => {
      const KeyUsage = make === 'Sign' ? 'SIGN_VERIFY' : 'GENERATE_VERIFY_MAC';
      const [key, another] = [await aKey(root, { KeySpec, KeyUsage }), await aKey(root, { KeySpec, KeyUsage })];
      const input = { KeyId: key.keyId, Message: Plaintext, [algorithm]: name };
      const made = async (by: Json) => Buffer.from(String((await root.aws(make, by)).json[member]), 'base64');
      const right = await made(input);
      const pathOf = (KeyId: string) => operations[verify].rest.path.replace('{KeyId}', KeyId);
      const ask: Ask = ({ KeyId, ...body }) =>
        _door === 'AWS' ? root.aws(verify, { KeyId, ...body }) : root.rest('POST', pathOf(String(KeyId)), body);
      expect((await ask({ ...input, [member]: base64(right) })).status).toBe(200);
      const texts = KeySpec === 'RSA_2048' ? sampled(damaged(right)) : damaged(right);
      const wrong = [...texts, base64(await made({ ...input, KeyId: another.keyId }))];
      const seen = await appearances(ask, [
        ...wrong.map((text) => ({ ...input, [member]: text })),
        { ...input, Message: 'eA==', [member]: base64(right) },
      ]);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toContain(code);
    });
  });
});

test('the server logged no internal error and is ready', async () => {
  expect((await root.rest('GET', '/readyz')).status).toBe(200);
  expect(server.log()).toBe('');
});
