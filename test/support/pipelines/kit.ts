/** What a job of a pipeline finds in its image: the keystead command and the provider, both of the current sources. */
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageProvider } from '@keystead/provider/package.ts';
import { command, root } from '../server.ts';

export interface Kit {
  /** With keystead/ and provider/ in it. */
  readonly directory: string;
  /**
   * The Node.js of the jobs. It gives the commands the address of the forge, which the programs that run the templates
   * set to the real one.
   */
  readonly node: string;
}

export async function makeKit(place: string): Promise<Kit> {
  const directory = join(place, 'kit');
  await mkdir(directory, { recursive: true });
  await cp(dirname(command), join(directory, 'keystead'), { recursive: true });
  const provider = { entry: join(root, 'provider/main.ts'), namespace: 'keystead', type: 'aws', version: '0.1.0' };
  await packageProvider({ ...provider, outputDirectory: join(directory, 'provider') });
  const node = join(place, 'node');
  const lines = [
    '#!/bin/sh',
    'unset NODE_OPTIONS',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
    'export GITHUB_API_URL="${TEST_FORGE:-}" GITHUB_GRAPHQL_URL="${TEST_FORGE:-}/graphql"',
    `exec "${process.execPath}" "$@"`,
  ];
  await writeFile(node, `${lines.join('\n')}\n`);
  await chmod(node, 0o755);
  return { directory, node };
}
