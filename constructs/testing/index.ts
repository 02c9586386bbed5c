/** Assertions about stacks, for jest, vitest, node:test and any other runner. */
export type { Arguments } from './candidates.ts';
export { type AsymmetricMatcher, Match } from './match.ts';
export { type KeyReference, KeysteadTemplate } from './template.ts';
