/**
 * Writes everything that is generated and checked in, or with --check says which files are stale and exits 1.
 * Each room's generator knows its own files; the order is that of dependence.
 */
import { spawnSync } from 'node:child_process';

const generators = [
  'provider-schema/generate.ts',
  'provider/proto/generate.ts',
  'constructs/build/generate.ts',
  'test/contract/compatibility/generate.ts',
];

const stale = generators.filter((generator) => {
  const { status } = spawnSync(process.execPath, [generator, ...process.argv.slice(2)], { stdio: 'inherit' });
  return status !== 0;
});
if (stale.length > 0) {
  console.error(`Failed: ${stale.join(', ')}. Hint: run "make generate" and commit what it writes.`);
  process.exit(1);
}
