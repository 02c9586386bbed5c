/**
 * The order in which the AWS provider goes through the blocks of a set: that of a checksum of their contents, compared
 * as decimal text. It shows where several blocks become one list.
 */
import { crc32 } from 'node:zlib';

type Member = string | { readonly inOrder: readonly string[] } | { readonly asSet: readonly string[] };

const checksum = (text: string): string => String(crc32(text));

/** @param content the arguments of a block, in order of their names */
export function inSetOrder<Block>(
  blocks: readonly Block[],
  content: (block: Block) => Readonly<Record<string, Member>>,
): readonly Block[] {
  const text = (block: Block) =>
    Object.entries(content(block))
      .map(([name, member]) => `${name}:${memberText(member)};`)
      .join('');
  return byChecksum(blocks, text);
}

function memberText(member: Member): string {
  if (typeof member === 'string') return member;
  if ('inOrder' in member) return `(${member.inOrder.map((item) => `${item};`).join('')})`;
  return `{${byChecksum(
    member.asSet.map((item) => `${item};`),
    (item) => item,
  ).join('')}}`;
}

function byChecksum<Item>(items: readonly Item[], text: (item: Item) => string): readonly Item[] {
  return items
    .map((item) => ({ item, key: checksum(text(item)) }))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ item }) => item);
}
