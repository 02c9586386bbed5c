/** Options that `keystead ci plan` and `keystead ci apply` share: which stack, and how Terraform reads and locks it. */
import { type Command, Option } from 'commander';
import { type Connection, type ConnectionOptions, connect, withConnectionOptions } from '../shared/connection.ts';
import type { PlanOptions } from './saved/meta.ts';

export interface StackOptions extends ConnectionOptions {
  readonly dir: string;
  readonly workspace?: string;
  readonly terraform: string;
  readonly varFile?: readonly string[];
  readonly destroy?: boolean;
  readonly backendConfig?: readonly string[];
  readonly lockTimeout?: string;
  /** False: --no-lock. */
  readonly lock: boolean;
  readonly encryptWith?: string;
}

export function withStackOptions(command: Command): Command {
  return withConnectionOptions(command)
    .option('--dir <dir>', 'directory of the stack', '.')
    .option('--workspace <name>', 'workspace (default: the one that is selected)')
    .option('--var-file <files...>', "files of variables, from the stack's directory")
    .option('--destroy', 'destroy everything that the stack declares')
    .option('--backend-config <values...>', 'of the backend, as terraform init takes them: KEY=VALUE or a file')
    .option('--lock-timeout <duration>', 'how long to wait for the lock of the state, such as 10m')
    .option('--no-lock', 'do not lock the state: where the role must not write to the backend')
    .addOption(
      new Option('--terraform <binary>', 'Terraform or OpenTofu').env('TERRAFORM_BINARY_NAME').default('terraform'),
    );
}

export const planOptionsOf = ({ varFile = [], destroy = false }: StackOptions): PlanOptions => ({ varFile, destroy });

export const initArguments = ({ backendConfig = [] }: StackOptions): readonly string[] => [
  ...['init', '-input=false', '-no-color'],
  ...backendConfig.map((value) => `-backend-config=${value}`),
];

export const planArguments = (options: StackOptions, file: string): readonly string[] => [
  ...['plan', '-input=false', '-json', '-detailed-exitcode', `-out=${file}`],
  ...lockArguments(options),
  ...(options.destroy ? ['-destroy'] : []),
  ...(options.varFile ?? []).map((path) => `-var-file=${path}`),
];

export const lockArguments = ({ lock, lockTimeout }: StackOptions): readonly string[] => [
  ...(lock ? [] : ['-lock=false']),
  ...(lockTimeout === undefined ? [] : [`-lock-timeout=${lockTimeout}`]),
];

/** Connects at the first call: a plan of a stack without keys needs no control plane. */
export function connecting(options: ConnectionOptions): () => Promise<Connection> {
  let connection: Promise<Connection> | undefined;
  return () => {
    connection ??= connect(options);
    return connection;
  };
}
