/** The section that says how a resource is imported. */
import type { TerraformRecord } from '../../terraform.ts';
import { importCommand } from './examples.ts';
import { bullets, fenced, withCode } from './markdown.ts';

/** @param afterImport what an import cannot know */
export function importSection(
  folder: string,
  { importId, identity }: TerraformRecord,
  afterImport: string | undefined,
): string {
  if (importId === undefined) return '## Import\n\nResources of this type cannot be imported.';
  const { address, id, text } = importCommand(folder);
  return [
    '## Import',
    `The import id is the ${withCode(importId)}.`,
    fenced('terraform', `import {\n  to = ${address}\n  id = "${id}"\n}`),
    'The same with the command:',
    fenced('sh', text),
    afterImport,
    identity && identitySection(address, id, identity),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function identitySection(address: string, id: string, identity: NonNullable<TerraformRecord['identity']>): string {
  const required = Object.keys(identity).filter((name) => identity[name]?.requiredForImport);
  const lines = Object.entries(identity).map(
    ([name, { description, requiredForImport }]) =>
      `\`${name}\` - (${requiredForImport ? 'Required' : 'Optional'}, string) ${description}`,
  );
  const values = required.map((name) => `    ${name} = "${id}"`).join('\n');
  return [
    'Terraform 1.12 and newer can import by identity:',
    fenced('terraform', `import {\n  to = ${address}\n  identity = {\n${values}\n  }\n}`),
    `### Identity Schema\n\n${bullets(lines)}`,
  ].join('\n\n');
}
