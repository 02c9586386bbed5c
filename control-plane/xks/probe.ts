/**
 * What a connection to a proxy finds, step by step, for people who look for the cause of a failure: the addresses, the
 * certificates that the proxy sends, and what is wrong with them. Unlike the transport it goes on with a certificate
 * that it does not trust, to show it; it sends nothing over such a connection.
 */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { printable } from './printable.ts';
import { addressOf, type TransportOptions, trustOf } from './transport.ts';

export interface ProxyCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
}

export interface ProbedTls {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** The proxy's own first, as sent. */
  readonly chain: readonly ProxyCertificate[];
  /** OpenSSL's code for a chain that does not end at a trusted authority; a fault of the dates is not one of these. */
  readonly chainFault?: string;
  readonly nameFault?: string;
  readonly dateFault?: string;
}

/** The addresses of the host, and a connection to it, which the caller must destroy. @throws Error */
export async function probeAddress(hostname: string, { connectTo, timeoutMs }: TransportOptions) {
  const { host, port } = addressOf(hostname, connectTo);
  const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
  const socket = connectTcp({ host, port });
  await readyWithin(socket, 'connect', timeoutMs);
  return { addresses, port, socket };
}

/** @throws Error when there is no TLS at all */
export async function probeTls(
  socket: Socket,
  hostname: string,
  nowMs: number,
  options: TransportOptions,
): Promise<ProbedTls> {
  const secureContext = trustOf(options);
  const secure = connectTls({ socket, servername: hostname, secureContext, rejectUnauthorized: false });
  await readyWithin(secure, 'secureConnect', options.timeoutMs);
  const own = secure.getPeerCertificate(true);
  const certificates = chainOf(own);
  const late = certificates.find(
    (each) => !(Date.parse(each.valid_from) <= nowMs && nowMs < Date.parse(each.valid_to)),
  );
  const nameFault = checkServerIdentity(hostname, own)?.message;
  const chainFault = chainFaultOf(secure);
  secure.destroy();
  return {
    protocol: secure.getProtocol() ?? 'unknown',
    chain: certificates.map(described),
    ...(chainFault !== undefined && { chainFault }),
    ...(nameFault !== undefined && { nameFault: printable(nameFault, MAX_TEXT) }),
    ...(late && { dateFault: `${described(late).subject} is valid from ${late.valid_from} to ${late.valid_to}` }),
  };
}

const MAX_TEXT = 300;
const DATE_FAULTS = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

function chainFaultOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  // The types say Error; it is its code.
  const code = String(authorizationError);
  const isOther = DATE_FAULTS.includes(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID';
  return authorized || isOther ? undefined : code;
}

/** A certificate that is its own issuer ends the chain. */
function chainOf(own: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  for (let each: DetailedPeerCertificate | undefined = own; each?.raw && !chain.includes(each); ) {
    chain.push(each);
    each = each.issuerCertificate;
  }
  return chain;
}

const described = ({ subject, issuer, valid_from, valid_to }: DetailedPeerCertificate): ProxyCertificate => ({
  subject: nameOf(subject),
  issuer: nameOf(issuer),
  validFrom: valid_from,
  validTo: valid_to,
});

const nameOf = (name: object): string =>
  printable(
    Object.entries(name)
      .map(([type, value]) => `${type}=${String(value)}`)
      .join(', '),
    MAX_TEXT,
  );

async function readyWithin(socket: Socket, event: string, timeoutMs: number): Promise<void> {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    socket.destroy();
    if ((error as Error).name !== 'AbortError') throw error;
    throw new Error(`nothing came back within ${timeoutMs} ms`);
  }
}
