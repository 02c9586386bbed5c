/** Tags of keys and identities. Source: KMS API reference, TagResource; IAM user guide, "Tagging IAM resources". */
import { limits } from '@keystead/provider-schema/limits.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import { type TerraformResource, Token } from '../cdk.ts';
import { isKnownText, type ResourceFinding } from './finding.ts';

const characters = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tagsInput?: unknown;
  readonly provider?: { readonly defaultTagsInput?: unknown };
}

/** The resource's own tags and those of its provider, as the control plane gets them. */
export function tagFindings(resource: TerraformResource): ResourceFinding[] {
  const { tagsInput, provider } = resource as Tagged;
  const own = knownTags(tagsInput);
  if (own === undefined) return [];
  const all = { ...defaultTagsOf(provider?.defaultTagsInput), ...own };
  const count = Object.keys(all).length;
  const tooMany =
    count > limits.tagsPerKey
      ? [`It has ${count} tags with those of the provider. Give at most ${limits.tagsPerKey}.`]
      : [];
  return [...tooMany, ...Object.entries(own).flatMap(textsAbout)].map((text) => ({ at: resource, text }));
}

function textsAbout([name, value]: [string, string]): string[] {
  const { TagKeyType: names, TagValueType: texts } = values;
  const found = [];
  if (isKnownText(name)) {
    if (name.length < names.min || name.length > names.max) {
      found.push(`The name of the tag "${name}" has ${name.length} characters. Give ${names.min} to ${names.max}.`);
    }
    if (/^aws:/i.test(name)) {
      found.push(`The tag "${name}" begins with aws:, which is reserved. Give it another name.`);
    }
  }
  if ([name, value].some((text) => isKnownText(text) && !characters.test(text))) {
    found.push(
      `The tag "${name}" has other characters than letters, digits, spaces and _ . : / = + - @. Leave them out.`,
    );
  }
  if (isKnownText(value) && value.length > texts.max) {
    found.push(`The value of the tag "${name}" has ${value.length} characters. Give at most ${texts.max}.`);
  }
  return found;
}

function knownTags(tags: unknown): Tags | undefined {
  if (typeof tags !== 'object' || tags === null || Token.isUnresolved(tags)) return undefined;
  return tags as Tags;
}

/** In any form that the block has: one, or a list of one. */
function defaultTagsOf(block: unknown): Tags {
  const [first] = [block].flat() as { readonly tags?: unknown }[];
  return knownTags(first?.tags) ?? {};
}
