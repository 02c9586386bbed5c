/** Runs the table of resource types with one provider: configurations are written, plans and states read as JSON. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfPlan } from '../support/plan-file.ts';
import { type Attributes, addressOf, nameOf, type TypeCase } from './case.ts';
import { SecretsWatch } from './secrets.ts';

export type TerraformBinary = 'terraform' | 'tofu';

export interface PlannedChange {
  readonly actions: string;
  /** Attributes whose value differs or will be known only after apply. */
  readonly differing: readonly string[];
  readonly replacedBy: readonly string[];
}

export interface CliResult {
  readonly code: number;
  readonly text: string;
}

interface ResourceChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Attributes | null;
    readonly after: Attributes | null;
    readonly after_unknown: Attributes;
    readonly replace_paths?: readonly (readonly unknown[])[];
    readonly importing?: unknown;
  };
}

interface ShownState {
  readonly values?: {
    readonly root_module?: {
      readonly resources?: readonly { readonly address: string; readonly values: Attributes }[];
    };
  };
}

function valuesOf(state: ShownState | undefined): ReadonlyMap<string, Attributes> {
  return new Map((state?.values?.root_module?.resources ?? []).map(({ address, values }) => [address, values]));
}

export class TerraformRun {
  readonly directory: string;
  /** Looks at every state and plan of the run. */
  readonly secrets: SecretsWatch;
  private readonly binary: TerraformBinary;
  private readonly env: Readonly<Record<string, string>>;
  private readonly source: string;
  private readonly writeOnly: Readonly<Record<string, string>>;

  constructor(options: {
    readonly binary?: TerraformBinary;
    readonly directory: string;
    /** `keystead/aws` */
    readonly source: string;
    readonly cliConfigPath: string;
    readonly env: Readonly<Record<string, string>>;
    /** Values of write-only arguments, by the names of the variables that bring them. */
    readonly writeOnly?: Readonly<Record<string, string>>;
  }) {
    mkdirSync(options.directory, { recursive: true });
    this.binary = options.binary ?? 'terraform';
    this.directory = options.directory;
    this.writeOnly = options.writeOnly ?? {};
    this.secrets = new SecretsWatch(Object.values(this.writeOnly));
    this.source = options.source;
    const variables = Object.entries(this.writeOnly).map(([name, value]) => [`TF_VAR_${name}`, value] as const);
    this.env = {
      ...options.env,
      ...Object.fromEntries(variables),
      TF_CLI_CONFIG_FILE: options.cliConfigPath,
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
    };
  }

  terraform(...args: readonly string[]): Promise<CliResult> {
    const options = { cwd: this.directory, env: { ...process.env, ...this.env }, maxBuffer: 2 ** 28 };
    return new Promise((done, reject) => {
      execFile(this.binary, args, options, (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else done({ code: error ? Number(error.code) : 0, text: stdout + stderr });
      });
    });
  }

  async must(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.terraform(...args);
    if (code === 0) return text;
    throw new Error(`${this.binary} ${args.join(' ')} ended with ${code}:\n${text}`);
  }

  async init(): Promise<void> {
    this.write('');
    await this.must('init', '-no-color');
  }

  /** Variables come from the environment, because a plan keeps a copy of the configuration. */
  write(resources: string): void {
    const variables = Object.keys(this.writeOnly)
      .filter((name) => resources.includes(`var.${name}`))
      .map((name) => `variable "${name}" {\n  type      = string\n  ephemeral = true\n}\n`);
    writeFileSync(
      join(this.directory, 'main.tf'),
      `terraform {
  required_providers {
    aws = { source = "${this.source}" }
  }
}
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
${variables.join('')}${resources}`,
    );
  }

  async apply(): Promise<void> {
    await this.must('apply', '-auto-approve', '-no-color');
    this.lookAtState();
  }

  private lookAtState(): void {
    const text = readFileSync(join(this.directory, 'terraform.tfstate'), 'utf8');
    this.secrets.lookAt(JSON.parse(text), Buffer.from(text));
  }

