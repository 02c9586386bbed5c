/**
 * The page of the running job, from what the CI system sets.
 * Source: GitHub Docs, "Variables reference"; GitLab Docs, "Predefined CI/CD variables reference".
 */
export function jobUrl(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, CI_JOB_URL: job } = env;
  const url = server && repository && run ? `${server}/${repository}/actions/runs/${run}` : job;
  return url !== undefined && URL.canParse(url) && !/[\s()<>]/.test(url) ? url : undefined;
}
