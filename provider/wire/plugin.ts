/**
 * The plugin's process from start to end: handshake, serving, shutdown, and what happens when it is run by hand, loses
 * its parent, is interrupted, or fails.
 */
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { Engine } from '../engine/engine.ts';
import type { ProviderType } from '../engine/resource.ts';
import { makeIdentity } from './certificate.ts';
import { GrpcServer } from './grpc.ts';
import {
  type Address,
  addressText,
  type Environment,
  handshakeLine,
  type Invitation,
  parseInvitation,
  pluginProtocolVersion,
} from './handshake.ts';
import { listen } from './listen.ts';
import { createLog, type Log } from './log.ts';
import { pluginServices } from './plugin-services.ts';
import { providerService } from './provider-service.ts';

export interface PluginInfo {
  /** Source address without host: `keystead/aws`. */
  readonly source: string;
  readonly version: string;
}

const parentCheckIntervalInMs = 1000;
/** How long running calls can still answer after a fault that makes the process untrustworthy. */
const lastAnswersInMs = 10_000;
const flushInMs = 200;

const http2Settings = { settings: { initialWindowSize: 4 * 1024 * 1024 } };

/**
 * Giving Node a `ca` makes it build its whole root store first, which costs as much as a start. So TLS accepts any
 * certificate and proves possession of its key, and we compare it byte for byte with the one Terraform announced.
 */
function makeServer(clientCertificate: Buffer | undefined): {
  server: Http2Server | Http2SecureServer;
  own: Buffer | undefined;
} {
  if (clientCertificate === undefined) return { server: createServer(http2Settings), own: undefined };
  const { certificate, certificatePem, privateKeyPem } = makeIdentity(new Date());
  const server = createSecureServer({
    ...http2Settings,
    cert: certificatePem,
    key: privateKeyPem,
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2'],
  });
  return { server, own: certificate };
}

function isTrustedBy(clientCertificate: Buffer | undefined): (session: ServerHttp2Session) => boolean {
  if (clientCertificate === undefined) return () => true;
  return (session) => {
    const peer = (session.socket as TLSSocket).getPeerCertificate();
    return peer?.raw !== undefined && clientCertificate.equals(peer.raw);
  };
}

interface Serving {
  readonly address: Address;
  readonly certificate: Buffer | undefined;
  readonly grpc: GrpcServer;
  close(): void;
}

async function serve<Client>(
  provider: ProviderType<Client>,
  invitation: Invitation,
  log: Log,
  onShutdown: () => void,
): Promise<Serving> {
  const engine = new Engine(provider);
  const grpc = new GrpcServer({
    methods: new Map([...providerService(engine, log), ...pluginServices(() => engine.end(), onShutdown)]),
    onAnswer: (path, durationInMs) => log('debug', 'answered', { method: path, duration_ms: Math.round(durationInMs) }),
    isTrusted: isTrustedBy(invitation.clientCertificate),
    onFault: (error, path) =>
      log('error', `${path} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
  });
  const { server, own } = makeServer(invitation.clientCertificate);
  grpc.attach(server);
  const { address, clean } = await listen(server, invitation);
  log('debug', 'listening', { network: address.network, address: addressText(address) });
  return {
    address,
    certificate: own,
    grpc,
    close: () => {
      server.close();
      clean();
    },
  };
}

/** A Terraform that is killed does not stop its provider. A new parent process is the sign of that. */
function exitWithParent(exit: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) exit();
  }, parentCheckIntervalInMs).unref();
}

/** A fault outside any call. Terraform shows `panic:` lines to the user. Running calls can still save their results. */
function dieOf(error: unknown, serving: Serving): void {
  process.stderr.write(`panic: ${error instanceof Error ? error.stack : String(error)}\n`);
  const exit = (): void => {
    serving.close();
    process.exit(2);
  };
  setTimeout(exit, lastAnswersInMs);
  // Let the answers leave.
  void serving.grpc.idle().then(() => setTimeout(exit, flushInMs));
}

function handleFaults(serving: Serving): void {
  let isDying = false;
  const onFault = (error: unknown): void => {
    if (!isDying) dieOf(error, serving);
    isDying = true;
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}

async function runForTerraform<Client>(
  provider: ProviderType<Client>,
  invitation: Invitation,
  log: Log,
): Promise<void> {
  const ending: { exit: () => void } = { exit: () => {} };
  const serving = await serve(provider, invitation, log, () => ending.exit());
  ending.exit = () => {
    serving.close();
    process.exit(0);
  };
  handleFaults(serving);
  exitWithParent(ending.exit);
  // Ctrl-C reaches the whole process group; Terraform tells us itself when to stop.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', ending.exit);
  process.stdout.write(`${handshakeLine(serving.address, serving.certificate, invitation)}\n`);
}

/** For a debugger: serves without TLS until interrupted, for any number of Terraform commands. */
async function runForDebugging<Client>(provider: ProviderType<Client>, info: PluginInfo, log: Log): Promise<void> {
  const invitation = {
    clientCertificate: undefined,
    socketDirectory: undefined,
    portRange: { min: 10_000, max: 25_000 },
    asksForMultiplexing: false,
  };
  const serving = await serve(provider, invitation, log, () => {});
  handleFaults(serving);
  const attach = {
    Protocol: 'grpc',
    ProtocolVersion: pluginProtocolVersion,
    Pid: process.pid,
    // Terraform forgets the protocol version unless this says that it does not own the process.
    Test: true,
    Addr: { Network: serving.address.network, String: addressText(serving.address) },
  };
  const hosts = ['registry.terraform.io', 'registry.opentofu.org'];
  const value = JSON.stringify(Object.fromEntries(hosts.map((host) => [`${host}/${info.source}`, attach])));
  process.stdout.write(
    `Run Terraform with this in its environment; interrupt to end:\n\nTF_REATTACH_PROVIDERS='${value}'\n`,
  );
  const exit = (): void => {
    serving.close();
    process.exit(0);
  };
  process.on('SIGINT', exit);
  process.on('SIGTERM', exit);
}

function help({ source, version }: PluginInfo): string {
  return `Terraform provider ${source} ${version}

This is a plugin: Terraform and OpenTofu start it, it is not run by hand. To use it, name it in a configuration

  terraform {
    required_providers {
      ${source.split('/').at(-1)} = { source = "${source}" }
    }
  }

and install it with "terraform init". From a local mirror (made by "make provider"), point TF_CLI_CONFIG_FILE to the
terraform.rc beside the mirror first.

  --version   print the version
  --help      print this text
  --debug     serve for a debugger, and print the TF_REATTACH_PROVIDERS that attaches Terraform to it
`;
}

async function start<Client>(provider: ProviderType<Client>, info: PluginInfo, env: Environment): Promise<void> {
  const log = createLog(env, provider.record.type, (line) => process.stderr.write(line));
  const invitation = parseInvitation(env);
  const option = process.argv[2];
  if (invitation !== undefined) return runForTerraform(provider, invitation, log);
  if (option === '--debug') return runForDebugging(provider, info, log);
  if (option === '--version') process.stdout.write(`${info.version}\n`);
  else if (option === '--help') process.stdout.write(help(info));
  else {
    process.stderr.write(help(info));
    process.exitCode = 1;
  }
}

/** Everything a plugin's main does. A failure to start is one line on stdout: the only text Terraform shows then. */
export async function runPlugin<Client>(provider: ProviderType<Client>, info: PluginInfo): Promise<void> {
  try {
    await start(provider, info, process.env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${info.source} could not start: ${reason.replaceAll(/\s*[\n|]\s*/g, ' ')}\n`, () =>
      process.exit(1),
    );
  }
}