  /** The changes of a plan by address; what stays as it is is left out. */
  async plan(): Promise<ReadonlyMap<string, PlannedChange>> {
    return (await this.refreshedPlan()).changes;
  }

  /** The same, and the state after the refresh that came before the plan. */
  async refreshedPlan(): Promise<{
    readonly changes: ReadonlyMap<string, PlannedChange>;
    readonly state: ReadonlyMap<string, Attributes>;
  }> {
    await this.must('plan', '-no-color', '-out=plan.bin');
    const shown = JSON.parse(await this.must('show', '-json', 'plan.bin')) as {
      readonly resource_changes?: readonly ResourceChange[];
      readonly prior_state?: ShownState;
    };
    this.secrets.lookAt(shown, filesOfPlan(join(this.directory, 'plan.bin')));
    const { resource_changes: changes = [], prior_state: state } = shown;
    const planned = changes.map(({ address, change }) => [address, plannedChange(change)] as const);
    return {
      changes: new Map(planned.filter(([, { actions }]) => actions !== 'no-op' && actions !== 'read')),
      state: valuesOf(state),
    };
  }

  /** Carries out the last plan. */
  async applyPlan(): Promise<void> {
    await this.must('apply', '-no-color', 'plan.bin');
    this.lookAtState();
  }

  async state(): Promise<ReadonlyMap<string, Attributes>> {
    return valuesOf(JSON.parse(await this.must('show', '-json')));
  }

  /** The diagnostics of `validate`, by the address of the resource. */
  async refusals(): Promise<readonly { readonly address: string; readonly code: string; readonly text: string }[]> {
    const { text } = await this.terraform('validate', '-json');
    const { diagnostics } = JSON.parse(text) as {
      readonly diagnostics: readonly {
        readonly severity: string;
        readonly address?: string;
        readonly summary: string;
        readonly detail?: string;
        readonly snippet?: { readonly code: string; readonly context?: string | null };
      }[];
    };
    return diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ address = '', summary, detail = '', snippet }) => ({
        address,
        code: snippet?.code.trim() ?? '',
        text: `${summary}: ${detail}`,
      }));
  }
}

function plannedChange({ actions, before, after, after_unknown, replace_paths = [] }: ResourceChange['change']) {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(after_unknown)]);
  const differing = [...names].filter(
    (name) => after_unknown[name] === true || JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
  return {
    actions: actions.join(),
    differing: differing.sort(),
    replacedBy: [...new Set(replace_paths.map(([first]) => String(first)))].sort(),
  };
}

/** The configuration of a case after its first `step` changes. */
export function configurationOf(one: TypeCase, step: number): string {
  const body = step === 0 ? one.body : (one.changes[Math.min(step, one.changes.length) - 1]?.body ?? one.body);
  return `${one.around ?? ''}\nresource "${one.type}" "${nameOf(one)}" {\n${body}\n}\n`;
}

export const configurations = (cases: readonly TypeCase[], step: number): string =>
  cases.map((one) => configurationOf(one, step)).join('\n');

export const lastStep = (cases: readonly TypeCase[]): number => Math.max(...cases.map(({ changes }) => changes.length));

/** One import block for each case. */
export function importBlocks(
  cases: readonly TypeCase[],
  state: ReadonlyMap<string, Attributes>,
  binary: TerraformBinary = 'terraform',
): string {
  return cases
    .filter(isImportable)
    .map((one) => {
      const id = JSON.stringify(one.importId(state.get(addressOf(one)) ?? {}));
      // OpenTofu takes the provider from the name of the type otherwise, also where the resource names one.
      const provider = binary === 'tofu' && !one.type.startsWith('aws_') ? '  provider = aws\n' : '';
      return `import {\n  to = ${addressOf(one)}\n  id = ${id}\n${provider}}\n`;
    })
    .join('');
}

export function isImportable(one: TypeCase): one is TypeCase & Required<Pick<TypeCase, 'importId'>> {
  return one.importId !== undefined;
}
