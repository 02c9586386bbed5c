// Tests run as native ES modules on TypeScript sources: swc strips the types, Node resolves the rest.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  // Much of a test's time is waiting for servers and Terraform: two at once also on two cores.
  maxWorkers: '100%',
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  testTimeout: 120_000,
};
