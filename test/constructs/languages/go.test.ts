/** The library in Go: what is packed is a module of an empty program, which writes what TypeScript's writes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packLanguages } from '@keystead/constructs/languages/pack.ts';
import { describeAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import { inEmptyFolder, runCommands, stackIn, typeScriptStack, writeProgram } from './guide-programs.ts';

needs('jsii', 'go');

/** Not every proxy of modules can be asked for their checksums as well. */
const env = { GOSUMDB: 'off' };

describeAtLength(
  'A Go module',
  () => {
    test('writes the stack that TypeScript writes, and mistakes are panics with the same text', async () => {
      packLanguages('cdktf', ['go']);
      await inEmptyFolder(async (directory) => {
        writeProgram(directory, ['text', 'go'], 'cdktf');
        runCommands(directory, 'go', 'cdktf', env);
        expect(stackIn(directory)).toBe(await typeScriptStack('cdktf'));

        const source = join(directory, 'main.go');
        const mistaken = 'KeySpec: jsii.String("AES_256"),\n\t\tMultiRegion:';
        writeFileSync(source, readFileSync(source, 'utf8').replace('MultiRegion:', mistaken));
        expect(() => runCommands(directory, 'go', 'cdktf', env)).toThrow(
          /panic: .*\[orders\/orders\] \\?"AES_256\\?" is not a key spec\. Choose one of/s,
        );
      });
    });
  },
  'make test-languages',
);
