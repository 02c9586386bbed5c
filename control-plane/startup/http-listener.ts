/** How the HTTP server starts to listen, and how it stops. */
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parseListenAddress } from './listen-address.ts';
import { exitCodes, StartError } from './start-error.ts';

/** @param option that names the address @throws StartError when the server cannot listen on the address */
export function listen(server: Server, address: string, option = '--listen'): Promise<void> {
  const { host, port } = parseListenAddress(address, option);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new StartError(
              `${address} is already in use.`,
              `Stop the process that listens there, or choose another address with ${option}.`,
              exitCodes.addressInUse,
            )
          : new StartError(
              `Cannot listen on ${address}: ${error.message}.`,
              `Choose another address with ${option}.`,
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

/** Lets requests in progress finish; after the grace period connections are closed. */
export function drain(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const graceTimer = setTimeout(() => server.closeAllConnections(), graceMs);
    // `close` leaves kept-alive connections open, and their clients would go on sending requests. So the next answer
    // on such a connection closes it, and the sweep closes those that become idle.
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MS);
    server.close(() => {
      clearTimeout(graceTimer);
      clearInterval(sweep);
      resolve();
    });
  });
}
