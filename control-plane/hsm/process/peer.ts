/**
 * Proof of the user at the other end of the HSM's socket, where that is another user. Node does not offer the socket
 * option that tells it (SO_PEERCRED), so the client creates a directory that the HSM named, and the HSM looks at its
 * owner: the kernel records the creator, nobody else can create it as that user, and a directory cannot be linked.
 */
import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Write and enter for the group, not list; sticky, so that a client cannot remove what another one made. */
const PEERS_MODE = 0o1730;

export async function makePeersDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, PEERS_MODE);
}

/** The client's part: `during` runs while the directory exists. */
export async function withPeerProof<T>(
  peersDirectory: string,
  serverNonce: Uint8Array,
  during: () => Promise<T>,
): Promise<T> {
  const path = proofPath(peersDirectory, serverNonce);
  await mkdir(path, { mode: 0o700 });
  try {
    return await during();
  } finally {
    await rmdir(path);
  }
}

/** The HSM's part. @returns whether one of these users created the directory */
export async function isPeer(
  peers: { readonly uids: readonly number[]; readonly directory: string },
  serverNonce: Uint8Array,
): Promise<boolean> {
  const stats = await lstat(proofPath(peers.directory, serverNonce)).catch(() => undefined);
  return stats?.isDirectory() === true && peers.uids.includes(stats.uid);
}

function proofPath(peersDirectory: string, serverNonce: Uint8Array): string {
  return join(peersDirectory, Buffer.from(serverNonce).toString('hex'));
}
