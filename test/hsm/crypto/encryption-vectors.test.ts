/** RSA-OAEP, ECDH and HMAC of the HSM, checked against Project Wycheproof. */
import { constants, createECDH, createPrivateKey, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';
import { type Curve, curves, ecdh } from '@keystead/control-plane/hsm/crypto/ecc.ts';
import { hmac } from '@keystead/control-plane/hsm/crypto/hmac.ts';
import { keyPairOf } from '@keystead/control-plane/hsm/crypto/key-pairs.ts';
import { oaepCiphers } from '@keystead/control-plane/hsm/crypto/rsa.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import {
  describeWithVectors,
  fromHex,
  readWycheproof,
  runWycheproof,
  type WycheproofCase,
} from '../../support/external-vectors.ts';
import { der, type Hash, hashOf, judgedAhead, materialOf, type PrivateKeyGroup } from './wycheproof.ts';

interface OaepCase extends WycheproofCase {
  readonly msg: string;
  readonly ct: string;
  readonly label: string;
}

/** @returns false for `invalid-ciphertext`, the only expected error. */
async function opensOaep(hash: Hash, { privateKeyPkcs8 }: PrivateKeyGroup, { ct, msg }: OaepCase): Promise<boolean> {
  const cipher = hash === 'sha1' ? oaepCiphers.RSAES_OAEP_SHA_1 : oaepCiphers.RSAES_OAEP_SHA_256;
  try {
    const opened = await cipher.decrypt(materialOf(privateKeyPkcs8), fromHex(ct));
    expect(Buffer.from(opened).toString('hex')).toBe(msg);
    return true;
  } catch (error) {
    if (error instanceof HsmError && error.kind === 'invalid-ciphertext') return false;
    throw error;
  }
}

describeWithVectors('Wycheproof RSA-OAEP', () => {
  test.each([
    'rsa_oaep_2048_sha1_mgf1sha1_test.json',
    'rsa_oaep_2048_sha256_mgf1sha256_test.json',
    'rsa_oaep_3072_sha256_mgf1sha256_test.json',
    'rsa_oaep_4096_sha256_mgf1sha256_test.json',
    'rsa_oaep_misc_test.json',
  ])(
    'decrypts as published with an empty label and the same hash everywhere, and refuses all else: %s',
    async (name) => {
      const file = readWycheproof<PrivateKeyGroup, OaepCase>(name);
      const others = new Set<number>();
      const judged = await judgedAhead(file, async (test, group) => {
        const hash = hashOf(group);
        const isOurs = ['sha1', 'sha256'].includes(hash) && group.sha === group.mgfSha && test.label === '';
        if (!isOurs && test.result === 'valid') others.add(test.tcId);
        return opensOaep(hash, group, test);
      });
      expect(runWycheproof(name, file, judged).misjudged).toEqual([...others]);
    },
  );

  test('does not decrypt a ciphertext that is one byte shorter or longer than the modulus', async () => {
    const [group] = readWycheproof<PrivateKeyGroup, OaepCase>('rsa_oaep_2048_sha256_mgf1sha256_test.json').testGroups;
    const material = materialOf(group?.privateKeyPkcs8 ?? '');
    const { publicKey: key } = keyPairOf(material);
    const cipher = oaepCiphers.RSAES_OAEP_SHA_256;
    // Encrypts until the first byte is zero, so that the shorter form is the same number.
    const encrypt = () =>
      publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, Buffer.of(1));
    let ciphertext = encrypt();
    while (ciphertext[0] !== 0) ciphertext = encrypt();
    expect(await cipher.decrypt(material, ciphertext)).toEqual(Buffer.of(1));
    for (const other of [ciphertext.subarray(1), Buffer.concat([Buffer.of(0), ciphertext])]) {
      await expect(cipher.decrypt(material, other)).rejects.toMatchObject({ kind: 'invalid-ciphertext' });
    }
  });
});

