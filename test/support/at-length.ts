/** Tests of minutes: they belong to a make target of their own, and `make test` counts them as not run. */
import { leftOutTitle } from './needs.ts';

/** Which variable a target sets to run its tests. */
const targets = {
  'make test-terraform': 'KEYSTEAD_TERRAFORM',
  'make test-packages': 'KEYSTEAD_PACKAGES',
  'make test-languages': 'KEYSTEAD_LANGUAGES',
  'make test-pipelines': 'KEYSTEAD_PIPELINES',
  'make test-drift': 'KEYSTEAD_DRIFT',
  'make interop': 'KEYSTEAD_INTEROP',
} as const;

export function describeAtLength(
  title: string,
  declare: () => void,
  target: keyof typeof targets = 'make test-terraform',
): void {
  if (process.env[targets[target]] === 'all') describe(title, declare);
  else test.skip(leftOutTitle(title, target), () => undefined);
}
