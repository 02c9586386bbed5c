/** The AWS SDK for JavaScript against a running server: details of the operations, as typed clients see them. */
import {
  AlreadyExistsException,
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisabledException,
  DisableKeyCommand,
  DryRunOperationException,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateRandomCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  InvalidMarkerException,
  KMSClient,
  KMSInvalidStateException,
  type KMSServiceException,
  LimitExceededException,
  ListAliasesCommand,
  ListKeysCommand,
  MalformedPolicyDocumentException,
  NotFoundException,
  PutKeyPolicyCommand,
  paginateListAliases,
  paginateListGrants,
  paginateListKeyRotations,
  paginateListKeys,
  paginateListResourceTags,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagException,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let kms: KMSClient;
/** Requests sent, retries included. */
let sent = 0;

const client = (region = 'us-east-1') => {
  const made = new KMSClient({ region, endpoint: server.endpoint, credentials: server.credentials });
  made.middlewareStack.add(
    (next) => (args) => {
      sent += 1;
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return made;
};

beforeAll(async () => {
  server = await startServer();
  kms = client();
});

afterAll(async () => {
  kms?.destroy();
  await server?.stop();
});

async function newKey(region?: KMSClient): Promise<{ readonly KeyId: string; readonly Arn: string }> {
  const { KeyMetadata: { KeyId, Arn } = {} } = await (region ?? kms).send(new CreateKeyCommand({}));
  if (KeyId === undefined || Arn === undefined) throw new Error('the answer does not name a key');
  return { KeyId, Arn };
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7) % 256);

async function collect<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => readonly Item[] | undefined) {
  const all: Item[][] = [];
  for await (const page of pages) all.push([...(items(page) ?? [])]);
  return all;
}

describe('answers', () => {
  test('have dates that are Dates, with milliseconds', async () => {
    const before = Date.now();
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
    expect(KeyMetadata?.CreationDate?.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(KeyMetadata?.CreationDate?.getTime()).toBeLessThanOrEqual(Date.now());
    const { DeletionDate } = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId, PendingWindowInDays: 7 }),
    );
    const days = ((DeletionDate?.getTime() ?? 0) - before) / 86_400_000;
    expect(Math.round(days)).toBe(7);
  });

  test('carry the request id that the server logged', async () => {
    const { $metadata } = await kms.send(new ListKeysCommand({}));
    expect($metadata.httpStatusCode).toBe(200);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('without content are empty', async () => {
    const { KeyId } = await newKey();
    const { $metadata, ...rest } = await kms.send(new DisableKeyCommand({ KeyId }));
    expect($metadata.httpStatusCode).toBe(200);
    expect(rest).toEqual({});
  });
});

describe('pages', () => {
  test('of keys have every key exactly once', async () => {
    const there = client('ap-south-1');
    const made = await Promise.all(Array.from({ length: 7 }, () => newKey(there)));
    const pages = await collect(paginateListKeys({ client: there, pageSize: 3 }, {}), (page) => page.Keys);
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(
      pages
        .flat()
        .map(({ KeyId }) => KeyId)
        .sort(),
    ).toEqual(made.map(({ KeyId }) => KeyId).sort());
    there.destroy();
  });

  test('of aliases, grants, tags and rotations have every entry exactly once', async () => {
    const { KeyId } = await newKey();
    const numbers = [1, 2, 3, 4, 5];
    const GranteePrincipal = `arn:aws:iam::${server.accountId}:root`;
    for (const n of numbers) {
      await kms.send(new CreateAliasCommand({ AliasName: `alias/page-${n}`, TargetKeyId: KeyId }));
      await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'], Name: `n${n}` }));
      await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    }
    const Tags = numbers.map((n) => ({ TagKey: `key ${n}`, TagValue: '' }));
    await kms.send(new TagResourceCommand({ KeyId, Tags }));
    const config = { client: kms, pageSize: 2 };
    const sizes = [2, 2, 1];
    const aliases = await collect(paginateListAliases(config, { KeyId }), (page) => page.Aliases);
    expect(aliases.map((page) => page.length)).toEqual(sizes);
    expect(aliases.flat().map(({ AliasName }) => AliasName)).toEqual(numbers.map((n) => `alias/page-${n}`));
    const grants = await collect(paginateListGrants(config, { KeyId }), (page) => page.Grants);
    expect(grants.map((page) => page.length)).toEqual(sizes);
    expect(new Set(grants.flat().map(({ Name }) => Name))).toEqual(new Set(numbers.map((n) => `n${n}`)));
    const tags = await collect(paginateListResourceTags(config, { KeyId }), (page) => page.Tags);
    expect(tags.flat()).toEqual(Tags);
    const rotations = await collect(paginateListKeyRotations(config, { KeyId }), (page) => page.Rotations);
    expect(rotations.map((page) => page.length)).toEqual(sizes);
  });

  test('cannot begin at a marker of another list', async () => {
    await newKey();
    const { NextMarker } = await kms.send(new ListKeysCommand({ Limit: 1 }));
    await expect(kms.send(new ListAliasesCommand({ Marker: NextMarker }))).rejects.toThrow(InvalidMarkerException);
  });
});

describe('encryption', () => {
  test('returns any 1 to 4096 bytes unchanged, under any context', async () => {
    const { KeyId } = await newKey();
    const contexts = fc.dictionary(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 4096 }),
        contexts,
        async (Plaintext, EncryptionContext) => {
          const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
          const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
          expect(Buffer.from(opened.Plaintext ?? []).equals(Buffer.from(Plaintext))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('accepts 1 byte and 4096 bytes, and refuses 0 and 4097', async () => {
    const { KeyId } = await newKey();
    const encrypt = (length: number) => kms.send(new EncryptCommand({ KeyId, Plaintext: bytes(length) }));
    const { CiphertextBlob } = await encrypt(4096);
    const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(Plaintext ?? []).equals(Buffer.from(bytes(4096)))).toBe(true);
    for (const length of [0, 4097]) {
      await expect(encrypt(length)).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringMatching(
          /^1 validation error detected: Value at 'plaintext' failed to satisfy constraint/,
        ),
      });
    }
  });

  test('binds the exact context: Unicode, case and spaces, in any order of names', async () => {
    const { KeyId } = await newKey();
    const EncryptionContext = { 'Abteilung Ä': '財務 🔑', 'e\u0301': 'decomposed', '': 'empty name', plain: '' };
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes(9), EncryptionContext }));
    const open = (context: Record<string, string>) =>
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }));
    const reversed = Object.fromEntries(Object.entries(EncryptionContext).reverse());
    expect((await open(reversed)).KeyId).toContain(KeyId);
    const { 'e\u0301': value, ...rest } = EncryptionContext;
    for (const other of [
      rest,
      { ...rest, '\u00e9': value },
      { ...EncryptionContext, plain: ' ' },
      { ...EncryptionContext, 'Abteilung Ä': '財務 🔒' },
      { ...EncryptionContext, more: '' },
    ]) {
      await expect(open(other)).rejects.toThrow(InvalidCiphertextException);
    }
  });

  test('fails for a ciphertext that is changed in any byte, truncated or lengthened', async () => {
    const { KeyId, Arn } = await newKey();
    const { CiphertextBlob = bytes(0) } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes(5) }));
    const altered = [...CiphertextBlob.keys()].map((at) =>
      CiphertextBlob.map((byte, i) => (i === at ? byte ^ 1 : byte)),
    );
    const wrong = [
      ...altered,
      CiphertextBlob.slice(0, -1),
      Uint8Array.from([...CiphertextBlob, 0]),
      bytes(1),
      bytes(6144),
    ];
    for (const blob of wrong) {
      await expect(kms.send(new DecryptCommand({ KeyId: Arn, CiphertextBlob: blob }))).rejects.toMatchObject({
        name: expect.stringMatching(/^(InvalidCiphertext|IncorrectKey)Exception$/),
      });
    }
  });

  test('moves between keys and contexts without showing the plaintext', async () => {
    const [from, to] = [await newKey(), await newKey()];
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: from.KeyId, Plaintext: bytes(32), EncryptionContext: { a: '1' } }),
    );
    const moved = await kms.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: { a: '1' },
        DestinationKeyId: to.Arn,
        DestinationEncryptionContext: { b: '2' },
      }),
    );
    expect(moved).toMatchObject({ SourceKeyId: from.Arn, KeyId: to.Arn });
    expect(moved).not.toHaveProperty('Plaintext');
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { b: '2' } }),
    );
    expect(Buffer.from(opened.Plaintext ?? []).equals(Buffer.from(bytes(32)))).toBe(true);
    const again = new ReEncryptCommand({ CiphertextBlob, SourceKeyId: to.Arn, DestinationKeyId: to.Arn });
    await expect(kms.send(again)).rejects.toThrow(IncorrectKeyException);
  });

  test('decrypts ciphertexts from before a rotation', async () => {
    const { KeyId } = await newKey();
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes(3) }));
    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(opened.Plaintext).toHaveLength(3);
  });
});

