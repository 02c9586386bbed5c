/** `keystead serve`: options from flags, KEYSTEAD_… variables and a config file, then the server until a signal. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { Command, Option } from 'commander';
import { type Logger, pino } from 'pino';
import { requireAccountId, requireDatabase, requireRegion, type ServeConfig } from '../../startup/config.ts';
import type { RootCredentials } from '../../startup/root-principal.ts';
import type { RunningServer } from '../../startup/server.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';
import { type AuditOptions, auditConfigOf, auditOptions } from './serve-audit.ts';

interface ServeOptions extends AuditOptions {
  readonly config?: string;
  readonly listen: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly plaintext: ServeConfig['plaintext'];
  readonly dataDir: string;
  readonly accountId: string;
  readonly region: string;
  readonly database: string;
  readonly seal?: string;
  readonly passphraseFile?: string;
  readonly logLevel: ServeConfig['logLevel'];
  readonly quotas: string;
  readonly seed?: string;
  readonly jobInterval: string;
  readonly failedAuthentications: string;
  readonly shutdownGrace: string;
  readonly pkcs11Tokens?: string;
  readonly xksCaFile?: string;
  readonly xksConnectTo?: string;
  readonly xksTimeout: string;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Start the control plane: AWS KMS wire protocol and REST API on one port.')
    .addOption(option('--config <file>', 'JSON file with any of these options by their long names', 'CONFIG'))
    .addOption(option('--listen <host:port>', 'where to listen', 'LISTEN', '127.0.0.1:8600'))
    .addOption(option('--tls-cert <file>', 'PEM certificate, with its chain: serve HTTPS', 'TLS_CERT'))
    .addOption(option('--tls-key <file>', 'PEM private key of --tls-cert', 'TLS_KEY'))
    .addOption(
      option('--tls-client-ca <file>', 'PEM authorities, one of which must have signed every client', 'TLS_CLIENT_CA'),
    )
    .addOption(
      option('--plaintext <where>', 'where plain HTTP may be served', 'PLAINTEXT', 'loopback').choices([
        'loopback',
        'anywhere',
      ]),
    )
    .addOption(option('--data-dir <dir>', 'where database, root key and credentials live', 'DATA_DIR', '.keystead'))
    .addOption(option('--account-id <id>', 'account of the root principal, 12 digits', 'ACCOUNT_ID', '111122223333'))
    .addOption(option('--region <region>', 'Region of the root credentials profile', 'REGION', 'us-east-1'))
    .addOption(option('--database <url>', '"sqlite", or a postgres:// URL', 'DATABASE', 'sqlite'))
    .addOption(
      option(
        '--seal <seal>',
        'the root key: file:PATH, or passphrase:PATH (default: file:<data-dir>/root.key)',
        'SEAL',
      ),
    )
    .addOption(option('--passphrase-file <file>', 'holds the passphrase of a passphrase seal', 'PASSPHRASE_FILE'))
    .addOption(
      option('--log-level <level>', 'how much to log', 'LOG_LEVEL', 'info').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .addOption(
      option('--quotas <quotas>', '"off", "aws", or a JSON file of what differs from AWS\'s quotas', 'QUOTAS', 'off'),
    )
    .addOption(option('--seed <file>', 'YAML or JSON file of accounts, users and keys that shall exist', 'SEED'))
    .addOption(
      option('--job-interval <seconds>', 'how often due rotations and deletions are looked for', 'JOB_INTERVAL', '60'),
    )
    .addOption(
      option(
        '--failed-authentications <number>',
        'failures that one address beyond loopback may have in a minute; 0: any number',
        'FAILED_AUTHENTICATIONS',
        '100',
      ),
    )
    .addOption(
      option('--shutdown-grace <seconds>', 'how long a stop waits for requests under way', 'SHUTDOWN_GRACE', '10'),
    )
    .addOption(
      option('--pkcs11-tokens <file>', 'JSON: the PKCS#11 tokens that custom key stores may stand on', 'PKCS11_TOKENS'),
    )
    .addOption(option('--xks-ca-file <file>', 'PEM: further authorities of XKS proxy certificates', 'XKS_CA_FILE'))
    .addOption(
      option('--xks-connect-to <host=address:port,…>', 'where XKS proxies are, unless at port 443', 'XKS_CONNECT_TO'),
    )
    .addOption(option('--xks-timeout <ms>', 'how long an XKS proxy may take to answer', 'XKS_TIMEOUT', '250'))
    .addHelpText(
      'after',
      [
        '',
        'First start makes the root key and the root principal; their places are printed.',
        'KEYSTEAD_ROOT_ACCESS_KEY_ID and KEYSTEAD_ROOT_SECRET_ACCESS_KEY set the root credentials instead.',
        'Exit codes: 1 failure, 2 usage, 3 data directory in use, 4 address in use, 5 root key, 6 database, 7 TLS, 8 seed.',
        'SIGHUP reads the TLS files again.',
      ].join('\n'),
    )
    .action(async (_options: ServeOptions, command: Command) => serve(withConfigFile(command)));
  for (const auditOption of auditOptions) command.addOption(auditOption);
  return command;
}

function option(flags: string, description: string, variable: string, fallback?: string): Option {
  const made = new Option(flags, description).env(`KEYSTEAD_${variable}`);
  return fallback === undefined ? made : made.default(fallback);
}

/** A value in the config file yields to a flag or a variable, and overrides a default. */
function withConfigFile(command: Command): ServeOptions {
  const { config } = command.opts<ServeOptions>();
  if (config !== undefined) {
    for (const [name, value] of Object.entries(readConfig(config))) {
      const known = command.options.find((candidate) => candidate.long === `--${name}` && name !== 'config');
      if (!known) {
        throw new CommandError(
          `${config}: there is no option "${name}".`,
          'keystead serve --help lists them.',
          exitCodes.usage,
        );
      }
      const source = command.getOptionValueSource(known.attributeName());
      if (source === 'default' || source === undefined) {
        command.setOptionValueWithSource(known.attributeName(), String(value), 'config');
      }
    }
  }
  return command.opts<ServeOptions>();
}

