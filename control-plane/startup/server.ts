/**
 * The one file that builds engines and hands them over: store, HSM process, root principal, jobs, HTTP server.
 * Everything started here is stopped here, in reverse order.
 */
import { Server as HttpsServer } from 'node:https';
import { hostname } from 'node:os';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Logger } from 'pino';
import { AuditMirror, withAuditSinks } from '../audit/mirror.ts';
import { startRefusalTally } from '../audit/refusal-tally.ts';
import { createCallers } from '../authentication/callers.ts';
import { createFailedAuthentications } from '../authentication/failed-authentications.ts';
import { createSealedTokens } from '../authentication/sealed-tokens.ts';
import { createWebIdentities } from '../authentication/web-identity.ts';
import { createWebIdentityCallers } from '../authentication/web-identity-callers.ts';
import { createKeyFetcher } from '../authentication/web-identity-keys.ts';
import type { Engines } from '../context/engines.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { type Hsm, type HsmServices, servicesOf } from '../hsm/port/hsm.ts';
import { type HsmConnectionOptions, openHsmConnection } from '../hsm/process/connection.ts';
import { readSharedToken } from '../hsm/process/shared-token.ts';
import { startHsm } from '../hsm/process/supervisor.ts';
import { type Jobs, startJobs } from '../jobs/runner.ts';
import { createFairShare } from '../quotas/fair-share.ts';
import { createThrottle } from '../quotas/quotas.ts';
import { openStore } from '../storage/open.ts';
import type { Store } from '../storage/port/store.ts';
import { createHttpServer } from '../wire/app.ts';
import type { ConnectionEvents, ConnectionLimits } from '../wire/connections.ts';
import { createMetricsServer } from '../wire/metrics-server.ts';
import { createXksClient } from '../xks/client.ts';
import { auditSettings, defaultAudit, requireMirror } from './audit-config.ts';
import {
  type HsmService,
  parseSeal,
  requireIdentityProviderNetworks,
  requirePrivateTransport,
  type ServeConfig,
} from './config.ts';
import { connectionLimits, defaultConnections, reportConnections } from './connection-config.ts';
import { reportCost } from './decision-cost-report.ts';
import { makePrivateDirectory, publishCheckpointKey } from './directories.ts';
import { reportFullDisk, reportingNotReady } from './full-disk.ts';
import { drain, endpointOf, listen } from './http-listener.ts';
import { defaultKeyStores, type KeyStoreConfig, proxyAddressing, readPkcs11Tokens } from './key-store-config.ts';
import { isLoopback, parseListenAddress } from './listen-address.ts';
import { requireDatabaseOfRootKey, requireKnownDatabase } from './lost-database.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { Opened } from './opened.ts';
import { readQuotas } from './quota-file.ts';
import { ROOT_KEY_FINGERPRINT, requireSameRootKey } from './root-key-check.ts';
import { openRootKeyUse, type RootKeyUse } from './root-key-use.ts';
import { ensureRootPrincipal, type RootCredentials, type RootPrincipal } from './root-principal.ts';
import { seed } from './seed/seed.ts';
import { readSeed } from './seed/seed-file.ts';
import { recordSettings, serverSettings } from './server-settings.ts';
import { startErrorOf } from './start-error-mapping.ts';
import { readTls } from './tls.ts';
import { readTrustedServices } from './trusted-services.ts';

export interface RunningServer {
  /** `http://host:port` as bound, `https://` with TLS. */
  readonly endpoint: string;
  readonly root: RootPrincipal;
  readonly engines: Engines;
  /**
   * Reads certificate, key and client CAs again, for new connections.
   * @throws StartError when they do not fit each other; then the old ones stay in use.
   */
  reloadTls(): Promise<void>;
  /**
   * Uses these authorities and addresses of external key store proxies, for new calls; reads their file again.
   * @throws StartError when they cannot be used; then the old ones stay in use.
   */
  reloadProxies(keyStores: KeyStoreConfig): void;
  /** Accepts no further requests, lets those in progress finish within the grace period, then closes everything. */
  stop(): Promise<void>;
}

export interface ServeRequest {
  readonly config: ServeConfig;
  readonly log: Logger;
  readonly rootCredentials?: RootCredentials;
  readonly clock?: Clock;
}

/** @throws StartError for an error that the operator can fix; then nothing is left running. */
export async function startServer(request: ServeRequest): Promise<RunningServer> {
  const opened = new Opened(request.log);
  try {
    return await start({ ...request, clock: request.clock ?? systemClock, metrics: createMetrics(), opened });
  } catch (error) {
    await opened.closeAll();
    throw startErrorOf(error);
  }
}

/** The request, with what all parts of a start share. */
interface Start extends ServeRequest {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly opened: Opened;
}

