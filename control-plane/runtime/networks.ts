/**
 * Which addresses a process can connect to when somebody else chose the name: public ones, and those that the operator
 * allows. Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890).
 */
import { BlockList, isIP } from 'node:net';

/** Not globally reachable, or addresses in which another address is embedded that is reached through a gateway. */
const SPECIAL_NETWORKS: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
  ...['5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

export interface Networks {
  /** @param address IPv4 or IPv6, without a zone; an IPv4-mapped address is the IPv4 address in it */
  allows(address: string): boolean;
}

/** @throws RangeError for a text that is neither an address nor `address/bits` */
export function publicNetworksAnd(allowed: readonly string[] = []): Networks {
  const special = listOf(SPECIAL_NETWORKS);
  const exceptions = listOf(allowed);
  return {
    allows(address) {
      const family = isIP(address);
      if (family === 0 || address.includes('%')) return false;
      const type = family === 6 ? 'ipv6' : 'ipv4';
      return exceptions.check(address, type) || !special.check(address, type);
    },
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', prefix] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? most : Number(prefix);
    if (family === 0 || bits > most) throw new RangeError(`${network} is not a network`);
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
