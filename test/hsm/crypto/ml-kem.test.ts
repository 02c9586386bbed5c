/** ML-KEM by OpenSSL and by noble: each stands in for the other, whichever the running Node has. */
import { execFileSync } from 'node:child_process';
import {
  createPrivateKey,
  createPublicKey,
  decapsulate as decapsulateWithOpenssl,
  encapsulate as encapsulateWithOpenssl,
} from 'node:crypto';
import {
  generateMlKemKey,
  type Kem,
  ML_KEM_MATERIAL_BYTES,
  mlKemParameters,
  nobleMlKem,
  opensslMlKem,
} from '@keystead/control-plane/hsm/crypto/ml-kem.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import type { Hsm } from '@keystead/control-plane/hsm/port/hsm.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import type { WrappedMaterial } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import fc from 'fast-check';

const sets = Object.entries(mlKemParameters).map(([name, parameters]) => ({
  name,
  parameters,
  openssl: opensslMlKem(parameters),
  noble: nobleMlKem(parameters),
}));

describe.each(sets)('$name by OpenSSL and by noble', ({ parameters, openssl, noble }) => {
  test('has the same public key for the same material', () => {
    for (let run = 0; run < 10; run++) {
      const material = generateMlKemKey(parameters);
      expect(material).toHaveLength(ML_KEM_MATERIAL_BYTES);
      expect(Buffer.compare(openssl.publicKey(material), noble.publicKey(material))).toBe(0);
    }
  });

  test.each<[string, Kem, Kem]>([
    ['OpenSSL encapsulates and noble decapsulates', openssl, noble],
    ['noble encapsulates and OpenSSL decapsulates', noble, openssl],
    ['OpenSSL does both', openssl, openssl],
    ['noble does both', noble, noble],
  ])('derives the sender’s secret: %s', (_who, sender, receiver) => {
    const material = generateMlKemKey(parameters);
    const { sharedSecret, ciphertext } = sender.encapsulate(material);
    expect(sharedSecret).toHaveLength(32);
    expect(ciphertext).toHaveLength(parameters.ciphertextLengthInBytes);
    expect(Buffer.compare(receiver.decapsulate(material, ciphertext), sharedSecret)).toBe(0);
    expect(Buffer.compare(sender.encapsulate(material).ciphertext, ciphertext)).not.toBe(0);
  });

  test('derives the same other secret from any changed ciphertext, and from one of another key', () => {
    const [material, another] = [generateMlKemKey(parameters), generateMlKemKey(parameters)];
    const { sharedSecret, ciphertext } = openssl.encapsulate(material);
    const rejects = (changed: Uint8Array) => {
      const derived = openssl.decapsulate(material, changed);
      expect(derived).toHaveLength(32);
      expect(Buffer.compare(derived, sharedSecret)).not.toBe(0);
      expect(Buffer.compare(noble.decapsulate(material, changed), derived)).toBe(0);
    };
    fc.assert(
      fc.property(fc.nat(ciphertext.length - 1), fc.nat(7), (index, bit) => {
        const flipped = Buffer.from(ciphertext);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        rejects(flipped);
      }),
      { numRuns: 25 },
    );
    rejects(Buffer.alloc(ciphertext.length));
    rejects(Buffer.alloc(ciphertext.length, 0xff));
    rejects(openssl.encapsulate(another).ciphertext);
  });

  test.each([
    ['OpenSSL', openssl],
    ['noble', noble],
  ])('refuses ciphertexts of another length with one error, by %s', (_library, kem) => {
    const material = generateMlKemKey(parameters);
    const { ciphertext } = kem.encapsulate(material);
    const others = [
      ciphertext.subarray(1),
      ciphertext.subarray(0, -1),
      Buffer.concat([ciphertext, Buffer.of(0)]),
      Buffer.alloc(0),
      Buffer.alloc(6144),
    ];
    for (const other of others) {
      expect(() => kem.decapsulate(material, other)).toThrow(
        expect.objectContaining({ constructor: HsmError, kind: 'invalid-ciphertext' }),
      );
    }
  });
});

