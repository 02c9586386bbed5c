import { resolve } from 'node:path';
import { auditOptions } from '@keystead/control-plane/cli/serve/serve-audit.ts';
import { serveConfigOf } from '@keystead/control-plane/cli/serve/serve-config.ts';
import { type ServeOptions, serveOptions } from '@keystead/control-plane/cli/serve/serve-options.ts';

/** The defaults, with the given options in their place. */
function options(said: Partial<ServeOptions> = {}): ServeOptions {
  const defaults = [...serveOptions, ...auditOptions].map((option) => [option.attributeName(), option.defaultValue]);
  return { ...Object.fromEntries(defaults.filter(([, value]) => value !== undefined)), ...said };
}

test('leaves out what is not configured', () => {
  const config = serveConfigOf(options());
  expect(config).not.toHaveProperty('tls');
  expect(config).not.toHaveProperty('passphraseFile');
  expect(config).not.toHaveProperty('seedFile');
  expect(config.keyStores).toEqual({ xksTimeoutInMs: 250 });
  expect(config.audit).toEqual({ checkpointIntervalInSeconds: 300, deadlineInSeconds: 10, refusalsPerMinute: 300 });
});

test('the root key is in the data directory unless a seal says where', () => {
  // Without root's two users, whose HSM has a directory of its own in it.
  expect(serveConfigOf(options({ dataDir: 'keys', user: 'root' })).seal).toBe(`file:${resolve('keys/root.key')}`);
  expect(serveConfigOf(options({ seal: 'file:/mnt/root.key' })).seal).toBe('file:/mnt/root.key');
});

test('identity providers are at public addresses and in the networks that the operator names', () => {
  expect(serveConfigOf(options())).not.toHaveProperty('identityProviderNetworks');
  expect(serveConfigOf(options({ identityProviderNetworks: '10.20.0.0/16' })).identityProviderNetworks).toBe(
    '10.20.0.0/16',
  );
});

test('the file of trusted services is named by its path', () => {
  expect(serveConfigOf(options())).not.toHaveProperty('trustedServicesFile');
  expect(serveConfigOf(options({ trustedServices: 'a.json' })).trustedServicesFile).toBe(resolve('a.json'));
});

test('quotas are a word or a file', () => {
  expect(serveConfigOf(options({ quotas: 'aws' })).quotas).toBe('aws');
  expect(serveConfigOf(options({ quotas: 'quotas.json' })).quotas).toBe(resolve('quotas.json'));
});

test('TLS takes a certificate with its key, and optionally the CAs of clients', () => {
  expect(serveConfigOf(options({ tlsCert: 'a.pem', tlsKey: 'b.pem' })).tls).toEqual({
    certFile: resolve('a.pem'),
    keyFile: resolve('b.pem'),
  });
  expect(serveConfigOf(options({ tlsCert: 'a', tlsKey: 'b', tlsClientCa: 'c' })).tls).toHaveProperty(
    'clientCaFile',
    resolve('c'),
  );
});

test.each([{ tlsCert: 'a' }, { tlsKey: 'b' }, { tlsClientCa: 'c' }])('TLS with %o alone is refused', (said) => {
  expect(() => serveConfigOf(options(said))).toThrow('TLS needs both a certificate and its private key.');
});
