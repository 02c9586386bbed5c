/** A rule: every key is protected from deletion. */
import type { IConstruct } from 'constructs';
import type { IAspect } from '../cdk.ts';
import { type ComplianceProps, keyTypes, reportLater, resourceOf } from './compliance.ts';

/**
 * Deletion protection of every key and replica, those of bindings included.
 * @example Aspects.of(app).add(new RequireDeletionProtection())
 */
export class RequireDeletionProtection implements IAspect {
  readonly #props: ComplianceProps;

  constructor(props: ComplianceProps = {}) {
    this.#props = props;
  }

  visit(node: IConstruct): void {
    const key = resourceOf(node, keyTypes);
    if (key === undefined) return;
    const { mode } = this.#props;
    if (mode === 'FIX') key.deletionProtection = true;
    reportLater(this, mode, key, () =>
      key.deletionProtectionInput === undefined || key.deletionProtectionInput === false
        ? {
            problem: 'The key is not protected from deletion.',
            remedy: "Leave removalProtection at its default, or give the rule mode: 'FIX'.",
          }
        : undefined,
    );
  }
}
