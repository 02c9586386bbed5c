/**
 * What Terraform's state declares, read from `terraform show -json` (format version 1.x): the managed `aws_kms_*`
 * resources of every module.
 */
import { CommandError } from '../report.ts';

export interface DeclaredResource {
  /** `module.keys.aws_kms_key.orders[0]` */
  readonly address: string;
  readonly type: DeclaredType;
  readonly region: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const declaredTypes = [
  'aws_kms_key',
  'aws_kms_replica_key',
  'aws_kms_key_policy',
  'aws_kms_alias',
  'aws_kms_grant',
] as const;
export type DeclaredType = (typeof declaredTypes)[number];

interface Module {
  readonly resources?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly type: string;
    readonly values?: Readonly<Record<string, unknown>>;
  }[];
  readonly child_modules?: readonly Module[];
}

/**
 * @param text output of `terraform show -json`
 * @throws CommandError when it is something else
 */
export function parseDeclared(text: string, defaultRegion: string): readonly DeclaredResource[] {
  const state = parseState(text);
  return state === undefined ? [] : resourcesOf(state, defaultRegion);
}

function parseState(text: string): Module | undefined {
  let document: { readonly format_version?: unknown; readonly values?: { readonly root_module?: Module } };
  try {
    document = JSON.parse(text);
  } catch {
    throw new CommandError('The Terraform state is not JSON.', 'Give the output of "terraform show -json".');
  }
  if (typeof document?.format_version !== 'string' || !document.format_version.startsWith('1.')) {
    throw new CommandError(
      'The Terraform state is not in the format of "terraform show -json" (format_version 1.x).',
      'A terraform.tfstate file is another format: run "terraform show -json" in the stack\'s directory.',
    );
  }
  return document.values?.root_module;
}

function resourcesOf(module: Module, defaultRegion: string): DeclaredResource[] {
  const own = (module.resources ?? []).flatMap((resource) => {
    const type = declaredTypes.find((known) => known === resource.type);
    if (resource.mode !== 'managed' || type === undefined) return [];
    const values = resource.values ?? {};
    const region = typeof values.region === 'string' ? values.region : defaultRegion;
    return [{ address: resource.address, type, region, values }];
  });
  return [...own, ...(module.child_modules ?? []).flatMap((child) => resourcesOf(child, defaultRegion))];
}
