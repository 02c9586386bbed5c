/** ECDSA, Ed25519 and RSA signatures of the HSM, checked against Project Wycheproof. */
import { sign, verify } from 'node:crypto';
import { curves, ecdsa } from '@keystead/control-plane/hsm/crypto/ecc.ts';
import { ed25519Signers } from '@keystead/control-plane/hsm/crypto/ed25519.ts';
import { keyPairOf } from '@keystead/control-plane/hsm/crypto/key-pairs.ts';
import { rsaSigners } from '@keystead/control-plane/hsm/crypto/rsa.ts';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describeWithVectors, fromHex, readWycheproof, runWycheproof } from '../../support/external-vectors.ts';
import {
  accepts,
  acceptsBoth,
  digestOf,
  type Hash,
  hashOf,
  judgedAhead,
  materialOf,
  type PrivateKeyGroup,
  spki,
  type VerifyCase,
  type VerifyGroup,
} from './wycheproof.ts';

describeWithVectors('Wycheproof ECDSA', () => {
  test.each([
    { file: 'ecdsa_secp256r1_sha256_test.json', curve: curves.p256 },
    { file: 'ecdsa_secp384r1_sha384_test.json', curve: curves.p384 },
    { file: 'ecdsa_secp521r1_sha512_test.json', curve: curves.p521 },
    { file: 'ecdsa_secp256k1_sha256_test.json', curve: curves.secp256k1 },
  ])('messages and digests verify as published: $file', ({ file, curve }) => {
    const run = runWycheproof(file, readWycheproof<VerifyGroup, VerifyCase>(file), (test, group) =>
      acceptsBoth(ecdsa(curve), group, test, curve.hash),
    );
    expect(run.misjudged).toEqual([]);
  });

  test('signatures with a high S verify too, the only difference from Bitcoin’s rule', () => {
    const file = readWycheproof<VerifyGroup, VerifyCase>('ecdsa_secp256k1_sha256_bitcoin_test.json');
    const { misjudged } = runWycheproof('ECDSA secp256k1, Bitcoin', file, (test, group) =>
      acceptsBoth(ecdsa(curves.secp256k1), group, test, 'sha256'),
    );
    const signatures = file.testGroups.flatMap(({ tests }) => tests).filter(({ tcId }) => misjudged.includes(tcId));
    const highS = signatures.map(({ sig }) => secp256k1.Signature.fromBytes(fromHex(sig), 'der').hasHighS());
    expect(highS).toEqual([true, true]);
  });

  test('the underlying primitive verifies the fixed-length form as published', () => {
    const file = readWycheproof<VerifyGroup, VerifyCase>('ecdsa_secp256r1_sha256_p1363_test.json');
    const { misjudged } = runWycheproof('ECDSA P-256, IEEE P1363', file, ({ msg, sig }, { publicKeyDer }) =>
      verify('sha256', fromHex(msg), { key: spki(publicKeyDer), dsaEncoding: 'ieee-p1363' }, fromHex(sig)),
    );
    expect(misjudged).toEqual([]);
  });
});

describeWithVectors('Wycheproof Ed25519', () => {
  test('messages verify as published', () => {
    const file = readWycheproof<VerifyGroup, VerifyCase>('ed25519_test.json');
    const { misjudged } = runWycheproof('Ed25519', file, ({ msg, sig }, { publicKeyDer }) =>
      accepts(ed25519Signers.ED25519_SHA_512?.RAW, spki(publicKeyDer), fromHex(msg), fromHex(sig)),
    );
    expect(misjudged).toEqual([]);
  });
});

const pkcs1Of = (hash: Hash) => rsaSigners[`RSASSA_PKCS1_V1_5_SHA_${hash.slice(3) as '256' | '384' | '512'}`];
const pssOf = (hash: Hash) => rsaSigners[`RSASSA_PSS_SHA_${hash.slice(3) as '256' | '384' | '512'}`];

async function signsAsPublished({ sha, privateKeyPkcs8 }: PrivateKeyGroup, { msg, sig }: VerifyCase) {
  const [hash, message] = [hashOf({ sha }), fromHex(msg)];
  const material = materialOf(privateKeyPkcs8);
  const signers = pkcs1Of(hash);
  // KMS has no algorithms with SHA-1 and SHA-224, so only the primitive is tested.
  const signatures = signers
    ? [await signers.RAW?.sign(material, message), await signers.DIGEST?.sign(material, digestOf(hash, message))]
    : [sign(hash, message, keyPairOf(material).privateKey)];
  return signatures.every((signature) => Buffer.from(signature ?? []).toString('hex') === sig);
}

describeWithVectors('Wycheproof RSA signatures', () => {
  const sizes = [2048, 3072, 4096];
  const files = sizes.flatMap((size) =>
    ['256', '384', '512'].map((hash) => `rsa_signature_${size}_sha${hash}_test.json`),
  );

  test.each(files)('PKCS #1 v1.5 over messages and digests verifies as published: %s', (name) => {
    const file = readWycheproof<VerifyGroup, VerifyCase>(name);
    const accepted = new Set<number>();
    const { misjudged } = runWycheproof(name, file, (test, group) => {
      const isGood = acceptsBoth(pkcs1Of(hashOf(group)), group, test, hashOf(group));
      if (isGood && test.result === 'acceptable') accepted.add(test.tcId);
      return isGood;
    });
    expect(misjudged).toEqual([]);
    expect([...accepted]).toEqual([]);
  });

  test.each([2048, 3072])('PKCS #1 v1.5 signs as published with %i bits', async (size) => {
    const file = readWycheproof<PrivateKeyGroup, VerifyCase>(`rsa_pkcs1_${size}_sig_gen_test.json`);
    const judged = await judgedAhead(file, (test, group) => signsAsPublished(group, test));
    const { misjudged } = runWycheproof(`RSA PKCS #1 v1.5 signing, ${size}`, file, judged);
    expect(misjudged).toEqual([]);
  });

  test.each([
    'rsa_pss_2048_sha256_mgf1_32_test.json',
    'rsa_pss_2048_sha384_mgf1_48_test.json',
    'rsa_pss_3072_sha256_mgf1_32_test.json',
    'rsa_pss_4096_sha256_mgf1_32_test.json',
    'rsa_pss_4096_sha384_mgf1_48_test.json',
    'rsa_pss_4096_sha512_mgf1_64_test.json',
  ])('PSS over messages and digests verifies as published: %s', (name) => {
    const { misjudged } = runWycheproof(name, readWycheproof<VerifyGroup, VerifyCase>(name), (test, group) =>
      acceptsBoth(pssOf(hashOf(group)), group, test, hashOf(group)),
    );
    expect(misjudged).toEqual([]);
  });

  test('PSS with another hash, another MGF1 hash or another salt length does not verify', () => {
    const file = readWycheproof<VerifyGroup, VerifyCase>('rsa_pss_misc_test.json');
    const others = new Set<number>();
    const { misjudged } = runWycheproof('RSA-PSS, other parameters', file, (test, group) => {
      const hash = hashOf(group);
      const isOurs =
        pssOf(hash) !== undefined && group.sha === group.mgfSha && group.sLen * 8 === Number(hash.slice(3));
      if (!isOurs) others.add(test.tcId);
      return acceptsBoth(pssOf(hash) ?? pssOf('sha256'), group, test, pssOf(hash) ? hash : 'sha256');
    });
    expect(misjudged).toEqual([...others]);
  });
});
