/** The fake provider, packaged as the real one is. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Packaged, packageProvider } from '@keystead/provider/package.ts';

/** The tests' own Node comes first on the PATH of started processes, because the machine's Node can be too old. */
export const pathWithNode = `${dirname(process.execPath)}:${process.env.PATH}`;

export function temporaryDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `keystead-${name}-`));
}

export function packageFake(outputDirectory: string): Promise<Packaged> {
  return packageProvider({
    entry: join(import.meta.dirname, 'fake-main.ts'),
    namespace: 'keystead',
    type: 'fake',
    version: '1.0.0',
    outputDirectory,
  });
}
