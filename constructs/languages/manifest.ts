/** The manifest of the jsii package, with the library's name in every language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cdk, constructsDirectory } from '../build/layout.ts';

/** What whoever publishes the packages chooses, because it follows from where they lie. */
export interface PackageNames {
  /** Path of the Go module, without the folder of the package. */
  readonly goModule?: string | undefined;
  /** Maven's group. */
  readonly mavenGroup?: string | undefined;
}

/** No domain and no forge is named: Go and Maven resolve these names in the folder that was packed. */
const defaultNames = { goModule: 'keystead.invalid', mavenGroup: 'keystead' };

/**
 * The versions of `constructs` that know every type that the library is compiled with: `IMixin` came with 10.5.0. The
 * CDK narrows them further.
 */
export const constructsRange = '^10.5.0';

/** What others here read of the manifest; npm and jsii read the rest. */
interface JsiiManifest extends Readonly<Record<string, unknown>> {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly jsii: { readonly outdir: string; readonly versionFormat: string; readonly targets: object };
}

export function jsiiManifest(cdk: Cdk, names: PackageNames = {}): JsiiManifest {
  const { version, license, keywords, peerDependencies, devDependencies } = JSON.parse(
    readFileSync(join(constructsDirectory, 'package.json'), 'utf8'),
  );
  return {
    name: `@keystead/constructs-${cdk}`,
    version,
    description: `CDK constructs for Keystead: keys, aliases, grants and replicas, for ${cdk}`,
    license,
    author: { name: 'Keystead', organization: true },
    // jsii asks for one; a Git repository has no address before it is published.
    repository: { type: 'git', url: 'keystead' },
    keywords,
    main: 'lib/index.js',
    types: 'lib/index.d.ts',
    files: ['.jsii', 'lib/**/*.js', 'lib/**/*.d.ts', 'LICENSE', 'README.md'],
    stability: 'experimental',
    jsii: { outdir: 'dist', versionFormat: 'full', targets: targets(cdk, names) },
    peerDependencies: { [cdk]: peerDependencies[cdk], constructs: constructsRange },
    devDependencies: { [cdk]: devDependencies[cdk], constructs: devDependencies.constructs },
  };
}

function targets(cdk: Cdk, names: PackageNames): object {
  const { goModule = defaultNames.goModule, mavenGroup = defaultNames.mavenGroup } = names;
  return {
    python: { distName: `keystead-constructs-${cdk}`, module: `keystead_constructs_${cdk}` },
    java: {
      package: `${mavenGroup}.constructs.${cdk}`,
      maven: { groupId: mavenGroup, artifactId: `constructs-${cdk}` },
    },
    go: { moduleName: goModule, packageName: `constructs${cdk}` },
    dotnet: { namespace: `Keystead.Constructs.${cdk === 'cdktf' ? 'Cdktf' : 'Cdktn'}`, packageId: packageIds[cdk] },
  };
}

const packageIds: Readonly<Record<Cdk, string>> = {
  cdktf: 'Keystead.Constructs.Cdktf',
  cdktn: 'Keystead.Constructs.Cdktn',
};
