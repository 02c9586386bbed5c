/** The options of `keystead serve`, those about the audit log apart (serve-audit.ts). */
import { Option } from 'commander';
import type { ServeConfig } from '../../startup/config.ts';
import type { AuditOptions } from './serve-audit.ts';

export interface ServeOptions extends AuditOptions {
  readonly config?: string;
  readonly listen: string;
  readonly metricsListen?: string;
  readonly maxConnections: string;
  readonly maxConnectionsPerAddress: string;
  readonly trustedProxies: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly plaintext: ServeConfig['plaintext'];
  readonly dataDir: string;
  readonly accountId: string;
  readonly region: string;
  readonly regions?: string;
  readonly database: string;
  /** true from the flag, its text from a config file. */
  readonly newDatabase?: boolean | string;
  readonly seal?: string;
  readonly passphraseFile?: string;
  readonly hsm?: string;
  readonly hsmTokenFile?: string;
  readonly hsmUser?: string;
  readonly user?: string;
  readonly embeddedHsm?: string;
  readonly endWith?: string;
  readonly logLevel: ServeConfig['logLevel'];
  readonly quotas: string;
  readonly seed?: string;
  readonly jobInterval: string;
  readonly failedAuthentications: string;
  readonly identityProviderNetworks?: string;
  readonly trustedServices?: string;
  readonly shutdownGrace: string;
  readonly pkcs11Tokens?: string;
  readonly xksCaFile?: string;
  readonly xksConnectTo?: string;
  readonly xksTimeout: string;
}

export const serveOptions: readonly Option[] = [
  option('--config <file>', 'JSON file with any of these options by their long names', 'CONFIG'),
  option('--listen <host:port>', 'where to listen', 'LISTEN', '127.0.0.1:8600'),
  option(
    '--metrics-listen <host:port>',
    'where to serve /metrics (default: at --listen, for this machine only)',
    'METRICS_LISTEN',
  ),
  option('--max-connections <number>', 'open connections at once', 'MAX_CONNECTIONS', '10000'),
  option(
    '--max-connections-per-address <number>',
    'open connections from one address',
    'MAX_CONNECTIONS_PER_ADDRESS',
    '1000',
  ),
  option(
    '--trusted-proxies <addresses>',
    'proxies, as address,network/bits,…: --max-connections-per-address does not count for them',
    'TRUSTED_PROXIES',
    '',
  ),
  option('--tls-cert <file>', 'PEM certificate, with its chain: serve HTTPS', 'TLS_CERT'),
  option('--tls-key <file>', 'PEM private key of --tls-cert', 'TLS_KEY'),
  option(
    '--tls-client-ca <file>',
    'PEM CAs; clients must present a certificate issued by one of them',
    'TLS_CLIENT_CA',
  ),
  option('--plaintext <where>', 'where plain HTTP is allowed', 'PLAINTEXT', 'loopback').choices([
    'loopback',
    'anywhere',
  ]),
  option('--data-dir <dir>', 'where database, root key and credentials live', 'DATA_DIR', '.keystead'),
  option('--account-id <id>', 'account of the root principal, 12 digits', 'ACCOUNT_ID', '111122223333'),
  option('--region <region>', 'Region of the root credentials profile', 'REGION', 'us-east-1'),
  option('--regions <region,…>', 'the only Regions to serve (default: every one)', 'REGIONS'),
  option('--database <url>', '"sqlite", or a postgres:// URL', 'DATABASE', 'sqlite'),
  // Without a variable: it is for one start.
  new Option('--new-database', 'the database is new although there is a root key'),
  option('--seal <seal>', 'the root key: file:PATH, or passphrase:PATH (default: file:<data-dir>/root.key)', 'SEAL'),
  option('--passphrase-file <file>', 'holds the passphrase of a passphrase seal', 'PASSPHRASE_FILE'),
  option('--hsm <unix:path>', 'socket of an HSM that runs by itself (keystead hsm), in the place of --seal', 'HSM'),
  option('--hsm-token-file <file>', 'the token of that HSM (default: hsm.token beside the socket)', 'HSM_TOKEN_FILE'),
  option('--hsm-user <user>', 'user of the HSM, by name or number', 'HSM_USER'),
  option('--user <user>', 'started as root: user of the API process; "root" keeps both processes root', 'USER_NAME'),
  new Option('--embedded-hsm <separation>', 'the HSM was started for this server alone').hideHelp(),
  new Option('--end-with <pid>', 'stop when the parent process is another one').hideHelp(),
  option('--log-level <level>', 'how much to log', 'LOG_LEVEL', 'info').choices([
    'trace',
    'debug',
    'info',
    'warn',
    'error',
    'silent',
  ]),
  option('--quotas <quotas>', '"off", "aws", or a JSON file of changes to AWS\'s quotas', 'QUOTAS', 'off'),
  option('--seed <file>', 'YAML or JSON file of accounts, users and keys that must exist', 'SEED'),
  option('--job-interval <seconds>', 'how often to look for due rotations and deletions', 'JOB_INTERVAL', '60'),
  option(
    '--failed-authentications <number>',
    'failures allowed per minute for one address beyond loopback; 0: unlimited',
    'FAILED_AUTHENTICATIONS',
    '100',
  ),
  option(
    '--identity-provider-networks <networks>',
    'networks where identity providers can be, beside public addresses: address/bits,…',
    'IDENTITY_PROVIDER_NETWORKS',
  ),
  option(
    '--trusted-services <file>',
    'JSON file of services that can act for principals that do not prove themselves',
    'TRUSTED_SERVICES',
  ),
  option('--shutdown-grace <seconds>', 'how long a stop waits for requests under way', 'SHUTDOWN_GRACE', '10'),
  option('--pkcs11-tokens <file>', 'JSON file of the PKCS#11 tokens for custom key stores', 'PKCS11_TOKENS'),
  option('--xks-ca-file <file>', 'PEM file of further CAs that issue XKS proxy certificates', 'XKS_CA_FILE'),
  option('--xks-connect-to <host=address:port,…>', 'where XKS proxies are, unless at port 443', 'XKS_CONNECT_TO'),
  option('--xks-timeout <ms>', 'how long to wait for the answer of an XKS proxy', 'XKS_TIMEOUT', '250'),
];

function option(flags: string, description: string, variable: string, fallback?: string): Option {
  const made = new Option(flags, description).env(`KEYSTEAD_${variable}`);
  return fallback === undefined ? made : made.default(fallback);
}
