/** Where the HTTP server listens, and how it ends. */
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parseListenAddress } from './listen-address.ts';
import { exitCodes, StartError } from './start-error.ts';

/** @throws StartError when the address cannot be had */
export function listen(server: Server, address: string): Promise<void> {
  const { host, port } = parseListenAddress(address);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new StartError(
              `${address} is already in use.`,
              'Stop what listens there, or choose another with --listen.',
              exitCodes.addressInUse,
            )
          : new StartError(
              `Cannot listen on ${address}: ${error.message}.`,
              'Choose another with --listen.',
              exitCodes.failure,
            ),
      );
    });
    server.listen({ host, port }, resolve);
  });
}

/** `http://host:port` as bound, `https://` with TLS. */
export function endpointOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  const scheme = server instanceof HttpsServer ? 'https' : 'http';
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

const IDLE_SWEEP_INTERVAL_MS = 50;

/** Lets requests under way finish; after the grace period connections are cut. */
export function drain(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => server.closeAllConnections(), graceMs);
    // A kept-alive connection outlives `close`, and its client would go on asking: what comes on it now is answered
    // as its last request, and what was under way leaves it idle.
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MS);
    server.close(() => {
      clearTimeout(giveUp);
      clearInterval(sweep);
      resolve();
    });
  });
}
