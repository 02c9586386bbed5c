import { chooseSessionName } from '@keystead/control-plane/cli/shared/session-name.ts';

const chosen = (env: NodeJS.ProcessEnv) => {
  chooseSessionName(env);
  return env.AWS_ROLE_SESSION_NAME;
};

test('a command with an identity token has a session name that nobody can guess, which its children inherit', () => {
  const names = [1, 2].map(() => chosen({ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }));
  expect(names[0]).toMatch(/^keystead-[\da-f-]{36}$/);
  expect(names[0]).not.toBe(names[1]);
});

test('the job’s own name is kept, and without an identity token none is chosen', () => {
  expect(chosen({ AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_SESSION_NAME: 'job-7' })).toBe('job-7');
  expect(chosen({})).toBeUndefined();
});
