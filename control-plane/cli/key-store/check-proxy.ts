/** `keystead key-store check-proxy`: connects to an external key store proxy as a server would, step by step. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { pino } from 'pino';
import { systemClock } from '../../domain/clock.ts';
import { SecretBytes } from '../../hsm/crypto/secret-bytes.ts';
import { createSoftHsm } from '../../hsm/soft/soft-hsm.ts';
import { proxyAddressing } from '../../startup/key-store-config.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { createXksClient } from '../../xks/client.ts';
import { secretOwner, type Xks, XksError, type XksProxy } from '../../xks/port/xks.ts';
import { probeAddress, probeTls } from '../../xks/probe.ts';
import type { TransportOptions } from '../../xks/transport.ts';
import { CommandError } from '../shared/report.ts';
import { Steps, textOf } from './steps.ts';

export interface CheckProxyOptions {
  readonly uriEndpoint: string;
  readonly uriPath: string;
  readonly accessKeyId: string;
  readonly secretFile: string;
  readonly keyId?: string;
  readonly region: string;
  readonly xksCaFile?: string;
  readonly xksConnectTo?: string;
  readonly xksTimeout: string;
}

const AFTER_TLS = ['signature', 'health', 'key metadata'];
const TLS_STEPS = ['TLS', 'chain', 'name', 'dates'];

export async function checkProxy(options: CheckProxyOptions): Promise<void> {
  const transport = transportOptions(options);
  const { hostname } = requireEndpoint(options.uriEndpoint);
  const steps = new Steps();
  await checkConnection(steps, hostname, transport);
  if (steps.hasFailed) steps.skip(...AFTER_TLS);
  else await checkCalls(steps, options, transport);
  const hint = 'docs/guide/custom-key-stores.md says what to check; the log of the proxy can say more.';
  steps.end(`The proxy at ${options.uriEndpoint}${options.uriPath}`, hint);
}

/** @throws StartError for a file or an address that cannot be used */
function transportOptions({ xksCaFile, xksConnectTo, xksTimeout }: CheckProxyOptions): TransportOptions {
  const timeoutMs = Number(xksTimeout);
  if (!(timeoutMs > 0)) {
    const message = `--xks-timeout: "${xksTimeout}" is not a positive number of milliseconds.`;
    throw new CommandError(message, 'Write it like --xks-timeout 250.', exitCodes.usage);
  }
  const given = { ...(xksCaFile !== undefined && { xksCaFile }), ...(xksConnectTo !== undefined && { xksConnectTo }) };
  return { timeoutMs, ...proxyAddressing({ xksTimeoutInMs: timeoutMs, ...given }) };
}

function requireEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.port === '' && url.pathname === '/') return url;
  throw new CommandError(
    `--uri-endpoint: "${text}" is not the XksProxyUriEndpoint of a proxy.`,
    'Write it like https://xks.example.com.',
    exitCodes.usage,
  );
}

async function checkConnection(steps: Steps, hostname: string, transport: TransportOptions): Promise<void> {
  const found = await probeAddress(hostname, transport).catch((error: unknown) => {
    steps.fail('address', `${hostname}: ${textOf(error)}`);
  });
  if (!found) return steps.skip(...TLS_STEPS);
  steps.ok('address', `${hostname} is ${found.addresses.join(', ')}, port ${found.port}: connected`);
  const tls = await probeTls(found.socket, hostname, systemClock.now(), transport).catch((error: unknown) => {
    steps.fail('TLS', textOf(error));
  });
  if (!tls) return steps.skip(...TLS_STEPS.slice(1));
  const [own] = tls.chain;
  steps.ok('TLS', tls.protocol);
  steps.check('chain', tls.chainFault, tls.chain.map(({ subject }) => subject).join(' < '));
  if (tls.chainFault !== undefined)
    for (const { subject, issuer } of tls.chain) console.log(`      ${subject}, issued by ${issuer}`);
  steps.check('name', tls.nameFault, `the certificate is for ${hostname}`);
  steps.check('dates', tls.dateFault, `from ${own?.validFrom} to ${own?.validTo}`);
}

async function checkCalls(steps: Steps, options: CheckProxyOptions, transport: TransportOptions): Promise<void> {
  const hsm = createSoftHsm(new SecretBytes(randomBytes(32)));
  const log = pino({ level: 'silent' });
  const xks = createXksClient({ ...transport, credentials: hsm, clock: systemClock, log });
  try {
    const { uriEndpoint, uriPath, accessKeyId, region } = options;
    const names = { accountId: '000000000000', keyStoreId: 'cks-00000000000000000', accessKeyId };
    const wrappedSecret = await hsm.wrapSecret(secretOwner(names), readSecret(options.secretFile));
    const proxy = { ...names, region, uriEndpoint, uriPath, wrappedSecret };
    await checkHealth(steps, xks, proxy);
    if (options.keyId === undefined || steps.hasFailed) steps.skip('key metadata');
    else await checkKey(steps, xks, proxy, options.keyId);
  } finally {
    xks.close();
    await hsm.close();
  }
}

/** Without its last line break. @throws CommandError */
function readSecret(file: string): Secret {
  try {
    return new Secret(readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${textOf(error)}.`,
      'Name a file that holds the RawSecretAccessKey of the proxy with --secret-file.',
      exitCodes.usage,
    );
  }
}

/** As ConnectCustomKeyStore does it. */
const asked = () => ({ kmsOperation: 'ConnectCustomKeyStore', kmsRequestId: randomUUID() });

async function checkHealth(steps: Steps, xks: Xks, proxy: XksProxy): Promise<void> {
  try {
    await xks.getHealthStatus(proxy, asked());
    steps.ok('signature', `accepted for access key ${proxy.accessKeyId}, Region ${proxy.region}`);
    steps.ok('health', 'an external key manager can serve');
  } catch (error) {
    if (!(error instanceof XksError)) throw error;
    if (error.failure === 'AuthenticationFailedException') {
      steps.fail('signature', error.message);
      steps.skip('health');
    } else {
      // Another failure does not say whether the proxy looked at the signature.
      steps.skip('signature');
      steps.fail('health', error.message);
    }
  }
}

async function checkKey(steps: Steps, xks: Xks, proxy: XksProxy, keyId: string): Promise<void> {
  try {
    const principal = { awsPrincipalArn: `arn:aws:iam::${proxy.accountId}:root` };
    const found = await xks.getKeyMetadata(proxy, keyId, { ...asked(), kmsOperation: 'CreateKey', ...principal });
    const { keySpec, keyStatus, keyUsage } = found;
    const usable = keyUsage.includes('ENCRYPT') && keyUsage.includes('DECRYPT');
    const what = `${keyId} is ${keySpec}, ${keyStatus}, for ${keyUsage.join(', ')}`;
    const isFit = keySpec === 'AES_256' && keyStatus === 'ENABLED' && usable;
    steps.check('key metadata', isFit ? undefined : `${what}; it must be AES_256, ENABLED, for ENCRYPT, DECRYPT`, what);
  } catch (error) {
    if (!(error instanceof XksError)) throw error;
    steps.fail('key metadata', error.message);
  }
}
