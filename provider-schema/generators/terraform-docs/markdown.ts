/** Plain descriptions of the records as Markdown, and the frame of a page. */
import { generatedBy } from '../header.ts';

export interface Frame {
  /** `aws_kms_key` */
  readonly name: string;
  readonly subcategory: string;
  /** One sentence, for lists of pages. */
  readonly description: string;
}

/** The front matter that the Terraform Registry reads: https://developer.hashicorp.com/terraform/registry/providers/docs */
export function page({ name, subcategory, description }: Frame, ...parts: readonly (string | undefined)[]): string {
  const frontMatter = `---
# ${generatedBy('provider-schema and docs/examples')}
page_title: "${name}"
subcategory: "${subcategory}"
description: |-
  ${description}
---`;
  return `${[frontMatter, ...parts].filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

/** What is code already stays. Code: URLs, names with underscores, aliases, ids, ARNs, a lone asterisk, plain defaults. */
const codeOrKept =
  /(`[^`]*`)|https?:\/\/(?:[^\s,;)]*[\w/])?|\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|cks-[0-9a-f]{17})\b|\b(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b|\b(?:alias\/|arn:)[\w/:*-]*[\w/*]|(?<!\w)\*(?!\w)|@region\b|(?<=\bDefault: )(?:true|false|\d+|\/)/g;

/** A description with its names as code. @param values further words that are code where they occur, as whole words */
export function withCode(description: string, values: readonly string[] = []): string {
  const marked = description.replace(codeOrKept, (text, kept: string | undefined) => kept ?? `\`${text}\``);
  const words = values.filter((value) => /^\w+$/.test(value));
  if (words.length === 0) return marked;
  const word = new RegExp(`(\`[^\`]*\`)|(?<![\\w-])(?:${words.join('|')})(?![\\w-])`, 'g');
  return marked.replace(word, (text, kept: string | undefined) => kept ?? `\`${text}\``);
}

/** `a`, `b` and `c` */
export function codeList(names: readonly string[], conjunction: 'and' | 'or'): string {
  const code = names.map((name) => `\`${name}\``);
  const last = code.at(-1) ?? '';
  return code.length < 2 ? last : `${code.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

export const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

export const bullets = (lines: readonly string[]): string => lines.map((line) => `* ${line}`).join('\n');