async function start(given: Start): Promise<RunningServer> {
  const { config, log, clock, opened } = given;
  const { accountId, region, dataDir, keyStores: keyStoreConfig = defaultKeyStores } = config;
  const seal = parseSeal(config.seal, config.passphraseFile);
  requirePrivateTransport(config);
  const trust = trustOf(config);
  if (config.metricsListen !== undefined) parseListenAddress(config.metricsListen, '--metrics-listen');
  const limits = connectionLimits(config.connections ?? defaultConnections);
  const tls = config.tls && (await readTls(config.tls));
  await makePrivateDirectory(dataDir, '--data-dir');
  requireDatabaseOfRootKey(config);
  const database = await openAuditedStore(given);
  await requireKnownDatabase(config, database);
  const { services, clusters, isFirstStart } = await openHsm(given, seal, database, keyStoreConfig);
  let jobs: Jobs | undefined;
  const rootKey = await useRootKey(given, database, services, isFirstStart, () => jobs?.wake());
  const { store } = rootKey;
  if (store.memory) given.metrics.watchMemory(store.memory);
  given.metrics.watchDriftReports(store.newestDriftReports);
  const { credentials } = services;
  const rootRequest = { store, credentials, clock, accountId, region, dataDir };
  const root = await ensureRootPrincipal({ ...rootRequest, ...defined({ given: given.rootCredentials }) });
  const settings = serverSettings(config, store.engine);
  await recordSettings({ store, clock, log, accountId, region }, settings);
  const sealedTokens = createSealedTokens(credentials);
  const quotas = readQuotas(config.quotas);
  const xks = openXks(given, credentials, keyStoreConfig);
  const perInterval = (config.audit ?? defaultAudit).refusalsPerMinute;
  // Closed after the listener, so that it counts every refusal, and before the store.
  const refusals = opened.add(startRefusalTally({ store, log, perInterval }, MINUTE_MS), (tally) => tally.stop());
  const engines: Engines = {
    ...services,
    store: { ...store, ...store.forRequests?.reads },
    ...defined({ catchUp: store.forRequests?.catchUp }),
    clock,
    sealedTokens,
    log,
    quotas: quotas.resources,
    settings,
    throttle: createThrottle(quotas),
    fairShare: createFairShare(),
    ...defined({ regions: config.regions }),
    refusals,
    keyStores: { xks, clusters },
    wakeJobs: () => jobs?.wake(),
    observe: given.metrics.observe,
    decisionTooCostly: reportCost(given.metrics, log),
  };
  await seedFrom(config.seedFile, engines, services.installation);
  jobs = opened.add(
    startJobs({
      ...services,
      store,
      xks,
      clock,
      log,
      nodeId: hostname(),
      intervalMs: config.jobIntervalInSeconds * 1000,
      audit: auditSettings(config.audit ?? defaultAudit),
      rootKey: { accountId, region, holderIntervalMs: config.jobIntervalInSeconds * 1000 },
    }),
    (running) => running.stop(),
  );
  const listener = await serve(given, engines, { trust, tls, limits });
  const reloadProxies = (keyStores: KeyStoreConfig) => xks.readdress(proxyAddressing(keyStores));
  return { ...listener, reloadProxies, root, engines, stop: () => opened.closeAll() };
}

const MINUTE_MS = 60_000;

/** The store, with the audit mirror that is configured beside it. */
async function openAuditedStore({ config, log, clock, opened }: Start): Promise<Store> {
  const { audit = defaultAudit, dataDir } = config;
  const database = await openStore({
    database: config.database.reveal(),
    dataDir,
    nodeName: hostname(),
    clock,
    log,
  });
  opened.add(database, (store) => store.close());
  const deadlineMs = audit.deadlineInSeconds * 1000;
  const sinks = { deadlineMs, ...reportFullDisk(log) };
  if (audit.mirrorFile === undefined) return withAuditSinks(database, sinks);
  const mirror = opened.add(new AuditMirror(audit.mirrorFile), (file) => file.close());
  await requireMirror(mirror);
  return withAuditSinks(database, { ...sinks, mirror });
}

/** Long enough for an HSM that the machine starts at the same time. */
const HSM_PATIENCE_MS = 30_000;

/** The HSM, with the root key that the database was created with. */
async function openHsm(
  { config, log, metrics, opened }: Start,
  seal: ReturnType<typeof parseSeal>,
  store: Store,
  keyStores: KeyStoreConfig,
) {
  const mustExist = (await store.findMeta(ROOT_KEY_FINGERPRINT)) !== undefined;
  const { clusters, pkcs11Tokens, driverEnvironment } = readPkcs11Tokens(keyStores.pkcs11TokensFile);
  const hsm = config.hsm
    ? await openHsmService(config.hsm, { log, mustExist, onReconnect: metrics.hsmRestarted })
    : await startHsm({
        seal: { ...seal, mustExist },
        directory: config.dataDir,
        log,
        pkcs11Tokens,
        driverEnvironment,
        onRestart: metrics.hsmRestarted,
        isSeeding: config.seedFile !== undefined,
      });
  opened.add(hsm, (running) => running.close());
  const services = servicesOf(hsm);
  await requireSameRootKey(store, services.installation);
  await publishCheckpointKey(services.installation, [config.dataDir, config.audit?.logDirectory]);
  return { services, clusters, isFirstStart: !mustExist };
}

