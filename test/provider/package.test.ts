import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Packaged, packageOptions, packageProvider } from '@keystead/provider/package.ts';
import { packageFake, temporaryDirectory } from '../support/provider/packaged.ts';

const root = temporaryDirectory('package');
let packaged: Packaged;

beforeAll(async () => {
  packaged = await packageFake(join(root, 'one'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('the package', () => {
  test('is a mirror for both registries and every platform, the same executable in each', () => {
    const places = packaged.executables.map((path) => path.slice(packaged.mirrorDirectory.length + 1));
    expect(places).toHaveLength(8);
    expect(places).toContain('registry.terraform.io/keystead/fake/1.0.0/linux_amd64/terraform-provider-fake_v1.0.0');
    expect(places).toContain('registry.opentofu.org/keystead/fake/1.0.0/darwin_arm64/terraform-provider-fake_v1.0.0');
    const [first = Buffer.alloc(0), ...others] = packaged.executables.map((path) => readFileSync(path));
    for (const other of others) expect(other.equals(first)).toBe(true);
    for (const path of packaged.executables) expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test('is the same bytes when it is made again, elsewhere', async () => {
    const again = await packageFake(join(root, 'two'));
    const [one = '', two = ''] = [packaged.executables[0], again.executables[0]];
    expect(readFileSync(two).equals(readFileSync(one))).toBe(true);
  });

  test('has a CLI configuration that takes only these providers from the mirror', () => {
    const text = readFileSync(packaged.cliConfigPath, 'utf8');
    expect(text).toContain(`path    = "${packaged.mirrorDirectory}"`);
    expect(
      text.match(/"registry\.terraform\.io\/keystead\/fake", "registry\.opentofu\.org\/keystead\/fake"/g),
    ).toHaveLength(2);
  });

  test('can stand in for another source, in a version of each major one that configurations are pinned to', async () => {
    const { outputDirectory, ...options } = packageOptions(['--as', 'hashicorp/aws'], '0.1.0');
    expect(outputDirectory).toMatch(/dist\/provider-hashicorp$/);
    const entry = join(import.meta.dirname, '../support/provider/fake-main.ts');
    const standIn = await packageProvider({ ...options, entry, outputDirectory: join(root, 'stand-in') });
    const aws = join(standIn.mirrorDirectory, 'registry.terraform.io/hashicorp/aws');
    expect(readdirSync(aws).sort()).toEqual(['3.999.0', '4.999.0', '5.999.0', '6.999.0']);
    expect(readdirSync(join(aws, '5.999.0/linux_amd64'))).toContain('terraform-provider-aws_v5.999.0');
    const text = readFileSync(standIn.cliConfigPath, 'utf8');
    expect(text.match(/"registry\.terraform\.io\/hashicorp\/aws"/g)).toHaveLength(2);
    expect(text).not.toContain('hashicorp/*');
  });

  test('can stand in for further versions, which only they pass', () => {
    const { otherVersions } = packageOptions(['--as', 'hashicorp/aws', '--versions', '5.31.4,4.67.0'], '0.1.0');
    expect(otherVersions).toEqual(['5.999.0', '4.999.0', '3.999.0', '5.31.4', '4.67.0']);
  });

  test('has one version under its own source', () => {
    expect(packageOptions(['out'], '0.1.0')).toEqual({
      namespace: 'keystead',
      type: 'aws',
      version: '0.1.0',
      outputDirectory: 'out',
    });
  });

  test.each([[['--as', 'hashicorp']], [['--as', 'a/b/c']], [['--as', '../aws']], [['one', 'two']]])(
    'is not made for %j',
    (args) => {
      expect(() => packageOptions(args, '0.1.0')).toThrow(/^Usage: node provider\/package\.ts/);
    },
  );
});