interface EcdhCase extends WycheproofCase {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

const agreementCurves: readonly Curve[] = [curves.p256, curves.p384, curves.p521];

function privateKeyOf({ name, coordinateLengthInBytes: length }: Curve, scalar: string): KeyObject {
  const padded = fromHex(scalar.padStart(2 * length + 2, '0').slice(-2 * length));
  const key = createECDH(name);
  key.setPrivateKey(padded);
  const point = key.getPublicKey();
  const crv = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }[name] ?? '';
  const [x, y] = [point.subarray(1, 1 + length), point.subarray(1 + length)].map((part) => part.toString('base64url'));
  return createPrivateKey({
    key: { kty: 'EC', crv, d: padded.toString('base64url'), x: x ?? '', y: y ?? '' },
    format: 'jwk',
  });
}

/** SubjectPublicKeyInfo of a point on the curve of `privateKey`. */
function spkiOfPoint(point: Uint8Array, privateKey: KeyObject): Buffer {
  const ours = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const start = ours[1] === 0x81 ? 3 : 2;
  const algorithm = ours.subarray(start, start + 2 + (ours[start + 1] ?? 0));
  return der(0x30, Buffer.concat([algorithm, der(0x03, Buffer.concat([Buffer.of(0), point]))]));
}

function agrees(privateKey: KeyObject, publicKeyInfo: Uint8Array, shared: string): boolean {
  const material = new SecretBytes(privateKey.export({ type: 'pkcs8', format: 'der' }));
  try {
    return Buffer.from(ecdh(material, publicKeyInfo)).toString('hex') === shared;
  } catch (error) {
    if (error instanceof HsmError && error.kind === 'invalid-public-key') return false;
    throw error;
  }
}

describeWithVectors('Wycheproof ECDH', () => {
  const bits = (curve: Curve) => (curve === curves.p256 ? 256 : curve === curves.p384 ? 384 : 521);

  test.each(agreementCurves)(
    '$name agrees as published, and with compressed points alone of what is debatable',
    (curve) => {
      const file = readWycheproof<object, EcdhCase>(`ecdh_secp${bits(curve)}r1_test.json`);
      const debatable = new Set<string>();
      const run = runWycheproof(`ECDH ${curve.name}, SPKI`, file, (test) => {
        const isGood = agrees(privateKeyOf(curve, test.private), fromHex(test.public), test.shared);
        if (isGood && test.result === 'acceptable') debatable.add(test.flags.join());
        return isGood;
      });
      expect(run.misjudged).toEqual([]);
      expect([...debatable]).toEqual(['CompressedPublic,CompressedPoint']);
    },
  );

  test.each(agreementCurves)('$name agrees as published with bare points', (curve) => {
    const file = readWycheproof<object, EcdhCase>(`ecdh_secp${bits(curve)}r1_ecpoint_test.json`);
    const { misjudged } = runWycheproof(`ECDH ${curve.name}, points`, file, (test) => {
      const privateKey = privateKeyOf(curve, test.private);
      return agrees(privateKey, spkiOfPoint(fromHex(test.public), privateKey), test.shared);
    });
    expect(misjudged).toEqual([]);
  });
});

interface MacCase extends WycheproofCase {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

describeWithVectors('Wycheproof HMAC with a key of the HSM', () => {
  test.each(['sha224', 'sha256', 'sha384', 'sha512'] as const)('%s gives the published tags', (hash) => {
    const file = readWycheproof<{ readonly tagSize: number }, MacCase>(`hmac_${hash}_test.json`);
    const { misjudged } = runWycheproof(`HMAC ${hash}, HSM`, file, ({ key, msg, tag }, { tagSize }) => {
      const mac = Buffer.from(hmac(hash)(new SecretBytes(fromHex(key)), fromHex(msg)));
      return mac.toString('hex', 0, tagSize / 8) === tag;
    });
    expect(misjudged).toEqual([]);
  });
});
