/** Names of the packages, and the versions that they ask for. */
import { jsiiManifest } from '@keystead/constructs/languages/manifest.ts';

test('Each package asks for its own CDK, and for a version of constructs that has every type the library uses', () => {
  expect(jsiiManifest('cdktf')).toMatchObject({
    name: '@keystead/constructs-cdktf',
    peerDependencies: { cdktf: '^0.21.0', constructs: '^10.5.0' },
  });
  expect(Object.keys(jsiiManifest('cdktn').peerDependencies)).toEqual(['cdktn', 'constructs']);
});

test('Whoever publishes the packages names the Go module and the group of Maven; the rest stays', () => {
  const { targets } = jsiiManifest('cdktn', { goModule: 'git.example.com/keys', mavenGroup: 'com.example.keys' }).jsii;
  expect(targets).toMatchObject({
    python: { distName: 'keystead-constructs-cdktn', module: 'keystead_constructs_cdktn' },
    go: { moduleName: 'git.example.com/keys', packageName: 'constructscdktn' },
    java: {
      package: 'com.example.keys.constructs.cdktn',
      maven: { groupId: 'com.example.keys', artifactId: 'constructs-cdktn' },
    },
  });
});
