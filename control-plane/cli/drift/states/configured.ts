/**
 * What a stack's configuration says of its resources, and the state does not hold: which attributes it has at all, and
 * `ignore_changes`. Read from the files in its directory, HCL or the JSON of a CDKTF program, and in the modules that
 * `terraform init` installed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from '../../terraform/body.ts';
import { type File, readConfiguration, readModule } from '../../terraform/module.ts';

/** By Terraform address. */
export interface Configured {
  /** Whether the configuration tells Terraform to leave a change of this attribute alone. */
  ignoresChange(address: string, attribute: string): boolean;
  /** Whether the configuration has the attribute. */
  writes(address: string, attribute: string): boolean;
  /** Of a resource of a CDKTF program. */
  constructPath(address: string): string | undefined;
  /** The block of the resource; undefined: the configuration does not have it. */
  block(address: string): Body | undefined;
  /** Resources of the root module, `aws_kms_key.orders`, with their blocks. */
  readonly ofRoot: ReadonlyMap<string, Body>;
  /** What the root module has beside resources. */
  readonly rest: Body;
}

interface Entry {
  readonly name: string;
  /** `tags["Owner"]` is about one tag. */
  readonly key: string | undefined;
}

/**
 * @param path a directory, or one file in JSON
 * @throws CommandError for a configuration that cannot be read
 */
export async function readConfigured(path: string): Promise<Configured> {
  const blocks = new Map<string, Body>();
  const paths = new Map<string, string>();
  const rest: Body[number][] = [];
  for (const { key, files } of await modulesOf(path)) {
    for (const { body, path: file } of files) {
      for (const member of body) {
        const { name, labels, body: block = [] } = member;
        if (name === 'resource') blocks.set([key, ...labels].join(' '), block);
        else if (key === '') rest.push(member);
      }
      if (file.endsWith('.json')) for (const [place, found] of await pathsIn(file)) paths.set(`${key} ${place}`, found);
    }
  }
  const entries = new Map([...blocks].map(([place, block]) => [place, ignoredIn(block)]));
  return {
    ignoresChange: (address, attribute) =>
      (entries.get(placeOf(address)) ?? []).some((entry) => covers(entry, attribute)),
    // Of a resource that the configuration does not have any more, nothing is written.
    writes: (address, attribute) => (blocks.get(placeOf(address)) ?? []).some(({ name }) => isNamed(name, attribute)),
    constructPath: (address) => paths.get(placeOf(address)),
    block: (address) => blocks.get(placeOf(address)),
    ofRoot: new Map(
      [...blocks].flatMap(([place, block]) =>
        place.startsWith(' ') ? [[place.trim().replace(' ', '.'), block] as const] : [],
      ),
    ),
    rest,
  };
}

/** The root module has the key ''. */
async function modulesOf(path: string): Promise<readonly { readonly key: string; readonly files: readonly File[] }[]> {
  if (path.endsWith('.json')) return [{ key: '', files: [await readConfiguration(path)] }];
  const text = await readFile(join(path, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { readonly Key: string; readonly Dir: string }[] };
  const called = Modules.filter(({ Key }) => Key !== '').map(({ Key, Dir }) => ({ key: Key, dir: join(path, Dir) }));
  return Promise.all(
    [{ key: '', dir: path }, ...called].map(async ({ key, dir }) => ({ key, files: (await readModule(dir)).files })),
  );
}

type Labelled = Readonly<Record<string, Readonly<Record<string, { readonly '//'?: { readonly metadata?: object } }>>>>;

/** The comments that a CDKTF program leaves beside each resource, by `type name`. */
async function pathsIn(file: string): Promise<readonly (readonly [place: string, path: string])[]> {
  const { resource = {} } = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, '')) as { resource?: unknown };
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) return [];
  return Object.entries(resource as Labelled).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, block]) => {
      const { path } = (block?.['//']?.metadata ?? {}) as { readonly path?: unknown };
      return typeof path === 'string' ? [[`${type} ${name}`, path] as const] : [];
    }),
  );
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
