/**
 * The settings of a start as texts: what protects the keys and the audit log, without secrets. They are compared with
 * those of the start before, and a difference is recorded in the audit log.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { serviceEventRecord } from '../audit/record.ts';
import type { ServerSettings } from '../context/engines.ts';
import type { Clock } from '../domain/clock.ts';
import { type Mutation, type Store, WriteConflict } from '../storage/port/store.ts';
import { defaultAudit } from './audit-config.ts';
import type { ServeConfig } from './config.ts';
import { defaultConnections } from './connection-config.ts';
import { defaultKeyStores } from './key-store-config.ts';
import { isLoopback, parseListenAddress } from './listen-address.ts';
import { FIRST_ACCOUNT } from './root-principal.ts';

const NONE = 'none';

/** Names are those of the options of `keystead serve`; every setting has a value. @param database which engine */
export function serverSettings(config: ServeConfig, database: Store['engine']): ServerSettings {
  return { ...access(config), ...rootKey(config, database), ...audit(config), ...limits(config), ...keyStores(config) };
}

function access(config: ServeConfig): ServerSettings {
  const { tls, metricsListen, regions } = config;
  return {
    listen: reach(config.listen, '--listen'),
    'metrics-listen': metricsListen === undefined ? NONE : reach(metricsListen, '--metrics-listen'),
    plaintext: config.plaintext,
    tls: tls === undefined ? 'off' : 'on',
    'tls-client-ca': digestOf(tls?.clientCaFile),
    regions: regions === undefined ? 'all' : sorted([...regions]),
    'identity-provider-networks': listed(config.identityProviderNetworks),
    'trusted-services': jsonIn(config.trustedServicesFile),
  };
}

function rootKey(config: ServeConfig, database: Store['engine']): ServerSettings {
  return {
    seal: config.hsm && !config.hsm.isEmbedded ? 'hsm' : config.seal,
    database,
  };
}

function audit({ audit: settings = defaultAudit }: ServeConfig): ServerSettings {
  return {
    'audit-log-dir': settings.logDirectory ?? NONE,
    'audit-mirror': settings.mirrorFile ?? NONE,
    'audit-retention-days': settings.retentionInDays === undefined ? 'for ever' : String(settings.retentionInDays),
    'audit-checkpoint-interval': String(settings.checkpointIntervalInSeconds),
    'audit-deadline': String(settings.deadlineInSeconds),
    'audit-refusals-per-minute': String(settings.refusalsPerMinute),
  };
}

function limits(config: ServeConfig): ServerSettings {
  const { max, maxPerAddress, trustedProxies } = config.connections ?? defaultConnections;
  return {
    quotas: ['off', 'aws'].includes(config.quotas) ? config.quotas : jsonIn(config.quotas),
    'failed-authentications': String(config.failedAuthenticationsPerMinute),
    'max-connections': String(max),
    'max-connections-per-address': String(maxPerAddress),
    'trusted-proxies': listed(trustedProxies),
    'job-interval': String(config.jobIntervalInSeconds),
  };
}

function keyStores({ keyStores: settings = defaultKeyStores }: ServeConfig): ServerSettings {
  return {
    'pkcs11-tokens': digestOf(settings.pkcs11TokensFile),
    'xks-ca-file': digestOf(settings.xksCaFile),
    'xks-connect-to': listed(settings.xksConnectTo),
    'xks-timeout': String(settings.xksTimeoutInMs),
  };
}

/** Ports and names of interfaces differ between the servers of one installation. */
function reach(address: string, flag: string): string {
  return isLoopback(parseListenAddress(address, flag).host) ? 'loopback' : 'network';
}

const sorted = (texts: readonly string[]): string => [...texts].sort().join(',') || NONE;

function listed(text = ''): string {
  return sorted(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

/** The files were read before, so that a fault in one has been told already. */
function digestOf(file: string | undefined): string {
  if (file === undefined) return NONE;
  return `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
}

function jsonIn(file: string | undefined): string {
  return file === undefined ? NONE : JSON.stringify(inOrder(JSON.parse(readFileSync(file, 'utf8'))));
}

/** With the names of every object in order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, inOrder(member)]));
}

/** Row of the meta table: the settings of the newest start, whichever server it was. */
const SERVER_SETTINGS = 'server-settings';

export interface SettingChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

interface Recording {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accountId: string;
  readonly region: string;
}

/**
 * Records the difference from the start before in the audit log and the change log of the first account. The first start
 * has nothing to be compared with; a name that only one of two versions of the program has does not count.
 */
export async function recordSettings({ store, clock, log, accountId, region }: Recording, settings: ServerSettings) {
  const row = await store.findMeta(SERVER_SETTINGS);
  const value = JSON.stringify(settings);
  if (row?.value === value) return;
  const changed = row ? changesOf(JSON.parse(row.value) as ServerSettings, settings) : [];
  const key = { name: SERVER_SETTINGS };
  const mutation: Mutation = row
    ? { op: 'update', table: 'meta', key, revision: row.revision, set: { value } }
    : { op: 'insert', table: 'meta', row: { ...key, value } };
  const first = (await store.findMeta(FIRST_ACCOUNT))?.value ?? accountId;
  const write = { mutations: [mutation], ...(changed.length > 0 ? told(first, region, clock.now(), changed) : silent) };
  if (changed.length > 0) log.warn({ changed }, 'the settings differ from those of the last start');
  await store.write(write).catch((error: unknown) => {
    // Another server started at the same moment, and has recorded its settings.
    if (!(error instanceof WriteConflict)) throw error;
  });
}

const silent = { changes: [], audit: [] };

function told(accountId: string, region: string, nowMs: number, changed: readonly SettingChange[]) {
  const eventName = 'ChangeServerSettings';
  const resource = { resourceType: 'server-settings', resourceId: SERVER_SETTINGS } as const;
  const serviceEventDetails = { server: hostname(), changed };
  return {
    changes: [{ accountId, region, ...resource, kind: 'updated' as const, eventName }],
    audit: [
      serviceEventRecord({
        eventName,
        awsRegion: region,
        accountId,
        nowMs,
        requestId: randomUUID(),
        serviceEventDetails,
      }),
    ],
  };
}

function changesOf(before: ServerSettings, after: ServerSettings): readonly SettingChange[] {
  return Object.entries(after).flatMap(([name, value]) => {
    const old = before[name];
    return old === undefined || old === value ? [] : [{ name, before: old, after: value }];
  });
}
