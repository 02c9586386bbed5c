/** `keystead ci annotate`: findings of drift where the CI system shows them. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandError } from '../shared/report.ts';
import { codeQuality, workflowCommands } from './forges/annotations.ts';
import { type Provider, providerOption } from './forges/open.ts';
import { readReport } from './forges/read-report.ts';

interface Options {
  readonly provider: Provider;
  readonly report: string;
  readonly out: string;
  readonly path: string;
}

export function annotateCommand(): Command {
  const command = new Command('annotate')
    .description('Show a report of drift in the CI system: annotations of GitHub, Code Quality of GitLab.')
    .addOption(providerOption())
    .requiredOption('--report <file>', 'what "keystead drift --report json=FILE" wrote')
    .option('--out <file>', 'GitLab: the report for artifacts:reports:codequality', 'gl-code-quality-report.json')
    .option('--path <file>', 'GitLab: the file of the stack at which the findings are shown', 'main.tf')
    .addHelpText(
      'after',
      `
On GitHub it prints workflow commands, the worst first, at most 10 of a level, because GitHub shows no more.

Examples:
  keystead ci annotate --provider github --report drift.json
  keystead ci annotate --provider gitlab --report drift.json --path stacks/orders/main.tf

Exit codes: 0 done, whether there is drift or not; 1 error.`,
    );
  return command.action(async () => {
    const { provider, report, out, path } = command.opts<Options>();
    const { findings } = await readReport(report);
    if (provider === 'github') {
      for (const line of workflowCommands(findings)) console.log(line);
      return;
    }
    await writeFile(out, codeQuality(findings, path)).catch((error: Error) => {
      throw new CommandError(`${out} cannot be written: ${error.message}.`, 'Name another file with --out.');
    });
  });
}
