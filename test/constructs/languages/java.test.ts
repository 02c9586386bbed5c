/** The library in Java: what is packed resolves in an empty Maven project, and writes what TypeScript's writes. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packLanguages } from '@keystead/constructs/languages/pack.ts';
import { describeAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import { inEmptyFolder, root, runCommands, stackIn, typeScriptStack, writeProgram } from './guide-programs.ts';

needs('jsii', 'maven');

/** Maven keeps what it downloaded; of what is packed here, it must not keep an earlier one. */
const downloads = join(root, 'dist/languages/m2');
const env = { MAVEN_OPTS: `-Dmaven.repo.local=${downloads}` };

const mistaken = `try {
      Key.Builder.create(stack, "wrong").keySpec("AES_256").build();
    } catch (RuntimeException error) {
      System.out.println(error.getMessage());
    }`;

/** Maven compiles the CDK too, when nothing is packed yet. */
const timeoutMs = 1_800_000;

describeAtLength(
  'A Maven project',
  () => {
    test(
      'writes the stack that TypeScript writes, and mistakes are exceptions with the same text',
      async () => {
        packLanguages('cdktf', ['java']);
        for (const packed of ['keystead', 'com/hashicorp/cdktf'])
          rmSync(join(downloads, packed), { recursive: true, force: true });
        await inEmptyFolder(async (directory) => {
          writeProgram(directory, ['xml', 'java'], 'cdktf');
          runCommands(directory, 'java', 'cdktf', env);
          expect(stackIn(directory)).toBe(await typeScriptStack('cdktf'));

          const source = join(directory, 'src/main/java/com/example/Orders.java');
          writeFileSync(source, readFileSync(source, 'utf8').replace('app.synth();', mistaken));
          expect(runCommands(directory, 'java', 'cdktf', env)).toMatch(
            /^\[orders\/wrong\] "AES_256" is not a key spec\. Choose one of SYMMETRIC_DEFAULT, /,
          );
        });
      },
      timeoutMs,
    );
  },
  'make test-languages',
);
