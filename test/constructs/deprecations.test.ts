/** A deprecation of the constructs says what to use instead and when it ends, and is kept for two minor versions. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../constructs');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const notice = /^since (\d+)\.(\d+): use .+?\. Removed in (\d+)\.(\d+)\.$/;

/** What is wrong with the deprecations of a source file, as of a version. */
function deprecationFaults(source: string, currentVersion: string): string[] {
  const comments = [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) =>
    comment.replace(/^\s*\/?\*+\/? ?/gm, ''),
  );
  const notices = comments.flatMap((comment) => comment.split(/^@(?=\w)|\s@(?=deprecated\b)/m).slice(1));
  return notices
    .filter((tag) => tag.startsWith('deprecated'))
    .flatMap((tag) => {
      const text = tag.replace('deprecated', '').replaceAll('*/', '').replaceAll(/\s+/g, ' ').trim();
      const [, major, minor, lastMajor, lastMinor] = (notice.exec(text) ?? []).map(Number);
      if (major === undefined || minor === undefined || lastMajor === undefined || lastMinor === undefined) {
        return [`"${text}" is not "since 1.3: use …. Removed in 1.5."`];
      }
      const [currentMajor = 0, currentMinor = 0] = currentVersion.split('.').map(Number);
      const isReached = currentMajor > lastMajor || (currentMajor === lastMajor && currentMinor >= lastMinor);
      return [
        ...(lastMajor === major && lastMinor < minor + 2 ? [`"${text}" is kept for less than two minor versions`] : []),
        ...(isReached ? [`"${text}" is due: remove what is deprecated`] : []),
      ];
    });
}

const sources = globSync('**/*.ts', { cwd: root, exclude: ['dist/**', '**/node_modules/**', 'generated/**'] });

test('every deprecation of the constructs names what to use, and ends in two minor versions or later', () => {
  expect(sources.length).toBeGreaterThan(30);
  const faults = sources.flatMap((path) =>
    deprecationFaults(readFileSync(join(root, path), 'utf8'), version).map((fault) => `${path}: ${fault}`),
  );
  expect(faults).toEqual([]);
});

test.each<readonly [string, string, readonly string[]]>([
  ['since 0.2: use `Key`. Removed in 0.4.', '0.3.1', []],
  ['since 0.2: use `Key`. Removed in 1.0.', '0.9.0', []],
  ['', '0.1.0', [expect.stringContaining('is not "since')]],
  ['use `Key`', '0.1.0', [expect.stringContaining('is not "since')]],
  ['since 0.2. Removed in 0.4.', '0.2.0', [expect.stringContaining('is not "since')]],
  ['since 0.2: use `Key`. Removed in 0.3.', '0.2.0', [expect.stringContaining('less than two minor versions')]],
  ['since 0.2: use `Key`. Removed in 0.4.', '0.4.0', [expect.stringContaining('is due')]],
])('"%s" in version %s', (text, current, faults) => {
  expect(deprecationFaults(`/** Makes a key. @deprecated ${text} */`, current)).toEqual(faults);
  expect(deprecationFaults(`/**\n * Makes a key.\n * @deprecated ${text}\n * @default - none\n */`, current)).toEqual(
    faults,
  );
});