/** The generation of the root key to wrap under, and the store whose writes rely on it. */
async function useRootKey(
  { config, clock, log, metrics, opened }: Start,
  store: Store,
  { installation }: HsmServices,
  isFirstStart: boolean,
  onNewGeneration: () => void,
): Promise<RootKeyUse> {
  const use = await openRootKeyUse({
    store,
    installation,
    clock,
    log,
    isFirstStart,
    intervalMs: config.jobIntervalInSeconds * 1000,
    onLook: ({ inUse }, { underWay }) =>
      metrics.rootKeySeen({
        generation: inUse,
        secretsToRewrap: underWay ? Math.max(0, underWay.total - underWay.rewrapped) : 0,
      }),
    onNewGeneration,
  });
  return opened.add(use, (running) => running.stop());
}

function openHsmService(
  { socketPath, tokenFile, uid, isEmbedded }: HsmService,
  options: Pick<HsmConnectionOptions, 'log' | 'mustExist' | 'onReconnect'>,
): Promise<Hsm> {
  return openHsmConnection({
    ...options,
    ...defined({ hsmUid: uid }),
    socketPath,
    sharedToken: () => readSharedToken(tokenFile),
    patienceMs: HSM_PATIENCE_MS,
    endsHsm: isEmbedded,
  });
}

/** The client of external key store proxies. */
function openXks({ clock, log, opened }: Start, credentials: HsmServices['credentials'], keyStores: KeyStoreConfig) {
  const xks = createXksClient({
    credentials,
    clock,
    log,
    timeoutMs: keyStores.xksTimeoutInMs,
    ...proxyAddressing(keyStores),
  });
  return opened.add(xks, (client) => client.close());
}

async function seedFrom(
  file: string | undefined,
  engines: Engines,
  installation: HsmServices['installation'],
): Promise<void> {
  if (file === undefined) return;
  const report = await seed(engines, readSeed(file, engines.regions));
  await installation.endSeeding();
  engines.log.info({ file, ...report }, 'seed file applied');
}

/** Which services and networks the operator trusts. @throws StartError */
const trustOf = ({ trustedServicesFile, identityProviderNetworks }: ServeConfig) => ({
  trustedServices: readTrustedServices(trustedServicesFile),
  networks: requireIdentityProviderNetworks(identityProviderNetworks),
});

interface ListenerParts {
  readonly trust: ReturnType<typeof trustOf>;
  readonly tls: Awaited<ReturnType<typeof readTls>> | undefined;
  readonly limits: ConnectionLimits;
}

/** The HTTP server, listening. */
async function serve(
  { config, log, metrics, opened }: Start,
  engines: Engines,
  { trust, tls, limits }: ListenerParts,
): Promise<Pick<RunningServer, 'endpoint' | 'reloadTls'>> {
  const { store, keyMaterial, credentials, sealedTokens } = engines;
  const ready = reportingNotReady(log, async () => {
    await Promise.all([store.ping(), keyMaterial.random(1)]);
  });
  const admission = {
    callers: createCallers(store, credentials, sealedTokens),
    webIdentityCallers: createWebIdentityCallers(
      createWebIdentities(store, createKeyFetcher({ networks: trust.networks })),
      config.region,
    ),
    trustedServices: trust.trustedServices,
    failures: createFailedAuthentications(config.failedAuthenticationsPerMinute),
    ...defined({ regions: config.regions }),
  };
  const { metricsListen } = config;
  const connections = { limits, events: reportConnections(limits, metrics, log) };
  const isForMetrics = (address: string) =>
    metricsListen === undefined && isLoopback(address) && !limits.isTrustedProxy(address);
  const metricsFor = (address: string) => (isForMetrics(address) ? metrics.expose() : undefined);
  const server = createHttpServer({ engines, admission, ready, metricsFor, connections }, tls);
  await listen(server, config.listen);
  opened.add(server, (listening) => drain(listening, config.shutdownGraceInSeconds * 1000));
  if (metricsListen !== undefined) await serveMetrics(metricsListen, { metrics, log, opened }, connections.events);
  const reloadTls = async () => {
    if (config.tls && server instanceof HttpsServer) server.setSecureContext(await readTls(config.tls));
  };
  return { endpoint: endpointOf(server), reloadTls };
}

async function serveMetrics(
  address: string,
  { metrics, log, opened }: Pick<Start, 'metrics' | 'log' | 'opened'>,
  events: ConnectionEvents,
): Promise<void> {
  const server = createMetricsServer(metrics.expose, events);
  await listen(server, address, '--metrics-listen');
  opened.add(server, (listening) => drain(listening, 0));
  log.info({ metrics: `${endpointOf(server)}/metrics` }, 'serving metrics');
}
