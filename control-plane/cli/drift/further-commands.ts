/** The commands below `keystead drift`. They take its options too, written after the command's name. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { Command, InvalidArgumentError } from 'commander';
import { type Connection, type ConnectionOptions, connect } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { acceptChanges } from './baseline.ts';
import { eventsBehind, requireFinding } from './explain.ts';
import { controlPlaneOf } from './find.ts';
import type { Comparison, Finding } from './findings/finding.ts';
import { titleOf } from './reports/words.ts';
import { DEFAULT_BASELINE } from './running/baseline.ts';
import { chosenStacks, type StackOptions } from './states/stacks.ts';
import { type Told, watch } from './watch.ts';
import { adoptCommand } from './ways-on/adopt-command.ts';
import { revertCommand } from './ways-on/revert-command.ts';

type CommonOptions = ConnectionOptions & StackOptions & { readonly baseline?: string };

const alsoTakes = '\nAlso takes --dir, --config, --profile, --baseline and the other options of keystead drift.';
const CHANGE_SEEN = 2;

/** @param compare what `keystead drift` itself does with the same options */
export function furtherCommands<Options extends CommonOptions>(
  compare: (options: Options) => Promise<Comparison>,
): readonly Command[] {
  return [acceptCommand(), explainCommand(compare), watchCommand(), adoptCommand(compare), revertCommand(compare)].map(
    (one) => one.addHelpText('after', alsoTakes),
  );
}

function acceptCommand(): Command {
  const command = new Command('accept')
    .description('Record that all changes up to now were meant: the baseline of later runs.')
    .option('--note <text>', 'why, for the audit log')
    .option('--by <arns...>', 'refuse when another principal made a change since the last baseline');
  return command.action(async () => {
    const {
      baseline = DEFAULT_BASELINE,
      note,
      by,
      ...options
    } = command.optsWithGlobals<CommonOptions & { readonly note?: string; readonly by?: readonly string[] }>();
    for (const connection of await connections(options)) {
      const accepted = await acceptChanges(connection, { baseline, ...defined({ note, by }) });
      console.log(accepted.join('\n'));
    }
  });
}

function explainCommand<Options extends CommonOptions>(compare: (options: Options) => Promise<Comparison>): Command {
  const command = new Command('explain')
    .description('Print the events behind one finding: every change of its key, with caller and parameters.')
    .argument('<finding>', 'its id, from a report');
  return command.action(async (id: string) => {
    const options = command.optsWithGlobals<Options>();
    const finding = requireFinding((await compare(options)).findings, id);
    const without = whyNoEvents(finding);
    const events = without ?? (await eventsInAll(options, finding));
    console.log([titleOf(finding), '', ...events].join('\n'));
  });
}

async function eventsInAll(options: CommonOptions, finding: Finding): Promise<readonly string[]> {
  const all = await Promise.all((await connections(options)).map((one) => eventsBehind(one, finding)));
  return all.flat();
}

/** Of findings that nobody caused by a change. */
function whyNoEvents({ what, details = [] }: Finding): readonly string[] | undefined {
  if (what === 'ignore rule expired') return [...details, 'A rule ends by itself: give it a new date, or remove it.'];
  if (what === 'not applied' || what === 'not in code')
    return [...details, 'The code and the state differ; nobody changed what runs.'];
  return undefined;
}

interface WatchCommandOptions extends CommonOptions {
  readonly interval: number;
  readonly after?: number;
  readonly except?: readonly string[];
  readonly webhook?: string;
  readonly once?: true;
  readonly json?: true;
}

function watchCommand(): Command {
  const command = new Command('watch')
    .description('Follow the change log and tell of each change, until a signal ends it.')
    .option('--interval <seconds>', 'between two looks', positive, 2)
    .option('--after <sequence>', 'begin after this change (default: with the next one)', whole)
    .option('--except <arns...>', 'principals and roles whose changes are not told')
    .option('--webhook <url>', 'POST each as JSON whose text Slack shows')
    .option('--once', 'end after the first change that is told');
  return command.action(async () => {
    const {
      interval,
      after,
      except = [],
      webhook,
      once = false,
      json,
      ...options
    } = command.optsWithGlobals<WatchCommandOptions>();
    const [connection, ...others] = await connections(options);
    if (!connection || others.length > 0) {
      throw new CommandError('Only one control plane can be watched.', 'Start one "keystead drift watch" for each.');
    }
    const end = new AbortController();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
    const tell = (told: Told) => console.log(json ? JSON.stringify(told) : told.text);
    const settings = { interval, except, once, ...defined({ after, webhook }) };
    if ((await watch(connection, settings, tell, end.signal)) > 0) process.exitCode = CHANGE_SEEN;
  });
}

/** One for each control plane and profile of the stacks; their states are not read. */
async function connections(options: CommonOptions): Promise<readonly Connection[]> {
  const stacks = Map.groupBy((await chosenStacks(options)).stacks, controlPlaneOf);
  return Promise.all([...stacks.values()].map(([stack]) => connect({ ...options, ...stack })));
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 3600) return number;
  throw new InvalidArgumentError('Write seconds, more than 0 and at most 3600.');
}

function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}
