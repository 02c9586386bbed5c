/** A rule: aliases are named by a pattern. */
import type { IConstruct } from 'constructs';
import { type IAspect, Token } from '../cdk.ts';
import { type ComplianceProps, reportLater, resourceOf } from './compliance.ts';

export interface RequireAliasNamesProps extends ComplianceProps {
  /**
   * Regular expression that every alias name fits as a whole, without `alias/`.
   * @example '(shop|sales)/[a-z-]+'
   */
  readonly pattern: string;
  /**
   * With mode FIX: what is put in front of a name that does not fit. A name that does not fit then either is refused.
   * @default - none
   * @example 'shop/'
   */
  readonly prefix?: string;
}

/**
 * Names of all aliases by one pattern.
 * @example Aspects.of(stack).add(new RequireAliasNames({ pattern: 'shop/.+' }))
 */
export class RequireAliasNames implements IAspect {
  readonly #props: RequireAliasNamesProps;

  constructor(props: RequireAliasNamesProps) {
    this.#props = props;
  }

  visit(node: IConstruct): void {
    const alias = resourceOf(node, ['aws_kms_alias']);
    if (alias === undefined) return;
    const { mode, pattern, prefix } = this.#props;
    const misfit = () => misfitting(alias.nameInput, pattern);
    const name = misfit();
    if (mode === 'FIX' && prefix !== undefined && name !== undefined) alias.name = `alias/${prefix}${name}`;
    reportLater(this, mode, alias, () => {
      const other = misfit();
      if (other === undefined) return undefined;
      return {
        problem: `The alias name "${other}" does not fit the pattern ${pattern}.`,
        remedy: 'Choose a name that does.',
      };
    });
  }
}

/** The name without its prefix, if it is known and does not fit. */
function misfitting(name: unknown, pattern: string): string | undefined {
  if (typeof name !== 'string' || Token.isUnresolved(name)) return undefined;
  const bare = name.replace(/^alias\//, '');
  return new RegExp(`^(?:${pattern})$`).test(bare) ? undefined : bare;
}
