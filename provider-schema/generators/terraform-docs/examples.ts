/**
 * Examples of the documents: files in docs/examples that a test applies. A folder has one file or several; where it has
 * several, the first comment of a file is its title.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fenced } from './markdown.ts';

const root = new URL('../../../docs/examples/', import.meta.url);

/** The files of a folder, `example.tf` first. */
function filesOf(folder: string, extension: string): readonly string[] {
  const url = new URL(`${folder}/`, root);
  const names = readdirSync(url).filter((name) => name.endsWith(extension));
  return names.sort((a, b) => Number(b.startsWith('example.')) - Number(a.startsWith('example.')) || (a < b ? -1 : 1));
}

const read = (folder: string, name: string): string => readFileSync(new URL(`${folder}/${name}`, root), 'utf8');

/**
 * @param folder `resources/aws_kms_key`
 * @param extension `.tf`
 * @throws Error when the folder is missing or has no example
 */
export function exampleSection(folder: string, extension = '.tf'): string {
  const files = filesOf(folder, extension);
  if (files.length === 0) throw new Error(`docs/examples/${folder} has no example (*${extension})`);
  const texts = files.map((name) => read(folder, name));
  const [first = ''] = texts;
  const examples =
    files.length === 1 ? [fenced('terraform', first)] : texts.map((text, at) => titled(text, folder, at));
  return ['## Example Usage', ...examples].join('\n\n');
}

function titled(text: string, folder: string, at: number): string {
  const [, title, rest = ''] = /^# (.+)\n\n([\s\S]*)$/.exec(text) ?? [];
  if (title === undefined)
    throw new Error(`docs/examples/${folder}: example ${at + 1} does not begin with its title, "# …"`);
  return `### ${title}\n\n${fenced('terraform', rest)}`;
}

/** The command in `import.sh`: `terraform import ADDRESS ID`. */
export function importCommand(folder: string): {
  readonly address: string;
  readonly id: string;
  readonly text: string;
} {
  const text = read(folder, 'import.sh');
  const [, address, quoted, bare] = /^terraform import (\S+) (?:'([^']+)'|(\S+))\n$/.exec(text) ?? [];
  const id = quoted ?? bare;
  if (address === undefined || id === undefined) {
    throw new Error(`docs/examples/${folder}/import.sh is not one line "terraform import ADDRESS ID"`);
  }
  return { address, id, text };
}
