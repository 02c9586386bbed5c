/**
 * The handshake on the HSM's socket. Both sides prove that they know the shared token, which never crosses the socket:
 * a program that took the socket's place learns nothing it could use.
 *
 *   HSM → client   CHALLENGE  nonce S (32 bytes) ‖ path of the peers' directory (UTF-8; empty: no proof of the user)
 *   client → HSM   HELLO      nonce C (32 bytes) ‖ HMAC-SHA-256(shared token, "keystead hsm client v1" ‖ S ‖ C)
 *   HSM → client   WELCOME    HMAC-SHA-256(shared token, "keystead hsm server v1" ‖ C ‖ S)
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SecretBytes } from '../crypto/secret-bytes.ts';

export const NONCE_BYTES = 32;
const PROOF_BYTES = 32;

export interface Nonces {
  readonly server: Uint8Array;
  readonly client: Uint8Array;
}

export function challengeBody(serverNonce: Uint8Array, peersDirectory = ''): Buffer {
  return Buffer.concat([serverNonce, Buffer.from(peersDirectory)]);
}

/** @throws RangeError when it is too short to be a challenge */
export function readChallenge(body: Buffer): { readonly serverNonce: Buffer; readonly peersDirectory?: string } {
  if (body.length < NONCE_BYTES) throw new RangeError('the HSM sent a challenge that is too short');
  const serverNonce = Buffer.from(body.subarray(0, NONCE_BYTES));
  return body.length === NONCE_BYTES
    ? { serverNonce }
    : { serverNonce, peersDirectory: body.toString('utf8', NONCE_BYTES) };
}

export function helloBody(sharedToken: SecretBytes, nonces: Nonces): Buffer {
  return Buffer.concat([nonces.client, clientProof(sharedToken, nonces)]);
}

/** @returns the client's nonce; undefined when the client does not know the token */
export function readHello(sharedToken: SecretBytes, serverNonce: Uint8Array, body: Buffer): Buffer | undefined {
  if (body.length !== NONCE_BYTES + PROOF_BYTES) return undefined;
  const client = Buffer.from(body.subarray(0, NONCE_BYTES));
  const proof = clientProof(sharedToken, { server: serverNonce, client });
  return timingSafeEqual(body.subarray(NONCE_BYTES), proof) ? client : undefined;
}

export function welcomeBody(sharedToken: SecretBytes, { server, client }: Nonces): Buffer {
  return mac(sharedToken, 'keystead hsm server v1', client, server);
}

export function isWelcome(sharedToken: SecretBytes, nonces: Nonces, body: Buffer): boolean {
  return body.length === PROOF_BYTES && timingSafeEqual(body, welcomeBody(sharedToken, nonces));
}

function clientProof(sharedToken: SecretBytes, { server, client }: Nonces): Buffer {
  return mac(sharedToken, 'keystead hsm client v1', server, client);
}

/** The labels have one length and the nonces too, so the parts cannot be confused. */
function mac(sharedToken: SecretBytes, label: string, first: Uint8Array, second: Uint8Array): Buffer {
  return sharedToken.use((token) => createHmac('sha256', token).update(label).update(first).update(second).digest());
}
