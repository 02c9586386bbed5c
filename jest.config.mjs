// Tests run as native ES modules on TypeScript sources: the transform strips the types, Node resolves the rest.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/strip-types.mjs' },
  // Much of a test's time is waiting for servers and Terraform: two at once also on two cores.
  maxWorkers: '100%',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  testTimeout: 300_000,
};
