/** A rule: policies of keys name who they allow. */
import type { IConstruct } from 'constructs';
import { DefaultTokenResolver, type IAspect, StringConcat, Tokenization } from '../cdk.ts';
import { type Inputs, keyTypes, reportLater, resourceOf } from './compliance.ts';

export interface RequireNamedPrincipalsProps {
  /**
   * What to do about a policy that breaks the rule: `REFUSE` or `WARN`.
   * @default 'REFUSE'
   * @example 'WARN'
   */
  readonly mode?: 'REFUSE' | 'WARN';
  /**
   * Accepts `*` in a statement that has conditions, such as kms:CallerAccount.
   * @default false
   * @example true
   */
  readonly allowWithConditions?: boolean;
}

/**
 * No key policy allows the principal `*`.
 * @example Aspects.of(app).add(new RequireNamedPrincipals())
 */
export class RequireNamedPrincipals implements IAspect {
  readonly #props: RequireNamedPrincipalsProps;

  constructor(props: RequireNamedPrincipalsProps = {}) {
    this.#props = props;
  }

  visit(node: IConstruct): void {
    const key = resourceOf(node, [...keyTypes, 'aws_kms_key_policy']);
    if (key === undefined) return;
    const { mode, allowWithConditions = false } = this.#props;
    reportLater(this, mode, key, () => {
      const open = statementsOf(key).filter(({ Condition }) => !(allowWithConditions && Condition !== undefined));
      const [first] = open.filter(allowsEverybody);
      if (first === undefined) return undefined;
      return {
        problem: `The key policy allows everybody ("*") ${JSON.stringify(first.Action)}.`,
        remedy: 'Name the principals, or trust their account.',
      };
    });
  }
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

function allowsEverybody({ Effect: effect, Principal: principal, NotPrincipal: others }: Statement): boolean {
  if (effect !== 'Allow') return false;
  if (others !== undefined || principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  return [(principal as { readonly AWS?: unknown }).AWS].flat().includes('*');
}

/** Of a policy that is text in this program; a reference to another policy is not read. */
function statementsOf(key: Inputs): Statement[] {
  if (typeof key.policyInput !== 'string') return [];
  const resolver = new DefaultTokenResolver(new StringConcat());
  try {
    const text = Tokenization.resolve(key.policyInput, { scope: key, resolver, preparing: false });
    const { Statement: all } = JSON.parse(String(text)) as { readonly Statement?: Statement | Statement[] };
    return [all].flat().filter((statement) => statement !== undefined);
  } catch {
    return [];
  }
}
