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
  const slash = text.indexOf('/');
  const words = wordsOf(slash < 0 ? text : text.slice(0, slash));
  if (!words) return undefined;
  const bits = words.length * 32;
  const prefix = slash < 0 ? bits : prefixOf(text.slice(slash + 1));
  if (!(prefix <= bits)) return undefined;
  return isMapped(words) && prefix >= MAPPED_PREFIX_BITS
    ? rangeOf(words.slice(3), prefix - MAPPED_PREFIX_BITS)
    : rangeOf(words, prefix);
}

export function isInRange(address: Address, { network, masks }: AddressRange): boolean {
  if (address.length !== network.length) return false;
  return masks.every((mask, i) => (((address[i] ?? 0) ^ (network[i] ?? 0)) & mask) === 0);
}

const prefixOf = (text: string): number => (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);

/** Masks of all prefixes of addresses of so many words; blocks share them. */
const masksOfPrefixes = (words: number): readonly (readonly number[])[] =>
  Array.from({ length: 32 * words + 1 }, (_, prefix) =>
    Array.from({ length: words }, (_, i) => maskOf(prefix - 32 * i)),
  );
// A shift by 32 is one by 0 in this language.
const maskOf = (bits: number) => (bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits));
const [ipv4Masks, ipv6Masks] = [masksOfPrefixes(1), masksOfPrefixes(4)];

function rangeOf(network: Address, prefix: number): AddressRange {
  return { network, masks: (network.length === 1 ? ipv4Masks : ipv6Masks)[prefix] ?? [] };
}

const isMapped = (words: Address) => words.length === 4 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff;

function wordsOf(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 4) return [ipv4Word(text)];
  return family === 6 && !text.includes('%') ? ipv6Words(text) : undefined;
}

const ipv4Word = (text: string) => text.split('.').reduce((word, byte) => ((word << 8) | Number(byte)) >>> 0, 0);

const DOT = 46;
const COLON = 58;

/**
 * Eight groups of 16 bits, of which `::` stands for the missing ones; the last two can be an IPv4 address. One pass over
 * the characters: a policy can have thousands of blocks.
 * @param text a valid address
 */
function ipv6Words(text: string): Address {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  /** Groups before `::`; -1 without one. */
  let head = -1;
  let start = 0;
  let isDotted = false;
  const take = (end: number) => {
    if (isDotted) {
      const word = ipv4Word(text.slice(start, end));
      groups[count++] = word >>> 16;
      groups[count++] = word & 0xffff;
    } else if (end > start) groups[count++] = Number.parseInt(text.slice(start, end), 16);
  };
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character === DOT) isDotted = true;
    if (character !== COLON) continue;
    take(i);
    if (text.charCodeAt(i + 1) === COLON) {
      head = count;
      i += 1;
    }
    start = i + 1;
  }
  take(text.length);
  if (head >= 0) groups.copyWithin(8 - (count - head), head, count).fill(0, head, 8 - (count - head));
  return [wordAt(groups, 0), wordAt(groups, 2), wordAt(groups, 4), wordAt(groups, 6)];
}

const wordAt = (groups: readonly number[], i: number) => (((groups[i] ?? 0) << 16) | (groups[i + 1] ?? 0)) >>> 0;
