/** The provider block as plain settings: arguments that the AWS provider had in its versions 3 and 4. */
import { readSettings } from '@keystead/provider/client/settings.ts';
import { Engine } from '@keystead/provider/engine/engine.ts';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import { provider } from '@keystead/provider/provider.ts';

describe('arguments that the AWS provider had before', () => {
  const settings = (config: ObjectValue) => readSettings(config, {});

  test('shared_credentials_file is one of the shared credentials files', () => {
    expect(settings({ shared_credentials_file: '/a' }).sharedCredentialsFiles).toEqual(['/a']);
    expect(settings({ shared_credentials_files: ['/b', '/c'] }).sharedCredentialsFiles).toEqual(['/b', '/c']);
  });

  test('assume_role.duration_seconds is the duration of the session', () => {
    const role_arn = 'arn:aws:iam::111122223333:role/a';
    const durations = [{ duration_seconds: 1800 }, { duration: '1h30m' }, {}].map(
      (block) => settings({ assume_role: [{ role_arn, ...block }] }).roles[0]?.DurationSeconds,
    );
    expect(durations).toEqual([1800, 5400, undefined]);
  });

  test.each([
    [{ shared_credentials_file: '/a' }, ['shared_credentials_file']],
    [{ skip_get_ec2_platforms: true }, ['skip_get_ec2_platforms']],
    [{ s3_force_path_style: false }, ['s3_force_path_style']],
    [{ assume_role: [{ duration_seconds: 900 }] }, ['assume_role', 0, 'duration_seconds']],
  ])('%j gives a warning that says what replaced it', (config, path) => {
    const found = new Engine(provider).validateProvider(config);
    expect(found).toEqual([
      {
        severity: 'warning',
        summary: 'Argument is deprecated',
        detail: expect.stringMatching(/deprecated\. .+/),
        path,
      },
    ]);
  });

  test.each([
    [{ shared_credentials_file: '/a', shared_credentials_files: ['/b'] }, 'Conflicting arguments'],
    [{ assume_role: [{ duration: '1h', duration_seconds: 3600 }] }, 'Conflicting arguments'],
    [{ assume_role: [{ duration_seconds: 60 }] }, 'Invalid value'],
  ])('%j is refused', (config, summary) => {
    const errors = new Engine(provider).validateProvider(config).filter(({ severity }) => severity === 'error');
    expect(errors[0]?.summary).toBe(summary);
  });
});
