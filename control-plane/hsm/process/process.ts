/**
 * Entry point of the HSM process: opens the seal, listens on a private socket, and ends when its parent ends. launch.ts
 * starts it and passes the shared token and a `Launch` over standard input (not in arguments or environment, which other
 * processes can read). It must never print a secret.
 */
import { url as inspectorUrl } from 'node:inspector';
import type { Readable } from 'node:stream';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { SealError } from '../port/seal-error.ts';
import { type ClientReport, type Launch, type LaunchAnswer, SHARED_TOKEN_BYTES } from './protocol.ts';
import { createSealedHsm } from './sealed-hsm.ts';
import { serveHsm } from './server.ts';

const MAX_LAUNCH_BYTES = 64 * 1024;
const OBSERVING_FLAG = /^--(inspect|debug|prof|cpu-prof|heap|report|diagnostic|trace|require|import|loader)/;

process.title = 'keystead-hsm';
process.on('uncaughtException', (error) => fail(error));
process.on('unhandledRejection', (error) => fail(error));
// Ctrl-C and a service manager's stop signal the whole process group, but the parent still needs keys while it drains.
// So this process ignores them, and ends when its standard input closes, which only the parent holds open.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
// When the parent has ended, writing fails; that must not end this process before it closes the Hsm.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// Registered first, because the parent can be killed at any moment, even while the seal is being opened.
const parentGone = new Promise<void>((resolve) => {
  process.stdin.once('end', resolve).once('close', resolve);
});

await run().catch((error: unknown) => fail(error));

async function run(): Promise<void> {
  requireUnobserved();
  const { sharedToken, launch } = await readLaunch(process.stdin);
  let clients = 0;
  const hsm = await createSealedHsm(launch.seal, {
    pkcs11Tokens: launch.tokens,
    isSeeding: launch.isSeeding,
    onSeedingEnded: () => report({ clients, seedingEnded: true }),
  });
  void parentGone.then(() => void hsm.close().finally(() => process.exit(0)));
  process.stdin.resume();
  const onClients = (counted: ClientReport) => {
    clients = counted.clients;
    report(counted);
  };
  await serveHsm({ hsm, socket: launch.socket, sharedToken, onClients });
  report({ ready: true });
}

/** Refuses to hold keys where a debugger, a profiler or preloaded code could read them. */
function requireUnobserved(): void {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  const flag = flags.find((candidate) => OBSERVING_FLAG.test(candidate));
  if (flag === undefined && inspectorUrl() === undefined) return;
  throw new SealError(
    `The HSM process does not start under observation (${flag ?? 'inspector'}): keys could be read from its memory.`,
    'Remove the flag, also from NODE_OPTIONS.',
  );
}

function readLaunch(input: Readable): Promise<{ sharedToken: SecretBytes; launch: Launch }> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const end = () =>
      reject(
        new SealError('The HSM process cannot be started by hand.', 'Start it with: keystead serve, or keystead hsm'),
      );
    const take = (chunk: Buffer) => {
      const joined = Buffer.concat([received, chunk]);
      for (const old of [received, chunk]) old.fill(0);
      received = joined;
      const lineEnd = received.indexOf(0x0a, SHARED_TOKEN_BYTES);
      if (lineEnd === -1 && received.length <= MAX_LAUNCH_BYTES) return;
      input.off('data', take).off('end', end);
      try {
        const sharedToken = new SecretBytes(Uint8Array.prototype.slice.call(received, 0, SHARED_TOKEN_BYTES));
        resolve({ sharedToken, launch: JSON.parse(received.toString('utf8', SHARED_TOKEN_BYTES, lineEnd)) });
      } catch {
        end();
      } finally {
        received.fill(0);
      }
    };
    input.on('data', take).once('end', end);
  });
}

function report(answer: LaunchAnswer | ClientReport): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/**
 * Reports errors that the operator can fix in full; of others only name and stack, because their text could contain
 * secrets.
 */
function fail(error: unknown): void {
  if (error instanceof SealError) {
    report({ failed: { message: error.message, hint: error.hint } });
  } else {
    const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
    const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
    process.stderr.write(`the HSM process failed: ${[name, codeOf(error), ...frames].join('\n')}\n`);
  }
  process.exitCode = 1;
  process.stdin.destroy();
  setImmediate(() => process.exit(1));
}

/** Safe to print: codes of the system and of Node (`EACCES`, `ERR_…`) are constants. */
function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : 'no code';
}
