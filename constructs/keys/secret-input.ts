/**
 * Secrets that Terraform is to hand over: key material, passwords, plaintexts. A program never holds one: it says where
 * Terraform finds it. They go into write-only arguments, so neither a plan nor a state has them.
 */
import { join, relative, resolve } from 'node:path';
import type { IConstruct } from 'constructs';
import { App, TerraformStack, type TerraformVariable, Token } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';

/** The value as a Terraform expression, for the construct that uses it. */
type Expression = (at: IConstruct) => string;

/** Where Terraform finds a secret. Arguments that take one need Terraform or OpenTofu 1.11 or newer. */
export class SecretInput {
  /** @internal */
  readonly _expression: Expression;

  private constructor(expression: Expression) {
    this._expression = expression;
  }

  /**
   * A variable of the stack, which must be declared `sensitive`. It becomes ephemeral: its value is in no plan file
   * either, and is given to `plan` and to `apply`.
   * @example SecretInput.fromVariable(new TerraformVariable(stack, 'material', { type: 'string', sensitive: true }))
   */
  static fromVariable(variable: TerraformVariable): SecretInput {
    return new SecretInput((at) => {
      if (variable.sensitive !== true) {
        refuse(at, `The variable ${variable.node.path} is not sensitive.`, 'Declare it with sensitive: true.');
      }
      variable.addOverride('ephemeral', true);
      return variable.stringValue;
    });
  }

  /**
   * A text file where Terraform runs, without the white space around it. A relative path starts where the program runs.
   * @example SecretInput.fromFile('secrets/hsm-password.txt')
   */
  static fromFile(path: string): SecretInput {
    return new SecretInput((at) => `\${trimspace(file(${quotedPath(at, path)}))}`);
  }

  /**
   * The bytes of a file where Terraform runs, in base64: key material as tools write it. A relative path starts where
   * the program runs.
   * @example SecretInput.fromBinaryFile('secrets/key-material.bin')
   */
  static fromBinaryFile(path: string): SecretInput {
    return new SecretInput((at) => `\${filebase64(${quotedPath(at, path)})}`);
  }

  /**
   * A value that only Terraform knows, such as an attribute of an ephemeral resource. Text is refused where it is used.
   * @example SecretInput.fromReference(secrets.plaintextOf('password'))
   */
  static fromReference(reference: string): SecretInput {
    return new SecretInput((at) => {
      if (Token.isUnresolved(reference) || /^\$\{[^{}]+\}$/.test(reference)) return reference;
      return refuseLiteral(at);
    });
  }
}

/** @throws Error when the value is a literal, as a program without types can give it. */
export function secretText(at: IConstruct, secret: SecretInput): string {
  return secret instanceof SecretInput ? secret._expression(at) : refuseLiteral(at);
}

function refuseLiteral(at: IConstruct): never {
  return refuse(
    at,
    'A secret is written in the program, so it would be in the stack, in version control and in every plan.',
    'Use SecretInput.fromVariable, fromFile, fromBinaryFile or fromReference.',
  );
}

/** Relative to the folder that the stack is written to, which a checkout can have anywhere. */
function quotedPath(at: IConstruct, path: string): string {
  if (Token.isUnresolved(path)) return `"${path}"`;
  const stack = TerraformStack.of(at);
  const fromStack = relative(join(resolve(App.of(at).outdir), 'stacks', stack.node.id), resolve(path));
  const text = path.startsWith('/') ? path : `\${path.module}/${fromStack}`;
  return `"${text.replaceAll('\\', '/').replaceAll('"', '\\"')}"`;
}
