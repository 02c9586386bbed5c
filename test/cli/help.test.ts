/** Every command explains itself, and mistakes in usage end with the exit code that the guide promises. */
import { runKeystead } from '../support/server.ts';

test.each([
  [[], ['serve', 'root-key', 'identity', 'key-store', 'audit', 'drift']],
  [['serve'], ['--listen', '--data-dir', '--database', 'KEYSTEAD_LISTEN', 'Exit codes']],
  [
    ['identity'],
    [
      'create-user',
      'list-users',
      'delete-user',
      'create-access-key',
      'list-access-keys',
      'activate-access-key',
      'deactivate-access-key',
      'delete-access-key',
      'add-to-group',
      'create-role',
      'attach-policy',
      'set-boundary',
      'create-oidc-provider',
      'create-account',
      'create-service',
      'aws iam',
    ],
  ],
  [
    ['identity', 'attach-policy'],
    ['<policy>', '--user', '--group', '--role', 'by name or ARN'],
  ],
  [
    ['identity', 'create-user'],
    ['<name>', '--endpoint', 'KEYSTEAD_ENDPOINT', '--region'],
  ],
  [['root-key'], ['rotate', 'status', 'remove-generations']],
  [
    ['root-key', 'rotate'],
    ['--wait', '--seal', '--passphrase-file', '--data-dir', 'Back the file up'],
  ],
  [
    ['root-key', 'remove-generations'],
    ['if nothing needs them', '36 hours and 15 minutes', 'know your backups'],
  ],
  [['audit'], ['tail', 'verify', 'rebuild-index']],
  [
    ['audit', 'tail'],
    ['--lines', '--follow', '--data-dir', 'KEYSTEAD_DATABASE'],
  ],
  [
    ['audit', 'verify'],
    ['--data-dir', '--database', '--checkpoint-interval'],
  ],
  [['key-store'], ['check-proxy', 'check-token']],
  [
    ['terraform', 'check'],
    ['[dirs...]', '--json', 'Exit codes: 0 everything is served, 2 something is not, 1 error'],
  ],
  [
    ['ci', 'roles'],
    [
      '--repo',
      '--provider',
      '--create',
      '--yes',
      '--token-use',
      'Examples:',
      'Exit codes: 0 printed or created, 1 error',
    ],
  ],
  [
    ['drift'],
    [
      '--dir',
      '--state',
      '--workspace',
      '--config',
      '--baseline',
      '--unmanaged',
      '--report',
      'accept',
      '--json',
      '--ignore-tags',
      '--provider',
      'Exit codes: 0 no drift, 2 drift, 1 error',
    ],
  ],
] as const)('keystead %j --help', async (command, parts) => {
  const { code, stdout, stderr } = await runKeystead([...command, '--help']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Usage: keystead/);
  for (const part of parts) expect(stdout).toContain(part);
  expect(code).toBe(0);
});

test.each([
  ['an unknown command', ['nope'], 2],
  ['an unknown subcommand', ['identity', 'nope'], 2],
  ['a missing argument', ['identity', 'create-user'], 2],
  ['an unknown option', ['audit', 'tail', '--nope'], 2],
  // Exit code 2 of drift means that drift was found.
  ['an unknown option of drift', ['drift', '--nope'], 1],
  ['a file that is not there', ['drift', '--state', '/nowhere.json'], 1],
  ['a Terraform that is not there', ['drift', '--terraform', 'terraform-of-nobody'], 1],
  ['a directory that does not exist', ['drift', '--dir', '/nowhere'], 1],
  // Exit code 2 of watch means that a change was seen.
  ['an unknown option of watch', ['drift', 'watch', '--nope'], 1],
  ['an interval that is not a number', ['drift', 'watch', '--interval', 'soon'], 1],
  ['an explanation of nothing', ['drift', 'explain'], 1],
  // Exit code 2 of check means that something is not served.
  ['an unknown option of check', ['terraform', 'check', '--nope'], 1],
  ['a directory without configurations', ['terraform', 'check', '/nowhere'], 1],
  // Exit code 2 of plan means that there are changes.
  ['an unknown command of ci', ['ci', 'nope'], 1],
  ['roles of no CI system', ['ci', 'roles', '--repo', 'team/app'], 1],
  ['roles of an unknown CI system', ['ci', 'roles', '--repo', 'team/app', '--provider', 'nope'], 1],
  ['roles of half a repository', ['ci', 'roles', '--repo', 'app', '--provider', 'github'], 1],
  ['roles of many repositories', ['ci', 'roles', '--repo', 'team/*', '--provider', 'github'], 1],
  ['roles of half an identity', ['ci', 'roles', '--repo', 'a/b', '--provider', 'github', '--repo-id', '7'], 1],
  ['roles in a file that cannot be', ['ci', 'roles', '--repo', 'a/b', '--provider', 'github', '--out', '/no/file'], 1],
] as const)('%s ends with its exit code and says what is wrong', async (_, command, expected) => {
  const { code, stdout, stderr } = await runKeystead(command);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^(error|keystead): .+\n(\(run with --help|.*hint: )/s);
  expect(code).toBe(expected);
});
