import { createHmac } from 'node:crypto';
import { nextCheckpoint } from '@keystead/control-plane/domain/audit/audit-checkpoint.ts';
import { publicKeyPem, readPublicKey, verifiesStatement } from '@keystead/control-plane/hsm/crypto/checkpoint-key.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import type { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import type { MaterialOwner, WrappedMaterial } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import fc from 'fast-check';

const rootKey = (fill = 1) => new SecretBytes(Buffer.alloc(32, fill));
const owner: MaterialOwner = {
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec: 'SYMMETRIC_DEFAULT',
};
/** The day of the example in the AWS documentation. */
const nowMs = () => Date.UTC(2015, 7, 30, 12);
const hsm = createSoftHsm(rootKey(), { nowMs });
const keyOf = async (keyOwner = owner): Promise<WrappedMaterial> => ({
  ...keyOwner,
  ...(await hsm.generateKey(keyOwner)),
});
const refusal = (promise: Promise<unknown>): Promise<HsmError> =>
  promise.then(
    () => Promise.reject(new Error('it was not refused')),
    (error) => error,
  );
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

const encryptionContext = { Department: 'finance' };

describe('encryption under a key', () => {
  test('decrypts to the same plaintext of 1 to 4096 bytes with the same encryption context', async () => {
    const material = await keyOf();
    const contexts = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 4096 }), contexts, async (plaintext, context) => {
        const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext: context });
        const opened = await hsm.decrypt({ material, ciphertextBlob, encryptionContext: context });
        expect(Buffer.compare(opened, plaintext)).toBe(0);
      }),
    );
  });

  test('never returns the same ciphertext twice', async () => {
    const material = await keyOf();
    const request = { material, plaintext: Buffer.from('same'), encryptionContext };
    expect(await hsm.encrypt(request)).not.toEqual(await hsm.encrypt(request));
  });

  test('refuses an empty plaintext and one of more than 4096 bytes', async () => {
    const material = await keyOf();
    for (const length of [0, 4097]) {
      const request = { material, plaintext: Buffer.alloc(length), encryptionContext };
      expect(await refusal(hsm.encrypt(request))).toBeInstanceOf(RangeError);
    }
  });

  test('fails with one indistinguishable error for any flipped bit, other context, other key, other material', async () => {
    const [material, other] = [await keyOf(), await keyOf({ ...owner, keyId: 'mrk-1234abcd12ab34cd56ef1234567890ab' })];
    const rotated = await keyOf();
    const ciphertextBlob = Buffer.from(
      await hsm.encrypt({ material, plaintext: Buffer.from('secret'), encryptionContext }),
    );
    const errors = [
      await refusal(hsm.decrypt({ material: other, ciphertextBlob, encryptionContext })),
      await refusal(hsm.decrypt({ material: rotated, ciphertextBlob, encryptionContext })),
      await refusal(hsm.decrypt({ material, ciphertextBlob, encryptionContext: {} })),
      await refusal(hsm.decrypt({ material, ciphertextBlob, encryptionContext: { Department: '\ud800' } })),
      await refusal(hsm.decrypt({ material, ciphertextBlob: Buffer.from('no blob'), encryptionContext })),
    ];
    for (let index = 0; index < ciphertextBlob.length; index++) {
      const flipped = Buffer.from(ciphertextBlob);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      errors.push(await refusal(hsm.decrypt({ material, ciphertextBlob: flipped, encryptionContext })));
    }
    const seen = new Set(errors.map(({ name, kind, message }) => JSON.stringify({ name, kind, message })));
    expect([...seen]).toEqual([expect.stringContaining('"kind":"invalid-ciphertext"')]);
  });

  test('does not decrypt with an encryption context that differs in anything', async () => {
    const material = await keyOf();
    const contexts = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(contexts, contexts, async (sealedWith, openedWith) => {
        const sorted = (context: Record<string, string>) => JSON.stringify(Object.entries(context).sort());
        fc.pre(sorted(sealedWith) !== sorted(openedWith));
        const plaintext = Buffer.from('secret');
        const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext: sealedWith });
        const error = await refusal(hsm.decrypt({ material, ciphertextBlob, encryptionContext: openedWith }));
        expect(error.kind).toBe('invalid-ciphertext');
      }),
    );
  });
});

