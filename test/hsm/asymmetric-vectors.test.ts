/** Signatures, encryption and key agreement of the HSM, judged by Project Wycheproof. */
import {
  constants,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  publicEncrypt,
  sign,
  verify,
} from 'node:crypto';
import { type Curve, curves, ecdh, ecdsa } from '@keystead/control-plane/hsm/ecc.ts';
import { ed25519Signers } from '@keystead/control-plane/hsm/ed25519.ts';
import { hmac } from '@keystead/control-plane/hsm/hmac.ts';
import { HsmError } from '@keystead/control-plane/hsm/hsm.ts';
import { keyPairOf } from '@keystead/control-plane/hsm/key-pairs.ts';
import { type MlDsaParameters, mlDsaParameters, mlDsaSigners } from '@keystead/control-plane/hsm/ml-dsa.ts';
import { oaepCiphers, rsaSigners } from '@keystead/control-plane/hsm/rsa.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/secret-bytes.ts';
import type { Signer } from '@keystead/control-plane/hsm/signer.ts';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import {
  describeWithVectors,
  fromHex,
  readWycheproof,
  runWycheproof,
  type WycheproofCase,
  type WycheproofFile,
} from '../support/external-vectors.ts';

type Hash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

interface VerifyGroup {
  readonly publicKeyDer: string;
  readonly sha: string;
  readonly mgfSha: string;
  readonly sLen: number;
}
interface VerifyCase extends WycheproofCase {
  readonly msg: string;
  readonly sig: string;
}

const hashOf = ({ sha }: { readonly sha: string }): Hash => sha.replace('-', '').toLowerCase() as Hash;
const digestOf = (hash: Hash, message: Uint8Array) => createHash(hash).update(message).digest();

/** As the HSM judges: a signature that cannot be read does not verify. */
function accepts(
  signer: Signer | undefined,
  publicKey: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signer === undefined) throw new Error('there is no such signer');
  return attempt(() => signer.verify(publicKey, message, signature)) ?? false;
}

