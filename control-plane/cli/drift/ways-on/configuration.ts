/** A stack's own configuration, as far as adopting needs it: names that are taken, and what its blocks say. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Body } from '../../terraform/body.ts';
import { readModule } from '../../terraform/module.ts';

export interface Configuration {
  /** `aws_kms_key.orders` */
  readonly taken: ReadonlySet<string>;
  /** Ids of import blocks. */
  readonly imports: ReadonlySet<string>;
  /** Names of the files. */
  readonly files: readonly string[];
  /** The argument's expression, without those of blocks inside; undefined: the block does not have it, or is elsewhere. */
  argument(address: string, name: string): string | undefined;
  /** Whether the block of this resource is in this directory, and not in a module that it calls. */
  has(address: string): boolean;
}

/** @throws CommandError for a configuration that cannot be read */
export async function readConfiguration(dir: string): Promise<Configuration> {
  const { files } = await readModule(dir);
  const members = files.flatMap(({ body }) => body);
  const blocks = new Map<string, Body>(
    members.filter(({ name }) => name === 'resource').map(({ labels, body }) => [labels.join('.'), body ?? []]),
  );
  const imports = members
    .filter(({ name }) => name === 'import')
    .flatMap(({ body = [] }) => body.find(({ name }) => name === 'id')?.text ?? []);
  return {
    taken: new Set(blocks.keys()),
    imports: new Set(imports),
    files: files.map(({ path }) => path),
    argument: (address, name) => blocks.get(blockOf(address))?.find((member) => member.name === name)?.expression,
    has: (address) => blocks.has(blockOf(address)),
  };
}

/** `aws_kms_key.orders["a"]` is an instance of the block `aws_kms_key.orders`; one in a module has no block here. */
const blockOf = (address: string): string => address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]$/, '');

/** The provider configuration that a block names; JSON writes it as text. */
export function providerOf(configuration: Configuration, address: string): { readonly provider?: string } {
  const provider = configuration.argument(address, 'provider')?.replace(/^"|"$/g, '');
  return defined({ provider });
}
