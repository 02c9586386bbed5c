/** The library in Java: what is packed resolves in an empty Maven project, and writes what TypeScript's writes. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packLanguages } from '@keystead/constructs/languages/pack.ts';
import { describeLanguagesAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import { inEmptyFolder, root, runCommands, stackIn, typeScriptStack, writeProgram } from './guide-programs.ts';

needs('jsii', 'maven');

/** Maven keeps what it downloaded; of what is packed here, it must not keep an earlier one. */
const downloads = join(root, 'dist/languages/m2');
const env = { MAVEN_OPTS: `-Dmaven.repo.local=${downloads}` };

describeLanguagesAtLength('A Maven project', () => {
  test('writes the stack that TypeScript writes, and mistakes are exceptions with the same text', async () => {
    packLanguages('cdktf', ['java']);
    for (const packed of ['keystead', 'com/hashicorp/cdktf'])
      rmSync(join(downloads, packed), { recursive: true, force: true });
    await inEmptyFolder(async (directory) => {
      writeProgram(directory, ['xml', 'java'], 'cdktf');
      runCommands(directory, 'java', 'cdktf', env);
      expect(stackIn(directory)).toBe(await typeScriptStack('cdktf'));

      const source = join(directory, 'src/main/java/com/example/Orders.java');
      writeFileSync(
        source,
        readFileSync(source, 'utf8').replace('.multiRegion(true)', '.multiRegion(true).keySpec("AES_256")'),
      );
      expect(() => runCommands(directory, 'java', 'cdktf', env)).toThrow(
        /JsiiException.*\[orders\/orders\] "AES_256" is not a key spec\. Choose one of/s,
      );
    });
  });
});