describe('data keys', () => {
  test.each([
    [{ KeySpec: 'AES_128' }, 16],
    [{ KeySpec: 'AES_256' }, 32],
    [{ NumberOfBytes: 1 }, 1],
    [{ NumberOfBytes: 1024 }, 1024],
  ] as const)('for %j have %i bytes, and their ciphertext decrypts to them', async (length, count) => {
    const { KeyId } = await newKey();
    const made = await kms.send(new GenerateDataKeyCommand({ KeyId, ...length }));
    expect(made.Plaintext).toHaveLength(count);
    const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(Buffer.from(Plaintext ?? []).equals(Buffer.from(made.Plaintext ?? []))).toBe(true);
    const hidden = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, ...length }));
    expect(hidden).not.toHaveProperty('Plaintext');
  });

  test('need exactly one of the two lengths, within its limits', async () => {
    const { KeyId } = await newKey();
    for (const length of [
      {},
      { KeySpec: 'AES_256', NumberOfBytes: 32 },
      { NumberOfBytes: 0 },
      { NumberOfBytes: 1025 },
    ] as const) {
      await expect(kms.send(new GenerateDataKeyCommand({ KeyId, ...length }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
  });

  test('and random bytes differ each time', async () => {
    const drawn = await Promise.all(
      Array.from({ length: 20 }, () => kms.send(new GenerateRandomCommand({ NumberOfBytes: 16 }))),
    );
    expect(new Set(drawn.map(({ Plaintext }) => Buffer.from(Plaintext ?? []).toString('hex'))).size).toBe(20);
  });
});

describe('a dry run', () => {
  test('has its own exception when it would succeed, and does nothing', async () => {
    const { KeyId } = await newKey();
    const dry = { KeyId, DryRun: true };
    await expect(kms.send(new EncryptCommand({ ...dry, Plaintext: bytes(1) }))).rejects.toThrow(
      DryRunOperationException,
    );
    await expect(kms.send(new GenerateDataKeyCommand({ ...dry, KeySpec: 'AES_256' }))).rejects.toThrow(
      DryRunOperationException,
    );
    const grant = {
      ...dry,
      GranteePrincipal: `arn:aws:iam::${server.accountId}:root`,
      Operations: ['Decrypt' as const],
    };
    await expect(kms.send(new CreateGrantCommand(grant))).rejects.toThrow(DryRunOperationException);
    expect((await collect(paginateListGrants({ client: kms }, { KeyId }), (page) => page.Grants)).flat()).toEqual([]);
    await kms.send(new DisableKeyCommand({ KeyId }));
    await expect(kms.send(new EncryptCommand({ ...dry, Plaintext: bytes(1) }))).rejects.toThrow(DisabledException);
  });
});

describe('refusals', () => {
  test("arrive as the SDK's own classes, are the client's fault, and are not retried", async () => {
    const { KeyId } = await newKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: KeyId }));
    const unknown = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const cases = [
      [new DescribeKeyCommand({ KeyId: unknown }), NotFoundException],
      [new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: KeyId }), AlreadyExistsException],
      [new PutKeyPolicyCommand({ KeyId, Policy: '{}' }), MalformedPolicyDocumentException],
      [new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'aws:x', TagValue: '' }] }), TagException],
      [new CancelKeyDeletionCommand({ KeyId }), KMSInvalidStateException],
      [new ListKeysCommand({ Marker: 'not ours' }), InvalidMarkerException],
      [new DecryptCommand({ CiphertextBlob: bytes(100) }), InvalidCiphertextException],
    ] as const;
    for (const [command, kind] of cases) {
      const before = sent;
      const refusal = await kms.send(command as DescribeKeyCommand).then(
        () => undefined,
        (error: unknown) => error as KMSServiceException,
      );
      expect(refusal).toBeInstanceOf(kind);
      expect(refusal).toMatchObject({ $fault: 'client', $metadata: { httpStatusCode: 400, attempts: 1 } });
      expect(sent - before).toBe(1);
    }
  });

  test('of a policy larger than 32 KiB name the limit', async () => {
    const { KeyId } = await newKey();
    const once = client();
    once.config.maxAttempts = async () => 1; // the SDK retries every exceeded limit
    const Policy = JSON.stringify({ Id: 'x'.repeat(33_000) });
    await expect(once.send(new PutKeyPolicyCommand({ KeyId, Policy }))).rejects.toThrow(LimitExceededException);
    once.destroy();
  });
});

test('unknown members are ignored, as by AWS', async () => {
  const odd = client();
  odd.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string | Uint8Array; headers: Record<string, string> };
      request.body = JSON.stringify({ Description: 'kept', FutureMember: { a: [1] }, description: 'lower' });
      request.headers['content-length'] = String(Buffer.byteLength(request.body));
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  const { KeyMetadata } = await odd.send(new CreateKeyCommand({ Description: 'replaced on its way' }));
  expect(KeyMetadata?.Description).toBe('kept');
  odd.destroy();
});
