/** Where the plugin listens: a Unix socket in a private directory, or TCP on the loopback where sockets do not work. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address, Invitation } from './handshake.ts';

/** Smallest `sun_path` among the systems we run on (macOS), less the closing zero. */
const maxSocketPathInBytes = 103;
const socketName = 'plugin';
/** What mkdtemp appends to the prefix. */
const randomSuffixLength = 6;

export interface Listening {
  readonly address: Address;
  /** Removes the socket and its directory. */
  readonly clean: () => void;
}

function fits(directory: string): boolean {
  const path = join(directory, `keystead-${'x'.repeat(randomSuffixLength)}`, socketName);
  return Buffer.byteLength(path) <= maxSocketPathInBytes;
}

function once(server: Http2Server | Http2SecureServer, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}

async function listenOnSocket(server: Http2Server | Http2SecureServer, parent: string): Promise<Listening> {
  const directory = mkdtempSync(join(parent, 'keystead-')); // mode 0700
  const clean = (): void => rmSync(directory, { recursive: true, force: true });
  const path = join(directory, socketName);
  try {
    await once(server, () => server.listen(path));
  } catch (error) {
    clean();
    throw error;
  }
  return { address: { network: 'unix', path }, clean };
}

/** The first free port of the range that Terraform gave. */
async function listenOnPort(
  server: Http2Server | Http2SecureServer,
  { min, max }: Invitation['portRange'],
): Promise<Listening> {
  for (let port = min; port <= max; port++) {
    try {
      await once(server, () => server.listen(port, '127.0.0.1'));
      const bound = server.address() as AddressInfo;
      return { address: { network: 'tcp', host: '127.0.0.1', port: bound.port }, clean: () => {} };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`no free TCP port between ${min} and ${max} on 127.0.0.1`);
}

export async function listen(
  server: Http2Server | Http2SecureServer,
  { socketDirectory, portRange }: Pick<Invitation, 'socketDirectory' | 'portRange'>,
): Promise<Listening> {
  if (process.platform !== 'win32') {
    const parent = [socketDirectory ?? tmpdir(), '/tmp'].find(fits);
    if (parent !== undefined) {
      try {
        return await listenOnSocket(server, parent);
      } catch (error) {
        // A file system without sockets, or a directory that we cannot write to.
        if (!(error instanceof Error)) throw error;
      }
    }
  }
  return listenOnPort(server, portRange);
}
