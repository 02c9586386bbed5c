/** Parses the texts of the options into the configuration of a server. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import {
  type HsmService,
  requireAccountId,
  requireDatabase,
  requireRegion,
  requireRegions,
  type ServeConfig,
  type TlsFiles,
} from '../../startup/config.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { requireUser } from '../../startup/users.ts';
import { CommandError } from '../shared/report.ts';
import { pathOf, positive, positiveWholeNumber, wholeNumber } from './option-values.ts';
import { auditConfigOf } from './serve-audit.ts';
import type { ServeOptions } from './serve-options.ts';

/** @throws CommandError or StartError for a value that cannot be used */
export function serveConfigOf(options: ServeOptions): ServeConfig {
  const dataDir = resolve(options.dataDir);
  return {
    listen: options.listen,
    connections: {
      max: positiveWholeNumber('--max-connections', options.maxConnections),
      maxPerAddress: positiveWholeNumber('--max-connections-per-address', options.maxConnectionsPerAddress),
      trustedProxies: options.trustedProxies,
    },
    ...defined({
      metricsListen: options.metricsListen,
      tls: tlsOf(options),
      passphraseFile: pathOf(options.passphraseFile),
      seedFile: pathOf(options.seed),
      hsm: hsmOf(options),
      identityProviderNetworks: options.identityProviderNetworks,
      trustedServicesFile: pathOf(options.trustedServices),
    }),
    plaintext: options.plaintext,
    dataDir,
    accountId: requireAccountId(options.accountId),
    region: requireRegion(options.region),
    ...(options.regions !== undefined && { regions: requireRegions(options.regions, options.region) }),
    database: requireDatabase(options.database),
    ...(String(options.newDatabase) === 'true' && { isNewDatabase: true }),
    seal: options.seal ?? `file:${defaultRootKeyFile(dataDir, options)}`,
    quotas: options.quotas === 'off' || options.quotas === 'aws' ? options.quotas : resolve(options.quotas),
    logLevel: options.logLevel,
    jobIntervalInSeconds: positive('--job-interval', options.jobInterval, 'seconds'),
    failedAuthenticationsPerMinute: wholeNumber('--failed-authentications', options.failedAuthentications),
    shutdownGraceInSeconds: positive('--shutdown-grace', options.shutdownGrace, 'seconds'),
    keyStores: {
      ...defined({
        pkcs11TokensFile: pathOf(options.pkcs11Tokens),
        xksCaFile: pathOf(options.xksCaFile),
        xksConnectTo: options.xksConnectTo,
      }),
      xksTimeoutInMs: positive('--xks-timeout', options.xksTimeout, 'milliseconds'),
    },
    audit: auditConfigOf(options),
  };
}

/**
 * A server that root starts keeps a new root key in a directory of the HSM's user. A key that exists stays where it is.
 */
function defaultRootKeyFile(dataDir: string, { user }: ServeOptions): string {
  const [own, ofHsm] = [resolve(dataDir, 'root.key'), resolve(dataDir, 'hsm', 'root.key')];
  if (existsSync(own)) return own;
  const isForTwoUsers = process.geteuid?.() === 0 && user !== 'root';
  return isForTwoUsers || existsSync(ofHsm) ? ofHsm : own;
}

/** @throws CommandError or StartError */
function hsmOf({ hsm, hsmTokenFile, hsmUser, embeddedHsm }: ServeOptions): HsmService | undefined {
  if (hsm === undefined) {
    if (hsmTokenFile === undefined) return undefined;
    throw new CommandError(
      '--hsm-token-file belongs to an HSM that runs by itself.',
      'Name its socket too: --hsm unix:PATH.',
      exitCodes.usage,
    );
  }
  const path = /^unix:(.+)$/s.exec(hsm)?.[1];
  if (path === undefined) {
    throw new CommandError(
      `--hsm: "${hsm}" is not the socket of an HSM.`,
      'Write --hsm unix:PATH, with the path that "keystead hsm --socket" was given.',
      exitCodes.usage,
    );
  }
  const socketPath = resolve(path);
  return {
    socketPath,
    tokenFile: pathOf(hsmTokenFile) ?? join(dirname(socketPath), 'hsm.token'),
    ...(hsmUser !== undefined && { uid: requireUser('--hsm-user', hsmUser).uid }),
    isEmbedded: embeddedHsm !== undefined,
  };
}

function tlsOf({ tlsCert, tlsKey, tlsClientCa }: ServeOptions): TlsFiles | undefined {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { certFile: resolve(tlsCert), keyFile: resolve(tlsKey), ...defined({ clientCaFile: pathOf(tlsClientCa) }) };
  }
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  throw new CommandError(
    'TLS needs both a certificate and its private key.',
    'Give --tls-cert FILE and --tls-key FILE.',
    exitCodes.usage,
  );
}
