/** `keystead hsm`: the HSM as a program of its own, for servers that use it through a socket. */
import { dirname, join, resolve } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { Command, Option } from 'commander';
import { pino } from 'pino';
import { type HsmClients, startHsmService } from '../../startup/hsm-service.ts';
import { pathOf } from '../serve/option-values.ts';
import { npmParent, stopSignal } from '../shared/stop.ts';

interface HsmOptions {
  readonly seal: string;
  readonly passphraseFile?: string;
  readonly socket: string;
  readonly tokenFile?: string;
  readonly clientUser?: string;
  readonly pkcs11Tokens?: string;
  readonly logLevel: string;
  readonly allowSeeding?: boolean;
  /** Process id of the server that started this program. */
  readonly withParent?: string;
}

export function hsmCommand(): Command {
  return new Command('hsm')
    .description('Run the HSM as a service of its own: it alone reads the root key, and servers use it by a socket.')
    .addOption(option('--seal <seal>', 'the root key: file:PATH, or passphrase:PATH', 'SEAL').makeOptionMandatory())
    .addOption(option('--passphrase-file <file>', 'holds the passphrase of a passphrase seal', 'PASSPHRASE_FILE'))
    .addOption(option('--socket <path>', 'where to listen', 'HSM_SOCKET').makeOptionMandatory())
    .addOption(
      option(
        '--token-file <file>',
        'token that servers must know; created when missing (default: hsm.token beside the socket)',
        'HSM_TOKEN_FILE',
      ),
    )
    .addOption(
      option(
        '--client-user <user,…>',
        'users as whom servers run, by name or number (default: the user of this command)',
        'HSM_CLIENT_USER',
      ),
    )
    .addOption(
      option('--pkcs11-tokens <file>', 'JSON file of the PKCS#11 tokens for custom key stores', 'PKCS11_TOKENS'),
    )
    .addOption(
      option('--log-level <level>', 'how much to log', 'LOG_LEVEL')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addOption(
      option('--allow-seeding', 'accept key material of a seed file (keystead serve --seed), once', 'ALLOW_SEEDING'),
    )
    .addOption(new Option('--with-parent <pid>', 'end with the process that started this one').hideHelp())
    .addHelpText(
      'after',
      [
        '',
        'Clients of another user must be in the group of the directory of the socket: socket and token file get it.',
        'Start a server with: keystead serve --hsm unix:<socket> --hsm-user <user of this command>',
        'Exit codes: 1 failure, 2 usage, 5 root key.',
      ].join('\n'),
    )
    .action(run);
}

function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`KEYSTEAD_${variable}`);
}

async function run(options: HsmOptions): Promise<void> {
  const log = pino({ level: options.logLevel, base: { pid: process.pid } }, process.stderr);
  const end = options.withParent === undefined ? endOnSignal() : endWithParent(Number(options.withParent));
  const socketPath = resolve(options.socket);
  const hsm = await startHsmService({
    seal: options.seal,
    ...defined({
      passphraseFile: pathOf(options.passphraseFile),
      clientUsers: options.clientUser?.split(',').map((user) => user.trim()),
      pkcs11TokensFile: pathOf(options.pkcs11Tokens),
    }),
    socketPath,
    tokenFile: pathOf(options.tokenFile) ?? join(dirname(socketPath), 'hsm.token'),
    isSeeding: options.allowSeeding === true,
    keepsToken: options.withParent === undefined,
    log,
    onClients: end.onClients,
  });
  console.log(`Keystead's HSM is listening at ${socketPath}`);
  await end.asked;
  await hsm.close();
  log.info('the HSM has ended');
}

interface End {
  readonly asked: Promise<void>;
  onClients(report: HsmClients): void;
}

function endOnSignal(): End {
  return { asked: stopSignal(npmParent()), onClients: () => undefined };
}

const PARENT_CHECK_INTERVAL_MS = 100;

/**
 * Ends when the server that started this program says goodbye or has ended. Stop signals reach the whole group of
 * processes, but a server that drains its requests still needs keys: they are ignored.
 */
function endWithParent(parent: number): End {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  let isConnected = false;
  const { promise: asked, resolve: end } = Promise.withResolvers<void>();
  // A parent that has ended leaves its children to another process. It was connected, unless it ended before that.
  const check = setInterval(() => {
    if (!isConnected && process.ppid !== parent) end();
  }, PARENT_CHECK_INTERVAL_MS).unref();
  void asked.then(() => clearInterval(check));
  return {
    asked,
    onClients({ clients, goodbye }) {
      isConnected = clients > 0;
      if (goodbye) end();
    },
  };
}
