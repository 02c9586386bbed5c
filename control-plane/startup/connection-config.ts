/** The operator's limits on connections, and what the log and the metrics say about them. */
import { BlockList, isIP } from 'node:net';
import type { Logger } from 'pino';
import { rarely } from '../runtime/rarely.ts';
import type { ConnectionEvents, ConnectionLimits } from '../wire/connections.ts';
import type { Metrics } from './metrics.ts';
import { exitCodes, StartError } from './start-error.ts';

export interface ConnectionConfig {
  /** Open connections at once. */
  readonly max: number;
  /** From one address; an IPv6 client counts by its network (/64). */
  readonly maxPerAddress: number;
  /** `address,network/bits,…`: proxies, for which maxPerAddress does not count. */
  readonly trustedProxies: string;
}

export const defaultConnections: ConnectionConfig = { max: 10_000, maxPerAddress: 1_000, trustedProxies: '' };

/** @throws StartError */
export function connectionLimits({ max, maxPerAddress, trustedProxies }: ConnectionConfig): ConnectionLimits {
  const proxies = parseProxies(trustedProxies);
  const isTrustedProxy = (address: string) => {
    const version = isIP(address);
    return version !== 0 && proxies.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
  return { inAll: max, perAddress: maxPerAddress, isTrustedProxy };
}

function parseProxies(text: string): BlockList {
  const proxies = new BlockList();
  const names = text.split(',').map((name) => name.trim());
  for (const name of names.filter((one) => one !== '')) {
    const [address = '', bits, ...rest] = name.split('/');
    const version = isIP(address);
    const length = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? length : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (version === 0 || rest.length > 0 || !(prefix <= length)) {
      throw new StartError(
        `--trusted-proxies: "${name}" is not an address or network.`,
        'Write addresses and networks with commas between them, such as 10.0.0.7,10.1.0.0/16,2001:db8::/32.',
        exitCodes.usage,
      );
    }
    proxies.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return proxies;
}

const LOG_INTERVAL_MS = 60_000;

/** The log gets one line a minute for each limit, however many connections meet it. */
export function reportConnections(
  { inAll: max, perAddress: maxPerAddress }: ConnectionLimits,
  metrics: Metrics,
  log: Logger,
): ConnectionEvents {
  const lines = { address: rarely(LOG_INTERVAL_MS), all: rarely(LOG_INTERVAL_MS), notRead: rarely(LOG_INTERVAL_MS) };
  return {
    opened: metrics.connectionOpened,
    closed: metrics.connectionClosed,
    refused(limit, address) {
      metrics.connectionRefused(limit);
      lines[limit].happened((connections) => {
        if (limit === 'address') {
          log.warn(
            { address, maxPerAddress, connections },
            'connections were refused: their address has as many as one can have. If it is a proxy, name it with ' +
              '--trusted-proxies; otherwise see what it does, or raise --max-connections-per-address',
          );
        } else {
          log.error(
            { address, max, connections },
            'connections were refused: the server has as many as it can have. See which addresses hold them, or raise ' +
              '--max-connections',
          );
        }
      });
    },
    notRead(address) {
      metrics.connectionNotRead();
      lines.notRead.happened((connections) =>
        log.warn({ address, connections }, 'connections were closed: their clients did not read the answers'),
      );
    },
  };
}
