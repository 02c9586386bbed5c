/**
 * The one file that builds engines and hands them over: store, HSM process, root principal, jobs, HTTP server.
 * Everything started here is stopped here, in reverse order.
 */
import { chmod, mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AuditMirror, withAuditSinks } from '../audit/mirror.ts';
import { createCallers } from '../authentication/callers.ts';
import { createFailedAuthentications } from '../authentication/failed-authentications.ts';
import { createSealedTokens } from '../authentication/sealed-tokens.ts';
import { createWebIdentities } from '../authentication/web-identity.ts';
import { createWebIdentityCallers } from '../authentication/web-identity-callers.ts';
import { createKeyFetcher } from '../authentication/web-identity-keys.ts';
import type { Engines } from '../context/engines.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { publicKeyPem } from '../hsm/crypto/checkpoint-key.ts';
import { servicesOf } from '../hsm/port/hsm.ts';
import type { InstallationService } from '../hsm/port/installation.ts';
import { startHsm } from '../hsm/process/supervisor.ts';
import type { AuditSettings } from '../jobs/audit-settings.ts';
import { type Jobs, startJobs } from '../jobs/runner.ts';
import { createThrottle } from '../quotas/quotas.ts';
import { writeDurably } from '../runtime/durable-file.ts';
import { openStore } from '../storage/open.ts';
import { createHttpServer } from '../wire/app.ts';
import { createXksClient } from '../xks/client.ts';
import { type AuditConfig, parseSeal, requirePrivateTransport, type ServeConfig, usualAudit } from './config.ts';
import { parseConnectTo, readCertificateAuthorities, readPkcs11Tokens, usualKeyStores } from './key-store-config.ts';
import { parseListenAddress } from './listen-address.ts';
import { createMetrics } from './metrics.ts';
import { readQuotas } from './quota-file.ts';
import { requireSameRootKey } from './root-key-check.ts';
import { ensureRootPrincipal, type RootCredentials, type RootPrincipal } from './root-principal.ts';
import { seed } from './seed/seed.ts';
import { readSeed } from './seed/seed-file.ts';
import { exitCodes, StartError } from './start-error.ts';
import { startErrorOf } from './start-error-mapping.ts';
import { readTls } from './tls.ts';

export interface RunningServer {
  /** `http://host:port` as bound, `https://` with TLS. */
  readonly endpoint: string;
  readonly root: RootPrincipal;
  readonly engines: Engines;
  /**
   * Reads certificate, key and client authorities again; new connections get them.
   * @throws StartError when they do not fit each other: the old ones stay.
   */
  reloadTls(): Promise<void>;
  /** Stops taking requests, lets those under way finish within the grace period, closes everything. */
  stop(): Promise<void>;
}

export interface ServeRequest {
  readonly config: ServeConfig;
  readonly log: Logger;
  readonly rootCredentials?: RootCredentials;
  readonly clock?: Clock;
}

