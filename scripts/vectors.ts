/**
 * `make vectors`: fetches the published test vectors to test/vectors/external, each collection at the commit that the
 * tests were written against, and keeps them only when their contents have the SHA-256 that is written here.
 * Collections that are there already stay. With --if-missing nothing is fetched where the tests find vectors elsewhere.
 * KEYSTEAD_VECTORS_ORIGIN names another place than GitHub, such as file:///srv/mirror, with the same owner/name below
 * it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

export interface Collection {
  /** Folder below test/vectors/external. */
  readonly name: string;
  readonly repository: string;
  readonly commit: string;
  readonly licence: string;
  readonly folder: string;
  /** Files of the folder that are fetched; absent: all, with its folders. */
  readonly files?: readonly string[];
  /** digestOf() of the fetched files. */
  readonly sha256: string;
}

/** SHA-256 over the sorted lines `<SHA-256 of the file>  <path>\n`, as `sha256sum` prints them. */
export function digestOf(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
  const lines = files.map((file) => `${sha256(readFileSync(join(directory, file)))}  ${file}\n`);
  return sha256(lines.join(''));
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** @throws Error that names the collection and what went wrong */
export function bring(collection: Collection, origin: string, into: string): void {
  const { name, repository, commit, folder, files } = collection;
  const work = mkdtempSync(join(tmpdir(), 'keystead-vectors-'));
  try {
    const clone = join(work, 'clone');
    const url = `${origin}/${repository}.git`;
    git(['clone', '--quiet', '--filter=blob:none', '--no-checkout', url, clone]);
    git(['-C', clone, 'checkout', '--quiet', commit, '--', ...(files ?? ['']).map((file) => join(folder, file))]);
    const found = digestOf(join(clone, folder));
    if (found !== collection.sha256) {
      throw new Error(
        `${name}: the contents of ${repository} at ${commit} have SHA-256 ${found}, not ${collection.sha256}`,
      );
    }
    mkdirSync(into, { recursive: true });
    const draft = join(into, `.${name}.new`);
    rmSync(draft, { recursive: true, force: true });
    cpSync(join(clone, folder), draft, { recursive: true });
    rmSync(join(into, name), { recursive: true, force: true });
    renameSync(draft, join(into, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @throws Error with the last line that git printed */
function git(args: readonly string[]): void {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const { status, stderr, error } = spawnSync('git', args, { encoding: 'utf8', timeout: GIT_TIMEOUT_MS, env });
  if (error) throw new Error(`git ${args[0]}: ${error.message}`);
  if (status !== 0) throw new Error(`git: ${stderr.trim().split('\n').at(-1)}`);
}

const GIT_TIMEOUT_MS = 300_000;

const wycheproof = `
  aes_gcm aes_gcm_siv aes_kwp aes_wrap
  ecdh_secp256r1 ecdh_secp256r1_ecpoint ecdh_secp384r1 ecdh_secp384r1_ecpoint ecdh_secp521r1 ecdh_secp521r1_ecpoint
  ecdsa_secp256k1_sha256 ecdsa_secp256k1_sha256_bitcoin ecdsa_secp256r1_sha256 ecdsa_secp256r1_sha256_p1363
  ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ed25519
  hmac_sha1 hmac_sha224 hmac_sha256 hmac_sha384 hmac_sha512
  mldsa_44_sign_noseed mldsa_44_sign_seed mldsa_44_verify mldsa_65_sign_noseed mldsa_65_sign_seed mldsa_65_verify
  mldsa_87_sign_noseed mldsa_87_sign_seed mldsa_87_verify
  mlkem_512 mlkem_512_encaps mlkem_512_keygen_seed mlkem_512_semi_expanded_decaps
  mlkem_768 mlkem_768_encaps mlkem_768_keygen_seed mlkem_768_semi_expanded_decaps
  mlkem_1024 mlkem_1024_encaps mlkem_1024_keygen_seed mlkem_1024_semi_expanded_decaps
  rsa_oaep_2048_sha1_mgf1sha1 rsa_oaep_2048_sha256_mgf1sha256 rsa_oaep_3072_sha256_mgf1sha256
  rsa_oaep_4096_sha256_mgf1sha256 rsa_oaep_misc rsa_pkcs1_2048_sig_gen rsa_pkcs1_3072_sig_gen
  rsa_pss_2048_sha256_mgf1_32 rsa_pss_2048_sha384_mgf1_48 rsa_pss_3072_sha256_mgf1_32 rsa_pss_4096_sha256_mgf1_32
  rsa_pss_4096_sha384_mgf1_48 rsa_pss_4096_sha512_mgf1_64 rsa_pss_misc
  rsa_signature_2048_sha256 rsa_signature_2048_sha384 rsa_signature_2048_sha512
  rsa_signature_3072_sha256 rsa_signature_3072_sha384 rsa_signature_3072_sha512
  rsa_signature_4096_sha256 rsa_signature_4096_sha384 rsa_signature_4096_sha512`;

export const collections: readonly Collection[] = [
  {
    name: 'wycheproof',
    repository: 'C2SP/wycheproof',
    commit: 'dac1dd4729fd1f8dd9e1e9f3dce51d783da6c166',
    licence: 'Apache-2.0',
    folder: 'testvectors_v1',
    files: wycheproof
      .trim()
      .split(/\s+/)
      .map((name) => `${name}_test.json`),
    sha256: '9f31cfa5a28e5b3f33fe2d275da5481b639783e39bd1a5cdeee6c7c740751cfc',
  },
  {
    name: 'sigv4',
    repository: 'awslabs/aws-c-auth',
    commit: '495329c2433034bd8fd53fc6ba9e0202d3fac876',
    licence: 'Apache-2.0',
    folder: 'tests/aws-signing-test-suite/v4',
    sha256: 'b5f87443b2900bd514b8d9033d0c972962cdfef4759a284f7225b0827b08393c',
  },
  {
    name: 'nist',
    repository: 'pyca/cryptography',
    commit: '38.0.4',
    licence: 'public domain (NIST CAVP)',
    folder: 'vectors/cryptography_vectors/KDF',
    files: ['nist-800-108-KBKDF-CTR.txt'],
    sha256: '9802df1f19a6a68b849080ebe295cd173d5cbd06681a4bdf34dbae48e9aaccb8',
  },
];

/** @returns a sentence for each collection that is still missing */
export function bringAll(all: readonly Collection[], origin: string, into: string): readonly string[] {
  const absent = all.filter(
    ({ name, sha256 }) => !existsSync(join(into, name)) || digestOf(join(into, name)) !== sha256,
  );
  return absent.flatMap((collection, index) => {
    const { name, repository, licence } = collection;
    console.log(
      `Fetching published test vectors, ${index + 1} of ${absent.length}: ${name} (${repository}, ${licence})`,
    );
    try {
      bring(collection, origin, into);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
}

function main(args: readonly string[]): void {
  const root = join(import.meta.dirname, '..');
  const elsewhere = [process.env.KEYSTEAD_VECTORS_DIR ?? '', join(root, '../shared/vectors')];
  const found = elsewhere.some((path) => path !== '' && existsSync(join(path, 'wycheproof')));
  if (args.includes('--if-missing') && found) return;
  const origin = process.env.KEYSTEAD_VECTORS_ORIGIN ?? 'https://github.com';
  const faults = bringAll(collections, origin, join(root, 'test/vectors/external'));
  if (faults.length === 0) return;
  for (const fault of faults) console.error(`Not fetched: ${fault}`);
  console.error('The suites that need them are not run. Run "make vectors" with a network that reaches the origin.');
  // A test run goes on without them, and counts what it left out.
  if (!args.includes('--if-missing')) process.exitCode = 1;
}

if (import.meta.main) main(process.argv.slice(2));