describe('data keys', () => {
  test('are returned in plaintext and encrypted, and the two are the same key', async () => {
    const material = await keyOf();
    const made = await hsm.generateDataKey({ material, lengthInBytes: 32, encryptionContext, withPlaintext: true });
    expect(made.plaintext).toHaveLength(32);
    const opened = await hsm.decrypt({ material, ciphertextBlob: made.ciphertextBlob, encryptionContext });
    expect(Buffer.from(opened)).toEqual(Buffer.from(made.plaintext ?? []));
  });

  test('are returned without plaintext when it was not requested, and are not zeros', async () => {
    const material = await keyOf();
    const made = await hsm.generateDataKey({ material, lengthInBytes: 64, encryptionContext, withPlaintext: false });
    expect(made).not.toHaveProperty('plaintext');
    const opened = await hsm.decrypt({ material, ciphertextBlob: made.ciphertextBlob, encryptionContext });
    expect(opened).toHaveLength(64);
    expect(opened.every((byte) => byte === 0)).toBe(false);
  });
});

test('re-encryption encrypts a message under another key and context', async () => {
  const [source, destination] = [await keyOf(), await keyOf({ ...owner, accountId: '444455556666' })];
  const ciphertextBlob = await hsm.encrypt({ material: source, plaintext: Buffer.from('moved'), encryptionContext });
  const moved = await hsm.reEncrypt({
    source,
    ciphertextBlob,
    sourceEncryptionContext: encryptionContext,
    destination,
    destinationEncryptionContext: { Team: 'a' },
  });
  const opened = await hsm.decrypt({ material: destination, ciphertextBlob: moved, encryptionContext: { Team: 'a' } });
  expect(text(opened)).toBe('moved');
});

describe('key material', () => {
  test('has an id of 64 hex digits and is new each time', async () => {
    const [first, second] = [await keyOf(), await keyOf()];
    expect(first.materialId).toMatch(/^[0-9a-f]{64}$/);
    expect(first.materialId).not.toBe(second.materialId);
  });

  test('outlives the HSM: another HSM with the same root key unwraps it, one with another root key does not', async () => {
    const material = await keyOf();
    const request = { material, plaintext: Buffer.from('kept'), encryptionContext };
    const ciphertextBlob = await hsm.encrypt(request);
    const successor = createSoftHsm(rootKey());
    expect(text(await successor.decrypt({ material, ciphertextBlob, encryptionContext }))).toBe('kept');
    const stranger = createSoftHsm(rootKey(2));
    expect((await refusal(stranger.decrypt({ material, ciphertextBlob, encryptionContext }))).kind).toBe(
      'invalid-material',
    );
  });

  test('is refused for key specs that this HSM does not have', async () => {
    for (const keySpec of ['SM2', 'RSA_1024', 'constructor', '__proto__'] as MaterialOwner['keySpec'][]) {
      expect((await refusal(hsm.generateKey({ ...owner, keySpec }))).kind).toBe('unsupported');
    }
  });

  test('stays usable with a cache of one entry', async () => {
    const small = createSoftHsm(rootKey(), { cacheCapacity: 1 });
    const [source, destination] = [await keyOf(), await keyOf()];
    const ciphertextBlob = await small.encrypt({ material: source, plaintext: Buffer.from('x'), encryptionContext });
    const moved = await small.reEncrypt({
      source,
      ciphertextBlob,
      sourceEncryptionContext: encryptionContext,
      destination,
      destinationEncryptionContext: {},
    });
    expect(text(await small.decrypt({ material: destination, ciphertextBlob: moved, encryptionContext: {} }))).toBe(
      'x',
    );
  });
});

