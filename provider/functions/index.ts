/** Every function, a line for each. */
export { arnBuild } from './arn-build.ts';
export { arnParse } from './arn-parse.ts';
export { trimIamRolePath } from './trim-iam-role-path.ts';
export { userAgent } from './user-agent.ts';
