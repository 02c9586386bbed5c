/** Tests of minutes: they belong to `make test-terraform` alone, and `make test` counts them as not run. */
import { leftOutTitle } from './needs.ts';

export function describeAtLength(title: string, declare: () => void): void {
  if (process.env.KEYSTEAD_TERRAFORM === 'all') describe(title, declare);
  else test.skip(leftOutTitle(title, 'make test-terraform'), () => undefined);
}
