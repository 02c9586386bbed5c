/** The files in docs/examples. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.ts';

export const examplesDirectory = join(root, 'docs/examples');

/** `resources/aws_kms_key/example.tf` */
export function exampleFiles(): readonly string[] {
  return globSync('*/**/*.{tf,tfquery.hcl}', { cwd: examplesDirectory }).sort();
}

export interface DocumentedImport {
  readonly type: string;
  /** `aws_kms_key.example` */
  readonly address: string;
  readonly id: string;
}

/** What the files import.sh run. */
export function documentedImports(): readonly DocumentedImport[] {
  return globSync('resources/*/import.sh', { cwd: examplesDirectory })
    .sort()
    .map((file) => {
      const text = readFileSync(join(examplesDirectory, file), 'utf8');
      const [, address = '', id = ''] = /^terraform import (\S+) '?([^\s']+)'?\n$/.exec(text) ?? [];
      return { type: file.split('/')[1] ?? '', address, id };
    });
}
