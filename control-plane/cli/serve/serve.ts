/** `keystead serve`: options from flags, KEYSTEAD_… variables and a config file, then the server until a signal. */
import { realpathSync } from 'node:fs';
import module from 'node:module';
import { dirname } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import type { ServeConfig } from '../../startup/config.ts';
import type { RootCredentials } from '../../startup/root-principal.ts';
import type { RunningServer } from '../../startup/server.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';
import { npmParent, stopSignal } from '../shared/stop.ts';
import { pathOf, wholeNumber } from './option-values.ts';
import { auditOptions } from './serve-audit.ts';
import { serveConfigOf } from './serve-config.ts';
import { withConfigFile } from './serve-config-file.ts';
import { type ServeOptions, serveOptions } from './serve-options.ts';

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Start the control plane: AWS KMS wire protocol and REST API on one port.')
    .addHelpText(
      'after',
      [
        '',
        'The first start creates the root key and the root principal, and prints where they are.',
        'KEYSTEAD_ROOT_ACCESS_KEY_ID and KEYSTEAD_ROOT_SECRET_ACCESS_KEY set the root credentials instead.',
        'Exit codes: 1 failure, 2 usage, 3 data directory in use, 4 address in use, 5 root key, 6 database, 7 TLS, 8 seed.',
        'SIGHUP reads the TLS files again, and the authorities and addresses of external key store proxies.',
      ].join('\n'),
    )
    .action(async (_options: ServeOptions, command: Command) => serve(() => withConfigFile(command)));
  for (const option of [...serveOptions, ...auditOptions]) command.addOption(option);
  return command;
}

/** @param readOptions reads the config file, again each time */
async function serve(readOptions: () => ServeOptions): Promise<void> {
  const options = readOptions();
  const config = serveConfigOf(options);
  if (config.hsm === undefined) return startEmbedded(options, config);
  const log = pino({ level: config.logLevel, base: { pid: process.pid } }, process.stderr);
  const given = rootCredentialsFromEnvironment();
  // Asked for now: the parent can end while the server starts.
  const parent = options.endWith === undefined ? npmParent() : wholeNumber('--end-with', options.endWith);
  // The server is slow to load: other commands do not wait for it.
  const { startServer } = await import('../../startup/server.ts');
  const server = await startServer({ config, log, ...defined({ rootCredentials: given }) });
  announce(server.endpoint, config, options, server.root.credentialsFile);
  process.on('SIGHUP', () => {
    if (config.tls) void reloadTls(server, log);
    reloadProxies(server, readOptions, log);
  });
  log.info({ endpoint: server.endpoint, database: server.engines.store.engine, root: server.root.arn }, 'serving');
  await stopSignal(parent);
  log.info('stopping: refuses new requests, waits for those under way');
  await server.stop();
  log.info('stopped');
}

/** Starts the HSM too; then this process becomes the server, with fewer rights. */
async function startEmbedded(options: ServeOptions, config: ServeConfig): Promise<void> {
  rootCredentialsFromEnvironment();
  const endWith = npmParent();
  const { becomeServer } = await import('../../startup/embedded/become-server.ts');
  const [, program = '', ...args] = process.argv;
  // A directory for this version of Node, in the one that the program named.
  const compileCache = module.getCompileCacheDir?.();
  process.exitCode = await becomeServer({
    config,
    program: realpathSync(program),
    arguments: endWith === undefined ? args : [...args, '--end-with', String(endWith)],
    ...defined({
      user: options.user,
      hsmUser: options.hsmUser,
      configFile: pathOf(options.config),
      cacheDirectory: compileCache === undefined ? undefined : dirname(compileCache),
    }),
  });
}

async function reloadTls(server: RunningServer, log: Logger): Promise<void> {
  try {
    await server.reloadTls();
    log.info('read the TLS files again');
  } catch (error) {
    log.error(
      { err: error },
      'the TLS files cannot be used; the certificate read before stays. Correct them and send SIGHUP again',
    );
  }
}

function reloadProxies(server: RunningServer, readOptions: () => ServeOptions, log: Logger): void {
  try {
    const { keyStores } = serveConfigOf(readOptions());
    if (keyStores) server.reloadProxies(keyStores);
    log.info('read the authorities and addresses of external key store proxies again');
  } catch (error) {
    log.error(
      { err: error },
      'the authorities or addresses of external key store proxies cannot be used; those read before stay. Correct ' +
        'them and send SIGHUP again',
    );
  }
}

function announce(
  endpoint: string,
  config: ServeConfig,
  { embeddedHsm }: ServeOptions,
  credentialsFile: string | undefined,
): void {
  const credentials = credentialsFile ?? 'as given by KEYSTEAD_ROOT_ACCESS_KEY_ID';
  console.log(
    [
      `Keystead is serving account ${config.accountId} at ${endpoint}`,
      `  data directory    ${config.dataDir}`,
      ...(embeddedHsm === undefined
        ? [`  HSM               ${config.hsm?.socketPath}`]
        : [
            `  root key          ${config.seal}   (back it up: without it no key can be used)`,
            `  kept from the API by ${embeddedHsm}`,
          ]),
      `  root credentials  ${credentials}`,
      '',
      'Try it:',
      ...(credentialsFile ? [`  export AWS_SHARED_CREDENTIALS_FILE=${credentialsFile}`] : []),
      `  export AWS_ENDPOINT_URL_KMS=${endpoint} AWS_REGION=${config.region}`,
      ...(config.tls ? ['  export AWS_CA_BUNDLE=FILE   (unless a public CA issued the certificate)'] : []),
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