test('noble does all of it on a Node without ML-KEM, which then has the same keys', () => {
  // As on Node 22: without these functions, every call of them would throw.
  const program = `
    import { createRequire, syncBuiltinESMExports } from 'node:module';
    const crypto = createRequire('/')('node:crypto');
    delete crypto.encapsulate;
    delete crypto.decapsulate;
    syncBuiltinESMExports();
    const { generateMlKemKey, kemOf, mlKemParameters } = await import('@keystead/control-plane/hsm/crypto/ml-kem.ts');
    const material = generateMlKemKey(mlKemParameters.mlKem768);
    const kem = kemOf(mlKemParameters.mlKem768);
    const { sharedSecret, ciphertext } = kem.encapsulate(material);
    const derived = kem.decapsulate(material, ciphertext);
    const hex = (bytes) => Buffer.from(bytes).toString('hex');
    console.log(JSON.stringify([material.use(hex), hex(kem.publicKey(material)), hex(ciphertext), hex(sharedSecret), hex(derived)]));`;
  const env = { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  const options = { env, cwd: import.meta.dirname };
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], options).toString();
  const [material = '', publicKey = '', ciphertext = '', sharedSecret, derived] = JSON.parse(printed) as string[];
  expect(derived).toBe(sharedSecret);
  const openssl = opensslMlKem(mlKemParameters.mlKem768);
  const here = new SecretBytes(Buffer.from(material, 'hex'));
  expect(Buffer.from(openssl.publicKey(here)).toString('hex')).toBe(publicKey);
  const ours = openssl.decapsulate(here, Buffer.from(ciphertext, 'hex'));
  expect(Buffer.from(ours).toString('hex')).toBe(sharedSecret);
});

describe('an ML-KEM key in the HSM', () => {
  const hsm: Hsm = createSoftHsm(new SecretBytes(Buffer.alloc(32, 1)));
  const keyOf = async (keySpec: WrappedMaterial['keySpec']): Promise<WrappedMaterial> => {
    const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const owner = { accountId: '111122223333', domainRegion: 'eu-central-1', keyId, keySpec };
    return { ...owner, ...(await hsm.generateKey(owner)) };
  };

  test.each([
    ['ML_KEM_512', 768],
    ['ML_KEM_768', 1088],
    ['ML_KEM_1024', 1568],
  ] as const)('%s shares a secret with whoever has its public key', async (keySpec, ciphertextBytes) => {
    const material = await keyOf(keySpec);
    const key = createPublicKey({ key: Buffer.from(await hsm.publicKey(material)), format: 'der', type: 'spki' });
    expect(key.asymmetricKeyType).toBe(keySpec.toLowerCase().replaceAll('_', '-'));
    const { sharedKey, ciphertext } = encapsulateWithOpenssl(key);
    expect(Buffer.compare(await hsm.decapsulate({ material, ciphertext }), sharedKey)).toBe(0);
    const made = await hsm.encapsulate({ material });
    expect([made.sharedSecret.length, made.ciphertext.length]).toEqual([32, ciphertextBytes]);
    const derived = await hsm.decapsulate({ material, ciphertext: made.ciphertext });
    expect(Buffer.compare(derived, made.sharedSecret)).toBe(0);
  });

  test.each(['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'] as const)(
    'a data key pair of spec %s has its private half as a seed, in 86 bytes',
    async (keyPairSpec) => {
      const material = await keyOf('SYMMETRIC_DEFAULT');
      const pair = await hsm.generateDataKeyPair({ material, keyPairSpec, encryptionContext: {}, withPlaintext: true });
      const key = Buffer.from(pair.privateKeyPlaintext ?? []);
      expect(key).toHaveLength(86);
      expect(key.subarray(0, 5).toString('hex')).toBe('3054020100');
      const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
      const publicKey = createPublicKey({ key: Buffer.from(pair.publicKey), format: 'der', type: 'spki' });
      const { sharedKey, ciphertext } = encapsulateWithOpenssl(publicKey);
      expect(decapsulateWithOpenssl(privateKey, ciphertext)).toEqual(sharedKey);
    },
  );
});
