/**
 * What a stack's configuration says of its resources, and the state does not hold: which attributes it has at all, and
 * `ignore_changes`. Read from the files in its directory, HCL or the JSON of a CDKTF program, and in the modules that
 * `terraform init` installed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from '../../terraform/body.ts';
import { readModule } from '../../terraform/module.ts';

/** By Terraform address. */
export interface Configured {
  /** Whether the configuration tells Terraform to leave a change of this attribute alone. */
  ignoresChange(address: string, attribute: string): boolean;
  /** Whether the configuration has the attribute. */
  writes(address: string, attribute: string): boolean;
}

interface Entry {
  readonly name: string;
  /** `tags["Owner"]` is about one tag. */
  readonly key: string | undefined;
}

/** @throws CommandError for a configuration that cannot be read */
export async function readConfigured(dir: string): Promise<Configured> {
  const blocks = new Map<string, Body>();
  for (const { key, path } of await modulesOf(dir)) {
    for (const { body } of (await readModule(path)).files) {
      for (const { name, labels, body: block = [] } of body) {
        if (name === 'resource') blocks.set([key, ...labels].join(' '), block);
      }
    }
  }
  const entries = new Map([...blocks].map(([place, block]) => [place, ignoredIn(block)]));
  return {
    ignoresChange: (address, attribute) =>
      (entries.get(placeOf(address)) ?? []).some((entry) => covers(entry, attribute)),
    // Of a resource that the configuration does not have any more, nothing is written.
    writes: (address, attribute) => (blocks.get(placeOf(address)) ?? []).some(({ name }) => isNamed(name, attribute)),
  };
}

/** The directory itself has the key ''. */
async function modulesOf(dir: string): Promise<readonly { readonly key: string; readonly path: string }[]> {
  const text = await readFile(join(dir, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { readonly Key: string; readonly Dir: string }[] };
  const called = Modules.filter(({ Key }) => Key !== '').map(({ Key, Dir }) => ({ key: Key, path: join(dir, Dir) }));
  return [{ key: '', path: dir }, ...called];
}

function ignoredIn(block: Body): readonly Entry[] {
  return block
    .filter(({ name }) => name === 'lifecycle')
    .flatMap(({ body = [] }) => body.filter(({ name }) => name === 'ignore_changes'))
    .flatMap(({ expression }) => entriesOf(expression));
}

/** In JSON each reference is a text: `["tags[\"Owner\"]"]`. */
function entriesOf(expression: string): readonly Entry[] {
  const written = isTextList(expression) ? [JSON.parse(expression)].flat().join(' ') : expression;
  return [...written.matchAll(/([A-Za-z_]\w*)(?:\[\s*"([^"]*)"\s*\])?/g)].map(([, name = '', key]) => ({ name, key }));
}

function isTextList(expression: string): boolean {
  try {
    return [JSON.parse(expression)].flat().every((item) => typeof item === 'string');
  } catch {
    return false;
  }
}

/** `module.keys["eu"].module.x.aws_kms_key.orders[0]` as `keys.x aws_kms_key orders` */
function placeOf(address: string): string {
  const parts = address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, '').split('.');
  const [type = '', name = ''] = parts.slice(-2);
  const modules = parts.slice(0, -2).filter((_, index) => index % 2 === 1);
  return [modules.join('.'), type, name].join(' ');
}

function covers({ name, key }: Entry, attribute: string): boolean {
  if (name === 'all') return true;
  const [, tag] = /\[(.*)\]$/s.exec(attribute) ?? [];
  return isNamed(name, attribute) && (key === undefined || tag === JSON.stringify(key));
}

/** All tags come from `tags`, and from the provider. */
function isNamed(name: string, attribute: string): boolean {
  const base = attribute.replace(/\[.*/s, '');
  return name === base || (name === 'tags' && base === 'tags_all');
}