/** @throws StartError for what the operator can mend; nothing is left running then. */
export async function startServer({
  config,
  log,
  rootCredentials,
  clock = systemClock,
}: ServeRequest): Promise<RunningServer> {
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) {
      await close().catch((error: unknown) => log.error({ err: error }, 'an engine did not close cleanly'));
    }
  };
  try {
    const seal = parseSeal(config.seal, config.passphraseFile);
    requirePrivateTransport(config);
    const tls = config.tls && (await readTls(config.tls));
    await makePrivateDirectory(config.dataDir);
    const { audit = usualAudit } = config;
    const database = await openStore({
      database: config.database.reveal(),
      dataDir: config.dataDir,
      nodeName: hostname(),
      clock,
      log,
    });
    opened.push(() => database.close());
    const mirror = audit.mirrorFile === undefined ? undefined : new AuditMirror(audit.mirrorFile);
    if (mirror) {
      opened.push(() => mirror.close());
      await mirror.append([]).catch(refuseMirror);
    }
    const store = withAuditSinks(database, { deadlineMs: audit.deadlineInSeconds * 1000, ...(mirror && { mirror }) });
    const metrics = createMetrics();
    const mustExist = (await store.findMeta('root-key-fingerprint')) !== undefined;
    const { keyStores = usualKeyStores } = config;
    const { clusters, ...drivers } = readPkcs11Tokens(keyStores.pkcs11TokensFile);
    const hsm = await startHsm({
      seal: { ...seal, mustExist },
      directory: config.dataDir,
      log,
      ...drivers,
      onRestart: metrics.hsmRestarted,
    });
    opened.push(() => hsm.close());
    const services = servicesOf(hsm);
    const { keyMaterial, credentials, installation } = services;
    await requireSameRootKey(store, installation);
    await publishCheckpointKey(installation, [config.dataDir, audit.logDirectory]);
    const { accountId, region, dataDir } = config;
    const given = rootCredentials && { given: rootCredentials };
    const root = await ensureRootPrincipal({ store, credentials, clock, accountId, region, dataDir, ...given });
    const sealedTokens = await createSealedTokens(credentials);
    const quotas = readQuotas(config.quotas);
    const extraCertificateAuthorities = readCertificateAuthorities(keyStores.xksCaFile);
    const xks = createXksClient({
      ...{ credentials, clock, log },
      timeoutMs: keyStores.xksTimeoutInMs,
      connectTo: parseConnectTo(keyStores.xksConnectTo),
      ...(extraCertificateAuthorities !== undefined && { extraCertificateAuthorities }),
    });
    opened.push(async () => xks.close());
    const running: { jobs?: Jobs } = {};
    const engines: Engines = {
      ...services,
      ...{ store, clock, sealedTokens, log },
      quotas: quotas.resources,
      throttle: createThrottle(quotas),
      keyStores: { xks, clusters },
      wakeJobs: () => running.jobs?.wake(),
      observe: metrics.observe,
    };
    if (config.seedFile !== undefined) {
      const report = await seed(engines, readSeed(config.seedFile));
      log.info({ file: config.seedFile, ...report }, 'seeded');
    }
    const jobs = startJobs({
      ...services,
      store,
      xks,
      clock,
      log,
      nodeId: hostname(),
      intervalMs: config.jobIntervalInSeconds * 1000,
      audit: auditSettings(audit),
    });
    running.jobs = jobs;
    opened.push(() => jobs.stop());
    const ready = async () => {
      await Promise.all([store.ping(), keyMaterial.random(1)]);
    };
    const admission = {
      callers: createCallers(store, credentials, sealedTokens),
      webIdentityCallers: createWebIdentityCallers(createWebIdentities(store, createKeyFetcher()), region),
      failures: createFailedAuthentications(config.failedAuthenticationsPerMinute),
    };
    const surface = { engines, admission, ready, metrics: metrics.expose };
    const server = createHttpServer(surface, tls);
    await listen(server, config.listen);
    opened.push(() => drain(server, config.shutdownGraceInSeconds * 1000));
    const reloadTls = async () => {
      if (config.tls && server instanceof HttpsServer) server.setSecureContext(await readTls(config.tls));
    };
    return { endpoint: endpointOf(server), root, engines, reloadTls, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw startErrorOf(error);
  }
}

function refuseMirror(error: Error): never {
  throw new StartError(
    `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`,
    'Choose another file with --audit-mirror, or give its directory to the user who runs keystead.',
    exitCodes.failure,
  );
}

const DAY_IN_MS = 24 * 60 * 60 * 1000;

function auditSettings({ checkpointIntervalInSeconds, logDirectory, retentionInDays }: AuditConfig): AuditSettings {
  return {
    checkpointIntervalMs: checkpointIntervalInSeconds * 1000,
    ...(logDirectory !== undefined && { logDirectory }),
    ...(retentionInDays !== undefined && { retentionMs: retentionInDays * DAY_IN_MS }),
  };
}

/** Where verifiers find it; who keeps a copy elsewhere need not trust this machine's. @throws StartError */
async function publishCheckpointKey(
  installation: InstallationService,
  directories: readonly (string | undefined)[],
): Promise<void> {
  const pem = publicKeyPem(await installation.checkpointPublicKey());
  for (const directory of directories) {
    if (directory === undefined) continue;
    try {
      await writeDurably(join(directory, 'audit-public-key.pem'), pem);
    } catch (error) {
      throw new StartError(
        `The directory ${directory} cannot be written: ${error instanceof Error ? error.message : error}.`,
        'Choose another with --audit-log-dir or --data-dir, or give it to the user who runs keystead.',
        exitCodes.failure,
      );
    }
  }
}

/** Private when it is made here; one that exists keeps its mode, for it may be anything. @throws StartError */
async function makePrivateDirectory(path: string): Promise<void> {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) await chmod(path, 0o700);
  } catch (error) {
    throw new StartError(
      `The data directory ${path} cannot be used: ${error instanceof Error ? error.message : error}.`,
      'Choose another with --data-dir, or give it to the user who runs keystead.',
      exitCodes.failure,
    );
  }
}

function listen(server: Server, address: string): Promise<void> {
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

const IDLE_SWEEP_INTERVAL_MS = 50;

/** Lets requests under way finish; after the grace period connections are cut. */
function drain(server: Server, graceMs: number): Promise<void> {
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

function endpointOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  const scheme = server instanceof HttpsServer ? 'https' : 'http';
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