function readConfig(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new Error('it holds no JSON object');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `The config file ${file} cannot be used: ${reason}.`,
      'It is a JSON object such as {"listen": "127.0.0.1:8600"}.',
      exitCodes.usage,
    );
  }
}

async function serve(options: ServeOptions): Promise<void> {
  const dataDir = resolve(options.dataDir);
  const config: ServeConfig = {
    listen: options.listen,
    ...tlsOf(options),
    plaintext: options.plaintext,
    dataDir,
    accountId: requireAccountId(options.accountId),
    region: requireRegion(options.region),
    database: requireDatabase(options.database),
    seal: options.seal ?? `file:${resolve(dataDir, 'root.key')}`,
    ...(options.passphraseFile !== undefined && { passphraseFile: resolve(options.passphraseFile) }),
    quotas: options.quotas === 'off' || options.quotas === 'aws' ? options.quotas : resolve(options.quotas),
    ...(options.seed !== undefined && { seedFile: resolve(options.seed) }),
    logLevel: options.logLevel,
    jobIntervalInSeconds: positive('--job-interval', options.jobInterval),
    failedAuthenticationsPerMinute: wholeNumber('--failed-authentications', options.failedAuthentications),
    shutdownGraceInSeconds: positive('--shutdown-grace', options.shutdownGrace),
    keyStores: {
      ...(options.pkcs11Tokens !== undefined && { pkcs11TokensFile: resolve(options.pkcs11Tokens) }),
      ...(options.xksCaFile !== undefined && { xksCaFile: resolve(options.xksCaFile) }),
      ...(options.xksConnectTo !== undefined && { xksConnectTo: options.xksConnectTo }),
      xksTimeoutInMs: positive('--xks-timeout', options.xksTimeout, 'milliseconds'),
    },
    audit: auditConfigOf(options),
  };
  const log = pino({ level: config.logLevel, base: { pid: process.pid } }, process.stderr);
  const given = rootCredentialsFromEnvironment();
  // The server is slow to load: other commands do not wait for it.
  const { startServer } = await import('../../startup/server.ts');
  const server = await startServer({ config, log, ...(given && { rootCredentials: given }) });
  announce(server.endpoint, config, server.root.credentialsFile);
  if (config.tls) process.on('SIGHUP', () => void reloadTls(server, log));
  log.info({ endpoint: server.endpoint, database: server.engines.store.engine, root: server.root.arn }, 'serving');
  await stopSignal();
  log.info('stopping: no new requests, those under way may finish');
  await server.stop();
  log.info('stopped');
}

function tlsOf({ tlsCert, tlsKey, tlsClientCa }: ServeOptions): Pick<ServeConfig, 'tls'> {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const files = { certFile: resolve(tlsCert), keyFile: resolve(tlsKey) };
    return { tls: { ...files, ...(tlsClientCa !== undefined && { clientCaFile: resolve(tlsClientCa) }) } };
  }
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return {};
  throw new CommandError(
    'TLS needs both a certificate and its private key.',
    'Give --tls-cert FILE and --tls-key FILE.',
    exitCodes.usage,
  );
}

async function reloadTls(server: RunningServer, log: Logger): Promise<void> {
  try {
    await server.reloadTls();
    log.info('read the TLS files again');
  } catch (error) {
    log.error({ err: error }, 'the TLS files cannot be used: the certificate read before stays');
  }
}

function announce(endpoint: string, config: ServeConfig, credentialsFile: string | undefined): void {
  const credentials = credentialsFile ?? 'as given by KEYSTEAD_ROOT_ACCESS_KEY_ID';
  console.log(
    [
      `Keystead is serving account ${config.accountId} at ${endpoint}`,
      `  data directory    ${config.dataDir}`,
      `  root key          ${config.seal}   (back it up: without it no key can be used)`,
      `  root credentials  ${credentials}`,
      '',
      'Try it:',
      ...(credentialsFile ? [`  export AWS_SHARED_CREDENTIALS_FILE=${credentialsFile}`] : []),
      `  export AWS_ENDPOINT_URL_KMS=${endpoint} AWS_REGION=${config.region}`,
      ...(config.tls ? ['  export AWS_CA_BUNDLE=FILE   (unless the certificate is of a public authority)'] : []),
      '  aws kms create-key',
    ].join('\n'),
  );
}

function rootCredentialsFromEnvironment(): RootCredentials | undefined {
  const { KEYSTEAD_ROOT_ACCESS_KEY_ID: accessKeyId, KEYSTEAD_ROOT_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  throw new CommandError(
    'Only one of KEYSTEAD_ROOT_ACCESS_KEY_ID and KEYSTEAD_ROOT_SECRET_ACCESS_KEY is set.',
    'Set both, or neither.',
    exitCodes.usage,
  );
}

function positive(name: string, text: string, unit = 'seconds'): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new CommandError(`${name} is "${text}".`, `It takes a positive number of ${unit}.`, exitCodes.usage);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`${name} is "${text}".`, 'It takes a whole number, 0 or more.', exitCodes.usage);
}

function stopSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done());
  });
}
