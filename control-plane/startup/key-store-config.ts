/**
 * The operator's configuration of custom key stores: the PKCS#11 tokens that they can use, and how to reach external
 * key store proxies. Tokens are read once, at the start; authorities and addresses of proxies also on SIGHUP.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { isAccountId } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Cluster } from '../context/key-store-engines.ts';
import { parseTrustAnchor } from '../domain/key-stores/trust-anchor.ts';
import type { Pkcs11TokenConfig } from '../hsm/port/pkcs11-token-config.ts';
import type { ProxyAddressing } from '../xks/transport.ts';
import { parseListenAddress } from './listen-address.ts';
import { exitCodes, StartError } from './start-error.ts';

export interface KeyStoreConfig {
  /** JSON file with the PKCS#11 tokens, by cluster id. */
  readonly pkcs11TokensFile?: string;
  /** PEM file of CAs that can issue certificates for proxies, beside the public CAs. */
  readonly xksCaFile?: string;
  /** `host=address:port,…`: the address of a host's proxy, unless it is port 443 of that host. */
  readonly xksConnectTo?: string;
  readonly xksTimeoutInMs: number;
}

/** The time limit is AWS's own for one call. */
export const defaultKeyStores: KeyStoreConfig = { xksTimeoutInMs: 250 };

export interface Pkcs11Settings {
  readonly pkcs11Tokens: readonly Pkcs11TokenConfig[];
  /** Variables that the tokens' drivers need. */
  readonly driverEnvironment: Readonly<Record<string, string>>;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly trustAnchorFiles: readonly string[];
}

const CLUSTER_ID = /^cluster-[2-7a-zA-Z]{11,16}$/;
/** These change how the HSM process itself runs. */
const OWN_VARIABLE = /^(NODE_|LD_PRELOAD$|LD_AUDIT$|DYLD_INSERT_LIBRARIES$)/;

/** @throws StartError */
export function readPkcs11Tokens(file: string | undefined): Pkcs11Settings {
  if (file === undefined) return { pkcs11Tokens: [], driverEnvironment: {}, clusters: new Map(), trustAnchorFiles: [] };
  const { environment = {}, clusters } = members(file, read(file), ['environment', 'clusters'], 'the file');
  const entries = Object.entries(members(file, clusters, undefined, '"clusters"')).map(([clusterId, value]) => {
    if (!CLUSTER_ID.test(clusterId)) {
      throw unusable(file, `"${clusterId}" is not "cluster-" and 11 to 16 of the characters 2-7, a-z, A-Z`);
    }
    return readPkcs11Token(file, clusterId, value);
  });
  return {
    pkcs11Tokens: entries.map(({ config }) => config),
    driverEnvironment: readEnvironment(file, environment),
    clusters: new Map(entries.map(({ config, cluster }) => [config.clusterId, cluster])),
    trustAnchorFiles: entries.map(({ trustAnchorFile }) => trustAnchorFile).filter((path) => path !== undefined),
  };
}

function readPkcs11Token(file: string, clusterId: string, value: unknown) {
  const names = ['module', 'label', 'serialNumber', 'trustAnchorFile', 'accountId'];
  const entry = members(file, value, names, `"${clusterId}"`);
  const text = (name: string): string | undefined => {
    const member = entry[name];
    if (member === undefined || (typeof member === 'string' && member !== '')) return member;
    throw unusable(file, `"${clusterId}.${name}" is not a text`);
  };
  const [modulePath, label, serialNumber] = [text('module'), text('label'), text('serialNumber')];
  const [trustAnchorFile, accountId] = [text('trustAnchorFile'), text('accountId')];
  if (modulePath === undefined || !isAbsolute(modulePath)) {
    throw unusable(file, `"${clusterId}.module" is not the absolute path of a PKCS#11 module`);
  }
  if (label === undefined && serialNumber === undefined) {
    throw unusable(file, `"${clusterId}" names neither the label nor the serialNumber of a token`);
  }
  if (accountId !== undefined && !isAccountId(accountId)) {
    throw unusable(file, `"${clusterId}.accountId" is not an account id`);
  }
  const config: Pkcs11TokenConfig = {
    clusterId,
    modulePath,
    ...defined({ label, serialNumber }),
  };
  const trustAnchorCertificate = trustAnchorFile === undefined ? undefined : readAnchor(trustAnchorFile);
  const cluster: Cluster = defined({ accountId, trustAnchorCertificate });
  return { config, cluster, trustAnchorFile };
}

function readEnvironment(file: string, value: unknown): Readonly<Record<string, string>> {
  const environment = members(file, value, undefined, '"environment"');
  for (const [name, setting] of Object.entries(environment)) {
    if (typeof setting !== 'string') throw unusable(file, `"environment.${name}" is not a text`);
    if (OWN_VARIABLE.test(name)) throw unusable(file, `"environment.${name}" would change the HSM process itself`);
  }
  return environment as Record<string, string>;
}

function readAnchor(path: string): string {
  const text = readText(path);
  if (parseTrustAnchor(text)) return text;
  throw unusable(path, 'it does not contain the certificate of a CA');
}

/** @throws StartError */
export function proxyAddressing({ xksCaFile, xksConnectTo }: KeyStoreConfig): ProxyAddressing {
  const extraCertificateAuthorities = readCertificateAuthorities(xksCaFile);
  return { connectTo: parseConnectTo(xksConnectTo), ...defined({ extraCertificateAuthorities }) };
}

/** @throws StartError */
export function readCertificateAuthorities(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const text = readText(file);
  if (parseTrustAnchor(text)) return text;
  throw unusable(file, 'it does not contain the certificate of a CA');
}

/** @throws StartError */
export function parseConnectTo(text = ''): ReadonlyMap<string, { readonly host: string; readonly port: number }> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair) => {
      const [, hostname, address] = /^\s*([a-zA-Z0-9.-]+)=(\S+)\s*$/.exec(pair) ?? [];
      if (hostname === undefined || address === undefined) {
        throw new StartError(
          `--xks-connect-to: "${pair}" is not the address of a proxy.`,
          'Write --xks-connect-to host=address:port, such as proxy.example.com=10.0.0.7:8443.',
          exitCodes.usage,
        );
      }
      return [hostname.toLowerCase(), parseListenAddress(address, '--xks-connect-to')];
    }),
  );
}

function read(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw unusable(file, 'it is not JSON');
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

function members(file: string, value: unknown, names: readonly string[] | undefined, what: string) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(file, `${what} is not a JSON object`);
  }
  const unknown = names && Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unusable(file, `${what} has an unknown member "${unknown}"`);
  return value as Record<string, unknown>;
}

function unusable(file: string, reason: string): StartError {
  return new StartError(
    `${file} cannot be used: ${reason}.`,
    'docs/guide/custom-key-stores.md shows how to write it.',
    exitCodes.usage,
  );
}
