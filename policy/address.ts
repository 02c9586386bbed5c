/**
 * IP addresses and CIDR blocks, as the operators `IpAddress` and `NotIpAddress` compare them.
 * Sources: IAM User Guide, "IAM JSON policy elements: Condition operators" (IP address condition operators); RFC 4291,
 * sections 2.2 (text) and 2.5.5.2 (IPv4-mapped addresses); RFC 4632 (CIDR).
 *
 * An IPv4-mapped IPv6 address is the IPv4 address that it contains, so that one caller has one address whichever socket
 * it came through. Addresses of different families never match, not even in `::/0`.
 */
import { isIP } from 'node:net';

/** 32-bit words, the first one first: one word for IPv4, four for IPv6. */
export type Address = readonly number[];

export interface AddressRange {
  readonly network: Address;
  /** One for each word of the network. */
  readonly masks: readonly number[];
}

/** An IPv4-mapped block with a prefix of at least this length contains IPv4 addresses only. */
const MAPPED_PREFIX_BITS = 96;

/** @returns undefined when the text is not an address, or is one with a zone. */
export function parseAddress(text: string): Address | undefined {
  const words = wordsOf(text);
  return words && isMapped(words) ? words.slice(3) : words;
}

/** @param text `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32` @returns undefined when it is none of these */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const words = wordsOf(address);
  if (!words || rest.length > 0) return undefined;
  const bits = words.length * 32;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(prefix <= bits)) return undefined;
  return isMapped(words) && prefix >= MAPPED_PREFIX_BITS
    ? rangeOf(words.slice(3), prefix - MAPPED_PREFIX_BITS)
    : rangeOf(words, prefix);
}

export function isInRange(address: Address, { network, masks }: AddressRange): boolean {
  if (address.length !== network.length) return false;
  return masks.every((mask, i) => (((address[i] ?? 0) ^ (network[i] ?? 0)) & mask) === 0);
}

function rangeOf(network: Address, prefix: number): AddressRange {
  // A shift by 32 is one by 0 in this language.
  const maskOf = (bits: number) => (bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits));
  return { network, masks: network.map((_, i) => maskOf(prefix - 32 * i)) };
}

const isMapped = (words: Address) => words.length === 4 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff;

function wordsOf(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 4) return [ipv4Word(text)];
  return family === 6 && !text.includes('%') ? ipv6Words(text) : undefined;
}

const ipv4Word = (text: string) => text.split('.').reduce((word, byte) => ((word << 8) | Number(byte)) >>> 0, 0);

/** Eight groups of 16 bits, of which `::` stands for the missing ones; the last two can be an IPv4 address. */
function ipv6Words(text: string): Address {
  const [head = [], tail = []] = text.split('::').map(groupsOf);
  const groups = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return [0, 2, 4, 6].map((i) => (((groups[i] ?? 0) << 16) | (groups[i + 1] ?? 0)) >>> 0);
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return [];
  const groups: number[] = [];
  for (const group of text.split(':')) {
    if (!group.includes('.')) {
      groups.push(Number.parseInt(group, 16));
      continue;
    }
    const word = ipv4Word(group);
    groups.push(word >>> 16, word & 0xffff);
  }
  return groups;
}
