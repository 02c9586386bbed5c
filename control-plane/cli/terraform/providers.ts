/** Which provider each local name of a module means, and which blocks are for this one. */
import { awsSource, ownSource } from '@keystead/provider-schema/provider-versions.ts';
import type { Member } from './body.ts';
import { literalText } from './hcl.ts';
import { type Module, textOf } from './module.ts';

export interface Requirement {
  readonly localName: string;
  readonly source: string;
  readonly version: string | undefined;
  readonly file: string;
  readonly line: number | undefined;
}

/** Sources whose place this provider takes. */
const replacedSources: readonly string[] = [awsSource, 'cipherstash/kms'];

export function requirementsOf({ files }: Module): readonly Requirement[] {
  return files.flatMap(({ path, body }) =>
    body
      .filter(({ name }) => name === 'terraform')
      .flatMap((block) => block.body ?? [])
      .filter(({ name }) => name === 'required_providers')
      .flatMap((block) => block.body ?? [])
      .map((entry) => ({
        localName: entry.name,
        source: shortSource(partOf(entry, 'source') ?? `hashicorp/${entry.name}`),
        version: entry.text ?? partOf(entry, 'version'),
        file: path,
        line: entry.line,
      })),
  );
}

/** A member of an object, which HCL writes as an expression and JSON as an object. */
function partOf(entry: Member, name: string): string | undefined {
  if (entry.body !== undefined) return textOf(entry.body, name);
  const found = new RegExp(`(?:^|[{,\\s])"?${name}"?\\s*[=:]\\s*("[^"]*")`).exec(entry.expression);
  return found?.[1] === undefined ? undefined : literalText(found[1]);
}

const shortSource = (source: string): string =>
  source.toLowerCase().replace(/^registry\.(terraform\.io|opentofu\.org)\//, '');

/**
 * Whether a local name means this provider, or one whose place it takes. A module that names this provider keeps the
 * others for what they are.
 */
export function isOurs(localName: string, requirements: readonly Requirement[]): boolean {
  const source =
    requirements.find((requirement) => requirement.localName === localName)?.source ?? `hashicorp/${localName}`;
  if (source === ownSource) return true;
  return replacedSources.includes(source) && !requirements.some((requirement) => requirement.source === ownSource);
}

/** The local name of the provider of a resource or data source. */
export function providerOf(block: Member): string {
  const chosen = block.body?.find(({ name }) => name === 'provider');
  const expression = chosen?.text ?? chosen?.expression.replaceAll('"', '');
  return (expression ?? block.labels[0]?.split('_')[0] ?? '').split('.')[0] ?? '';
}
