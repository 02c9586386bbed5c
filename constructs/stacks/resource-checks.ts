/**
 * Checks of everything that a stack declares with the types of our provider, whether a construct or a binding declares
 * it: one walk before the stack is written, after every aspect. What it finds is reported at the construct.
 */
import type { IConstruct } from 'constructs';
import { TerraformResource, TerraformStack } from '../cdk.ts';
import { aliasFindings } from './alias-checks.ts';
import { cycleFindings } from './cycle-checks.ts';
import { declaring } from './declaring.ts';
import { descriptionFindings } from './description-checks.ts';
import type { ResourceFinding } from './finding.ts';
import { secretFindings } from './secret-checks.ts';
import { tagFindings } from './tag-checks.ts';

const checkedStacks = new WeakSet<TerraformStack>();

/** Has the stack checked whenever it is written. */
export function checkResourcesOf(stack: TerraformStack): void {
  if (checkedStacks.has(stack)) return;
  checkedStacks.add(stack);
  // A stack is validated before what is in it, so each finding can be reported by the construct that it is about.
  stack.node.addValidation({
    validate: () => {
      report(stack);
      return [];
    },
  });
}

/** What the last walk found at each construct. */
const textsAt = new WeakMap<IConstruct, string[]>();

function report(stack: TerraformStack): void {
  const nodes = stack.node.findAll();
  for (const node of nodes) if (textsAt.has(node)) textsAt.set(node, []);
  const resources = nodes.filter(
    (node): node is TerraformResource =>
      TerraformResource.isTerraformResource(node) && TerraformStack.of(node) === stack,
  );
  for (const { at, text } of findingsIn(stack, resources)) addText(declaring(at), text);
}

function findingsIn(stack: TerraformStack, resources: readonly TerraformResource[]): ResourceFinding[] {
  return [
    ...resources.flatMap(tagFindings),
    ...resources.flatMap(descriptionFindings),
    ...secretFindings(stack, resources),
    ...aliasFindings(stack, resources),
    ...cycleFindings(resources),
  ];
}

function addText(at: IConstruct, text: string): void {
  const texts = textsAt.get(at);
  if (texts === undefined) at.node.addValidation({ validate: () => textsAt.get(at) ?? [] });
  textsAt.set(at, [...(texts ?? []), text]);
}
