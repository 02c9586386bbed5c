/**
 * Makes an existing stack of the prebuilt AWS bindings talk to Keystead. Terraform chooses a provider by its source
 * address, which the prebuilt `AwsProvider` pins together with a version: both are replaced while the stack is
 * synthesized, so the program's own declarations stay as they are.
 */
import type { IConstruct } from 'constructs';
import { App, Aspects, TerraformStack } from '../cdk.ts';
import { AwsMove, type UseKeysteadOptions } from './aws-move.ts';
import { refuse } from './refuse.ts';

export type { UseKeysteadOptions } from './aws-move.ts';

/** What concerns a whole program, and not one construct. */
// biome-ignore lint/complexity/noStaticOnlyClass: other languages do not have functions outside of classes.
export class Keystead {
  /**
   * Points every prebuilt `AwsProvider` of an app or stack at Keystead, in any order of declarations. Refused at synth,
   * with a list, when the app has AWS resources that Keystead's provider does not have.
   * @param scope the app, or one of its stacks
   */
  static use(scope: IConstruct, options: UseKeysteadOptions = {}): void {
    const move = new AwsMove(options);
    if (TerraformStack.isStack(scope)) Aspects.of(scope).add(move);
    else if (App.isApp(scope)) moveEveryStack(scope, move);
    else refuse(scope, 'This is not an app or a stack.', 'Pass the app, or one of its stacks.');
  }
}

/**
 * The CDK visits stacks only: an aspect of the app itself would never be called. Stacks that exist have theirs at once,
 * for tests that synthesize a single stack; later ones when the app is synthesized.
 */
function moveEveryStack(app: App, move: AwsMove): void {
  const prepared = new Set<TerraformStack>();
  const prepare = () => {
    for (const stack of stacksOf(app)) {
      if (!prepared.has(stack)) Aspects.of(stack).add(move);
      prepared.add(stack);
    }
  };
  prepare();
  const synth = app.synth.bind(app);
  app.synth = () => {
    prepare();
    move.refuseUnknown(app, stacksOf(app));
    synth();
  };
}

function stacksOf(app: App): TerraformStack[] {
  return app.node.findAll().filter((node) => TerraformStack.isStack(node));
}
