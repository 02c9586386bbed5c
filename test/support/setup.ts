/**
 * Property tests use the same examples in every run, so that every failure can be reproduced. KEYSTEAD_TEST_SEED sets
 * another seed; `random` uses new examples, and a failure prints its seed.
 */
import fc from 'fast-check';

const { KEYSTEAD_TEST_SEED: seed = '20260101' } = process.env;

if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
