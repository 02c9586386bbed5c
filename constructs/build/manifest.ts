/** The manifest of the package as it is published. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constructsDirectory, packageExports } from './layout.ts';

export function publishedManifest(): object {
  const { name, version, description, license, keywords, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(constructsDirectory, 'package.json'), 'utf8'),
  );
  return {
    name,
    version,
    description,
    license,
    keywords,
    type: 'commonjs',
    engines: { node: '>=20' },
    sideEffects: false,
    exports: packageExports(),
    peerDependencies,
    peerDependenciesMeta,
  };
}
