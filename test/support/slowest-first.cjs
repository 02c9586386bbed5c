// @ts-check
/**
 * The order of the suites: those that take longest come first, so that no worker ends up with one of them alone. Jest
 * knows how long a suite took only on a machine that ran it before; elsewhere it takes the larger file first.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** By processor time, with that of the processes that they start. */
const slowest = [
  'e2e/key-states',
  'reliability/kill',
  'e2e/terraform',
  'terraform/lifecycle',
  'terraform/opentofu',
  'terraform/killed',
  'e2e/terraform-scale',
  'e2e/fuzz-random',
  'interop/aws-cli',
  'e2e/personas',
  'e2e/root-key',
  'e2e/provider-lifecycle',
  'e2e/aws-provider-states',
  'e2e/serve',
  'e2e/terraform-data-sources',
  'e2e/demo',
  'examples/lives',
  'examples/apply',
  'hsm/crypto/ml-dsa-vectors',
  'e2e/policy-documents',
  'e2e/fuzz-contract',
  'e2e/hsm-boundary',
  'e2e/drift',
].map((name) => `/test/${name}.test.ts`);

module.exports = class SlowestFirst extends Sequencer {
  /**
   * @override
   * @param {import('@jest/test-result').Test[]} tests
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    const place = (/** @type {{ readonly path: string }} */ { path }) => {
      const found = slowest.findIndex((name) => path.endsWith(name));
      return found === -1 ? slowest.length : found;
    };
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
};
