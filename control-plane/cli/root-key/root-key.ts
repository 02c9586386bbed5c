/** `keystead root-key`: rotates the root key of an HSM, and shows how far the rotation is. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { addGeneration } from '../../hsm/root-key/change.ts';
import { startErrorOf } from '../../startup/start-error-mapping.ts';
import { withDatabaseOptions, withStore } from '../audit/audit-database.ts';
import { asOwnerOf, operator, type SealPlace, sealAt, withSealOptions } from './place.ts';
import { type DatabasePlace, describe, progressIn, waitUntilComplete } from './progress.ts';
import { removeGenerations } from './remove.ts';

interface Waiting {
  readonly wait?: true;
}

export function rootKeyCommand(): Command {
  const rootKey = new Command('root-key').description(
    'The root key of the HSM and its generations: rotate it, see how far that is, remove old generations.',
  );
  withSealOptions(
    withDatabaseOptions(
      rootKey.command('rotate').description('add a generation to the root key; servers take it into use by themselves'),
    ),
  )
    .option('--wait', 'until everything is wrapped under the new generation; needs the database')
    .addHelpText(
      'after',
      [
        '',
        'Run it on the machine of the HSM, as the user of the HSM or as root. With several machines, copy the root key',
        'file to the others: the servers begin to use the new generation when the HSM of each one has it. Back the file up:',
        'from then on new keys need it.',
      ].join('\n'),
    )
    .action(rotate);
  withDatabaseOptions(
    rootKey.command('status').description('print which generation is in use, who holds which, and what is left to do'),
  )
    .addOption(
      new Option(
        '--wait [generation]',
        'until everything is wrapped under this generation (default: the newest that a server holds)',
      ).argParser(generationOption),
    )
    .action(status);
  withSealOptions(
    withDatabaseOptions(
      rootKey
        .command('remove-generations')
        .description('remove the generations before the one in use, if nothing needs them; that cannot be undone'),
    ),
  )
    .addHelpText(
      'after',
      [
        '',
        'It refuses, and says why, while the rotation is not complete, while tokens of the old generations can be valid',
        '(36 hours and 15 minutes), and when anything in the database does not open with what would be left. It cannot',
        'know your backups: those from before the rotation need a root key file from before it.',
      ].join('\n'),
    )
    .action(removeGenerations);
  return rootKey;
}

async function rotate(options: DatabasePlace & SealPlace & Waiting): Promise<void> {
  const seal = sealAt(options);
  const origin = { createdAtMs: Date.now(), createdBy: operator() };
  const generation = await asOwnerOf(seal.path, () => addGeneration(seal, origin)).catch((error: unknown) => {
    throw startErrorOf(error);
  });
  console.log(
    [
      `The root key in ${seal.path} has generation ${generation} now.`,
      'Back it up: from now on new keys are wrapped under it. Give it to the HSM of every server of this installation.',
      'The servers use it within their --job-interval, and then wrap everything again. To see how far they are:',
      `  keystead root-key status --wait ${generation}`,
    ].join('\n'),
  );
  if (options.wait) await waitUntilComplete(options, generation);
}

async function status({ wait, ...place }: DatabasePlace & { readonly wait?: true | number }): Promise<void> {
  await withStore(place, async (store) => console.log(describe(await progressIn(store)).join('\n')));
  if (wait !== undefined) await waitUntilComplete(place, wait === true ? undefined : wait);
}

function generationOption(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a generation, as "keystead root-key rotate" prints it.');
}
