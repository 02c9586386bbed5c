/** The library in Python: what is packed installs into an empty environment, and writes what TypeScript's writes. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packLanguages } from '@keystead/constructs/languages/pack.ts';
import { describeAtLength } from '../../support/at-length.ts';
import { needs } from '../../support/needs.ts';
import { inEmptyFolder, runCommands, runShell, stackIn, typeScriptStack, writeProgram } from './guide-programs.ts';

needs('jsii', 'python');

/** What the exception says that a program ends with. */
function exceptionOf(directory: string, program: string): string {
  writeFileSync(
    join(directory, 'refused.py'),
    `from cdktf import App, TerraformStack
from keystead_constructs_cdktf import Key, KeysteadProvider
app = App()
stack = TerraformStack(app, "orders")
KeysteadProvider(stack, "keystead")
try:
    ${program}
except RuntimeError as error:
    print(error)
`,
  );
  return runShell(directory, '.venv/bin/python refused.py');
}

test('Stacks in Python are those in TypeScript, and mistakes are exceptions with the same text', async () => {
  packLanguages('cdktf', ['python']);
  await inEmptyFolder(async (directory) => {
    writeProgram(directory, ['python'], 'cdktf');
    runCommands(directory, 'python', 'cdktf');
    expect(stackIn(directory)).toBe(await typeScriptStack('cdktf'));

    cpSync(join(import.meta.dirname, 'wide.py'), join(directory, 'wide.py'));
    runShell(directory, '.venv/bin/python wide.py');
    const wide = readFileSync(join(import.meta.dirname, 'wide.ts'), 'utf8');
    expect(stackIn(directory)).toBe(await typeScriptStack('cdktf', wide));

    expect(exceptionOf(directory, 'Key(stack, "wrong", key_spec="AES_256")')).toMatch(
      /^\[orders\/wrong\] "AES_256" is not a key spec\. Choose one of SYMMETRIC_DEFAULT, /,
    );
    const lockedOut = 'Key(stack, "nobody", trust_account_identities=False); app.synth()';
    expect(exceptionOf(directory, lockedOut)).toMatch(/\[orders\/nobody\] The key policy has no statements/);
  });
});

describeAtLength(
  'With CDK Terrain',
  () => {
    test('The first stack in Python is the one in TypeScript', async () => {
      packLanguages('cdktn', ['python']);
      await inEmptyFolder(async (directory) => {
        writeProgram(directory, ['python'], 'cdktn');
        runCommands(directory, 'python', 'cdktn');
        expect(stackIn(directory)).toBe(await typeScriptStack('cdktn'));
      });
    });
  },
  'make test-languages',
);
