/**
 * `keystead key-store`: tries what custom key stores connect to, without a server, and says at which step it fails.
 * Secrets come from files, so that they are not in the list of processes.
 */
import { Command, Option } from 'commander';
import { checkProxy } from './check-proxy.ts';
import { checkToken } from './check-token.ts';

export function keyStoreCommand(): Command {
  const keyStore = new Command('key-store').description(
    'What custom key stores connect to: external key store proxies and PKCS#11 tokens.',
  );
  keyStore
    .command('check-proxy')
    .description('connect to an external key store proxy as a server would, and print each step')
    .requiredOption('--uri-endpoint <url>', 'XksProxyUriEndpoint, such as https://xks.example.com')
    .option('--uri-path <path>', 'XksProxyUriPath', '/kms/xks/v1')
    .requiredOption('--access-key-id <id>', 'AccessKeyId of the proxy credential')
    .requiredOption('--secret-file <file>', 'file that holds its RawSecretAccessKey')
    .option('--key-id <id>', 'XksKeyId of an external key, whose metadata is read too')
    .addOption(new Option('--region <region>', 'Region of the key store').env('KEYSTEAD_REGION').default('us-east-1'))
    .addOption(new Option('--xks-ca-file <file>', 'as of "keystead serve"').env('KEYSTEAD_XKS_CA_FILE'))
    .addOption(new Option('--xks-connect-to <list>', 'as of "keystead serve"').env('KEYSTEAD_XKS_CONNECT_TO'))
    .addOption(new Option('--xks-timeout <ms>', 'as of "keystead serve"').env('KEYSTEAD_XKS_TIMEOUT').default('250'))
    .action(checkProxy);
  keyStore
    .command('check-token')
    .description('find a PKCS#11 token and log in to it as a server would, and print each step')
    .addOption(
      new Option('--pkcs11-tokens <file>', 'as of "keystead serve"')
        .env('KEYSTEAD_PKCS11_TOKENS')
        .makeOptionMandatory(),
    )
    .requiredOption('--cluster-id <id>', 'CloudHsmClusterId of the token in that file')
    .option('--pin-file <file>', 'file that holds the PIN of the crypto user; without it the login is not tried')
    .action(checkToken);
  return keyStore;
}
