/**
 * Checks the package's declarations as a user's compiler does: a strict program of its own folder compiles with either
 * CDK, and what does not exist is refused. Part of `make check`, since it is types alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage, cdks, repository, typeScriptCompiler } from './build.ts';

const program = (cdk: string) => `
  import { Token, TerraformStack, App } from '${cdk}';
  import { type IKey, Key, KeysteadProvider, bindings } from '@keystead/constructs/${cdk}';
  const stack = new TerraformStack(new App(), 'stack');
  const provider = new KeysteadProvider(stack, 'keystead', { defaultTags: { a: 'b' } });
  const key: IKey = new Key(stack, 'key', { keySpec: 'HMAC_256', provider });
  key.grant(Token.asString('x'), 'kms:DescribeKey', 'kms:List*');
  new bindings.kmsKey.KmsKey(stack, 'plain', { description: undefined, provider });
  // @ts-expect-error: not an action
  key.grant('111122223333', 'kms:Decript');
  // @ts-expect-error: not a key spec
  new Key(stack, 'wrong', { keySpec: 'AES_256' });
`;

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  module: 'nodenext',
  target: 'es2022',
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
};

/** The compiler's errors in the program; empty when there are none. */
function compilerErrors(directory: string, cdk: string): string {
  const folder = join(directory, cdk);
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.ts'), program(cdk));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const { status, stdout } = spawnSync(process.execPath, [typeScriptCompiler, '-p', folder], { encoding: 'utf8' });
  return status === 0 ? '' : stdout || `tsc ended with ${status}`;
}

// Inside the repository, so that the compiler finds the CDKs and the types of Node.js.
const cache = join(repository, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, 'constructs-declarations-'));
try {
  mkdirSync(join(directory, 'node_modules/@keystead'), { recursive: true });
  await buildPackage(join(directory, 'published'));
  symlinkSync(join(directory, 'published'), join(directory, 'node_modules/@keystead/constructs'));
  const found = cdks.map((cdk) => compilerErrors(directory, cdk)).join('');
  if (found !== '') {
    console.error(`The declarations of @keystead/constructs do not compile in a user's program:\n${found}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
