import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/hsm/process/frames.ts
var LENGTH_BYTES = 4;
var PREFIX_BYTES = 5;
var MAX_FRAME_BYTES = 4 * 1024 * 1024;
var FrameSender = class {
  #socket;
  #queued = [];
  constructor(socket) {
    this.#socket = socket;
  }
  /** Copies `body` and wipes it. @throws RangeError when it is too large for a frame. */
  send({ requestId, kind, body }) {
    const length = PREFIX_BYTES + body.length;
    if (length > MAX_FRAME_BYTES) throw new RangeError(`message of ${length} bytes is too large for a frame`);
    const frame = Buffer.alloc(LENGTH_BYTES + length);
    frame.writeUInt32BE(length, 0);
    frame.writeUInt32BE(requestId, LENGTH_BYTES);
    frame[LENGTH_BYTES + 4] = kind;
    frame.set(body, LENGTH_BYTES + PREFIX_BYTES);
    body.fill(0);
    if (this.#queued.length === 0) setImmediate(() => this.flush());
    this.#queued.push(frame);
  }
  /** Writes the queued frames now instead of at the end of the turn. */
  flush() {
    const frames = this.#queued;
    if (frames.length === 0) return;
    this.#queued = [];
    if (!this.#socket.writable) {
      wipeAll(frames);
      return;
    }
    const [only] = frames;
    const batch = frames.length === 1 && only ? only : Buffer.concat(frames);
    this.#socket.write(batch, () => wipeAll([batch]));
    if (batch !== only) wipeAll(frames);
  }
};
var FrameReader = class {
  #onFrame;
  #chunks = [];
  #buffered = 0;
  constructor(onFrame) {
    this.#onFrame = onFrame;
  }
  /** Takes ownership of `chunk`. @throws RangeError when a frame's length is out of bounds */
  push(chunk) {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered < LENGTH_BYTES || this.#buffered < this.#awaited()) return;
    const stream = this.#join();
    let offset = 0;
    while (stream.length - offset >= LENGTH_BYTES) {
      const length = frameLength(stream, offset);
      const end = offset + LENGTH_BYTES + length;
      if (end > stream.length) break;
      const frame = Buffer.alloc(length);
      stream.copy(frame, 0, offset + LENGTH_BYTES, end);
      offset = end;
      this.#onFrame({
        requestId: frame.readUInt32BE(0),
        kind: frame[4] ?? 0,
        body: frame.subarray(PREFIX_BYTES)
      });
    }
    const rest = Buffer.from(stream.subarray(offset));
    stream.fill(0);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#buffered = rest.length;
  }
  /** Bytes needed until the first frame is complete; a frame in many chunks is joined once, not once per chunk. */
  #awaited() {
    const [first] = this.#chunks;
    return first && first.length >= LENGTH_BYTES ? LENGTH_BYTES + frameLength(first, 0) : LENGTH_BYTES;
  }
  #join() {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1 && only) return only;
    const joined = Buffer.concat(this.#chunks);
    wipeAll(this.#chunks);
    return joined;
  }
};
function frameLength(stream, offset) {
  const length = stream.readUInt32BE(offset);
  if (length < PREFIX_BYTES || length > MAX_FRAME_BYTES)
    throw new RangeError(`frame length ${length} is out of bounds`);
  return length;
}
function wipeAll(buffers) {
  for (const buffer of buffers) buffer.fill(0);
}

// control-plane/hsm/process/handshake.ts
import { createHmac, timingSafeEqual } from "node:crypto";
var NONCE_BYTES = 32;
var PROOF_BYTES = 32;
function challengeBody(serverNonce, peersDirectory = "") {
  return Buffer.concat([serverNonce, Buffer.from(peersDirectory)]);
}
function readChallenge(body) {
  if (body.length < NONCE_BYTES) throw new RangeError("the HSM sent a challenge that is too short");
  const serverNonce = Buffer.from(body.subarray(0, NONCE_BYTES));
  return body.length === NONCE_BYTES ? { serverNonce } : { serverNonce, peersDirectory: body.toString("utf8", NONCE_BYTES) };
}
function helloBody(sharedToken, nonces) {
  return Buffer.concat([nonces.client, clientProof(sharedToken, nonces)]);
}
function readHello(sharedToken, serverNonce, body) {
  if (body.length !== NONCE_BYTES + PROOF_BYTES) return void 0;
  const client = Buffer.from(body.subarray(0, NONCE_BYTES));
  const proof = clientProof(sharedToken, { server: serverNonce, client });
  return timingSafeEqual(body.subarray(NONCE_BYTES), proof) ? client : void 0;
}
function welcomeBody(sharedToken, { server, client }) {
  return mac(sharedToken, "keystead hsm server v1", client, server);
}
function isWelcome(sharedToken, nonces, body) {
  return body.length === PROOF_BYTES && timingSafeEqual(body, welcomeBody(sharedToken, nonces));
}
function clientProof(sharedToken, { server, client }) {
  return mac(sharedToken, "keystead hsm client v1", server, client);
}
function mac(sharedToken, label, first, second) {
  return sharedToken.use((token) => createHmac("sha256", token).update(label).update(first).update(second).digest());
}

// control-plane/hsm/process/peer.ts
import { chmod, lstat, mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
var PEERS_MODE = 984;
async function makePeersDirectory(path) {
  await mkdir(path, { recursive: true });
  await chmod(path, PEERS_MODE);
}
async function withPeerProof(peersDirectory, serverNonce, during) {
  const path = proofPath(peersDirectory, serverNonce);
  await mkdir(path, { mode: 448 });
  try {
    return await during();
  } finally {
    await rmdir(path);
  }
}
async function isPeer(peers, serverNonce) {
  const stats = await lstat(proofPath(peers.directory, serverNonce)).catch(() => void 0);
  return stats?.isDirectory() === true && peers.uids.includes(stats.uid);
}
function proofPath(peersDirectory, serverNonce) {
  return join(peersDirectory, Buffer.from(serverNonce).toString("hex"));
}

export {
  FrameSender,
  FrameReader,
  NONCE_BYTES,
  challengeBody,
  readChallenge,
  helloBody,
  readHello,
  welcomeBody,
  isWelcome,
  makePeersDirectory,
  withPeerProof,
  isPeer
};
