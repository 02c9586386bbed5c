/**
 * `ignore_changes` of a stack's resources, which the state does not hold: read from the configuration in its directory
 * and in the modules that `terraform init` installed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModule } from '../../terraform/module.ts';

/** Whether the configuration tells Terraform to leave a change of this attribute alone. */
export type IgnoresChange = (address: string, attribute: string) => boolean;

interface Entry {
  readonly name: string;
  /** `tags["Owner"]` is about one tag. */
  readonly key: string | undefined;
}

/** @throws CommandError for a configuration that cannot be read */
export async function readIgnoredChanges(dir: string): Promise<IgnoresChange> {
  const entries = new Map<string, readonly Entry[]>();
  for (const { key, path } of await modulesOf(dir)) {
    for (const { body } of (await readModule(path)).files) {
      for (const { name, labels, body: block = [] } of body) {
        if (name !== 'resource') continue;
        const lifecycle = block.find((member) => member.name === 'lifecycle')?.body ?? [];
        const { expression } = lifecycle.find((member) => member.name === 'ignore_changes') ?? { expression: '' };
        if (expression !== '') entries.set([key, ...labels].join(' '), entriesOf(expression));
      }
    }
  }
  return (address, attribute) => (entries.get(placeOf(address)) ?? []).some((entry) => covers(entry, attribute));
}

/** The directory itself has the key ''. */
async function modulesOf(dir: string): Promise<readonly { readonly key: string; readonly path: string }[]> {
  const text = await readFile(join(dir, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { readonly Key: string; readonly Dir: string }[] };
  const called = Modules.filter(({ Key }) => Key !== '').map(({ Key, Dir }) => ({ key: Key, path: join(dir, Dir) }));
  return [{ key: '', path: dir }, ...called];
}

function entriesOf(expression: string): readonly Entry[] {
  return [...expression.matchAll(/([A-Za-z_]\w*)(?:\[\s*"([^"]*)"\s*\])?/g)].map(([, name = '', key]) => ({
    name,
    key,
  }));
}

/** `module.keys["eu"].module.x.aws_kms_key.orders[0]` as `keys.x aws_kms_key orders` */
function placeOf(address: string): string {
  const parts = address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, '').split('.');
  const [type = '', name = ''] = parts.slice(-2);
  const modules = parts.slice(0, -2).filter((_, index) => index % 2 === 1);
  return [modules.join('.'), type, name].join(' ');
}

function covers({ name, key }: Entry, attribute: string): boolean {
  const [, base, tag] = /^(\w+)(?:\[(.*)\])?$/s.exec(attribute) ?? [];
  if (name === 'all') return true;
  const isSame = name === base || (name === 'tags' && base === 'tags_all');
  return isSame && (key === undefined || tag === JSON.stringify(key));
}
