import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Packaged } from '@keystead/provider/package.ts';
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
      text.match(/"registry\.terraform\.io\/keystead\/\*", "registry\.opentofu\.org\/keystead\/\*"/g),
    ).toHaveLength(2);
  });
});
