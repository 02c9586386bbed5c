/** The states of all stacks that are compared together. Nothing to compare is a mistake, and never a clean report. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { CommandError } from '../../shared/report.ts';
import { withCode } from './code.ts';
import { type Configured, readConfigured } from './configured.ts';
import { type DeclaredResource, nameOf, parseDeclared } from './declared.ts';
import { type CodeDifferences, parsePlanned } from './planned.ts';
import type { Stack } from './stack.ts';
import { readStateText } from './state-text.ts';

export interface ReadStack {
  readonly stack: Stack;
  readonly resources: readonly DeclaredResource[];
  readonly ofOtherProviders: number;
  /** Of a plan. */
  readonly code?: CodeDifferences;
}

/**
 * @throws CommandError when a stack has no state, a state of another provider, or nothing that drift compares, and when
 * two states declare the same object
 */
export async function readStacks(stacks: readonly Stack[]): Promise<readonly ReadStack[]> {
  const read = await Promise.all(stacks.map(readStack));
  requireDeclaredOnce(read);
  return read;
}

async function readStack(stack: Stack): Promise<ReadStack> {
  const text = await readStateText(stack.source);
  if ('plan' in stack.source) return ofPlan(stack, text);
  const { resources, ofOtherProviders, otherProviders, types } = parseDeclared(text, stack.region, stack.provider);
  const configured = await configurationOf(stack);
  const known = configured ? resources.map((resource) => asConfigured(resource, configured)) : resources;
  if (stack.code === undefined || configured === undefined) {
    if (resources.length === 0 && !stack.mayBeEmpty) throw nothingIn(stack, { otherProviders, types });
    return { stack, resources: known, ofOtherProviders };
  }
  const compared = withCode(known, configured, stack.region);
  if (resources.length + compared.code.notApplied.length === 0 && !stack.mayBeEmpty) {
    throw nothingIn(stack, { otherProviders, types });
  }
  return { stack, ...compared, ofOtherProviders };
}

/** Its values follow `ignore_changes` already. */
function ofPlan(stack: Stack, text: string): ReadStack {
  const { resources, ofOtherProviders, notApplied, notInCode, ...rest } = parsePlanned(
    text,
    stack.region,
    stack.provider,
  );
  if (resources.length + notApplied.length === 0 && !stack.mayBeEmpty) throw nothingIn(stack, rest);
  return { stack, resources, ofOtherProviders, code: { notApplied, notInCode } };
}

/** A directory has its configuration beside the state; a file has one that is named. */
async function configurationOf({ source, code }: Stack): Promise<Configured | undefined> {
  if (code !== undefined) return readConfigured(code);
  return 'dir' in source ? readConfigured(source.dir) : undefined;
}

function asConfigured(resource: DeclaredResource, configured: Configured): DeclaredResource {
  const { address } = resource;
  return {
    ...resource,
    ignoresChange: (attribute) => configured.ignoresChange(address, attribute),
    writes: (attribute) => configured.writes(address, attribute),
    ...defined({ constructPath: configured.constructPath(address) }),
  };
}

function nothingIn(
  { name, provider }: Stack,
  { otherProviders, types }: { readonly otherProviders: readonly string[]; readonly types: readonly string[] },
): CommandError {
  if (otherProviders.length > 0) {
    return new CommandError(
      `The keys in the state of ${name} belong to another provider: ${otherProviders.join(', ')} instead of ${provider}.`,
      'Name the provider whose resources to compare with --provider, or another stack.',
    );
  }
  if (types.length > 0) {
    return new CommandError(
      `The state of ${name} has nothing that drift compares, only ${types.join(', ')}.`,
      'Name another stack, or say that it can be empty: --allow-empty, or "empty: true" in keystead-drift.yaml.',
    );
  }
  return new CommandError(
    `${name} has no state: nothing was applied there, or everything was destroyed.`,
    'Name the directory of an applied stack and its --workspace, after terraform init; or say that it can be empty: ' +
      '--allow-empty, or "empty: true" in keystead-drift.yaml.',
  );
}

/** Two states of one stack, an old copy beside the present one, would each call the other's objects drift. */
function requireDeclaredOnce(read: readonly ReadStack[]): void {
  const declared = new Map<string, { readonly stack: Stack; readonly address: string }>();
  for (const { stack, resources } of read) {
    for (const resource of resources) {
      const name = `${stack.endpoint} ${nameOf(resource)}`;
      const first = declared.get(name);
      if (nameOf(resource) === '') continue;
      if (first === undefined) declared.set(name, { stack, address: resource.address });
      else if (first.stack !== stack) {
        throw new CommandError(
          `Two states declare the same object: ${first.address} in ${first.stack.name}, and ${resource.address} in ` +
            `${stack.name}.`,
          'Give one state of each stack. An object that two stacks declare must be removed from the state of one.',
        );
      }
    }
  }
}
