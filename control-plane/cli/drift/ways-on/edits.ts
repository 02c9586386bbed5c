/** What a person changes in the code so that it says what runs. Nothing is edited by the command. Pure. */
import * as records from '@keystead/provider-schema/resources/index.ts';
import type { AttributeRecord } from '@keystead/provider-schema/terraform.ts';
import { JsonText, type Value } from '../../terraform/value.ts';
import { hclArgument } from '../../terraform/write-hcl.ts';
import { typescriptArgument } from '../../terraform/write-typescript.ts';
import type { Finding } from '../findings/finding.ts';
import { show } from '../reports/words.ts';

export type Language = 'hcl' | 'typescript';

/** In words, and the text to write where there is one. */
export interface Edit {
  readonly what: string;
  readonly code?: string;
}

/** For a declared resource that runs otherwise, or not any more. */
export function editFor(finding: Finding, language: Language): Edit {
  const { address = '', attribute, what, actual } = finding;
  const place = placeOf(finding);
  if (what === 'missing') return whereMissing(finding);
  if (attribute === 'primary_region') {
    return {
      what:
        `the primary key is in ${actual} now: declare it there, and the one of ${address} as a replica ` +
        '(terraform state rm, then import both), or set it back with keystead drift revert',
    };
  }
  const tag = /^tags_all\[(.*)\]$/s.exec(attribute)?.[1];
  if (tag !== undefined) return tagEdit(JSON.parse(tag) as string, actual, place, language);
  const known = argumentOf(address, attribute);
  if (!known) return { what: `${place} has no argument ${attribute}: set it back with keystead drift revert` };
  if (actual === '(sensitive value)') return { what: `in ${place}, set ${attribute} to the value that runs` };
  if (actual === undefined) return { what: `in ${place}, remove ${attribute}` };
  const value =
    known.equivalence === 'policy-document' || isPolicy(attribute, actual)
      ? new JsonText(String(actual))
      : (actual as Value);
  return { what: `in ${place}, set`, code: argumentIn(language)(attribute, value) };
}

const argumentIn = (language: Language) => (language === 'hcl' ? hclArgument : typescriptArgument);

const placeOf = ({ address = '', constructPath }: Finding): string =>
  constructPath === undefined ? address : `${address} (construct ${constructPath})`;

function argumentOf(address: string, attribute: string): AttributeRecord | undefined {
  const type = /(?:^|\.)((?:aws|kms)_\w+)\.[^.]+$/.exec(address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, ''))?.[1] ?? '';
  const all: Readonly<Record<string, { readonly attributes: Readonly<Record<string, AttributeRecord>> } | undefined>> =
    records;
  const found = all[type]?.attributes[attribute];
  return found?.optional || found?.required ? found : undefined;
}

const isPolicy = (attribute: string, actual: unknown): boolean =>
  attribute.endsWith('policy') && typeof actual === 'string' && actual.startsWith('{');

/** In the quotes of HCL the key of a map is written like any text. */
function tagEdit(key: string, actual: unknown, place: string, language: Language): Edit {
  if (actual === undefined) return { what: `in tags of ${place}, remove ${JSON.stringify(key)}` };
  const code = argumentIn(language)('tags', { [key]: show(actual) === '""' ? '' : String(actual) });
  return { what: `in ${place}, add to tags`, code };
}

function whereMissing({ address, attribute, actual, details = [] }: Finding): Edit {
  const remove = `remove the block of ${address} from the code`;
  if (attribute !== 'key') return { what: remove };
  if (actual === 'gone') return { what: `${remove}: the key is gone, and what it encrypted cannot be read any more` };
  const when = details.length > 0 ? ` (${details.join('; ')})` : '';
  return { what: `keep the key with keystead drift revert, or ${remove}: it will be deleted${when}` };
}
