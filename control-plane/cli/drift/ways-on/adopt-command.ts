/** `keystead drift adopt`: writes what was made by hand as code with import blocks, into a new file. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import { hclOf } from '../../terraform/write-hcl.ts';
import { typescriptOf } from '../../terraform/write-typescript.ts';
import type { Comparison } from '../findings/finding.ts';
import { count, titleOf } from '../reports/words.ts';
import type { ActualKey } from '../running/actual.ts';
import { type ReadStack, readStacks } from '../states/read-stacks.ts';
import { chosenStacks, type StackOptions } from '../states/stacks.ts';
import { type Adoption, adopt } from './adopt.ts';
import { chosenFindings } from './chosen-findings.ts';
import { readConfiguration } from './configuration.ts';
import type { Language } from './edits.ts';

interface AdoptOptions extends ConnectionOptions, StackOptions {
  readonly stack?: string;
  readonly into?: string;
  readonly language: Language;
}

/** @param compare what `keystead drift` does with the same options */
export function adoptCommand<Options extends ConnectionOptions & StackOptions>(
  compare: (options: Options) => Promise<Comparison>,
): Command {
  const command = new Command('adopt')
    .description('Write what was made by hand as code with import blocks, into a new file.')
    .argument('[findings...]', 'ids from a report; without any, all of them')
    .option('--stack <dir>', 'the stack that adopts, where several are compared')
    .option('--into <dir>', 'where the file is written (default: the directory of the stack, "." for TypeScript)')
    .addOption(new Option('--language <language>', 'of the file').choices(['hcl', 'typescript']).default('hcl'))
    .addHelpText('after', '\nNothing is overwritten and nothing imported: look at the file, then run terraform plan.');
  return command.action(async (ids: readonly string[]) => {
    const options = command.optsWithGlobals<Options & AdoptOptions>();
    const findings = chosenFindings((await compare(options)).findings, ids);
    const { stack, dir, elsewhere } = await stackThatAdopts(options);
    const connection = await connect({ ...options, ...stack.stack });
    const configuration = await readConfiguration(dir);
    const adoption = await adopt(findings, {
      language: options.language,
      resources: stack.resources,
      elsewhere,
      configuration,
      key: async (KeyId, region) => (await connection.call('GetKeyConfiguration', { KeyId }, region)) as ActualKey,
    });
    const into = options.into ?? (options.language === 'hcl' ? dir : '.');
    const file = await writeAdopted(adoption, into, options.language);
    console.log(describeAdoption(adoption, file, options.language));
  });
}

async function stackThatAdopts(options: AdoptOptions) {
  const stacks = await readStacks((await chosenStacks(options)).stacks);
  const dirOf = ({ stack: { source } }: ReadStack) => ('dir' in source ? source.dir : undefined);
  const named = stacks.filter((one) => (options.stack === undefined ? true : dirOf(one) === options.stack));
  const [stack, ...others] = named;
  if (stack === undefined || others.length > 0) {
    throw new CommandError(
      options.stack === undefined
        ? `${count(stacks.length, 'stack')} are compared; one of them adopts.`
        : `${options.stack} is not one of the stacks that are compared, or is there with several workspaces.`,
      `Name it as it is compared: --stack with ${stacks.map((one) => dirOf(one) ?? one.stack.name).join(' or ')}.`,
    );
  }
  const dir = dirOf(stack) ?? options.into;
  if (dir === undefined) {
    throw new CommandError('The state of the stack comes from a file.', 'Say with --into where its configuration is.');
  }
  const elsewhere = stacks.filter((one) => one !== stack).flatMap(({ resources }) => resources);
  return { stack, dir, elsewhere };
}

/** @returns the path of the new file; undefined: there was nothing to write */
async function writeAdopted({ resources }: Adoption, dir: string, language: Language): Promise<string | undefined> {
  if (resources.length === 0) return undefined;
  const text =
    language === 'hcl'
      ? resources.map(hclOf).join('\n')
      : typescriptOf(resources, 'Made by hand, and adopted: written by "keystead drift adopt".');
  const ending = language === 'hcl' ? 'tf' : 'ts';
  await mkdir(dir, { recursive: true });
  for (let number = 1; ; number += 1) {
    const path = join(dir, `adopted${number === 1 ? '' : `-${number}`}.${ending}`);
    try {
      await writeFile(path, text, { flag: 'wx' });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function describeAdoption({ resources, edits, rest }: Adoption, file: string | undefined, language: Language): string {
  if (resources.length + edits.length + rest.length === 0) return 'No drift: nothing to adopt.';
  const next =
    language === 'hcl'
      ? 'terraform plan shows the imports; terraform apply carries them out. The import blocks can be removed then.'
      : 'Call adopted(stack) in the program; then synthesize and plan. importFrom can be removed after the apply.';
  return [
    ...(file === undefined
      ? []
      : [
          `${file}: ${count(resources.length, 'import')}.`,
          ...resources.map(({ type, label, importId }) => `    ${type}.${label} from ${importId}`),
          next,
        ]),
    ...(edits.length === 0 ? [] : ['', 'To be changed in the code by hand:']),
    ...edits.flatMap(({ finding, what, code }) => [
      `  ${titleOf(finding)} (${finding.id})`,
      `    ${what}${code === undefined ? '' : ':'}`,
      ...(code === undefined ? [] : code.split('\n').map((line) => `        ${line}`)),
    ]),
    ...(rest.length === 0 ? [] : ['', 'Not adopted:']),
    ...rest.map(({ finding, why }) => `  ${titleOf(finding)} (${finding.id}): ${why}`),
  ].join('\n');
}
