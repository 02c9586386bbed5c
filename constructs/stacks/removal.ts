/** Terraform's own guard against destroying or replacing a resource, on by default. */
import type { TerraformResourceLifecycle } from '../cdk.ts';

export function removalLifecycle(removalProtection = true): { lifecycle?: TerraformResourceLifecycle } {
  return removalProtection ? { lifecycle: { preventDestroy: true } } : {};
}