/** @returns undefined when it is refused: what a library cannot read, it throws at. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const spki = (hex: string) => createPublicKey({ key: fromHex(hex), format: 'der', type: 'spki' });

/** A message and its digest have to be judged alike. */
function acceptsBoth(
  signers: { readonly RAW?: Signer; readonly DIGEST?: Signer } | undefined,
  { publicKeyDer }: VerifyGroup,
  { msg, sig }: VerifyCase,
  hash: Hash,
): boolean {
  const publicKey = spki(publicKeyDer);
  const raw = accepts(signers?.RAW, publicKey, fromHex(msg), fromHex(sig));
  const digest = accepts(signers?.DIGEST, publicKey, digestOf(hash, fromHex(msg)), fromHex(sig));
  expect(digest).toBe(raw);
  return raw;
}

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

  test('signatures with a high S are good too, against Bitcoin’s rule and for nothing else', () => {
    const file = readWycheproof<VerifyGroup, VerifyCase>('ecdsa_secp256k1_sha256_bitcoin_test.json');
    const { misjudged } = runWycheproof('ECDSA secp256k1, Bitcoin', file, (test, group) =>
      acceptsBoth(ecdsa(curves.secp256k1), group, test, 'sha256'),
    );
    const signatures = file.testGroups.flatMap(({ tests }) => tests).filter(({ tcId }) => misjudged.includes(tcId));
    const highS = signatures.map(({ sig }) => secp256k1.Signature.fromBytes(fromHex(sig), 'der').hasHighS());
    expect(highS).toEqual([true, true]);
  });

  test('the primitive under it judges the fixed-length form as published', () => {
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

interface PrivateKeyGroup extends VerifyGroup {
  readonly privateKeyPkcs8: string;
}
const materialOf = (pkcs8: string) => new SecretBytes(fromHex(pkcs8));

async function signsAsPublished({ sha, privateKeyPkcs8 }: PrivateKeyGroup, { msg, sig }: VerifyCase) {
  const [hash, message] = [hashOf({ sha }), fromHex(msg)];
  const material = materialOf(privateKeyPkcs8);
  const signers = pkcs1Of(hash);
  // SHA-1 and SHA-224 are no algorithms of KMS: the primitive alone is asked.
  const signatures = signers
    ? [await signers.RAW?.sign(material, message), await signers.DIGEST?.sign(material, digestOf(hash, message))]
    : [sign(hash, message, keyPairOf(material).privateKey)];
  return signatures.every((signature) => Buffer.from(signature ?? []).toString('hex') === sig);
}

/** Asks about every case first, because the answers come later. */
async function judgedAhead<Group, Case extends WycheproofCase>(
  file: WycheproofFile<Group, Case>,
  judge: (test: Case, group: Group) => Promise<boolean>,
): Promise<(test: Case) => boolean> {
  const judged = new Map<Case, boolean>();
  for (const group of file.testGroups) for (const test of group.tests) judged.set(test, await judge(test, group));
  return (test) => judged.get(test) ?? false;
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

  test('PSS with another hash, another MGF1 hash or another salt length is not good', () => {
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

interface OaepCase extends WycheproofCase {
  readonly msg: string;
  readonly ct: string;
  readonly label: string;
}

/** @returns false for the one refusal that there is. */
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
  ])('opens as published what has an empty label and one hash throughout, and nothing else: %s', async (name) => {
    const file = readWycheproof<PrivateKeyGroup, OaepCase>(name);
    const others = new Set<number>();
    const judged = await judgedAhead(file, async (test, group) => {
      const hash = hashOf(group);
      const isOurs = ['sha1', 'sha256'].includes(hash) && group.sha === group.mgfSha && test.label === '';
      if (!isOurs && test.result === 'valid') others.add(test.tcId);
      return opensOaep(hash, group, test);
    });
    expect(runWycheproof(name, file, judged).misjudged).toEqual([...others]);
  });

  test('does not open a ciphertext that is one byte shorter or longer than the modulus', async () => {
    const [group] = readWycheproof<PrivateKeyGroup, OaepCase>('rsa_oaep_2048_sha256_mgf1sha256_test.json').testGroups;
    const material = materialOf(group?.privateKeyPkcs8 ?? '');
    const { publicKey: key } = keyPairOf(material);
    const cipher = oaepCiphers.RSAES_OAEP_SHA_256;
    // Sought until its first byte is zero, so that the shorter form is the same number.
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

function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const lengthBytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), content]);
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

interface MlDsaGroup {
  readonly publicKey: string;
  readonly publicKeyDer: string;
  readonly privateSeed?: string;
  readonly privateKey?: string;
}
interface MlDsaCase extends VerifyCase {
  readonly mu?: string;
  readonly ctx?: string;
  readonly rnd?: string;
}

const mlDsas = [
  { level: 44, parameters: mlDsaParameters.mlDsa44 },
  { level: 65, parameters: mlDsaParameters.mlDsa65 },
  { level: 87, parameters: mlDsaParameters.mlDsa87 },
];

/** RFC 9881 section 4. */
function publicKeyOf({ objectIdentifierArc }: MlDsaParameters, { publicKey }: MlDsaGroup): KeyObject {
  const algorithm = der(0x30, Buffer.concat([fromHex('06096086480165030403'), Buffer.of(objectIdentifierArc)]));
  return spki(der(0x30, Buffer.concat([algorithm, der(0x03, fromHex(`00${publicKey}`))])).toString('hex'));
}

describeWithVectors('Wycheproof ML-DSA', () => {
  test.each(mlDsas)('ML-DSA-$level verifies as published, with an empty context', ({ level, parameters }) => {
    const file = readWycheproof<MlDsaGroup, MlDsaCase>(`mldsa_${level}_verify_test.json`);
    const signer = mlDsaSigners(parameters).ML_DSA_SHAKE_256?.RAW;
    const { misjudged } = runWycheproof(`ML-DSA-${level} verification`, file, ({ msg, sig, ctx }, group) => {
      const key = attempt(() => spki(group.publicKeyDer));
      if (key === undefined) return false;
      const isGood = accepts(signer, key, fromHex(msg), fromHex(sig));
      if (!ctx) return isGood;
      // Made with a context: not good here; the primitive is asked with that context.
      expect(isGood).toBe(false);
      return attempt(() => verify(null, fromHex(msg), { key, context: fromHex(ctx) }, fromHex(sig))) ?? false;
    });
    expect(misjudged).toEqual([]);
  });

  const kinds = mlDsas.flatMap((each) => ['seed', 'noseed'].map((kind) => ({ ...each, kind })));
  test.each(kinds)('ML-DSA-$level signs an external mu as published: $kind', ({ level, parameters, kind }) => {
    const file = readWycheproof<MlDsaGroup, MlDsaCase>(`mldsa_${level}_sign_${kind}_test.json`);
    const signer = mlDsaSigners(parameters).ML_DSA_SHAKE_256?.EXTERNAL_MU;
    const { misjudged } = runWycheproof(`ML-DSA-${level} signing, ${kind}`, file, (test, group) => {
      const made = attempt(() => signAsNoble(parameters, test, group));
      if (made === undefined || Buffer.from(made).toString('hex') !== test.sig) return false;
      const { mu } = test;
      return mu === undefined || accepts(signer, publicKeyOf(parameters, group), fromHex(mu), made);
    });
    expect(misjudged).toEqual([]);
  });
});

/** Deterministic, or with the randomness that the case gives, which the HSM never is. */
function signAsNoble({ noble }: MlDsaParameters, { mu, msg, ctx, rnd }: MlDsaCase, group: MlDsaGroup): Uint8Array {
  const { privateSeed, privateKey = '' } = group;
  const key = privateSeed === undefined ? fromHex(privateKey) : noble.keygen(fromHex(privateSeed)).secretKey;
  const extraEntropy = rnd === undefined ? false : fromHex(rnd);
  if (mu !== undefined) return noble.internal.sign(fromHex(mu), key, { externalMu: true, extraEntropy });
  return noble.sign(fromHex(msg), key, { extraEntropy, context: fromHex(ctx ?? '') });
}

interface MacCase extends WycheproofCase {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

describeWithVectors('Wycheproof HMAC under a key of the HSM', () => {
  test.each(['sha224', 'sha256', 'sha384', 'sha512'] as const)('%s gives the published tags', (hash) => {
    const file = readWycheproof<{ readonly tagSize: number }, MacCase>(`hmac_${hash}_test.json`);
    const { misjudged } = runWycheproof(`HMAC ${hash}, HSM`, file, ({ key, msg, tag }, { tagSize }) => {
      const mac = Buffer.from(hmac(hash)(new SecretBytes(fromHex(key)), fromHex(msg)));
      return mac.toString('hex', 0, tagSize / 8) === tag;
    });
    expect(misjudged).toEqual([]);
  });
});
