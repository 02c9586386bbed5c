/** The version of this installation, from the package's own manifest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programDirectory } from '../../runtime/program-files.ts';

const manifest: { readonly version: string } = JSON.parse(readFileSync(join(programDirectory, 'package.json'), 'utf8'));

export const version = manifest.version;
