/**
 * The whole server in this process, with a real HSM process: requests arrive over HTTP, and a test can also change the
 * store directly, for states that requests cannot produce.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engines } from '@keystead/control-plane/context/engines.ts';
import type { Clock } from '@keystead/control-plane/domain/clock.ts';
import type { ServeConfig } from '@keystead/control-plane/startup/config.ts';
import { startServer } from '@keystead/control-plane/startup/server.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import pino from 'pino';
import { type Caller, caller } from './calls.ts';

export interface InProcessServer {
  readonly endpoint: string;
  readonly engines: Engines;
  /** The account's root, in us-east-1. */
  readonly root: Caller;
  /** The log lines of level warn and above. */
  log(): string;
  stop(): Promise<void>;
}

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
/** Jobs run at the start and then not again. */
const NEVER_IN_SECONDS = 1_000_000;

export async function startInProcess(
  options: { readonly clock?: Clock; readonly config?: Partial<ServeConfig> } = {},
): Promise<InProcessServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keystead-in-process-'));
  const rootCredentials = {
    accessKeyId: 'AKIAINPROCESSSERVER0',
    secretAccessKey: 'in-process-server-secret-0123456789abcdef',
  };
  let logged = '';
  const write = (line: string) => {
    logged += line;
  };
  const log = pino({ level: 'warn' }, { write });
  const server = await startServer({
    config: {
      listen: '127.0.0.1:0',
      plaintext: 'loopback',
      dataDir,
      accountId: ACCOUNT,
      region: REGION,
      database: new Secret('sqlite'),
      seal: `file:${join(dataDir, 'root.key')}`,
      quotas: 'off',
      logLevel: 'warn',
      jobIntervalInSeconds: NEVER_IN_SECONDS,
      failedAuthenticationsPerMinute: 100,
      shutdownGraceInSeconds: 1,
      ...options.config,
    },
    log,
    rootCredentials: { ...rootCredentials, secretAccessKey: new Secret(rootCredentials.secretAccessKey) },
    ...defined({ clock: options.clock }),
  });
  return {
    endpoint: server.endpoint,
    engines: server.engines,
    root: caller(server.endpoint, rootCredentials, REGION),
    log: () => logged,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
