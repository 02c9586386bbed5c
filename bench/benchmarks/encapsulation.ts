/**
 * ML-KEM: whether Decapsulate of a changed ciphertext takes as long as of a good one, as implicit rejection (FIPS 203
 * section 6.3) requires, by OpenSSL and by noble; and what the HSM adds to OpenSSL alone.
 */
import { createPrivateKey, decapsulate } from 'node:crypto';
import {
  generateMlKemKey,
  type Kem,
  mlKemParameters,
  nobleMlKem,
  opensslMlKem,
} from '@keystead/control-plane/hsm/crypto/ml-kem.ts';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { microsecondsPerRun } from '../measure/processor-time.ts';

const parameters = mlKemParameters.mlKem768;
const time = { unit: 'µs of processor time', better: 'neither' } as const;
const figures: readonly FigureDescription[] = [
  {
    id: 'decapsulate-changed',
    name: 'Decapsulate of a changed ciphertext, OpenSSL',
    ...time,
    floorName: 'of a good ciphertext',
  },
  {
    id: 'decapsulate-changed-noble',
    name: 'Decapsulate of a changed ciphertext, noble',
    ...time,
    floorName: 'of a good ciphertext',
  },
  {
    id: 'decapsulate',
    name: 'Decapsulate of a key in the HSM',
    ...time,
    better: 'lower',
    floorName: 'OpenSSL alone',
  },
];

export const encapsulation: Benchmark = {
  name: 'encapsulation',
  summary: 'decapsulating a good and a changed ciphertext with ML-KEM, by OpenSSL and by noble',
  rounds: 7,
  lasting: false,
  figures,
  prepare: async () => {
    const works = worksOf();
    return { measure: (round) => measure(round, works), close: async () => undefined };
  },
};

type Works = Readonly<Record<'good' | 'changed' | 'nobleGood' | 'nobleChanged' | 'alone', () => unknown>>;

async function measure(round: number, works: Works): Promise<RoundSamples> {
  const { good, changed, nobleGood, nobleChanged, alone } = microsecondsPerRun(round, works);
  return {
    'decapsulate-changed': { subject: changed, floor: good },
    'decapsulate-changed-noble': { subject: nobleChanged, floor: nobleGood },
    decapsulate: { subject: good, floor: alone },
  };
}

/** All with one key, and the two ciphertexts differ in one bit. */
function worksOf(): Works {
  const material = generateMlKemKey(parameters);
  const [openssl, noble] = [opensslMlKem(parameters), nobleMlKem(parameters)];
  const { ciphertext } = openssl.encapsulate(material);
  const flipped = Buffer.from(ciphertext);
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  const key = material.use((bytes) => createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }));
  const by = (kem: Kem, given: Uint8Array) => () => kem.decapsulate(material, given);
  return {
    good: by(openssl, ciphertext),
    changed: by(openssl, flipped),
    nobleGood: by(noble, ciphertext),
    nobleChanged: by(noble, flipped),
    alone: () => decapsulate(key, ciphertext),
  };
}
