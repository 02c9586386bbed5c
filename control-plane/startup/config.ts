import { isAccountId, isRegion } from '@keystead/provider-schema/arn.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { type Networks, publicNetworksAnd } from '../runtime/networks.ts';
import type { AuditConfig } from './audit-config.ts';
import type { ConnectionConfig } from './connection-config.ts';
import type { KeyStoreConfig } from './key-store-config.ts';
import { isLoopback, parseListenAddress } from './listen-address.ts';
import { exitCodes, StartError } from './start-error.ts';

/** The configuration of `keystead serve`. Each value comes from a flag, a KEYSTEAD_… variable or the config file. */
export interface ServeConfig {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  /** `host:port` for /metrics alone; absent: at `listen`, for clients on loopback. */
  readonly metricsListen?: string;
  /** Absent: the default limits. */
  readonly connections?: ConnectionConfig;
  /** Absent: plain HTTP. */
  readonly tls?: TlsFiles;
  /** Where plain HTTP can be served: everyone on the network can read its answers. */
  readonly plaintext: 'loopback' | 'anywhere';
  readonly dataDir: string;
  /** Account of the root principal that the first start creates. */
  readonly accountId: string;
  /** Region written into the credentials profile and the hints; requests name their own. */
  readonly region: string;
  /** The Regions that are served; absent: all. */
  readonly regions?: ReadonlySet<string>;
  /** `sqlite` (in dataDir) or a `postgres://` URL, which can contain a password. */
  readonly database: Secret;
  /** The operator confirms that a root key which exists belongs to no database yet. */
  readonly isNewDatabase?: boolean;
  /** `file:PATH`: the root key; `passphrase:PATH`: the root key sealed under the passphrase in passphraseFile. */
  readonly seal: string;
  readonly passphraseFile?: string;
  /** An HSM that runs as a service of its own; absent: the server has one for itself. */
  readonly hsm?: HsmService;
  /** `off`, `aws`, or a JSON file with the quotas that differ from AWS's. */
  readonly quotas: string;
  /** YAML or JSON: accounts, users and keys that must exist. */
  readonly seedFile?: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** How often jobs look for due keys. */
  readonly jobIntervalInSeconds: number;
  /** How many requests with invalid credentials one address can send in a minute; 0: any number. */
  readonly failedAuthenticationsPerMinute: number;
  /**
   * `address/bits,…`: networks that keys of identity providers can be fetched from, beside public ones; absent: none.
   */
  readonly identityProviderNetworks?: string;
  /** JSON file with the services that can act for principals without proof; absent: none can. */
  readonly trustedServicesFile?: string;
  /** How long the server waits for requests in progress when it stops. */
  readonly shutdownGraceInSeconds: number;
  /** Absent: no PKCS#11 tokens, and the defaults for external key stores. */
  readonly keyStores?: KeyStoreConfig;
  /** Absent: the audit log is in the database only. */
  readonly audit?: AuditConfig;
}

/** An HSM that listens on a socket (`keystead hsm`). */
export interface HsmService {
  readonly socketPath: string;
  /** Holds the token that the HSM and its clients share. */
  readonly tokenFile: string;
  /** Numeric id of the user as whom it runs; absent: the server's own user, or root. */
  readonly uid?: number;
  /** The command that started this server started the HSM too, for this server alone: it ends with it. */
  readonly isEmbedded: boolean;
}

/** PEM files. */
export interface TlsFiles {
  /** The server's certificate, then any intermediate ones. */
  readonly certFile: string;
  readonly keyFile: string;
  /** When given, every client must present a certificate issued by one of these CAs. */
  readonly clientCaFile?: string;
}

/**
 * Signatures protect the integrity of requests on any network; they do not keep answers secret.
 * @throws StartError when plain HTTP would be served where others can read it, unless the operator allows that
 */
export function requirePrivateTransport({ listen, tls, plaintext }: ServeConfig): void {
  const { host } = parseListenAddress(listen, '--listen');
  if (tls !== undefined || plaintext === 'anywhere' || isLoopback(host)) return;
  throw new StartError(
    `--listen: ${listen} is beyond loopback, and TLS is not configured: plaintext and data keys could be read on the network.`,
    'Give --tls-cert and --tls-key; or --plaintext anywhere, when a TLS proxy stands in front.',
    exitCodes.tls,
  );
}

/** Where the root key is. @throws StartError */
export function parseSeal(
  text: string,
  passphraseFile?: string,
):
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'passphrase'; readonly path: string; readonly passphrasePath: string } {
  const [, kind, path] = /^(file|passphrase):(.+)$/s.exec(text) ?? [];
  if (kind === 'file' && path !== undefined) return { kind, path };
  if (kind === 'passphrase' && path !== undefined && passphraseFile !== undefined) {
    return { kind, path, passphrasePath: passphraseFile };
  }
  throw kind === 'passphrase'
    ? new StartError(
        '--seal: a passphrase seal needs its passphrase.',
        'Name a file of mode 0600 that holds it: --passphrase-file FILE.',
        exitCodes.usage,
      )
    : new StartError(
        `--seal: "${text}" is not a seal.`,
        'Write --seal file:PATH, or --seal passphrase:PATH with --passphrase-file FILE.',
        exitCodes.usage,
      );
}

/** @throws StartError */
export function requireAccountId(text: string): string {
  if (isAccountId(text)) return text;
  throw new StartError(
    `--account-id: "${text}" is not an account id.`,
    'An account id has 12 digits, such as 111122223333.',
    exitCodes.usage,
  );
}

/** @param flag the option that names it @throws StartError */
export function requireRegion(text: string, flag = '--region'): string {
  if (isRegion(text)) return text;
  throw new StartError(
    `${flag}: "${text}" is not a Region name.`,
    'Write it as AWS does, such as eu-central-1.',
    exitCodes.usage,
  );
}

/** @param home the Region of `--region`, which must be one of them @throws StartError */
export function requireRegions(text: string, home: string): ReadonlySet<string> {
  const regions = new Set(text.split(',').map((name) => requireRegion(name.trim(), '--regions')));
  if (regions.has(home)) return regions;
  throw new StartError(
    `--regions: ${home}, the Region of --region, is not in the list.`,
    'Add it, or give --region one of the list.',
    exitCodes.usage,
  );
}

/** @throws StartError */
export function requireIdentityProviderNetworks(text = ''): Networks {
  const networks = text.split(',').map((network) => network.trim());
  try {
    return publicNetworksAnd(networks.filter((network) => network !== ''));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StartError(
      `--identity-provider-networks: ${error.message}.`,
      'Write addresses or address/bits, such as 10.20.0.0/16,fd00:1234::/48.',
      exitCodes.usage,
    );
  }
}

/** @throws StartError, without the text: a mistyped URL can contain a password. */
export function requireDatabase(text: string): Secret {
  if (text === 'sqlite' || (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text))) return new Secret(text);
  throw new StartError(
    '--database: the value is neither "sqlite" nor a postgres:// URL.',
    'Write it as postgres://user:password@host:5432/database.',
    exitCodes.usage,
  );
}
