/** Every function of the provider, exported under its name in configurations. */
export { arnBuild as arn_build } from './arn-build.ts';
export { arnParse as arn_parse } from './arn-parse.ts';
export { trimIamRolePath as trim_iam_role_path } from './trim-iam-role-path.ts';
export { userAgent as user_agent } from './user-agent.ts';
