/**
 * Operations of the contract for an installed `aws` command line that is older than they are. Its library (botocore)
 * merges "extras" files that it finds on AWS_DATA_PATH into its own service models.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';

type Name = keyof typeof operations;

/** Writes the operations, with their shapes, into `directory`. @returns the value of AWS_DATA_PATH */
export async function writeAwsCliModel(directory: string, names: readonly Name[]): Promise<string> {
  const merge = {
    operations: Object.fromEntries(names.map((name) => [name, operationModel(name)])),
    shapes: Object.fromEntries(names.flatMap(shapeNamesOf).map((shape) => [shape, shapeModel(shape)])),
  };
  const folder = join(directory, 'kms', '2014-11-01');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'service-2.sdk-extras.json'), JSON.stringify({ version: 1.0, merge }));
  return directory;
}

function operationModel(name: Name) {
  const { input, output } = operations[name];
  return {
    name,
    http: { method: 'POST', requestUri: '/' },
    input: { shape: input },
    ...(output !== null && { output: { shape: output } }),
  };
}

/** The structures, and the shapes of their members. */
function shapeNamesOf(name: Name): readonly string[] {
  const { input, output } = operations[name];
  const structures = output === null ? [input] : [input, output];
  return structures.flatMap((structure) => [structure, ...Object.values(structureOf(structure).members)]);
}

function shapeModel(name: string): object {
  const shape = shapeOf(name);
  if (shape.type === 'structure') {
    const members = Object.entries(shape.members).map(([member, of]) => [member, { shape: of }]);
    return { type: shape.type, members: Object.fromEntries(members), required: shape.required ?? [] };
  }
  return shape.type === 'list' ? { type: shape.type, member: { shape: shape.member } } : { type: shape.type };
}
