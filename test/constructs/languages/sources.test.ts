/** The jsii package is the library's own sources, whole, with nothing beside them but the CDK. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsiiSources, sourceOf } from '@keystead/constructs/languages/sources.ts';

const root = join(import.meta.dirname, '../../..');

test.each(['cdktf', 'cdktn'] as const)(
  'What a source imports is in the package, or is %s, constructs or a module of Node.js',
  (cdk) => {
    const sources = jsiiSources(cdk);
    expect(sources.size).toBeGreaterThan(50);
    const elsewhere = [...sources].flatMap(([path, text]) =>
      [...text.matchAll(/^(?:import|export)[^'\n]* from '([^']+)'|^\} from '([^']+)'/gm)]
        .map(([, one, other]) => one ?? other ?? '')
        .filter((specifier) =>
          specifier.startsWith('.')
            ? !sources.has(`${join(dirname(path), specifier)}.ts`)
            : ![cdk, 'constructs'].includes(specifier) && !specifier.startsWith('node:'),
        )
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(elsewhere).toEqual([]);
  },
);

test('A place in the package is the same line of the source', () => {
  const differing = [...jsiiSources('cdktn')].filter(
    ([path, text]) => text.split('\n').length !== readFileSync(join(root, sourceOf(path)), 'utf8').split('\n').length,
  );
  expect(differing.map(([path]) => path)).toEqual([]);
});
