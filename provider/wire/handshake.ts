/**
 * The handshake of go-plugin: Terraform gives a cookie and other variables in the environment, and the provider answers
 * with one line on stdout.
 */
import { X509Certificate } from 'node:crypto';

/** A guard against being run by hand, not a secret. */
const magicCookie = {
  name: 'TF_PLUGIN_MAGIC_COOKIE',
  value: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
} as const;

const coreProtocolVersion = 1;
/** Answered even to a client that lacks it: Terraform itself explains such a mismatch best. */
export const pluginProtocolVersion = 6;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Invitation {
  /** DER of the one client certificate to accept; undefined: no TLS. */
  readonly clientCertificate: Buffer | undefined;
  readonly socketDirectory: string | undefined;
  readonly portRange: { readonly min: number; readonly max: number };
  /** The client asks about multiplexing and expects a seventh field. */
  readonly asksForMultiplexing: boolean;
}

/** undefined: Terraform did not start this process. */
export function parseInvitation(env: Environment): Invitation | undefined {
  if (env[magicCookie.name] !== magicCookie.value) return undefined;
  const pem = env.PLUGIN_CLIENT_CERT;
  return {
    clientCertificate: pem ? new X509Certificate(pem).raw : undefined,
    socketDirectory: env.PLUGIN_UNIX_SOCKET_DIR || undefined,
    portRange: { min: Number(env.PLUGIN_MIN_PORT || 10_000), max: Number(env.PLUGIN_MAX_PORT || 25_000) },
    asksForMultiplexing: Boolean(env.PLUGIN_MULTIPLEX_GRPC),
  };
}

export type Address =
  | { readonly network: 'unix'; readonly path: string }
  | { readonly network: 'tcp'; readonly host: '127.0.0.1'; readonly port: number };

export function addressText(address: Address): string {
  return address.network === 'unix' ? address.path : `${address.host}:${address.port}`;
}

/**
 * The line, without its newline. The certificate goes in standard base64 without padding, which is all Go accepts
 * there.
 */
export function handshakeLine(address: Address, certificate: Buffer | undefined, invitation: Invitation): string {
  const fields = [
    coreProtocolVersion,
    pluginProtocolVersion,
    address.network,
    addressText(address),
    'grpc',
    certificate?.toString('base64').replaceAll('=', '') ?? '',
  ];
  if (invitation.asksForMultiplexing) fields.push('false');
  return fields.join('|');
}
