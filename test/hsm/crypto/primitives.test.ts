/** The primitives that the HSM uses, checked against Project Wycheproof and against each other. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { gcm, gcmsiv } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import {
  describeWithVectors,
  fromHex,
  readWycheproof,
  runWycheproof,
  type WycheproofCase,
} from '../../support/external-vectors.ts';

interface AeadGroup {
  readonly keySize: number;
  readonly ivSize: number;
  readonly tagSize: number;
}
interface AeadCase extends WycheproofCase {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

type SealInput = readonly [key: Uint8Array, iv: Uint8Array, aad: Uint8Array, message: Uint8Array];

/** Ciphertext ‖ tag, as in noble. */
interface Aead {
  seal(...input: SealInput): Uint8Array;
  open(...input: SealInput): Uint8Array;
}

const opensslGcm: Aead = {
  seal(key, iv, aad, message) {
    const cipher = createCipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-gcm`, key, iv);
    cipher.setAAD(aad);
    return Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, iv, aad, sealed) {
    const decipher = createDecipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-gcm`, key, iv, { authTagLength: 16 });
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  },
};
const nobleAead = (cipher: typeof gcm): Aead => ({
  seal: (key, iv, aad, message) => cipher(key, iv, aad).encrypt(message),
  open: (key, iv, aad, sealed) => cipher(key, iv, aad).decrypt(sealed),
});

/** Both directions must agree with the case; an implementation that refuses the parameters refuses the case. */
function acceptsAead(aead: Aead, { key, iv, aad, msg, ct, tag }: AeadCase): boolean {
  const parameters = [fromHex(key), fromHex(iv), fromHex(aad)] as const;
  try {
    const opened = aead.open(...parameters, fromHex(ct + tag));
    const sealed = aead.seal(...parameters, fromHex(msg));
    return Buffer.from(opened).toString('hex') === msg && Buffer.from(sealed).toString('hex') === ct + tag;
  } catch {
    return false;
  }
}

describeWithVectors('Wycheproof AES-GCM and AES-GCM-SIV', () => {
  // Neither implementation accepts every IV length of the standard; the HSM uses only 96 bits.
  test.each([
    { name: 'node:crypto', aead: opensslGcm, takes: (ivSize: number) => ivSize <= 1024, limit: 'more than 1024 bits' },
    { name: 'noble', aead: nobleAead(gcm), takes: (ivSize: number) => ivSize >= 64, limit: 'fewer than 64 bits' },
  ])('$name opens and seals AES-GCM as published, and refuses IVs of $limit', ({ name, aead, takes }) => {
    const file = readWycheproof<AeadGroup, AeadCase>('aes_gcm_test.json');
    const refused = new Set<number>();
    const run = runWycheproof(`AES-GCM, ${name}`, file, (test, { ivSize }) => {
      const accepted = acceptsAead(aead, test);
      if (!takes(ivSize) && !accepted) refused.add(test.tcId);
      return accepted;
    });
    expect(run.misjudged.filter((tcId) => !refused.has(tcId))).toEqual([]);
    const ofOtherLengths = file.testGroups.filter(({ ivSize }) => !takes(ivSize)).flatMap(({ tests }) => tests);
    expect(refused.size).toBe(ofOtherLengths.length);
    expect(run.counts.valid + run.counts.invalid + run.counts.acceptable).toBe(file.numberOfTests);
  });

  test('noble opens and seals AES-GCM-SIV as published', () => {
    const file = readWycheproof<AeadGroup, AeadCase>('aes_gcm_siv_test.json');
    expect(runWycheproof('AES-GCM-SIV, noble', file, (test) => acceptsAead(nobleAead(gcmsiv), test)).misjudged).toEqual(
      [],
    );
  });
});

interface MacGroup {
  readonly keySize: number;
  readonly tagSize: number;
}
interface MacCase extends WycheproofCase {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

const hashes = { sha1, sha224, sha256, sha384, sha512 };
type HashName = keyof typeof hashes;
const hashNames = Object.keys(hashes) as HashName[];

const macs = {
  'node:crypto': (hash: HashName, key: Uint8Array, message: Uint8Array): Uint8Array =>
    createHmac(hash, key).update(message).digest(),
  noble: (hash: HashName, key: Uint8Array, message: Uint8Array): Uint8Array => hmac(hashes[hash], key, message),
};
const macNames = Object.keys(macs) as (keyof typeof macs)[];

describeWithVectors('Wycheproof HMAC', () => {
  describe.each(hashNames)('with %s', (hash) => {
    test.each(macNames)('%s computes the published tags and no others', (name) => {
      const file = readWycheproof<MacGroup, MacCase>(`hmac_${hash}_test.json`);
      const { misjudged } = runWycheproof(`HMAC ${hash}, ${name}`, file, ({ key, msg, tag }, { tagSize }) => {
        const full = Buffer.from(macs[name](hash, fromHex(key), fromHex(msg)));
        return full.toString('hex', 0, tagSize / 8) === tag;
      });
      expect(misjudged).toEqual([]);
    });
  });
});

describe('noble and OpenSSL', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

  test('seal the same AES-256-GCM message to the same bytes, and open each other’s', () => {
    const message = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes(32), bytes(12), fc.uint8Array({ maxLength: 100 }), message, (key, iv, aad, plaintext) => {
        const sealed = opensslGcm.seal(key, iv, aad, plaintext);
        expect(Buffer.compare(sealed, nobleAead(gcm).seal(key, iv, aad, plaintext))).toBe(0);
        expect(Buffer.compare(nobleAead(gcm).open(key, iv, aad, sealed), plaintext)).toBe(0);
      }),
    );
  });

  test('compute the same HMAC', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...hashNames),
        fc.uint8Array(),
        fc.uint8Array({ maxLength: 300 }),
        (hash, key, message) => {
          expect(Buffer.compare(macs.noble(hash, key, message), macs['node:crypto'](hash, key, message))).toBe(0);
        },
      ),
    );
  });
});
