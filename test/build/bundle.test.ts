/** What the bundle changes: nothing that a log or a client sees. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
const textOf = (pattern: string) =>
  globSync(pattern, { cwd: repository }).map((file) => readFileSync(join(repository, file), 'utf8'));

test('every error class keeps its name, by which logs tell errors apart', () => {
  const sources = ['control-plane', 'policy', 'provider-schema'].flatMap((tree) => textOf(`${tree}/**/*.ts`));
  const errors = sources.flatMap((text) =>
    [...text.matchAll(/^(?:export )?class (\w+) extends \w*Error\b/gm)].map(([, name]) => name),
  );
  expect(errors.length).toBeGreaterThan(10);
  const bundle = textOf('dist/keystead/*.js').join('\n');
  const unnamed = errors.filter(
    (name) => !new RegExp(`^(var ${name} = class|class ${name}) extends `, 'm').test(bundle),
  );
  // The bundle renames the second of two that have one name, and those that mention themselves.
  expect(unnamed).toEqual([]);
});
