/** The flags of Node under which the API process runs beside its own HSM. */
import type { ServeConfig } from '@keystead/control-plane/startup/config.ts';
import { apiPermissionFlags, programDirectories } from '@keystead/control-plane/startup/embedded/api-permissions.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';

const config: ServeConfig = {
  listen: '127.0.0.1:0',
  plaintext: 'loopback',
  dataDir: '/srv/keystead',
  accountId: '111122223333',
  region: 'us-east-1',
  database: new Secret('postgres://db.example/keystead?sslrootcert=/etc/files/database-ca.pem'),
  seal: 'passphrase:/srv/keystead/root.key',
  passphraseFile: '/srv/keystead/passphrase',
  logLevel: 'info',
  jobIntervalInSeconds: 60,
  failedAuthenticationsPerMinute: 100,
  shutdownGraceInSeconds: 10,
  tls: { certFile: '/etc/files/cert.pem', keyFile: '/etc/files/key.pem', clientCaFile: '/etc/files/client-ca.pem' },
  quotas: '/etc/files/quotas.json',
  seedFile: '/etc/files/seed.yaml',
  trustedServicesFile: '/etc/files/services.json',
  keyStores: { pkcs11TokensFile: '/etc/files/tokens.json', xksCaFile: '/etc/files/ca.pem', xksTimeoutInMs: 250 },
  audit: {
    logDirectory: '/var/files/trail',
    mirrorFile: '/var/files/mirror.jsonl',
    checkpointIntervalInSeconds: 300,
    deadlineInSeconds: 10,
    refusalsPerMinute: 300,
  },
};
const flags = apiPermissionFlags({ config, furtherFiles: ['/etc/files/config.json'], cacheDirectory: '/var/cache/k' });

/** Whether a flag names the path, itself or by a beginning. */
function allows(access: 'read' | 'write', path: string): boolean {
  const named = flags
    .filter((flag) => flag.startsWith(`--allow-fs-${access}=`))
    .map((flag) => flag.split('=')[1] ?? '');
  return named.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one));
}

test('let it read each file that an option names', () => {
  const files = JSON.stringify(config).match(/\/etc\/files\/[a-z.-]+/g) ?? [];
  expect(files).toHaveLength(8);
  for (const file of [...files, '/etc/files/database-ca.pem', '/etc/files/config.json']) {
    expect([file, allows('read', file), allows('write', file)]).toEqual([file, true, false]);
  }
});

test('let it read and write its own files', () => {
  const own = [
    'keystead.db',
    'keystead.db-wal',
    'keystead.lock',
    'credentials',
    'audit-public-key.pem',
    'run/hsm.sock',
  ];
  const paths = [...own.map((name) => `/srv/keystead/${name}`), '/var/files/trail/a/b', '/var/files/mirror.jsonl'];
  for (const path of paths) expect([path, allows('read', path), allows('write', path)]).toEqual([path, true, true]);
});

test.each(['/srv/keystead/root.key', '/srv/keystead/passphrase', '/srv/keystead/hsm/root.key', '/srv/keystead'])(
  'keep it from %s',
  (path) => expect([allows('read', path), allows('write', path)]).toEqual([false, false]),
);

test('keep it from other processes, and from its own view of all files', () => {
  for (const path of ['/proc/1/mem', '/proc/self/root/srv/keystead/root.key', '/proc/self/mem', '/etc/shadow']) {
    expect([path, allows('read', path)]).toEqual([path, false]);
  }
  expect(flags).toContain('--permission');
  expect(flags.filter((flag) => /child-process|wasi|inspector/.test(flag))).toEqual([]);
});

test('let it write nowhere among its programs', () => {
  for (const directory of programDirectories()) expect(allows('write', directory)).toBe(false);
});
