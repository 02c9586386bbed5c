/** Parses the texts of the options into the configuration of a server. */
import { resolve } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import {
  requireAccountId,
  requireDatabase,
  requireRegion,
  type ServeConfig,
  type TlsFiles,
} from '../../startup/config.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';
import { pathOf, positive, wholeNumber } from './option-values.ts';
import { auditConfigOf } from './serve-audit.ts';
import type { ServeOptions } from './serve-options.ts';

/** @throws CommandError or StartError for a value that cannot be used */
export function serveConfigOf(options: ServeOptions): ServeConfig {
  const dataDir = resolve(options.dataDir);
  return {
    listen: options.listen,
    ...defined({
      tls: tlsOf(options),
      passphraseFile: pathOf(options.passphraseFile),
      seedFile: pathOf(options.seed),
    }),
    plaintext: options.plaintext,
    dataDir,
    accountId: requireAccountId(options.accountId),
    region: requireRegion(options.region),
    database: requireDatabase(options.database),
    seal: options.seal ?? `file:${resolve(dataDir, 'root.key')}`,
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
