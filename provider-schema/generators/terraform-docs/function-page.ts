/** The page of a function: signature, parameters, result. */
import type { FunctionRecord } from '../../terraform.ts';
import { exampleSection } from './examples.ts';
import { fenced, page, withCode } from './markdown.ts';
import type { Notes } from './notes.ts';
import { membersOf, typeName } from './types.ts';

export function functionPage(record: FunctionRecord, { about = [] }: Notes): string {
  const { name, description, parameters, returns } = record;
  const signature = `${name}(${parameters.map((one) => `${one.name} ${typeName(one.type)}`).join(', ')}) ${typeName(returns)}`;
  const lines = parameters.map(
    (one, at) => `${at + 1}. \`${one.name}\` - (Required, ${typeName(one.type)}) ${withCode(one.description)}`,
  );
  const members = membersOf(returns);
  return page(
    { name, subcategory: '', description },
    `# Function: ${name}`,
    withCode(description),
    'Needs Terraform 1.8, OpenTofu 1.7, or newer.',
    ...about,
    exampleSection(`functions/${name}`),
    `## Signature\n\n${fenced('text', signature)}`,
    `## Arguments\n\n${lines.join('\n')}`,
    members === undefined ? undefined : `## Result\n\n${members.charAt(0).toUpperCase()}${members.slice(1)}.`,
  );
}