describe('access-key secrets', () => {
  const secretOwner = { accountId: '111122223333', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
  const scope = { date: '20150830', region: 'us-east-1', service: 'iam' };

  test('are 40 characters like those of AWS, and derive the same signing key as their text', async () => {
    const { secret, wrapped } = await hsm.generateSecret(secretOwner);
    expect(secret.reveal()).toMatch(/^[A-Za-z0-9+/]{40}$/);
    const chain = ['20150830', 'us-east-1', 'iam', 'aws4_request'].reduce<Buffer | string>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      `AWS4${secret.reveal()}`,
    );
    const derived = await hsm.deriveSigningKey({ secret: { ...secretOwner, wrapped }, ...scope });
    expect(Buffer.from(derived)).toEqual(chain);
  });

  test('derive the signing key of the example in the AWS documentation', async () => {
    // docs.aws.amazon.com, "Examples of how to derive a signing key for Signature Version 4"
    const wrapped = await hsm.wrapSecret(secretOwner, new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'));
    const derived = await hsm.deriveSigningKey({ secret: { ...secretOwner, wrapped }, ...scope });
    expect(Buffer.from(derived).toString('hex')).toBe(
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    );
  });

  test('derive no signing key for another day than yesterday, today and tomorrow', async () => {
    const { wrapped } = await hsm.generateSecret(secretOwner);
    const secret = { ...secretOwner, wrapped };
    const derive = (date: string) => hsm.deriveSigningKey({ secret, ...scope, date });
    for (const date of ['20150829', '20150830', '20150831']) expect(await derive(date)).toHaveLength(32);
    for (const date of ['20150828', '20150901', '20160830', '2015083', '']) {
      expect((await refusal(derive(date))).kind).toBe('unsupported');
    }
  });

  test('cannot be unwrapped for another access key', async () => {
    const { wrapped } = await hsm.generateSecret(secretOwner);
    const secret = { ...secretOwner, accessKeyId: 'AKIAI44QH8DHBEXAMPLE', wrapped };
    expect((await refusal(hsm.deriveSigningKey({ secret, ...scope }))).kind).toBe('invalid-material');
  });
});

describe('values derived from the root key', () => {
  test('sealed tokens open after a restart, and not under another root key', async () => {
    const sealed = await hsm.sealToken('grant', Buffer.from('of a client'));
    expect(await createSoftHsm(rootKey()).openToken('grant', sealed)).toEqual({ content: expect.anything() });
    expect(await createSoftHsm(rootKey(2)).openToken('grant', sealed)).toEqual({});
  });

  test('different root keys have different fingerprints', async () => {
    expect(await hsm.rootKeyFingerprint()).toMatch(/^[0-9a-f]{32}$/);
    expect(await hsm.rootKeyFingerprint()).not.toBe(await createSoftHsm(rootKey(2)).rootKeyFingerprint());
  });
});

describe('a chosen value of key material', () => {
  const chosen = Buffer.alloc(32, 7);

  test('is refused by an HSM that was not started for seeding', async () => {
    expect((await refusal(hsm.acceptKey(owner, chosen))).kind).toBe('unsupported');
  });

  test('is accepted until seeding has ended', async () => {
    const seeding = createSoftHsm(rootKey(), { isSeeding: true });
    expect((await seeding.acceptKey(owner, chosen)).materialId).toMatch(/^[0-9a-f]{64}$/);
    await seeding.endSeeding();
    expect((await refusal(seeding.acceptKey(owner, chosen))).kind).toBe('unsupported');
  });
});

describe('the checkpoint key', () => {
  const { body } = nextCheckpoint({ nowMs: nowMs(), all: [], changed: [], covered: [] });

  test('signs a checkpoint', async () => {
    const publicKey = readPublicKey(publicKeyPem(await hsm.checkpointPublicKey()));
    const signature = Buffer.from(await hsm.signCheckpoint(body)).toString('hex');
    expect(verifiesStatement(publicKey, body, signature)).toBe(true);
  });

  test.each([
    ['a text', 'pay the bearer'],
    ['nothing', ''],
    ['a checkpoint with another member', body.replace('{"format"', '{"extra":1,"format"')],
    ['a checkpoint of another format', body.replace('/v1', '/v2')],
    ['a checkpoint with white space', ` ${body}`],
    ['a checkpoint with a second value for a member', body.replace('"number":1', '"number":1,"number":2')],
    ['a list', '[]'],
  ])('does not sign %s', async (_, text) => {
    expect((await refusal(hsm.signCheckpoint(text))).kind).toBe('unsupported');
  });
});

test('random bytes have the requested length', async () => {
  expect(await hsm.random(1024)).toHaveLength(1024);
  expect(await hsm.random(16)).not.toEqual(await hsm.random(16));
});

test('a closed HSM refuses everything that needs a key', async () => {
  const closed = createSoftHsm(rootKey());
  await closed.close();
  expect(await refusal(closed.generateKey(owner))).toMatchObject({ message: 'secret bytes are wiped' });
});
