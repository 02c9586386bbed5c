/**
 * Property tests draw the same examples in every run, so that a failure is everybody's failure. KEYSTEAD_TEST_SEED names
 * another seed; `random` explores, and prints the seed of what it finds.
 */
import fc from 'fast-check';

const { KEYSTEAD_TEST_SEED: seed = '20260101' } = process.env;

if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
