/**
 * Checks the package's declarations as a user's compiler does: a strict program of its own folder compiles with either
 * CDK, by each way of resolving modules that this compiler has, and what does not exist is refused. Part of `make check`,
 * since it is types alone; older compilers are in the test that installs the package.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from './build.ts';
import { typeScriptCompiler } from './declarations.ts';
import { cdks, repository } from './layout.ts';

const program = (cdk: string) => `
  import { Token, TerraformStack, App } from '${cdk}';
  import { type IKey, Key, KeysteadProvider, bindings, kmsAlias } from '@keystead/constructs/${cdk}';
  import { KmsKey, type KmsKeyConfig } from '@keystead/constructs/${cdk}/lib/kms-key';
  import { AwsProvider } from '@keystead/constructs/${cdk}/lib/provider';
  import * as aws from '@keystead/constructs/${cdk}/lib';
  const stack = new TerraformStack(new App(), 'stack');
  const provider = new KeysteadProvider(stack, 'keystead', { defaultTags: { a: 'b' } });
  const key: IKey = new Key(stack, 'key', { keySpec: 'HMAC_256', provider });
  key.grant(Token.asString('x'), 'kms:DescribeKey', 'kms:List*');
  const config: KmsKeyConfig = { provider: new AwsProvider(stack, 'plain-provider', { alias: 'plain' }) };
  const plain: KmsKey = new bindings.kmsKey.KmsKey(stack, 'plain', config);
  new aws.kmsKey.KmsKey(stack, 'another', { description: plain.keyId, provider });
  new kmsAlias.KmsAlias(stack, 'alias', { targetKeyId: plain.keyId, provider });
  // @ts-expect-error: not an action
  key.grant('111122223333', 'kms:Decript');
  // @ts-expect-error: not a key spec
  new Key(stack, 'wrong', { keySpec: 'AES_256' });
`;

const resolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: 'es2022',
  noEmit: true,
  skipLibCheck: false,
  types: ['node'],
};

/** The compiler's errors in the program; empty when there are none. */
function compilerErrors(directory: string, cdk: string): string {
  const folder = join(directory, cdk);
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.ts'), program(cdk));
  return resolutions.map((resolution) => errorsUnder(folder, resolution)).join('');
}

function errorsUnder(folder: string, resolution: object): string {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...resolution } }),
  );
  const { status, stdout } = spawnSync(process.execPath, [typeScriptCompiler, '-p', folder], { encoding: 'utf8' });
  return status === 0 ? '' : `${JSON.stringify(resolution)}: ${stdout || `tsc ended with ${status}`}`;
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
