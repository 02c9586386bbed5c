/** The bundled provider from start to its handshake line, against an empty script in the same Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerBinary } from './provider.ts';
import { type Figure, median, ratio } from './report.ts';

const ROUNDS = 15;
/** What Terraform sets; without the cookie the provider refuses to run (plugin protocol, handshake). */
const HANDSHAKE_ENVIRONMENT = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '6',
  KEYSTEAD_NODE: process.execPath,
};

export async function benchProviderStart(): Promise<readonly Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'keystead-bench-'));
  const empty = join(dir, 'empty.js');
  await writeFile(empty, '');
  try {
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const emptyMs = await untilExit(empty);
      const handshakeMs = await untilHandshake();
      if (round < 0) continue; // the first round warms the file cache
      floor.push(emptyMs);
      ours.push(handshakeMs);
    }
    return [ratio('Provider start to handshake: ms', 'empty Node start', median(ours), median(floor))];
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function untilExit(script: string): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, [script]), 'exit');
  return performance.now() - startedAt;
}

async function untilHandshake(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(providerBinary(), {
    env: { ...process.env, ...HANDSHAKE_ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  const elapsedMs = performance.now() - startedAt;
  child.kill('SIGKILL');
  await ended;
  if (!/^1\|6\|/.test(String(line))) throw new Error(`the provider printed no handshake but: ${line}`);
  return elapsedMs;
}
