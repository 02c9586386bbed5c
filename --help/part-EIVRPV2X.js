import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  acceptChanges,
  comparedAccess,
  count,
  countsOf,
  describePolicyDifference,
  escapeMarkdown,
  groupsOf,
  linesOf,
  markdownReport,
  samePolicy,
  titleOf,
  whoLines
} from "./part-FVA5DKDX.js";
import {
  Refusal,
  connect,
  withConnectionOptions
} from "./part-4LPORNA4.js";
import "./part-I6WPCKDI.js";
import {
  Command,
  CommandError,
  InvalidArgumentError,
  Option
} from "./part-K2DAL35S.js";
import "./part-5XLD6PTW.js";
import {
  operations
} from "./part-E3TKCTZV.js";
import "./part-FTZTQLRL.js";
import "./part-NELHBBMN.js";
import "./part-XHY5IHGK.js";
import "./part-YFCC4CVH.js";
import "./part-6ACPXKQJ.js";
import {
  isAccountId
} from "./part-6MSZOWH6.js";
import "./part-XDU5MBKC.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import "./part-RN4T6Q5A.js";
import "./part-J52KMMNH.js";

// control-plane/cli/ci/annotate.ts
import { writeFile } from "node:fs/promises";

// control-plane/cli/ci/forges/annotations.ts
import { createHash } from "node:crypto";
var SHOWN_OF_A_LEVEL = 10;
var levels = {
  "access gained": "error",
  "protection lost": "error",
  "data at risk": "error",
  "use lost": "warning",
  cosmetic: "notice"
};
function workflowCommands(findings) {
  const groups = groupsOf(findings);
  return ["error", "warning", "notice"].flatMap((level) => {
    const ofLevel = groups.filter(({ severity }) => levels[severity] === level);
    const all = ofLevel.length > SHOWN_OF_A_LEVEL ? ofLevel.slice(0, SHOWN_OF_A_LEVEL - 1) : ofLevel;
    const lines = all.map((group) => workflowCommand(level, `Drift: ${group.severity}`, textOf(group.findings)));
    const hidden = ofLevel.length - all.length;
    if (hidden === 0) return lines;
    return [...lines, workflowCommand(level, "Drift", `… and ${hidden} more of this level, in the report.`)];
  });
}
function workflowCommand(level, title, message) {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}
var escapeData = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
var escapeProperty = (text) => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
function textOf(findings) {
  const [first] = findings;
  const more = findings.length === 1 ? [] : [`… and ${count(findings.length - 1, "more difference")} like it`];
  const lines = [...linesOf(first), ...whoLines(first)].map(({ label, text }) => `${label} ${text}`.trim());
  return [titleOf(first), ...more, ...lines].join("\n");
}
var qualities = { error: "critical", warning: "major", notice: "info" };
function codeQuality(findings, path) {
  const entries = findings.map((finding) => ({
    description: `Drift, ${finding.severity}: ${titleOf(finding)}`,
    check_name: `keystead-drift-${finding.severity.replaceAll(" ", "-")}`,
    fingerprint: createHash("sha256").update(finding.id).digest("hex"),
    severity: qualities[levels[finding.severity]],
    location: { path, lines: { begin: 1 } }
  }));
  return `${JSON.stringify(entries, null, 2)}
`;
}

// control-plane/cli/ci/forges/github.ts
import { readFileSync } from "node:fs";

// control-plane/cli/ci/forges/api.ts
import { setTimeout as sleep } from "node:timers/promises";
var ForgeRefusal = class extends CommandError {
  status;
  constructor(status, message, hint2) {
    super(message, hint2);
    this.status = status;
  }
};
var ATTEMPTS = 5;
var LONGEST_PAUSE_MS = 12e4;
var REQUEST_TIMEOUT_MS = 6e4;
var MOST_PAGES = 1e3;
function openApi(settings) {
  const { address } = settings;
  return {
    async call(method, path, body) {
      const answer = await send(settings, method, address + path, body);
      const text = await answer.text();
      return text === "" ? void 0 : parse(settings, text);
    },
    async list(path) {
      const entries = [];
      let next = address + path;
      for (let page = 0; next !== void 0 && page < MOST_PAGES; page += 1) {
        const answer = await send(settings, "GET", next);
        entries.push(...entriesOf(parse(settings, await answer.text())));
        next = nextPage(answer, next, address);
      }
      return entries;
    },
    async download(path) {
      const first = await send(settings, "GET", address + path, void 0, "manual");
      const place = first.headers.get("location");
      const answer = place === null ? first : await elsewhere(settings, new URL(place, address + path));
      return Buffer.from(await answer.arrayBuffer());
    }
  };
}
async function send(settings, method, url, body, redirect = "error") {
  const { name, headers, pauseMs = 1e3 } = settings;
  const content = body === void 0 ? {} : { "content-type": "application/json" };
  const request = {
    method,
    redirect,
    headers: { "user-agent": "keystead", ...headers, ...content },
    ...body !== void 0 && { body: JSON.stringify(body) }
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await attemptOf(url, request);
    const asked2 = pauseAskedFor(answer);
    if (answer instanceof Response && answer.status < 400) return answer;
    const mayRetry = answer instanceof Response ? isPassing(answer, asked2) : method === "GET";
    const pause = asked2 ?? pauseMs * 2 ** (attempt - 1);
    if (!mayRetry || attempt === ATTEMPTS || pause > LONGEST_PAUSE_MS) {
      throw answer instanceof Response ? await refusalOf(settings, method, url, answer) : unreachable(name, url, answer);
    }
    await sleep(pause);
  }
}
var attemptOf = (url, request) => fetch(url, { ...request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }).catch((error) => error);
function pauseAskedFor(answer) {
  if (!(answer instanceof Response)) return void 0;
  const after = answer.headers.get("retry-after");
  if (after !== null) {
    const seconds = Number(after);
    return Math.max(0, Number.isFinite(seconds) ? seconds * 1e3 : Date.parse(after) - Date.now());
  }
  const reset = answer.headers.get("x-ratelimit-reset") ?? answer.headers.get("ratelimit-reset");
  const left = answer.headers.get("x-ratelimit-remaining") ?? answer.headers.get("ratelimit-remaining");
  return reset !== null && left === "0" ? Math.max(0, Number(reset) * 1e3 - Date.now()) : void 0;
}
function isPassing({ status }, asked2) {
  return [429, 500, 502, 503, 504].includes(status) || status === 403 && asked2 !== void 0;
}
async function refusalOf(settings, method, url, answer) {
  const { name, address, permissionHint: permissionHint2 } = settings;
  const path = url.startsWith(address) ? url.slice(address.length) : url;
  const why = messageIn(await answer.text().catch(() => ""));
  const { status } = answer;
  const said = `${name} answered ${status} to ${method} ${path.replace(/\?.*$/, "")}${why === "" ? "" : `: ${why}`}.`;
  if (status === 401) return new ForgeRefusal(status, said, "The token is missing, wrong or expired.");
  if (status === 403 || status === 404) return new ForgeRefusal(status, said, permissionHint2(method, path));
  if (status === 429) return new ForgeRefusal(status, said, "Too many requests: run the job again later.");
  if (status >= 500)
    return new ForgeRefusal(status, said, `${name} failed ${ATTEMPTS} times: run the job again later.`);
  return new ForgeRefusal(status, said, `Compare the job's variables with the documentation of ${name}.`);
}
function messageIn(text) {
  try {
    const { message, error, error_description: more } = JSON.parse(text);
    const found = message ?? more ?? error;
    return (typeof found === "string" ? found : found === void 0 ? "" : JSON.stringify(found)).replace(/\.$/, "");
  } catch {
    return "";
  }
}
function unreachable(name, url, error) {
  const { cause } = error;
  const why = cause?.code ?? cause?.message ?? error.message;
  return new CommandError(
    `${name} cannot be reached at ${new URL(url).origin}: ${why}.`,
    "Where it has a certificate of your own authority, name that in NODE_EXTRA_CA_CERTS."
  );
}
function parse({ name, address }, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(
      `What answers at ${address} is not the API of ${name}.`,
      "Correct the variable of the CI system that has the API's address."
    );
  }
}
function entriesOf(answer) {
  if (Array.isArray(answer)) return answer;
  const array = Object.values(answer).find((value) => Array.isArray(value));
  return array ?? [];
}
function nextPage(answer, current, address) {
  const link = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(answer.headers.get("link") ?? "")?.[1];
  if (link === void 0) return void 0;
  const url = new URL(link, current);
  return url.origin === new URL(address).origin ? url.href : void 0;
}
async function elsewhere(settings, place) {
  const isSame2 = place.origin === new URL(settings.address).origin;
  const plain2 = { ...settings, headers: isSame2 ? settings.headers : {} };
  return send(plain2, "GET", place.href, void 0, "follow");
}

// control-plane/cli/ci/forges/environment.ts
function requireVariable(env, name, hint2) {
  const value = env[name];
  if (value) return value;
  throw new CommandError(`${name} is not set.`, hint2);
}
var isNumber = (value) => /^[1-9]\d{0,14}$/.test(String(value ?? ""));

// control-plane/cli/ci/forges/github-plan.ts
var MOST_FILES = 3e3;
var planAnew = "Plan again on the main branch: start the workflow by hand, which asks for approval before it applies.";
async function planOfCommit(api, at, commit, artifact, trust) {
  const pull = await mergedInto(api, at, commit);
  const head = pull.head.sha;
  if (pull.head.repo?.id !== pull.base.repo.id) {
    throw new CommandError(`Pull request ${pull.number} is of a fork, which is never planned.`, planAnew);
  }
  await requireSamePipelines(api, at, pull.number);
  const wanted = `${artifact}-${head}`;
  const query = new URLSearchParams({ name: wanted, per_page: "100" });
  const found = await api.list(`${at}/actions/artifacts?${query}`);
  const ofHead = found.filter(
    ({ name, workflow_run: run }) => name === wanted && run?.head_sha === head && run.head_repository_id === pull.base.repo.id
  );
  const kept = ofHead.filter(({ expired }) => !expired).toSorted((a, b) => b.id - a.id);
  for (const { id, workflow_run: run } of kept) {
    if (!await isPlanRun(api, at, run?.id ?? 0, head, trust)) continue;
    const archive = await api.download(`${at}/actions/artifacts/${id}/zip`);
    return { of: `pull request ${pull.number}`, headCommit: head, archive };
  }
  const why = ofHead.length > kept.length ? "has expired" : "is not there";
  throw new CommandError(`The plan ${wanted} of pull request ${pull.number} ${why}.`, planAnew);
}
async function mergedInto(api, at, commit) {
  const pulls = await api.list(`${at}/commits/${commit}/pulls?per_page=100`);
  const merged = pulls.filter(({ merged_at, merge_commit_sha: sha }) => merged_at !== null && sha === commit);
  if (merged.length === 1 && merged[0]) return merged[0];
  throw new CommandError(
    merged.length === 0 ? `Commit ${commit} did not come from a pull request.` : `Commit ${commit} is the merge of several pull requests: ${merged.map(({ number }) => number).join(", ")}.`,
    planAnew
  );
}
async function requireSamePipelines(api, at, number) {
  const files = await api.list(
    `${at}/pulls/${number}/files?per_page=100`
  );
  const changed2 = files.find(
    (file) => [file.filename, file.previous_filename].some((name) => name?.startsWith(".github/"))
  );
  if (changed2 === void 0 && files.length < MOST_FILES) return;
  if (changed2 === void 0) {
    throw new CommandError(
      `Pull request ${number} changes too many files to see whether pipelines are among them.`,
      planAnew
    );
  }
  throw new CommandError(
    `Pull request ${number} changes ${changed2.filename}: a plan that a changed pipeline made is not applied.`,
    planAnew
  );
}
async function isPlanRun(api, at, id, head, { workflow }) {
  const run = await api.call("GET", `${at}/actions/runs/${id}`);
  const path = run.path.replace(/@.*$/, "");
  return run.event === "pull_request" && run.head_sha === head && run.conclusion === "success" && (workflow === void 0 || path === workflow);
}

// control-plane/cli/ci/forges/github.ts
function openGitHub(env, pauseMs) {
  const repository = requireVariable(env, "GITHUB_REPOSITORY", "GitHub Actions sets it.");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new CommandError(`GITHUB_REPOSITORY: "${repository}" is not OWNER/NAME.`, "GitHub Actions sets it.");
  }
  const token = requireVariable(env, "GITHUB_TOKEN", "In the workflow: env: GITHUB_TOKEN: ${{ github.token }}.");
  const address = (env.GITHUB_API_URL || "https://api.github.com").replace(/\/$/, "");
  const api = openApi({
    name: "GitHub",
    address,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28"
    },
    permissionHint,
    ...pauseMs !== void 0 && { pauseMs }
  });
  const at = `/repos/${repository}`;
  return {
    name: "GitHub",
    longestBody: 65536,
    run: Number(env.GITHUB_RUN_ID ?? 0) * 1e3 + Number(env.GITHUB_RUN_ATTEMPT ?? 0),
    harmless: (text) => text,
    author: () => viewer(api, env, address),
    request: () => requestOf(env),
    comments: async (request) => (await api.list(`${at}/issues/${request}/comments?per_page=100`)).map(commentOf),
    createComment: async (request, body) => commentOf(await api.call("POST", `${at}/issues/${request}/comments`, { body })),
    updateComment: (_request, comment, body) => api.call("PATCH", `${at}/issues/comments/${comment}`, { body }),
    deleteComment: (_request, comment) => api.call("DELETE", `${at}/issues/comments/${comment}`).catch(unless(404)),
    openIssues: async (label) => {
      const query = new URLSearchParams({ labels: label, state: "open", per_page: "100" });
      const issues = await api.list(`${at}/issues?${query}`);
      return issues.filter((issue) => issue.pull_request === void 0).map(issueOf);
    },
    createIssue: async (issue) => issueOf(await api.call("POST", `${at}/issues`, issue)),
    updateIssue: (number, issue) => api.call("PATCH", `${at}/issues/${number}`, issue),
    commentOnIssue: (number, body) => api.call("POST", `${at}/issues/${number}/comments`, { body }),
    closeIssue: (number, isDone) => api.call("PATCH", `${at}/issues/${number}`, {
      state: "closed",
      state_reason: isDone ? "completed" : "not_planned"
    }),
    planOf: (commit, artifact, trust) => planOfCommit(api, at, commit, artifact, trust)
  };
}
async function viewer(api, env, address) {
  const graphQl = env.GITHUB_GRAPHQL_URL || `${address.replace(/\/v3$/, "")}/graphql`;
  if (new URL(graphQl).origin !== new URL(address).origin) {
    throw new CommandError(
      `GITHUB_GRAPHQL_URL is at another host than GITHUB_API_URL.`,
      "Leave both as GitHub Actions sets them."
    );
  }
  const path = relativeTo(address, graphQl);
  const { data } = await api.call("POST", path, {
    query: "{ viewer { login } }"
  });
  const login = data?.viewer?.login;
  if (login === void 0) {
    throw new CommandError("GitHub does not say whose the token is.", "Give the job its own token, github.token.");
  }
  return nameOf(login);
}
function relativeTo(address, target) {
  const [base, wanted] = [new URL(address).pathname.replace(/\/$/, ""), new URL(target).pathname];
  return wanted.startsWith(`${base}/`) || base === "" ? wanted.slice(base.length) : `${"/..".repeat(base.split("/").length - 1)}${wanted}`;
}
var nameOf = (login) => login.replace(/\[bot\]$/, "");
var commentOf = ({ id, body = "", user }) => ({
  id,
  body,
  author: nameOf(user?.login ?? "")
});
var issueOf = ({ number, title, body, labels, user, html_url: address }) => ({
  number,
  title,
  body: body ?? "",
  labels: labels.map((label) => typeof label === "string" ? label : label.name ?? ""),
  author: nameOf(user?.login ?? ""),
  address
});
function unless(status) {
  return (error) => {
    if (!(error instanceof ForgeRefusal) || error.status !== status) throw error;
  };
}
function requestOf(env) {
  const number = numberIn(env.GITHUB_EVENT_PATH) ?? /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? "")?.[1];
  if (isNumber(number)) return Number(number);
  throw new CommandError(
    "This job does not belong to a pull request.",
    "Run it on the event pull_request, or name the pull request with --number."
  );
}
function numberIn(path) {
  if (!path) return void 0;
  try {
    const event = JSON.parse(readFileSync(path, "utf8"));
    return event.pull_request?.number ?? event.issue?.number ?? void 0;
  } catch (error) {
    throw new CommandError(
      `${path} cannot be read: ${error.message}.`,
      "GITHUB_EVENT_PATH names the file with the event of the run."
    );
  }
}
function permissionHint(method, path) {
  const [scope, level] = path.includes("/actions/") ? ["actions", "read"] : path.includes("/pulls") ? ["pull-requests", "read"] : path.includes("/comments") ? ["pull-requests", method === "GET" ? "read" : "write"] : ["issues", method === "GET" ? "read" : "write"];
  return `The job needs "permissions: ${scope}: ${level}" (for comments on an issue "issues: write"). A pull request of a fork never gets to write.`;
}

// control-plane/cli/ci/forges/gitlab-plan.ts
var planAnew2 = "Plan again on the main branch: start its pipeline by hand, which waits for approval before it applies.";
async function planOfMerge(api, place, commit, job) {
  return place.withToken ? withToken(api, place.at, commit, job) : byMessage(api, place, commit, job);
}
async function withToken(api, at, commit, name) {
  const merged = await mergedInto2(api, at, commit);
  await requireSamePipelines2(api, at, merged.iid);
  const pipelines = await api.list(`${at}/merge_requests/${merged.iid}/pipelines?per_page=100`);
  const own = pipelines.filter(({ source, project_id: project }) => source === "merge_request_event" && at.endsWith(`/${project}`)).toSorted((a, b) => b.id - a.id);
  for (const { id } of own) {
    const jobs = await api.list(`${at}/pipelines/${id}/jobs?scope[]=success&per_page=100`);
    const found = jobs.find((one) => one.name === name && one.artifacts_file !== void 0);
    if (found === void 0) continue;
    const archive = await download(api, `${at}/jobs/${found.id}/artifacts`);
    if (archive) return { of: `merge request ${merged.iid}`, headCommit: merged.sha, archive };
  }
  throw missing(merged.iid, name);
}
async function mergedInto2(api, at, commit) {
  const all = await api.list(`${at}/repository/commits/${commit}/merge_requests?per_page=100`);
  const [merged, ...more] = all.filter(
    (one) => one.state === "merged" && one.source_project_id === one.target_project_id && [one.merge_commit_sha, one.squash_commit_sha, one.sha].includes(commit)
  );
  if (merged && more.length === 0) return merged;
  throw new CommandError(
    merged ? `Commit ${commit} is the merge of several merge requests.` : `Commit ${commit} did not come from a merge request of this project.`,
    planAnew2
  );
}
async function requireSamePipelines2(api, at, number) {
  const files = await api.list(
    `${at}/merge_requests/${number}/diffs?per_page=100`
  );
  const changed2 = files.flatMap(({ new_path: now, old_path: before }) => [now, before]).find((path) => path === ".gitlab-ci.yml" || path.startsWith(".gitlab/"));
  if (changed2 === void 0) return;
  throw new CommandError(
    `Merge request ${number} changes ${changed2}: a plan that a changed pipeline made is not applied.`,
    planAnew2
  );
}
async function byMessage(api, { at, env }, commit, job) {
  const number = /^See merge request \S*!([1-9]\d{0,9})$/m.exec(env.CI_COMMIT_MESSAGE ?? "")?.[1];
  if (number === void 0 || env.CI_COMMIT_SHA !== commit) {
    throw new CommandError(
      `The message of commit ${commit} does not name its merge request.`,
      'GitLab writes "See merge request …!12" into merge commits; otherwise put a project access token (scope "read_api") into the masked variable KEYSTEAD_GITLAB_TOKEN.'
    );
  }
  const query = new URLSearchParams({ job });
  for (const kind of ["head", "merge"]) {
    const ref = encodeURIComponent(`refs/merge-requests/${number}/${kind}`);
    const archive = await download(api, `${at}/jobs/artifacts/${ref}/download?${query}`);
    if (archive) return { of: `merge request ${number}`, headCommit: "", archive };
  }
  throw missing(Number(number), job);
}
async function download(api, path) {
  return api.download(path).catch((error) => {
    if (error instanceof ForgeRefusal && error.status === 404) return void 0;
    throw error;
  });
}
var missing = (number, job) => new CommandError(
  `Merge request ${number} has no artifacts of a successful job "${job}": they expired, or the job did not run.`,
  planAnew2
);

// control-plane/cli/ci/forges/gitlab.ts
var TOKEN = "KEYSTEAD_GITLAB_TOKEN";
function openGitLab(env, pauseMs) {
  const address = requireVariable(env, "CI_API_V4_URL", "GitLab CI sets it.").replace(/\/$/, "");
  const project = requireVariable(env, "CI_PROJECT_ID", "GitLab CI sets it.");
  if (!isNumber(project)) throw new CommandError(`CI_PROJECT_ID: "${project}" is not a number.`, "GitLab CI sets it.");
  const token = env[TOKEN];
  const api = openApi({
    name: "GitLab",
    address,
    headers: token ? { "private-token": token } : { "job-token": env.CI_JOB_TOKEN ?? "" },
    permissionHint: () => token ? `The token in ${TOKEN} needs the scope "api" and the role Developer in this project.` : `The token of a job must not do this: put a project access token (scope "api", role Developer) into the masked variable ${TOKEN}.`,
    ...pauseMs !== void 0 && { pauseMs }
  });
  const at = `/projects/${project}`;
  const note = (request) => `${at}/merge_requests/${request}/notes`;
  return {
    name: "GitLab",
    longestBody: 1e6,
    run: Number(env.CI_JOB_ID ?? 0),
    // A space without width before the slash: nobody sees it, also in code.
    harmless: (text) => text.replace(/^(?=\s*\/[a-z])/gim, "​"),
    author: () => viewer2(api, token),
    request: () => requestOf2(env),
    comments: async (request) => {
      const notes = await api.list(`${note(request)}?per_page=100&sort=asc&order_by=created_at`);
      return notes.filter(({ system }) => !system).map(commentOf2);
    },
    createComment: async (request, body) => commentOf2(await api.call("POST", note(request), { body })),
    updateComment: (request, comment, body) => api.call("PUT", `${note(request)}/${comment}`, { body }),
    deleteComment: (request, comment) => api.call("DELETE", `${note(request)}/${comment}`).catch((error) => {
      if (!(error instanceof ForgeRefusal) || error.status !== 404) throw error;
    }),
    openIssues: async (label) => {
      const query = new URLSearchParams({ labels: label, state: "opened", per_page: "100" });
      return (await api.list(`${at}/issues?${query}`)).map(issueOf2);
    },
    createIssue: async ({ title, body, labels }) => issueOf2(await api.call("POST", `${at}/issues`, { title, description: body, labels: labels.join(",") })),
    updateIssue: (number, { title, body, labels }) => api.call("PUT", `${at}/issues/${number}`, { title, description: body, labels: labels.join(",") }),
    commentOnIssue: (number, body) => api.call("POST", `${at}/issues/${number}/notes`, { body }),
    closeIssue: (number) => api.call("PUT", `${at}/issues/${number}`, { state_event: "close" }),
    planOf: (commit, artifact) => planOfMerge(api, { at, env, withToken: Boolean(token) }, commit, artifact)
  };
}
async function viewer2(api, token) {
  if (!token) {
    throw new CommandError(
      `${TOKEN} is not set, and the token of a job must not write comments or issues.`,
      `Put a project access token (scope "api", role Developer) into the masked variable ${TOKEN}, or leave this step out.`
    );
  }
  return (await api.call("GET", "/user")).username;
}
var commentOf2 = ({ id, body, author }) => ({ id, body, author: author.username });
var issueOf2 = ({ iid, title, description, labels, author, web_url: address }) => ({
  number: iid,
  title,
  body: description ?? "",
  labels,
  author: author.username,
  address
});
function requestOf2(env) {
  if (isNumber(env.CI_MERGE_REQUEST_IID)) return Number(env.CI_MERGE_REQUEST_IID);
  throw new CommandError(
    "This job does not belong to a merge request.",
    "Run it in a merge request pipeline, or name the merge request with --number."
  );
}

// control-plane/cli/ci/forges/open.ts
var providerOption = () => new Option("--provider <forge>", "whose CI runs this").choices(["github", "gitlab"]).makeOptionMandatory();
function openForge(provider, env) {
  return provider === "github" ? openGitHub(env) : openGitLab(env);
}
function requestNumber(text) {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write its number.");
}

// control-plane/cli/ci/forges/read-report.ts
import { readFile } from "node:fs/promises";
async function readReport(file) {
  const text = await readFile(file, "utf8").catch((error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, hint);
  });
  const report = parse2(text);
  if (report && isReport(report)) return report;
  throw new CommandError(`${file} is not a report of drift in format 1.`, hint);
}
var hint = 'Write it with "keystead drift --report json=FILE"; where that ended with exit code 1 there is none.';
function parse2(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
function isReport(value) {
  const { formatVersion, findings, resources, notes } = value;
  return /^1\.\d+$/.test(String(formatVersion)) && Array.isArray(findings) && Array.isArray(notes) && Number.isInteger(resources) && findings.every(({ id, severity, what }) => [id, severity, what].every((part) => typeof part === "string"));
}

// control-plane/cli/ci/annotate.ts
function annotateCommand() {
  const command = new Command("annotate").description("Show a report of drift in the CI system: annotations of GitHub, Code Quality of GitLab.").addOption(providerOption()).requiredOption("--report <file>", 'what "keystead drift --report json=FILE" wrote').option("--out <file>", "GitLab: the report for artifacts:reports:codequality", "gl-code-quality-report.json").option("--path <file>", "GitLab: the file of the stack at which the findings are shown", "main.tf").addHelpText(
    "after",
    `
On GitHub it prints workflow commands, the worst first, at most 10 of a level, because GitHub shows no more.

Examples:
  keystead ci annotate --provider github --report drift.json
  keystead ci annotate --provider gitlab --report drift.json --path stacks/orders/main.tf

Exit codes: 0 done, whether there is drift or not; 1 error.`
  );
  return command.action(async () => {
    const { provider, report, out, path } = command.opts();
    const { findings } = await readReport(report);
    if (provider === "github") {
      for (const line of workflowCommands(findings)) console.log(line);
      return;
    }
    await writeFile(out, codeQuality(findings, path)).catch((error) => {
      throw new CommandError(`${out} cannot be written: ${error.message}.`, "Name another file with --out.");
    });
  });
}

// control-plane/cli/ci/apply.ts
import { writeFile as writeFile3 } from "node:fs/promises";
import { join as join4 } from "node:path";

// control-plane/cli/ci/runs/failures.ts
function failureOf(what, { code, messages, stderr, interrupted }) {
  const errors = messages.flatMap(({ diagnostic }) => diagnostic?.severity === "error" ? [diagnostic] : []);
  if (interrupted) return new CommandError(`${what} was interrupted.`, "Run the job again.");
  for (const error of errors) {
    const known = lockedState(error) ?? staleplan(error);
    if (known) return known;
  }
  const [first] = errors;
  const why = first ? `: ${first.summary}` : stderr === "" ? ` with exit code ${code}` : "";
  return new CommandError(`${what} failed${why}.`, "Its messages are above.");
}
function lockedState({ summary, detail }) {
  if (!/acquiring the state lock/i.test(summary)) return void 0;
  const value = (name) => new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, "m").exec(detail)?.[1];
  const [id, who, operation, created] = ["ID", "Who", "Operation", "Created"].map(value);
  if (id === void 0) {
    return new CommandError(
      `The lock of the state cannot be had: ${detail.split("\n")[0]}`,
      "Look at what the backend says; --lock-timeout waits for a lock that another run holds."
    );
  }
  const holder = [who && `by ${who}`, operation && `for ${operation}`, created && `since ${created}`];
  return new CommandError(
    `Another run holds the lock of the state${holder.map((part) => part ? ` ${part}` : "").join("")}.`,
    `Wait for its end and run the job again, or wait with --lock-timeout 10m. If that run is dead, free the lock: terraform force-unlock ${id}`
  );
}
function staleplan({ summary }) {
  if (/saved plan is stale/i.test(summary)) return staleState();
  if (/does not match the given state/i.test(summary)) return otherState();
  return void 0;
}
function staleState() {
  return new CommandError(
    "The state moved on after this plan was made: something else was applied since. Nothing was applied.",
    "Make a new plan, have it reviewed, and apply that one."
  );
}
function otherState() {
  return new CommandError(
    "This plan was made for another state than the one of this directory and workspace. Nothing was applied.",
    "Apply it where it was made: the same stack, backend and workspace."
  );
}

// control-plane/cli/ci/changes/plan-json.ts
function parsePlan(text, file) {
  let plan2;
  try {
    plan2 = JSON.parse(text);
  } catch {
    throw notPlan(file);
  }
  if (!plan2?.format_version?.startsWith("1.") || !("planned_values" in plan2)) throw notPlan(file);
  return plan2;
}
var notPlan = (file) => new CommandError(`${file} is not a plan as "terraform show -json" prints it.`, "Make the plan anew.");
var actionsInOrder = ["replace", "delete", "forget", "update", "create", "import", "move"];
function actionOf({ mode, change, address, previous_address: previous }) {
  if (mode !== "managed") return void 0;
  const actions = new Set(change.actions);
  if (actions.has("create") && (actions.has("delete") || actions.has("forget"))) return "replace";
  for (const one of ["delete", "forget", "update", "create"]) if (actions.has(one)) return one;
  if (change.importing !== void 0) return "import";
  return previous !== void 0 && previous !== address ? "move" : void 0;
}
function configuredExpressions(plan2, address) {
  const parts = address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, "").split(".");
  let module = plan2.configuration?.root_module;
  while (module !== void 0 && parts[0] === "module") {
    module = module.module_calls?.[parts[1] ?? ""]?.module;
    parts.splice(0, 2);
  }
  return module?.resources?.find((resource) => resource.address === parts.join("."))?.expressions;
}

// control-plane/cli/ci/changes/applied.ts
var NAMES_SHOWN = 20;
function requireApplied(plan2, ended) {
  const planned = (plan2.resource_changes ?? []).filter((change) => actionOf(change) !== void 0);
  const addresses = (type) => [
    ...new Set(ended.messages.flatMap((message) => message.type === type ? message.address ?? [] : []))
  ];
  const [begun, done, failed] = ["apply_start", "apply_complete", "apply_errored"].map(addresses);
  if (ended.code === 0) return `Applied: ${count(planned.length, "resource")} changed as planned.`;
  const state = ended.messages.find(
    ({ diagnostic }) => /failed to (persist|save) state/i.test(diagnostic?.summary ?? "")
  );
  if (state) throw stateNotSaved(done);
  if (begun.length === 0) throw failureOf("terraform apply", ended);
  const waiting = planned.map(({ address }) => address).filter((address) => !begun.includes(address));
  const what = ended.interrupted ? "was interrupted" : "failed halfway";
  throw new CommandError(
    `The apply ${what}. Applied: ${listed(done)}. Failed: ${listed(failed)}. Not begun: ${listed(waiting)}.`,
    "The state has what was applied, so this plan is stale now. Mend the cause, make a new plan of the rest, and apply that one."
  );
}
var stateNotSaved = (done) => new CommandError(
  `The new state was not saved in the backend. Applied: ${listed(done)}.`,
  "Keep the file errored.tfstate of the stack's directory, and push it before anything else is applied: terraform state push errored.tfstate"
);
function listed(addresses) {
  if (addresses.length === 0) return "nothing";
  const more = addresses.length > NAMES_SHOWN ? ` and ${addresses.length - NAMES_SHOWN} more` : "";
  return `${addresses.slice(0, NAMES_SHOWN).join(", ")}${more}`;
}

// control-plane/cli/ci/runs/make-plan.ts
import { mkdtemp, readFile as readFile2, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// control-plane/cli/ci/runs/terraform.ts
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text as readAll } from "node:stream/consumers";
import { promisify } from "node:util";

// control-plane/cli/ci/runs/messages.ts
function parseMessage(line) {
  if (!line.startsWith("{")) return void 0;
  let written;
  try {
    written = JSON.parse(line);
  } catch {
    return void 0;
  }
  const { type, "@message": text = "", diagnostic, hook, change } = written;
  if (type === void 0) return void 0;
  const address = (hook ?? change)?.resource?.addr;
  return { type, text, ...diagnostic && { diagnostic: plain(diagnostic) }, ...address && { address } };
}
var plain = ({ severity, summary, detail = "", address }) => ({
  severity,
  summary,
  detail,
  ...address && { address }
});
var passing = /* @__PURE__ */ new Set([
  "version",
  "refresh_start",
  "refresh_complete",
  "apply_progress",
  "provision_progress",
  "outputs"
]);
function linesOf2({ type, text, diagnostic }) {
  if (diagnostic) {
    const { severity, summary, detail, address } = diagnostic;
    const about = address === void 0 ? "" : `${address}: `;
    const more = detail.split("\n").flatMap((line) => line.trim() === "" ? [] : [`  ${line}`]);
    return [`${severity === "error" ? "Error" : "Warning"}: ${about}${summary}`, ...more];
  }
  return passing.has(type) || text === "" ? [] : [text];
}

// control-plane/cli/ci/runs/terraform.ts
var MAX_OUTPUT_BYTES = 512 * 1024 * 1024;
function placeOf(binary, dir, workspace) {
  const env = { ...process.env, TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
  return { binary, dir, env: workspace === void 0 ? env : { ...env, TF_WORKSPACE: workspace } };
}
async function runTerraform(place, args) {
  const child = start(place, args);
  const failed = failure(child, place.binary);
  const ended = new Promise((done) => child.once("close", (code) => done(code ?? 1)));
  const interruption = passOnSignals(child);
  try {
    const [messages, stderr, code] = await Promise.race([
      Promise.all([readMessages(child), readAll(child.stderr), ended]),
      failed
    ]);
    if (stderr !== "") process.stderr.write(stderr);
    return { code, messages, stderr, interrupted: interruption.happened() };
  } finally {
    interruption.stop();
  }
}
function start({ binary, dir, env }, args) {
  return spawn(binary, [`-chdir=${dir}`, ...args], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}
var failure = (child, binary) => new Promise((_, reject) => {
  child.once("error", (error) => reject(notStarted(binary, error)));
});
function notStarted(binary, { code, message }) {
  const why = code === "ENOENT" ? "is not on the PATH" : `cannot be started: ${message}`;
  return new CommandError(`"${binary}" ${why}.`, "Install Terraform or OpenTofu, or name it with --terraform.");
}
async function readMessages(child) {
  const messages = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const message = parseMessage(line);
    if (message) messages.push(message);
    for (const printed2 of message ? linesOf2(message) : [line]) console.log(printed2);
  }
  return messages;
}
var signals = ["SIGINT", "SIGTERM", "SIGHUP"];
function passOnSignals(child) {
  let count2 = 0;
  const pass = (signal) => {
    count2 += 1;
    if (count2 === 1) child.kill("SIGINT");
    const what = count2 === 1 ? "was told to stop, and finishes what is under way" : "is still finishing what is under way";
    console.error(`keystead: ${signal}: Terraform ${what}. Its state is written before this ends.`);
  };
  for (const signal of signals) process.on(signal, pass);
  return {
    happened: () => count2 > 0,
    stop: () => {
      for (const signal of signals) process.off(signal, pass);
    }
  };
}
async function outputOf({ binary, dir, env }, args, hint2) {
  const options = { env, maxBuffer: MAX_OUTPUT_BYTES };
  const { stdout } = await promisify(execFile)(binary, [`-chdir=${dir}`, ...args], options).catch(
    (error) => {
      if (typeof error.code === "string" && error.stderr === void 0) throw notStarted(binary, error);
      if (error.code === "ENOENT" || error.code === "EACCES") throw notStarted(binary, error);
      const said = (error.stderr || error.message).trim();
      throw new CommandError(`"${binary} ${args[0]}" failed in ${dir}: ${said}`, hint2);
    }
  );
  return stdout;
}

// control-plane/cli/ci/runs/make-plan.ts
var CHANGES = 2;
async function initialize(place, args) {
  const ended = await runTerraform(place, args);
  if (ended.code === 0) return;
  if (ended.interrupted) throw failureOf("terraform init", ended);
  throw new CommandError(
    `terraform init failed in ${place.dir}.`,
    "Its messages are above. Where a provider is not found, docs/guide/ci.md says how a job gets the one of Keystead."
  );
}
async function withPlan(place, args, use) {
  return inPrivateDirectory(async (directory) => {
    const file = join(directory, "plan.tfplan");
    const ended = await runTerraform(place, args(file));
    if (ended.code !== 0 && ended.code !== CHANGES) throw failureOf("terraform plan", ended);
    if (ended.interrupted) throw failureOf("terraform plan", ended);
    const json = await outputOf(
      place,
      ["show", "-json", "-no-color", file],
      "Run terraform init, then make the plan anew."
    );
    const warnings = ended.messages.flatMap(
      ({ diagnostic }) => diagnostic?.severity === "warning" ? [diagnostic] : []
    );
    const plan2 = await readFile2(file);
    return use({ file, plan: plan2, json: Buffer.from(json), warnings, hasChanges: ended.code === CHANGES });
  });
}
async function inPrivateDirectory(use) {
  const directory = await mkdtemp(join(tmpdir(), "keystead-ci-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

// control-plane/cli/ci/saved/artifact.ts
import { createHash as createHash2 } from "node:crypto";
import { mkdir, readFile as readFile3, rm as rm2, writeFile as writeFile2 } from "node:fs/promises";
import { join as join2 } from "node:path";

// control-plane/cli/ci/saved/meta.ts
var texts = ["madeAt", "stack", "workspace", "codeSha256", "planSha256", "jsonSha256"];
function parseMeta(text, file) {
  let meta;
  try {
    meta = JSON.parse(text);
  } catch {
    throw notMeta(file);
  }
  if (meta?.formatVersion !== "1.0") throw notMeta(file);
  const { state, options } = meta;
  const isWhole = texts.every((name) => typeof meta[name] === "string") && typeof state?.lineage === "string" && Number.isInteger(state.serial) && Array.isArray(options?.varFile);
  if (!isWhole) throw notMeta(file);
  return meta;
}
var notMeta = (file) => new CommandError(`${file} is not what keystead ci plan writes, or of another version.`, "Make the plan anew.");
function stateVersionOf(text) {
  if (text.trim() === "") return { lineage: "", serial: 0 };
  const { lineage = "", serial = 0 } = JSON.parse(text);
  return { lineage, serial };
}

// control-plane/cli/ci/saved/sealed.ts
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
var CIPHER = "aes-256-gcm";
var IV_BYTES = 12;
var TAG_BYTES = 16;
var NEWLINE = 10;
async function seal(connection, keyId, context, content) {
  const input = { KeyId: keyId, KeySpec: "AES_256", EncryptionContext: { ...context } };
  const { Plaintext, CiphertextBlob, KeyId } = await connection.call("GenerateDataKey", input, regionOf(keyId));
  const key = Buffer.from(String(Plaintext), "base64");
  const iv = randomBytes(IV_BYTES);
  const keyArn = String(KeyId);
  const header = {
    format: "keystead-sealed/1",
    keyArn,
    dataKey: String(CiphertextBlob),
    context,
    iv: iv.toString("base64")
  };
  const line = Buffer.from(`${JSON.stringify(header)}
`);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(line);
  const bytes = Buffer.concat([line, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  return { bytes, keyArn };
}
async function unseal(connection, file, bytes, context, keyId) {
  const end = bytes.indexOf(NEWLINE);
  const header = parseHeader(bytes.subarray(0, Math.max(end, 0)).toString(), file);
  requireSame(header.context, context, file);
  const key = await dataKeyOf(connection, header, keyId, file);
  try {
    const iv = Buffer.from(header.iv, "base64");
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(bytes.subarray(0, end + 1)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(end + 1, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw changed(file);
  } finally {
    key.fill(0);
  }
}
function parseHeader(text, file) {
  let header = {};
  try {
    header = JSON.parse(text);
  } catch {
    throw changed(file);
  }
  const { format, keyArn, dataKey, context, iv } = header;
  const isWhole = [keyArn, dataKey, iv].every((one) => typeof one === "string") && typeof context === "object";
  if (format !== "keystead-sealed/1" || !isWhole) throw changed(file);
  return header;
}
function requireSame(found, wanted, file) {
  const different = Object.keys({ ...found, ...wanted }).find((name) => found[name] !== wanted[name]);
  if (different === void 0) return;
  throw new CommandError(
    `${file} is about ${different} ${found[different] ?? "nothing"}, not ${wanted[different] ?? "anything"}.`,
    "The files of two plans were mixed. Take both from one artifact."
  );
}
async function dataKeyOf(connection, { keyArn, dataKey, context }, keyId, file) {
  const input = { KeyId: keyId ?? keyArn, CiphertextBlob: dataKey, EncryptionContext: { ...context } };
  const { Plaintext } = await connection.call("Decrypt", input, regionOf(keyArn)).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "InvalidCiphertextException") throw changed(file);
    if (error.code === "IncorrectKeyException") {
      throw new CommandError(`${file} is encrypted with ${keyArn}, not with ${keyId}.`, "Correct --encrypt-with.");
    }
    throw new CommandError(
      `${file} cannot be decrypted. ${error.message}`,
      "Only the apply role should be allowed to."
    );
  });
  return Buffer.from(String(Plaintext), "base64");
}
var changed = (file) => new CommandError(
  `${file} is not as keystead ci plan wrote it: it was changed or damaged. Nothing was applied.`,
  "Make the plan anew."
);
var regionOf = (keyId) => /^arn:[^:]*:kms:([^:]+):/.exec(keyId)?.[1];

// control-plane/cli/ci/saved/artifact.ts
var META = "plan.meta.json";
var PLAN = "plan.tfplan";
var JSON_OF_PLAN = "plan.json";
var SEALED = ".sealed";
var PRIVATE = { mode: 384 };
async function writeArtifact(out, contents, about, sealing, texts2) {
  await emptyArtifact(out);
  const digests = { planSha256: sha256(contents.plan), jsonSha256: sha256(contents.json) };
  const files = [
    { name: PLAN, content: contents.plan },
    { name: JSON_OF_PLAN, content: contents.json }
  ];
  let encryptedWith;
  for (const { name, content } of files) {
    if (sealing === void 0) await writeFile2(join2(out, name), content, PRIVATE);
    else {
      const { bytes, keyArn } = await seal(sealing.connection, sealing.keyId, contextOf(about, name), content);
      await writeFile2(join2(out, `${name}${SEALED}`), bytes, PRIVATE);
      encryptedWith = keyArn;
    }
  }
  const meta = { formatVersion: "1.0", ...about, ...digests, ...encryptedWith && { encryptedWith } };
  await writeFile2(join2(out, META), `${JSON.stringify(meta, null, 2)}
`, PRIVATE);
  for (const [name, text] of Object.entries(texts2)) await writeFile2(join2(out, name), text, PRIVATE);
  return meta;
}
async function emptyArtifact(out) {
  await mkdir(out, { recursive: true, mode: 448 });
  const names = [META, PLAN, JSON_OF_PLAN, `${PLAN}${SEALED}`, `${JSON_OF_PLAN}${SEALED}`, "comment.md", "changes.md"];
  await Promise.all(names.map((name) => rm2(join2(out, name), { force: true })));
}
async function readMeta(out) {
  const file = join2(out, META);
  const text = await readFile3(file, "utf8").catch(() => {
    throw new CommandError(
      `${out} has no saved plan: there is no ${META}.`,
      "Make it with keystead ci plan, or correct --plan."
    );
  });
  return parseMeta(text, file);
}
async function readContent(out, which, meta, { connect: connect2, keyId }) {
  const name = which === "plan" ? PLAN : JSON_OF_PLAN;
  const digest = which === "plan" ? meta.planSha256 : meta.jsonSha256;
  const isSealed = meta.encryptedWith !== void 0;
  if (keyId !== void 0 && !isSealed) {
    throw new CommandError(`The plan in ${out} is not encrypted.`, "Make it with --encrypt-with, as this job expects.");
  }
  const file = join2(out, isSealed ? `${name}${SEALED}` : name);
  const bytes = await readFile3(file).catch((error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, "Take all files of the artifact.");
  });
  const content = isSealed ? await unseal(await connect2(), file, bytes, contextOf(meta, name), keyId) : bytes;
  if (sha256(content) === digest) return content;
  throw new CommandError(
    `${file} is not the file that plan.meta.json is about: it was changed. Nothing was applied.`,
    "Make the plan anew."
  );
}
function contextOf({ stack, workspace, codeSha256, state, options, madeAt }, file) {
  return {
    "keystead:purpose": "saved-plan",
    file,
    stack,
    workspace,
    code: codeSha256,
    state: `${state.lineage}/${state.serial}`,
    options: JSON.stringify(options),
    "made-at": madeAt
  };
}
var sha256 = (content) => createHash2("sha256").update(content).digest("hex");

// control-plane/cli/ci/saved/code.ts
import { execFile as execFile2 } from "node:child_process";
import { createHash as createHash3 } from "node:crypto";
import { readdir, readFile as readFile4, readlink, realpath, stat } from "node:fs/promises";
import { basename, join as join3, posix, relative, resolve, sep } from "node:path";
import { promisify as promisify2 } from "node:util";
var MAX_LIST_BYTES = 64 * 1024 * 1024;
var leftOut = /^(\.terraform|\.git|node_modules|terraform\.tfstate\.d|errored\.tfstate|.*\.tfstate(\..*)?|crash\.log)$/;
var configuration = /(\.(tf|tofu|tfvars)(\.json)?|^\.terraform\.lock\.hcl)$/;
async function codeOf(dir, without) {
  const place = await realpath(dir);
  const hash = createHash3("sha256");
  const roots = [{ key: "", path: place }, ...await modulesOf(place)];
  for (const { key, path } of roots) {
    const files = await filesIn(path, "", resolve(without));
    const tracked = await trackedIn(path);
    for (const { name, isLink } of files) {
      if (tracked.has(name) || configuration.test(basename(name))) {
        hash.update(`${key}\0${name}\0${await digestOf(join3(path, name), isLink)}
`);
      }
    }
  }
  const top = await git(place, "rev-parse", "--show-toplevel");
  const commit = await git(place, "rev-parse", "HEAD");
  const stack = relative(top ?? process.cwd(), place).split(sep).join("/") || ".";
  return { stack, digest: hash.digest("hex"), ...commit !== void 0 && { commit } };
}
async function modulesOf(dir) {
  const text = await readFile4(join3(dir, ".terraform/modules/modules.json"), "utf8").catch(() => "{}");
  const { Modules = [] } = JSON.parse(text);
  return Modules.filter(({ Dir }) => Dir.startsWith("..") || Dir.startsWith(".terraform")).map(({ Key, Dir }) => ({ key: Key, path: join3(dir, Dir) })).sort((a, b) => a.key < b.key ? -1 : 1);
}
async function filesIn(root, folder, without) {
  const entries = await readdir(join3(root, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.filter(({ name }) => !leftOut.test(name) && join3(root, folder, name) !== without).sort((a, b) => a.name < b.name ? -1 : 1).map(async (entry) => {
      const name = posix.join(folder, entry.name);
      return entry.isDirectory() ? filesIn(root, name, without) : [{ name, isLink: entry.isSymbolicLink() }];
    })
  );
  return found.flat();
}
async function trackedIn(folder) {
  const listed2 = await git(folder, "ls-files", "-z", "--", ".");
  return new Set((listed2 ?? "").split("\0"));
}
async function digestOf(path, isLink) {
  const isFile = (await stat(path).catch(() => void 0))?.isFile() === true;
  const content = isFile ? await readFile4(path) : isLink ? await readlink(path) : "";
  return createHash3("sha256").update(content).digest("hex");
}
async function git(dir, ...args) {
  const { stdout } = await promisify2(execFile2)("git", ["-C", dir, ...args], { maxBuffer: MAX_LIST_BYTES }).catch(
    () => ({ stdout: "" })
  );
  return stdout.trim() || void 0;
}

// control-plane/cli/ci/saved/same-plan.ts
import { isDeepStrictEqual } from "node:util";
function differencesOf(saved, fresh) {
  return [
    ...differentResources(saved.resource_changes ?? [], fresh.resource_changes ?? []),
    ...differentNames("output", saved.output_changes ?? {}, fresh.output_changes ?? {}),
    ...differentNames("variable", saved.variables ?? {}, fresh.variables ?? {}),
    ...isDeepStrictEqual(saved.configuration, fresh.configuration) ? [] : ["the configuration"]
  ];
}
function differentResources(saved, fresh) {
  const [before, now] = [byName(saved), byName(fresh)];
  return [.../* @__PURE__ */ new Set([...before.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [then, today] = [before.get(name), now.get(name)];
    if (then === void 0) return [`${name}: the saved plan leaves it, and now it would ${verbOf(today)}`];
    if (today === void 0) return [`${name}: the saved plan would ${verbOf(then)}, and now nothing would change`];
    if (!isDeepStrictEqual(then.change.actions, today.change.actions)) {
      return [`${name}: the saved plan would ${verbOf(then)}, and now it would ${verbOf(today)}`];
    }
    const names = differentAttributes(then.change, today.change);
    const moved = then.previous_address !== today.previous_address;
    return names.length === 0 && !moved ? [] : [`${name}: other values of ${names.join(", ") || "its former address"}`];
  });
}
var verbOf = (resource) => resource?.change.actions.join(" and ") ?? "change";
var byName = (changes) => new Map(
  changes.filter(({ change }) => !isDeepStrictEqual(change.actions, ["no-op"]) || change.importing !== void 0).map((one) => [`${one.address}${one.deposed === void 0 ? "" : ` (deposed ${one.deposed})`}`, one])
);
var sides = ["before", "after", "after_unknown"];
function differentAttributes(saved, fresh) {
  const names = sides.flatMap((side) => differing(saved[side], fresh[side]));
  const rest = isDeepStrictEqual([saved.replace_paths, saved.importing], [fresh.replace_paths, fresh.importing]);
  return [.../* @__PURE__ */ new Set([...names, ...rest ? [] : ["what makes it replaced or imported"]])].sort();
}
function differing(saved, fresh) {
  if (isDeepStrictEqual(saved, fresh)) return [];
  if (!isRecord(saved) || !isRecord(fresh)) return ["everything"];
  return Object.keys({ ...saved, ...fresh }).filter((name) => !isDeepStrictEqual(saved[name], fresh[name]));
}
function differentNames(kind, saved, fresh) {
  return Object.keys({ ...saved, ...fresh }).filter((name) => !isDeepStrictEqual(saved[name], fresh[name])).sort().map((name) => `${kind} ${name}`);
}
var isRecord = (value) => typeof value === "object" && value !== null;

// control-plane/cli/ci/saved/same-stack.ts
function sameStack(meta, here) {
  if (meta.stack !== here.stack) {
    throw refused(`This plan is of the stack ${meta.stack}, and this is ${here.stack}`, "Correct --dir or --plan.");
  }
  if (meta.workspace !== here.workspace) {
    throw refused(
      `This plan is of the workspace ${meta.workspace}, and this is ${here.workspace}`,
      "Correct --workspace or --plan."
    );
  }
  if (meta.codeSha256 === here.digest) return;
  const of = ({ commit }) => commit === void 0 ? "" : ` (commit ${commit})`;
  throw refused(
    `This plan was made of other code${of(meta)} than what is here${of(here)}`,
    "The branch was not up to date when the plan was made, or more was merged since. Make a new plan of this code, and have it reviewed."
  );
}
function sameOptions({ options }, here) {
  if (JSON.stringify(options.varFile) !== JSON.stringify(here.varFile)) {
    const list2 = ({ varFile }) => varFile.join(" ") || "none";
    throw refused(
      `This plan was made with --var-file ${list2(options)}, and here it is ${list2(here)}`,
      "Give the same files."
    );
  }
  if (options.destroy === here.destroy) return;
  throw refused(
    options.destroy ? "This plan destroys the stack, and --destroy is not given" : "This plan does not destroy the stack, and --destroy is given",
    "Give the options of the plan."
  );
}
var refused = (why, hint2) => new CommandError(`${why}. Nothing was applied.`, hint2);

// control-plane/cli/ci/stack-options.ts
function withStackOptions(command) {
  return withConnectionOptions(command).option("--dir <dir>", "directory of the stack", ".").option("--workspace <name>", "workspace (default: the one that is selected)").option("--var-file <files...>", "files of variables, from the stack's directory").option("--destroy", "destroy everything that the stack declares").option("--backend-config <values...>", "of the backend, as terraform init takes them: KEY=VALUE or a file").option("--lock-timeout <duration>", "how long to wait for the lock of the state, such as 10m").option("--no-lock", "do not lock the state: where the role must not write to the backend").addOption(
    new Option("--terraform <binary>", "Terraform or OpenTofu").env("TERRAFORM_BINARY_NAME").default("terraform")
  );
}
var planOptionsOf = ({ varFile = [], destroy = false }) => ({ varFile, destroy });
var initArguments = ({ backendConfig = [] }) => [
  ...["init", "-input=false", "-no-color"],
  ...backendConfig.map((value) => `-backend-config=${value}`)
];
var planArguments = (options, file) => [
  ...["plan", "-input=false", "-json", "-detailed-exitcode", `-out=${file}`],
  ...lockArguments(options),
  ...options.destroy ? ["-destroy"] : [],
  ...(options.varFile ?? []).map((path) => `-var-file=${path}`)
];
var lockArguments = ({ lock, lockTimeout }) => [
  ...lock ? [] : ["-lock=false"],
  ...lockTimeout === void 0 ? [] : [`-lock-timeout=${lockTimeout}`]
];
function connecting(options) {
  let connection;
  return () => {
    connection ??= connect(options);
    return connection;
  };
}

// control-plane/cli/ci/apply.ts
var help = `
Refused, before anything is applied: a plan of another stack, workspace, state or code, or with other options; a state
that moved on; a file that was changed; and what a new plan of the code that is here does not say in the same way.

The new plan is the one that is applied, so nothing that the artifact contains runs under the apply role. Code that
calls timestamp() plans other values each time; --no-replan applies the file itself. Use it only where nobody but the
job that made the plan can write the artifact.

Examples:
  keystead ci apply --dir stacks/orders --plan plan
  keystead ci apply --dir stacks/orders --baseline orders --by arn:aws:iam::111122223333:role/ci-apply

Exit codes: 0 applied, or nothing to do; 1 error, with what was applied until then.`;
function applyCommand() {
  const command = withStackOptions(new Command("apply").description("Apply exactly what a saved plan says.")).option("--plan <dir>", "directory of the saved plan", "plan").option("--encrypt-with <key>", "refuse a plan that is not encrypted with this key").option("--no-replan", "apply the saved file without planning again").option("--baseline <name>", "then record that these changes were meant, as keystead drift accept does").option("--by <arns...>", "with --baseline: the roles that apply; a change of anybody else is not accepted").addHelpText("after", help);
  return command.action(async () => {
    const options = command.opts();
    if (options.baseline !== void 0 && options.by === void 0) {
      throw new CommandError(
        "--baseline needs --by: otherwise changes of everybody would be accepted.",
        "Name the role under which this job applies."
      );
    }
    const meta = await readMeta(options.plan);
    await applyPlan(options, meta);
    await accept(options, meta);
  });
}
async function applyPlan(options, meta) {
  const place = placeOf(options.terraform, options.dir, options.workspace);
  await initialize(place, initArguments(options));
  sameOptions(meta, planOptionsOf(options));
  const workspace = (await outputOf(place, ["workspace", "show"], "Run terraform init in the directory.")).trim();
  sameStack(meta, { ...await codeOf(options.dir, options.plan), workspace });
  await requireSameState(place, meta);
  const opening = { connect: connecting(options), keyId: options.encryptWith };
  if (!meta.hasChanges) {
    await readContent(options.plan, "json", meta, opening);
    console.log("The plan has no changes: nothing is applied.");
    return;
  }
  await (options.replan ? applyNewPlan : applySavedFile)(options, meta, place, opening);
}
async function requireSameState(place, { state }) {
  const now = stateVersionOf(await outputOf(place, ["state", "pull"], "The state must be readable."));
  if (state.lineage !== "" && now.lineage !== state.lineage) throw otherState();
  if (now.lineage !== state.lineage || now.serial !== state.serial) throw staleState();
}
async function applyNewPlan(options, meta, place, opening) {
  const saved = parsePlan((await readContent(options.plan, "json", meta, opening)).toString(), "the saved plan");
  await withPlan(
    place,
    (file) => planArguments(options, file),
    async ({ file, json }) => {
      const differences = differencesOf(saved, parsePlan(json.toString(), "the new plan"));
      if (differences.length > 0) throw notTheSame(differences);
      console.log("A new plan of this code says the same as the saved one, and is applied.");
      await applyFile(options, place, file, json);
    }
  );
}
function notTheSame(differences) {
  const more = differences.length > 10 ? `; and ${differences.length - 10} more` : "";
  return new CommandError(
    `The code, its inputs or what runs changed after this plan was made: a plan made now differs in ${differences.slice(0, 10).join("; ")}${more}. Nothing was applied.`,
    "Make a new plan, have it reviewed, and apply that one. keystead drift says what was changed by hand."
  );
}
async function applySavedFile(options, meta, place, opening) {
  const content = await readContent(options.plan, "plan", meta, opening);
  await inPrivateDirectory(async (directory) => {
    const file = join4(directory, "plan.tfplan");
    await writeFile3(file, content, { mode: 384 });
    const shown = await outputOf(place, ["show", "-json", "-no-color", file], "Make the plan anew.");
    await applyFile(options, place, file, Buffer.from(shown));
  });
}
async function applyFile(options, place, file, json) {
  const args = ["apply", "-input=false", "-json", ...lockArguments(options), file];
  const ended = await runTerraform(place, args);
  console.log(requireApplied(parsePlan(json.toString(), "the plan"), ended));
}
async function accept(options, { commit }) {
  const { baseline, by } = options;
  if (baseline === void 0 || by === void 0) return;
  const note = `keystead ci apply${commit === void 0 ? "" : ` of ${commit}`}`;
  const accepted = await acceptChanges(await connecting(options)(), { baseline, by, note }).catch((error) => {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`Applied, but the baseline ${baseline} was not accepted. ${error.message}`, error.hint);
  });
  console.log(accepted.join("\n"));
}

// control-plane/cli/ci/comment.ts
import { readFile as readFile5 } from "node:fs/promises";

// control-plane/cli/ci/forges/fit.ts
function fit(text, longest, rest) {
  if (text.length <= longest) return text;
  const lines = text.split("\n");
  const end = `

… ${rest}`;
  const kept = [];
  let length = 0;
  let open = [];
  for (const line of lines) {
    const after = openAfter(open, line);
    const closing = after.reduce((sum, one) => sum + one.length + 1, 0);
    if (length + line.length + 1 + closing + end.length > longest) break;
    kept.push(line);
    length += line.length + 1;
    open = after;
  }
  return [...kept, ...open.toReversed()].join("\n") + end;
}
function openAfter(open, line) {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  const innermost = open.at(-1);
  if (innermost !== void 0 && innermost !== "</details>") {
    const closes = fence?.startsWith(innermost) === true && line.trim() === fence;
    return closes ? open.slice(0, -1) : open;
  }
  if (fence !== void 0) return [...open, fence];
  const begun = [...open, ...(line.match(/<details>/g) ?? []).map(() => "</details>")];
  const ended = (line.match(/<\/details>/g) ?? []).length;
  return begun.slice(0, Math.max(0, begun.length - ended));
}

// control-plane/cli/ci/forges/marker.ts
function requireName(name) {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,99})$/.test(name) && !name.includes("--")) return name;
  throw new CommandError(
    `--id: "${name}" is not a name.`,
    "Use up to 100 letters, digits, dots, slashes and single hyphens."
  );
}
function mark(name, { run, more }, text) {
  return `<!-- keystead:${name} run=${run}${more === "" ? "" : ` ids=${more}`} -->
${text}`;
}
function markOf(name, text) {
  const [first = ""] = text.split(/\r?\n/, 1);
  const found = /^<!-- keystead:(\S+) run=(\d+)(?: ids=([\w,]*))? -->$/.exec(first);
  return found?.[1] === name ? { run: Number(found[2]), more: found[3] ?? "" } : void 0;
}
var withoutMark = (text) => text.replace(/^<!-- keystead:[^\n]*-->\r?\n/, "");

// control-plane/cli/ci/forges/comment.ts
async function postComment(forge, request, name, text) {
  const author = await forge.author();
  const marked = mark(name, { run: forge.run, more: "" }, forge.harmless(text));
  const body = fit(marked, forge.longestBody, "the rest is in the log of the job.");
  const own = async () => (await forge.comments(request)).filter((one) => isOwn(one, author, name)).toSorted(byId);
  const [first, ...more] = await own();
  for (const { id } of more) await forge.deleteComment(request, id);
  if (first !== void 0) return writeOver(forge, request, name, first, body);
  const created = await forge.createComment(request, body);
  return settle(forge, request, name, body, created, await own());
}
var isOwn = (comment, author, name) => comment.author === author && markOf(name, comment.body) !== void 0;
var byId = (a, b) => a.id - b.id;
async function writeOver(forge, request, name, present, body) {
  if ((markOf(name, present.body)?.run ?? 0) > forge.run) return "kept that of a later run";
  if (present.body === body) return "unchanged";
  await forge.updateComment(request, present.id, body);
  return "updated";
}
async function settle(forge, request, name, body, created, all) {
  const [oldest] = all;
  if (oldest === void 0 || oldest.id === created.id) {
    for (const { id } of all.slice(1)) await forge.deleteComment(request, id);
    const latest = all.slice(1).find((one) => (markOf(name, one.body)?.run ?? 0) > forge.run);
    if (oldest === void 0 || latest === void 0) return "created";
    await forge.updateComment(request, oldest.id, latest.body);
    return "kept that of a later run";
  }
  const posted = await writeOver(forge, request, name, oldest, body);
  await forge.deleteComment(request, created.id);
  return posted;
}

// control-plane/cli/ci/comment.ts
function commentCommand() {
  const command = new Command("comment").description("Post a text on the pull or merge request of the job, in place of the one of an earlier run.").addOption(providerOption()).requiredOption("--file <file>", 'Markdown, as "keystead ci plan" writes it').option("--id <name>", "one comment for each name, such as that of a stack", "plan").option("--number <number>", "of the pull or merge request (default: that of the job)", requestNumber).addHelpText(
    "after",
    `
The job's own variables say where: on GitHub GITHUB_TOKEN (permissions: pull-requests: write), GITHUB_REPOSITORY,
GITHUB_API_URL, GITHUB_EVENT_PATH; on GitLab KEYSTEAD_GITLAB_TOKEN (a project access token), CI_API_V4_URL,
CI_PROJECT_ID, CI_MERGE_REQUEST_IID.

Example:
  keystead ci comment --provider github --file plan/comment.md --id orders

Exit codes: 0 posted, or already as it must be; 1 error.`
  );
  return command.action(async () => {
    const { provider, file, id, number } = command.opts();
    const name = requireName(id);
    const text = await readFile5(file, "utf8").catch((error) => {
      throw new CommandError(`${file} cannot be read: ${error.message}.`, '"keystead ci plan" writes plan/comment.md.');
    });
    const forge = openForge(provider, process.env);
    const request = number ?? forge.request();
    console.log(`Comment "${name}" on ${request}: ${await postComment(forge, request, name, text)}.`);
  });
}

// control-plane/cli/ci/fetch.ts
import { mkdir as mkdir2, writeFile as writeFile4 } from "node:fs/promises";
import { join as join5 } from "node:path";

// control-plane/cli/ci/forges/unzip.ts
import { crc32, inflateRawSync } from "node:zlib";
var END = 101010256;
var ENTRY = 33639248;
var STORED = 0;
var DEFLATED = 8;
var LARGEST_FILE = 256 * 1024 * 1024;
function unzip(zip, isWanted) {
  try {
    return filesOf(zip, isWanted);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw damaged();
  }
}
function filesOf(zip, isWanted) {
  const end = zip.lastIndexOf(Buffer.from([80, 75, 5, 6]));
  if (end < 0 || zip.readUInt32LE(end) !== END) throw damaged();
  const files = /* @__PURE__ */ new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < zip.readUInt16LE(end + 10); entry += 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw damaged();
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const path = zip.subarray(at + 46, at + 46 + nameLength).toString();
    const name = path.split("/").at(-1) ?? "";
    if (name !== "" && isWanted(name)) {
      if (files.has(name))
        throw new CommandError(`The artifact has two files ${name}.`, "Run the job that plans again.");
      files.set(name, fileAt(zip, at, name));
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}
function fileAt(zip, entry, name) {
  const method = zip.readUInt16LE(entry + 10);
  const [checksum, packed, size, header] = [16, 20, 24, 42].map((offset) => zip.readUInt32LE(entry + offset));
  if (size > LARGEST_FILE) {
    throw new CommandError(
      `${name} in the artifact is larger than 256 MiB.`,
      "A plan is smaller: look at the artifact."
    );
  }
  const begin = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const bytes = zip.subarray(begin, begin + packed);
  if (method !== STORED && method !== DEFLATED) throw damaged();
  const file = method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  if (file.length !== size || crc32(file) !== checksum) throw damaged();
  return file;
}
var damaged = () => new CommandError("The artifact is not a zip that can be read.", "Run the job that plans again, and then this one.");

// control-plane/cli/ci/fetch.ts
function fetchCommand() {
  const command = new Command("fetch").description("Download the saved plan of the pull or merge request that this commit came from.").addOption(providerOption()).requiredOption(
    "--artifact <name>",
    'GitHub: name of the artifact before "-" and the head commit; GitLab: name of the job that plans'
  ).option("--out <dir>", "where to write it", "plan").option("--commit <sha>", "on the main branch (default: that of the job)").option("--workflow <file>", "GitHub: the only workflow whose artifacts count, as .github/workflows/keystead.yml").addHelpText(
    "after",
    `
A plan is refused when it is not of the last commit of the pull request, when that is of a fork, or when it changed the
pipeline itself. On GitHub the job needs "permissions: actions: read, pull-requests: read". On GitLab the job's token
is enough for merge commits; KEYSTEAD_GITLAB_TOKEN (a project access token, scope read_api) finds others too, and sees
whether the pipeline was changed.

Example:
  keystead ci fetch --provider github --artifact keystead-plan-orders --workflow .github/workflows/keystead.yml

Exit codes: 0 written, 1 error.`
  );
  return command.action(async () => {
    const { provider, artifact, out, commit, workflow } = command.opts();
    const variable = provider === "github" ? "GITHUB_SHA" : "CI_COMMIT_SHA";
    const sha = commit ?? requireVariable(process.env, variable, "Name the commit with --commit.");
    const { of, headCommit, archive } = await openForge(provider, process.env).planOf(
      requireCommit(sha),
      artifact,
      defined({ workflow })
    );
    const files = unzip(archive, isOfPlan);
    if (![...files.keys()].some((name) => name.startsWith("plan."))) {
      throw new CommandError(`The artifact of ${of} has no plan.`, "Run the job that plans again, and then this one.");
    }
    await mkdir2(out, { recursive: true, mode: 448 });
    for (const [name, bytes] of files) await writeFile4(join5(out, name), bytes, { mode: 384 });
    console.log(`The plan of ${of}${headCommit && `, commit ${headCommit},`} is in ${out}.`);
  });
}
var isOfPlan = (name) => /^(?:plan\.[a-z.]+|comment\.md)$/.test(name);
function requireCommit(text) {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text)) return text;
  throw new CommandError(`--commit: "${text}" is not the full name of a commit.`, "Write all of its 40 digits.");
}

// control-plane/cli/ci/forges/issue.ts
var LABEL = "keystead-drift";
var SEVERITY_LABEL = "drift: ";
var IDS_KEPT = 500;
var NAMED = 10;
async function reportIssue(forge, name, title, comparison) {
  const author = await forge.author();
  const own = async () => (await forge.openIssues(LABEL)).filter((one) => isOwn2(one, author, name)).toSorted(byNumber);
  const [first, ...more] = await own();
  for (const { number } of more) await forge.closeIssue(number, false);
  if (comparison.findings.length === 0) return closeClean(forge, first);
  const text = issueText(forge, name, title, comparison);
  if (first !== void 0) return update(forge, name, first, text, comparison.findings);
  const created = await forge.createIssue(text);
  const [oldest = created] = await own();
  if (oldest.number === created.number) return `Issue ${created.number} opened: ${created.address}`;
  await forge.closeIssue(created.number, false);
  return update(forge, name, oldest, text, comparison.findings);
}
var isOwn2 = (issue, author, name) => issue.author === author && markOf(name, issue.body) !== void 0;
var byNumber = (a, b) => a.number - b.number;
function issueText(forge, name, title, comparison) {
  const { findings } = comparison;
  const ids = findings.slice(0, IDS_KEPT).map(({ id }) => id).join(",");
  const body = mark(name, { run: forge.run, more: ids }, forge.harmless(markdownReport(comparison)));
  return {
    title: `${title}: ${count(findings.length, "difference")}`,
    body: fit(body, forge.longestBody, "the rest is in the reports of the job."),
    labels: [LABEL, ...countsOf(findings).map(([severity]) => SEVERITY_LABEL + severity)]
  };
}
async function closeClean(forge, issue) {
  if (issue === void 0) return "No drift, and no issue of it is open.";
  await forge.commentOnIssue(issue.number, "No drift any more: everything is as declared.");
  await forge.closeIssue(issue.number, true);
  return `Issue ${issue.number} closed: no drift.`;
}
async function update(forge, name, present, text, findings) {
  const before = markOf(name, present.body);
  if ((before?.run ?? 0) > forge.run) return `Issue ${present.number} is that of a later run, and stays.`;
  const others = present.labels.filter((label) => label !== LABEL && !label.startsWith(SEVERITY_LABEL));
  const labels = [...text.labels, ...others];
  const isSame2 = withoutMark(present.body) === withoutMark(text.body) && present.title === text.title && labels.toSorted().join("\n") === present.labels.toSorted().join("\n");
  if (isSame2) return `Issue ${present.number} is up to date.`;
  await forge.updateIssue(present.number, { ...text, labels });
  const known = new Set(before?.more.split(","));
  const added = findings.slice(0, IDS_KEPT).filter(({ id }) => !known.has(id));
  if (added.length > 0) await forge.commentOnIssue(present.number, newOnes(added));
  return `Issue ${present.number} updated: ${count(added.length, "new difference")}.`;
}
function newOnes(added) {
  const named = added.slice(0, NAMED).map((finding) => `- ${finding.severity}: ${escapeMarkdown(titleOf(finding))}`);
  const more = added.length > NAMED ? [`- … and ${added.length - NAMED} more`] : [];
  return [`${count(added.length, "new difference")}:`, "", ...named, ...more].join("\n");
}

// control-plane/cli/ci/issue.ts
function issueCommand() {
  const command = new Command("issue").description("Open an issue for a report of drift, keep it up to date, and close it when there is none.").addOption(providerOption()).requiredOption("--report <file>", 'what "keystead drift --report json=FILE" wrote').option("--id <name>", "one issue for each name, such as that of a stack", "drift").option("--title <text>", "before the number of differences", "Drift").addHelpText(
    "after",
    `
The issue has the label keystead-drift and one for each severity. The job's own variables say where: on GitHub
GITHUB_TOKEN (permissions: issues: write), GITHUB_REPOSITORY, GITHUB_API_URL; on GitLab KEYSTEAD_GITLAB_TOKEN (a project
access token), CI_API_V4_URL, CI_PROJECT_ID.

Example:
  keystead ci issue --provider github --report drift.json --id orders --title "Drift of orders"

Exit codes: 0 done, whether there is drift or not; 1 error.`
  );
  return command.action(async () => {
    const { provider, report, id, title } = command.opts();
    const name = requireName(id);
    const comparison = await readReport(report);
    console.log(await reportIssue(openForge(provider, process.env), name, title, comparison));
  });
}

// control-plane/cli/ci/changes/access.ts
async function plannedAccess(plan2, isOwn3, connect2) {
  const changes = (plan2.resource_changes ?? []).filter((change) => isOwn3(change) && actionOf(change) !== void 0);
  const found = await Promise.all(changes.map((change) => accessOf(plan2, change, connect2)));
  return found.flat();
}
var keyTypes = ["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key"];
async function accessOf(plan2, resource, connect2) {
  const { type, address } = resource;
  if (keyTypes.includes(type)) return accessToKey(plan2, resource, connect2);
  if (type === "aws_kms_key_policy") return byPolicyResource(resource, connect2);
  if (type === "aws_kms_grant") return byGrant(resource);
  if (!type.startsWith("aws_iam_")) return [];
  return [
    {
      address,
      by: type,
      changes: [],
      notes: ["An identity or its policies change: what that gives or takes is not computed."]
    }
  ];
}
var sidesOf = ({ change }) => ({
  before: change.before ?? {},
  after: change.after ?? {}
});
async function accessToKey(plan2, resource, connect2) {
  const { address } = resource;
  const action = actionOf(resource);
  const said = (by, notes, changes = []) => ({
    address,
    by,
    changes,
    notes
  });
  const gone = action === "delete" || action === "replace";
  const made = action === "create" || action === "replace";
  return [
    ...gone ? [said("deletion of the key", ["Everybody loses every action on it; what it encrypted is lost with it."])] : [],
    ...action === "forget" ? [said("removal from the state", ["Nobody gains or loses anything: the key stays as it is."])] : [],
    ...made ? [await ofNewKey(plan2, resource, connect2, said)] : [],
    ...action === "update" ? await ofChangedKey(resource, connect2, said) : []
  ];
}
async function ofNewKey(plan2, resource, connect2, said) {
  const { after } = sidesOf(resource);
  const by = "a new key";
  if (isHidden(resource)) return said(by, ["Its policy is sensitive, and is not evaluated."]);
  if (typeof after.policy === "string") return said(by, ...await decided(connect2, void 0, after));
  if (configuredExpressions(plan2, resource.address)?.policy !== void 0) {
    return said(by, ["Its policy is known only after apply, and is not evaluated."]);
  }
  return said(by, ["The default policy: users and roles of the account can do what their identity policies allow."]);
}
async function ofChangedKey(resource, connect2, said) {
  const { before, after } = sidesOf(resource);
  const enabled = resource.type === "aws_kms_key" ? "is_enabled" : "enabled";
  const switched = before[enabled] === true && after[enabled] === false ? [said("disabling the key", ["Nobody can use it until it is enabled again."])] : before[enabled] === false && after[enabled] === true ? [said("enabling the key", ["Everybody whom its policy and grants allow can use it again."])] : [];
  return [...switched, ...await byPolicy(resource, connect2, before.arn ?? before.key_id, said)];
}
async function byPolicyResource(resource, connect2) {
  const { address } = resource;
  const { before, after } = sidesOf(resource);
  const said = (by, notes, changes = []) => ({ address, by, changes, notes });
  if (actionOf(resource) === "delete") {
    return [
      said("deletion of the policy resource", [
        "The key gets the default policy: what that gives or takes is not computed."
      ])
    ];
  }
  const keyId = after.key_id ?? before.key_id;
  if (keyId === void 0 || keyId === null) {
    if (isHidden(resource) || typeof after.policy !== "string") return byPolicy(resource, connect2, void 0, said);
    return [said("the policy of a new key", ...await decided(connect2, void 0, after))];
  }
  return byPolicy(resource, connect2, keyId, said);
}
async function byPolicy(resource, connect2, keyId, said) {
  const { before, after } = sidesOf(resource);
  const by = "its policy";
  const unknown = resource.change.after_unknown?.policy === true;
  if (unknown) return [said(by, ["It is known only after apply, and is not evaluated."])];
  if (typeof after.policy !== "string" || after.policy === before.policy) return [];
  if (isHidden(resource)) return [said(by, ["It is sensitive, and is not evaluated."])];
  return [said(by, ...await decided(connect2, String(keyId), after))];
}
async function decided(connect2, keyId, { policy, region }) {
  const place = typeof region === "string" ? region : void 0;
  const { changes, isComplete, unknown } = await comparedAccess(await connect2(), keyId, String(policy), place);
  const swapped = keyId === void 0 ? changes : changes.map(reversed);
  const notes = isComplete ? changes.length === 0 ? ["Nobody gains or loses an action."] : [] : [`Not decided: ${unknown}`];
  return [notes, swapped];
}
var reversed = ({ principal, gained, lost, mayGain, mayLose }) => ({
  principal,
  gained: lost,
  lost: gained,
  mayGain: mayLose,
  mayLose: mayGain
});
function isHidden({ change }) {
  return [change.before_sensitive, change.after_sensitive].some(
    (marks) => marks === true || marks?.policy === true
  );
}
function byGrant(resource) {
  const { address } = resource;
  const { before, after } = sidesOf(resource);
  const operations2 = ({ operations: listed2 }) => (Array.isArray(listed2) ? listed2 : []).map((name) => `kms:${name}`).sort();
  const whoOf = ({ grantee_principal: user, grantee_service_principal: service }) => String(user || service || "a grantee known after apply");
  const change = (principal, gained, lost) => ({
    principal,
    gained,
    lost,
    mayGain: [],
    mayLose: []
  });
  const action = actionOf(resource);
  const gone = action === "delete" || action === "replace" ? [change(whoOf(before), [], operations2(before))] : [];
  const made = action === "create" || action === "replace" ? [change(whoOf(after), operations2(after), [])] : [];
  if (gone.length + made.length === 0) return [];
  const limited = [before, after].some(({ constraints }) => Array.isArray(constraints) && constraints.length > 0);
  const notes = limited ? ["Only for the encryption contexts or sources that the grant names."] : [];
  return [{ address, by: "a grant", changes: [...gone, ...made], notes }];
}

// control-plane/cli/shared/markdown.ts
var INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
function visible(text) {
  return text.replace(/[\t\n\r ]+/g, " ").replace(INVISIBLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`).trim();
}
function codeSpan(text) {
  const shown = visible(text).replaceAll("|", "\\|") || " ";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = /^`|`$/.test(shown) ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}
function htmlCode(text) {
  const escaped = visible(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<code>${escaped}</code>`;
}
function hiddenMarker(name, values) {
  const encoded = Object.entries(values).map(([key, value]) => `${key}=${encode(value)}`);
  return `<!-- ${[name, ...encoded].join(" ")} -->`;
}
var encode = (value) => encodeURIComponent(value).replaceAll("-", "%2D");

// control-plane/cli/ci/changes/secrets.ts
var HIDDEN = "(sensitive value)";
var SHORTEST_PART = 6;
function hiding(plan2) {
  const secrets = /* @__PURE__ */ new Set();
  for (const { change } of [...plan2.resource_changes ?? [], ...plan2.resource_drift ?? []])
    addSides(secrets, change);
  for (const change of Object.values(plan2.output_changes ?? {})) addSides(secrets, change);
  for (const [name, { sensitive, default: value }] of variablesOf(plan2.configuration?.root_module)) {
    if (sensitive !== true) continue;
    addTexts(secrets, value);
    addTexts(secrets, plan2.variables?.[name]?.value);
  }
  const parts = [...secrets].filter(({ length }) => length >= SHORTEST_PART).sort((a, b) => b.length - a.length);
  return (text) => {
    if (secrets.has(text)) return HIDDEN;
    return parts.reduce((shown, part) => shown.replaceAll(part, HIDDEN), text);
  };
}
function addSides(secrets, change) {
  addMarked(secrets, change.before, change.before_sensitive);
  addMarked(secrets, change.after, change.after_sensitive);
}
function addMarked(secrets, value, marks) {
  if (marks === true) addTexts(secrets, value);
  else if (isRecord2(marks) && isRecord2(value)) {
    for (const [name, mark2] of Object.entries(marks)) addMarked(secrets, value[name], mark2);
  }
}
function addTexts(secrets, value) {
  if (typeof value === "string" && value !== "") {
    secrets.add(value);
    secrets.add(JSON.stringify(value).slice(1, -1));
    if (value.length >= SHORTEST_PART) secrets.add(Buffer.from(value).toString("base64"));
  } else if (typeof value === "number") secrets.add(String(value));
  else if (isRecord2(value)) for (const one of Object.values(value)) addTexts(secrets, one);
}
function variablesOf(module) {
  return Object.entries(module?.variables ?? {});
}
var isRecord2 = (value) => typeof value === "object" && value !== null;
function withoutMarked(value, marks) {
  if (marks === true) return HIDDEN;
  if (!isRecord2(marks) || !isRecord2(value)) return value;
  const shown = Object.entries(value).map(([name, one]) => [name, withoutMarked(one, marks[name])]);
  return Array.isArray(value) ? shown.map(([, one]) => one) : Object.fromEntries(shown);
}

// control-plane/cli/ci/changes/attributes.ts
var UNKNOWN = "(known after apply)";
function attributeChanges(change) {
  const before = sideOf(change.before, change.before_sensitive);
  const after = sideOf(change.after, change.after_sensitive);
  const unknown = isSide(change.after_unknown) ? change.after_unknown : {};
  const real = { before: sideOf(change.before, void 0), after: sideOf(change.after, void 0) };
  const replacing = new Set((change.replace_paths ?? []).map(([name]) => String(name)));
  const isNew = change.before === null;
  const isGone = change.after === null;
  const names = [.../* @__PURE__ */ new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])].sort();
  return names.flatMap((name) => {
    const replaces = replacing.has(name);
    if (!isGone && isUnknown(unknown[name])) return isNew ? [] : [{ name, ...pair(before[name], UNKNOWN), replaces }];
    if (isSame(real.before[name], real.after[name])) return [];
    return partsOf(name, before[name], after[name], real.before[name], real.after[name]).map((part) => ({
      ...part,
      replaces
    }));
  });
}
function partsOf(name, before, after, realBefore, realAfter) {
  if (before === HIDDEN || after === HIDDEN) return [{ name, ...pair(before, after) }];
  if (isMap(before ?? {}) && isMap(after ?? {}) && (before ?? after) !== void 0 && (before ?? after) !== null) {
    const [old, now] = [before ?? {}, after ?? {}];
    const [oldReal, nowReal] = [realBefore ?? {}, realAfter ?? {}];
    return [.../* @__PURE__ */ new Set([...Object.keys(old), ...Object.keys(now)])].sort().filter((key) => !isSame(oldReal[key], nowReal[key])).map((key) => ({ name: `${name}[${JSON.stringify(key)}]`, ...pair(old[key], now[key]) }));
  }
  const details = name === "policy" && typeof before === "string" && typeof after === "string" ? policyParts(before, after) : [];
  return [{ name, ...pair(before, after), ...details.length > 0 && { details } }];
}
function policyParts(before, after) {
  try {
    return describePolicyDifference(before, after);
  } catch {
    return [];
  }
}
var pair = (before, after) => ({
  ...hasValue(before) && { before: textOf2(before) },
  ...hasValue(after) && { after: textOf2(after) }
});
var hasValue = (value) => value !== void 0 && value !== null;
var textOf2 = (value) => typeof value === "string" ? value : JSON.stringify(value);
var isSame = (a, b) => JSON.stringify(emptied(a)) === JSON.stringify(emptied(b));
var emptied = (value) => value === void 0 || value === "" || typeof value === "object" && value !== null && Object.keys(value).length === 0 ? null : value;
function sideOf(value, marks) {
  const shown = withoutMarked(value, marks);
  return isSide(shown) ? shown : {};
}
var isSide = (value) => typeof value === "object" && value !== null;
var isMap = (value) => isSide(value) && !Array.isArray(value);
function isUnknown(marks) {
  if (marks === true) return true;
  return isSide(marks) && Object.values(marks).some(isUnknown);
}

// control-plane/cli/ci/changes/describe-plan.ts
var COMMENT_BYTES = 62e3;
var share = { warnings: 12e3, access: 2e4 };
var ofComment = {
  bytes: COMMENT_BYTES,
  warningBytes: share.warnings,
  accessBytes: share.access,
  textLength: 400,
  actions: 12
};
var ofFile = {
  bytes: Number.POSITIVE_INFINITY,
  warningBytes: Number.POSITIVE_INFINITY,
  accessBytes: Number.POSITIVE_INFINITY,
  textLength: Number.POSITIVE_INFINITY,
  actions: Number.POSITIVE_INFINITY
};
var planComment = (about) => describe(about, ofComment);
var planInFull = (about) => describe(about, ofFile);
function describe(about, size) {
  const hide = hiding(about.plan);
  const head = headOf(about, hide);
  const changed2 = inOrder(about.plan.resource_changes ?? []);
  const warnings = fitting(
    "Warnings",
    about.warnings.map((one) => warningLine(one, hide, size)),
    size.warningBytes
  );
  const access = fitting("Who gains or loses what", accessBlocks(about.access, hide, size), size.accessBytes);
  const outputs2 = Object.entries(about.plan.output_changes ?? {}).flatMap(
    ([name, { actions }]) => actions.includes("no-op") ? [] : [`- output ${codeSpan(name)}: ${actions.join(", ")}`]
  );
  const room = size.bytes - bytesOf([head, warnings.text, access.text].join("\n")) - 1e3;
  const changes = fitting("Changes", [...changed2.map((one) => resourceBlock(one, hide, size)), ...outputs2], room);
  const left = [
    ...warnings.left > 0 ? [count(warnings.left, "warning")] : [],
    ...access.left > 0 ? [`${count(access.left, "line")} about access`] : [],
    ...changes.left > 0 ? [count(changes.left, "change")] : []
  ];
  const where = about.jobUrl === void 0 ? "the artifact of this run" : `the artifact of [this run](${about.jobUrl})`;
  const rest = left.length === 0 ? "" : `
**Left out here: ${left.join(", ")}.** \`changes.md\` in ${where} has all of it.
`;
  return [head, warnings.text, access.text, changes.text, rest].filter((part) => part !== "").join("\n");
}
function headOf({ stack, workspace, commit, plan: plan2 }, hide) {
  const drifted = (plan2.resource_drift ?? []).filter(({ change }) => !change.actions.includes("no-op"));
  const counts = countsOf2(plan2.resource_changes ?? []);
  const outputs2 = Object.values(plan2.output_changes ?? {}).some(({ actions }) => !actions.includes("no-op"));
  const what = counts === "" ? outputs2 ? "only outputs change" : "no changes" : counts;
  const names = drifted.slice(0, 10).map(({ address }) => codeSpan(hide(address)));
  const more = drifted.length > names.length ? ` and ${drifted.length - names.length} more` : "";
  return [
    hiddenMarker("keystead-plan", { stack, workspace }),
    `### Plan for ${codeSpan(stack)}: ${what}`,
    "",
    `Workspace ${codeSpan(workspace)}${commit === void 0 ? "" : `, commit ${codeSpan(commit)}`}.`,
    ...drifted.length === 0 ? [] : ["", `Changed outside of Terraform since the last apply: ${names.join(", ")}${more}.`],
    ""
  ].join("\n");
}
var counted = [
  ["replace", "to replace"],
  ["delete", "to destroy"],
  ["forget", "to forget"],
  ["update", "to change"],
  ["create", "to add"],
  ["import", "to import"],
  ["move", "to move"]
];
function countsOf2(changes) {
  const of = (wanted) => changes.filter((change) => actionOf(change) === wanted).length;
  return counted.flatMap(([action, words]) => of(action) > 0 ? [`${of(action)} ${words}`] : []).join(", ");
}
var inOrder = (changes) => actionsInOrder.flatMap((action) => changes.filter((change) => actionOf(change) === action));
function warningLine({ summary, detail, address }, hide, { textLength }) {
  const about = address === void 0 ? "" : ` ${codeSpan(hide(address))}`;
  const more = detail === "" ? "" : `: ${codeSpan(cut(hide(detail), textLength * 2))}`;
  return `- **${codeSpan(cut(hide(summary), textLength))}**${about}${more}`;
}
function accessBlocks(access, hide, size) {
  return access.flatMap(({ address, by, changes, notes }) => {
    const about = `${codeSpan(hide(address))}, ${by}`;
    const lines = changes.flatMap(({ principal, gained, lost, mayGain, mayLose }) => [
      ...actionsLine(about, "gains", principal, gained, hide, size),
      ...actionsLine(about, "may gain, by conditions,", principal, mayGain, hide, size),
      ...actionsLine(about, "loses", principal, lost, hide, size),
      ...actionsLine(about, "may lose, by conditions,", principal, mayLose, hide, size)
    ]);
    return [
      ...lines,
      ...notes.map((note) => `- ${about}: ${note.startsWith("Not decided") ? codeSpan(hide(note)) : note}`)
    ];
  });
}
var keyActions = Object.values(operations).flatMap(
  ({ targets }) => targets.flatMap((target) => target.kind === "key" ? [target.action] : [])
);
function actionsLine(about, verb, principal, actions, hide, { actions: shown }) {
  if (actions.length === 0) return [];
  if (keyActions.every((action) => actions.includes(action))) {
    return [`- ${about}: ${codeSpan(hide(principal))} **${verb}** every action`];
  }
  const names = actions.slice(0, shown).map((action) => codeSpan(action));
  const more = actions.length > names.length ? ` and ${actions.length - names.length} more` : "";
  return [`- ${about}: ${codeSpan(hide(principal))} **${verb}** ${names.join(", ")}${more}`];
}
function resourceBlock(resource, hide, size) {
  const { address, previous_address: previous, change } = resource;
  const action = actionOf(resource) ?? "update";
  const from = previous !== void 0 && previous !== address ? ` (was ${htmlCode(hide(previous))})` : "";
  const summary = `${action} ${htmlCode(hide(address))}${from}`;
  const lines = attributeChanges(change).map((one) => attributeLine(one, hide, size));
  if (lines.length === 0) return `<details><summary>${summary}</summary></details>`;
  return [`<details><summary>${summary}</summary>`, "", ...lines, "", "</details>"].join("\n");
}
function attributeLine({ name, before, after, details = [], replaces }, hide, size) {
  const show = (text) => codeSpan(cut(hide(text), size.textLength));
  const forced = replaces ? " (forces replacement)" : "";
  if (details.length > 0) {
    return [
      `- ${codeSpan(hide(name))} changes in meaning${forced}:`,
      ...details.map((line) => `  - ${show(line)}`)
    ].join("\n");
  }
  const values = before === void 0 ? show(after ?? "") : `${show(before)} → ${after === void 0 ? "none" : show(after)}`;
  return `- ${codeSpan(hide(name))}: ${values}${forced}`;
}
function cut(text, length) {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… (${text.length - length} more characters)`;
}
function fitting(title, blocks, room) {
  if (blocks.length === 0) return { text: "", left: 0 };
  const shown = [];
  let used = 0;
  for (const block2 of blocks) {
    used += bytesOf(block2) + 1;
    if (used > room) break;
    shown.push(block2);
  }
  return { text: [`**${title}**`, "", ...shown, ""].join("\n"), left: blocks.length - shown.length };
}
var bytesOf = (text) => Buffer.byteLength(text);

// control-plane/cli/ci/runs/job-url.ts
function jobUrl(env) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, CI_JOB_URL: job } = env;
  const url = server && repository && run ? `${server}/${repository}/actions/runs/${run}` : job;
  return url !== void 0 && URL.canParse(url) && !/[\s()<>]/.test(url) ? url : void 0;
}

// control-plane/cli/ci/plan.ts
var CHANGES2 = 2;
var help2 = `
Writes into the directory of --out:
  plan.tfplan, plan.json   the saved plan, with every value in it: mode 0600; with --encrypt-with as ….sealed
  plan.meta.json           what the plan is about: stack, workspace, state, code, digests; no values
  comment.md               for the pull request: what changes, warnings, who gains or loses what; cut to its room
  changes.md               the same, whole

Examples:
  keystead ci plan --dir stacks/orders
  keystead ci plan --dir stacks/orders --encrypt-with alias/ci-plans --commit "$GITHUB_SHA"

Exit codes: 0 nothing to do, 2 changes, 1 error.`;
function planCommand() {
  const command = withStackOptions(
    new Command("plan").description("Make a plan, save it, and describe it for a review.")
  ).option("--out <dir>", "directory of the saved plan", "plan").option("--encrypt-with <key>", "encrypt the saved plan with this key of the control plane: id, ARN or alias").option("--commit <sha>", "commit that the description names (default: what git says)").option("--provider <source>", "source address of the provider whose keys are evaluated", "keystead/aws").addHelpText("after", help2);
  return command.action(async () => {
    const hasChanges = await plan(command.opts());
    if (hasChanges) process.exitCode = CHANGES2;
  });
}
async function plan(options) {
  await emptyArtifact(options.out);
  const place = placeOf(options.terraform, options.dir, options.workspace);
  await initialize(place, initArguments(options));
  return withPlan(
    place,
    (file) => planArguments(options, file),
    (made) => save(options, place, made)
  );
}
async function save(options, place, made) {
  const connect2 = connecting(options);
  const code = await codeOf(options.dir, options.out);
  const workspace = (await outputOf(place, ["workspace", "show"], "Run terraform init in the directory.")).trim();
  const state = stateVersionOf(await outputOf(place, ["state", "pull"], "The state must be readable for a plan."));
  const read = parsePlan(made.json.toString(), "the plan");
  const access = await plannedAccess(read, ofProvider(options.provider), connect2);
  const commit = options.commit ?? code.commit;
  const about = {
    ...{ stack: code.stack, workspace, plan: read, warnings: made.warnings, access },
    ...defined({ commit, jobUrl: jobUrl(process.env) })
  };
  const sealing = options.encryptWith === void 0 ? void 0 : { connection: await connect2(), keyId: options.encryptWith };
  const meta = await writeArtifact(
    options.out,
    made,
    {
      ...{ madeAt: (/* @__PURE__ */ new Date()).toISOString(), stack: code.stack, workspace, codeSha256: code.digest, state },
      ...{ options: planOptionsOf(options), hasChanges: made.hasChanges },
      ...defined({ commit })
    },
    sealing,
    { "comment.md": planComment(about), "changes.md": planInFull(about) }
  );
  const how = meta.encryptedWith === void 0 ? "not encrypted: it holds every value" : `encrypted with ${meta.encryptedWith}`;
  console.log(
    `${made.hasChanges ? "The plan" : "A plan without changes"} is in ${options.out}, ${how}.${sayAccess(access)}`
  );
  return made.hasChanges;
}
function sayAccess(access) {
  const who = new Set(access.flatMap(({ changes }) => changes.map(({ principal }) => principal)));
  return who.size === 0 ? "" : ` It changes what ${count(who.size, "principal")} can do: comment.md names them.`;
}
var ofProvider = (source) => ({ provider_name: name = "" }) => `/${name}`.endsWith(`/${source}`);

// control-plane/cli/ci/roles.ts
import { writeFileSync } from "node:fs";

// provider-schema/pipeline-roles/permissions.ts
var managedKinds = ["keys", "key-stores", "identities"];
var kms = (...names) => names.map((name) => `kms:${name}`);
var readKey = kms(
  ...["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "GetKeyLastUsage", "GetPublicKey"],
  ...["ListGrants", "ListResourceTags"]
);
var list = kms("ListAliases", "ListKeys");
var changeKey = [
  ...kms("UpdateKeyDescription", "PutKeyPolicy", "EnableKey", "DisableKey", "TagResource", "UntagResource"),
  ...kms("EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"),
  ...kms("ScheduleKeyDeletion", "CancelKeyDeletion", "ReplicateKey", "UpdatePrimaryRegion"),
  ...kms("CreateGrant", "RevokeGrant"),
  ...kms("GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"),
  ...["keystead:ProtectKey", "keystead:UnprotectKey"]
];
var changeAlias = kms("CreateAlias", "UpdateAlias", "DeleteAlias");
var useKeys = kms(
  ...["Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "GenerateMac", "VerifyMac", "Sign", "Verify"],
  ...["DeriveSharedSecret", "Encapsulate", "Decapsulate"]
);
var unlessSavedPlan = {
  Condition: { StringNotEquals: { "kms:EncryptionContext:keystead:purpose": "saved-plan" } }
};
var changeKeyStores = kms(
  ...["CreateCustomKeyStore", "UpdateCustomKeyStore", "DeleteCustomKeyStore"],
  ...["ConnectCustomKeyStore", "DisconnectCustomKeyStore"]
);
function permissionsOf(job, manages, account) {
  const key = `arn:aws:kms:*:${account}:key/*`;
  const alias = `arn:aws:kms:*:${account}:alias/*`;
  const identities = `arn:aws:iam::${account}:*`;
  const has = (kind) => manages.includes(kind);
  const applies = job === "apply";
  const ofEverything = [
    ...list,
    ...has("key-stores") || job === "drift" ? kms("DescribeCustomKeyStores") : [],
    ...has("key-stores") && applies ? changeKeyStores : [],
    ...applies ? ["kms:CreateKey", "keystead:AcceptChanges"] : [],
    ...job === "drift" ? [] : ["keystead:ValidateKeyPolicy"],
    ...job === "plan" ? ["keystead:SimulateNewKeyPolicy"] : [],
    ...job === "plan" ? [] : ["keystead:ListChanges", "cloudtrail:LookupEvents"]
  ];
  const allow = (Sid, Action, Resource) => ({ Sid, Effect: "Allow", Action, Resource });
  return [
    allow("ReadKeys", [...readKey, "keystead:CompareKeyPolicies"], key),
    allow("OfTheAccount", ofEverything, "*"),
    ...applies ? [allow("ChangeKeys", [...changeKey, ...changeAlias], [key, alias])] : [],
    ...has("identities") || job === "drift" ? [allow("ReadIdentities", ["iam:Get*", "iam:List*"], identities)] : [],
    ...has("identities") && applies ? [allow("ChangeIdentities", ["iam:*"], identities)] : [],
    {
      Sid: "NeverUseKeys",
      Effect: "Deny",
      Action: useKeys,
      Resource: "*",
      ...job === "drift" ? {} : unlessSavedPlan
    }
  ];
}

// provider-schema/pipeline-roles/claims.ts
var pipelineJobs = ["plan", "apply", "drift"];
function claimsOf(job, source) {
  return (source.provider === "github" ? githubClaims : gitlabClaims)(job, source);
}
var defaultBranch = "main";
function githubClaims(job, source) {
  const { repository, branch = defaultBranch, environment, repositoryId, ownerId, workflow } = source;
  const ref = `refs/heads/${branch}`;
  const events = {
    plan: "pull_request",
    apply: ["push", "workflow_dispatch"],
    drift: ["schedule", "workflow_dispatch"]
  };
  const ofBranch = { ref, ref_type: "branch" };
  const [subject, place] = job === "plan" ? ["pull_request", {}] : job === "apply" && environment !== void 0 ? [`environment:${environment.replaceAll(":", "%3A")}`, { ...ofBranch, environment }] : [`ref:${ref}`, ofBranch];
  return {
    equal: {
      sub: subjectsOf(source, subject),
      repository,
      ...repositoryId !== void 0 && { repository_id: repositoryId },
      ...ownerId !== void 0 && { repository_owner_id: ownerId },
      event_name: events[job],
      ...place,
      ...workflow !== void 0 && { job_workflow_ref: workflow }
    },
    like: {}
  };
}
function subjectsOf({ repository, repositoryId, ownerId }, rest) {
  const byName2 = `repo:${repository}:${rest}`;
  if (repositoryId === void 0 || ownerId === void 0) return byName2;
  const [owner, name] = repository.split("/");
  return [byName2, `repo:${owner}@${ownerId}/${name}@${repositoryId}:${rest}`];
}
function gitlabClaims(job, source) {
  const { repository, branch = defaultBranch, environment, repositoryId, workflow } = source;
  const sources = { plan: "merge_request_event", apply: ["push", "web"], drift: ["schedule", "web"] };
  const common = {
    project_path: repository,
    ...repositoryId !== void 0 && { project_id: repositoryId },
    ref_type: "branch",
    pipeline_source: sources[job],
    ...workflow !== void 0 && { ci_config_ref_uri: workflow }
  };
  const subject = `project_path:${repository}:ref_type:branch:ref:`;
  if (job === "plan") return { equal: common, like: { sub: `${subject}*` } };
  const inEnvironment = job === "apply" && environment !== void 0;
  return {
    equal: {
      sub: subject + branch,
      ...common,
      ref: branch,
      ref_protected: "true",
      ...inEnvironment && { environment }
    },
    like: {}
  };
}

// provider-schema/pipeline-roles/source.ts
var ciProviders = ["github", "gitlab"];
var PipelineRolesError = class extends Error {
  name = "PipelineRolesError";
  hint;
  constructor(message, hint2) {
    super(message);
    this.hint = hint2;
  }
};
var issuers = {
  github: "https://token.actions.githubusercontent.com",
  gitlab: "https://gitlab.com"
};
function requireSource(source) {
  const { provider, repository, branch, environment, issuer, repositoryId, ownerId, workflow } = source;
  const form = provider === "github" ? /^[\w-]+\/[\w.-]+$/ : /^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/;
  if (!form.test(repository)) {
    throw new PipelineRolesError(
      `"${repository}" is not a repository.`,
      provider === "github" ? "Write OWNER/NAME, like team/app." : "Write GROUP/NAME with all groups, like team/app."
    );
  }
  requireLiteral("branch", branch, /^[^\s~^:\\]+$/);
  requireLiteral("environment", environment, /./);
  requireLiteral(
    "workflow",
    workflow,
    /@/,
    "Write it with its ref, like team/app/.github/workflows/keys.yml@refs/heads/main."
  );
  for (const [name, id] of [
    ["repository", repositoryId],
    ["owner", ownerId]
  ]) {
    if (id !== void 0 && !/^[1-9]\d*$/.test(id)) {
      throw new PipelineRolesError(
        `"${id}" is not the number of a ${name}.`,
        "Write its digits; the CI system shows it."
      );
    }
  }
  if (provider === "github" && repositoryId === void 0 !== (ownerId === void 0)) {
    throw new PipelineRolesError(
      "Of the numbers of repository and owner only one is given.",
      "Give both: subjects of GitHub have both or none."
    );
  }
  if (issuer !== void 0 && !/^https:\/\/[^/?#\s]+[^?#\s]*$/.test(issuer)) {
    throw new PipelineRolesError(`"${issuer}" is not an issuer.`, "Write an https:// URL without a query.");
  }
}
function requireLiteral(what, text, form, hint2 = "Name exactly one: trust policies for pipelines have no patterns.") {
  if (text === void 0 || form.test(text) && !/[*?$]/.test(text)) return;
  throw new PipelineRolesError(`"${text}" is not a ${what}.`, hint2);
}

// provider-schema/pipeline-roles/roles.ts
var tokenUses = ["session", "once", "unlimited"];
var assumeRoleAction = "sts:AssumeRoleWithWebIdentity";
var descriptions = {
  plan: "Plans of pull requests",
  apply: "Applies",
  drift: "Drift detection"
};
var acceptedUses = {
  session: ["first", "same-session"],
  once: ["first"]
};
function pipelineRoles(options) {
  requireSource(options);
  const { provider, repository, manages = ["keys"], audience = "keystead" } = options;
  const issuer = options.issuer ?? issuers[provider];
  const prefix = options.prefix ?? repository.split("/").at(-1);
  requirePrefix(prefix);
  requireChoice("manages", manages, managedKinds);
  requireChoice("token use", options.tokenUse === void 0 ? [] : [options.tokenUse], tokenUses);
  if (!/^[^*?$\s]+$/.test(audience)) {
    throw new PipelineRolesError(`"${audience}" is not an audience.`, "Write a text like keystead.");
  }
  return {
    issuer,
    audience,
    roles: pipelineJobs.map((job) => ({
      job,
      name: `${prefix}-${job}`,
      description: `${descriptions[job]} of ${repository}`,
      conditions: conditionsOf(job, options, issuer.slice("https://".length), audience),
      permissions: (account) => permissionsOf(job, manages, account)
    }))
  };
}
function conditionsOf(job, options, provider, audience) {
  const { tokenUse = "session", networks = [] } = options;
  const { equal, like } = claimsOf(job, options);
  const named = (claims) => Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${provider}:${claim}`, value]));
  return {
    StringEquals: {
      ...named({ aud: audience, ...equal }),
      ...tokenUse !== "unlimited" && { "keystead:IdentityTokenUse": acceptedUses[tokenUse] }
    },
    ...Object.keys(like).length > 0 && { StringLike: named(like) },
    ...networks.length > 0 && { IpAddress: { "aws:SourceIp": networks } }
  };
}
var longestJob = Math.max(...pipelineJobs.map((job) => job.length));
function requirePrefix(prefix) {
  if (/^[\w+=,.@-]+$/.test(prefix) && prefix.length + 1 + longestJob <= 64) return;
  throw new PipelineRolesError(
    `"${prefix}" cannot begin the name of a role.`,
    `Write letters, digits and +=,.@-_, ${64 - 1 - longestJob} characters or fewer.`
  );
}
function requireChoice(what, given, choices) {
  const wrong = given.find((one) => !choices.includes(one));
  if (wrong === void 0) return;
  throw new PipelineRolesError(`"${wrong}" is not one of ${what}.`, `Choose from ${choices.join(", ")}.`);
}
var trustDocument = ({ conditions }, providerArn2) => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Federated: providerArn2 }, Action: assumeRoleAction, Condition: conditions }
  ]
});
var permissionDocument = (role, account) => ({
  Version: "2012-10-17",
  Statement: role.permissions(account)
});

// control-plane/cli/ci/roles-create.ts
import { readFile as readFile6 } from "node:fs/promises";

// control-plane/cli/ci/roles-json.ts
var POLICY_NAME = "pipeline";
var providerArn = (issuer, account) => `arn:aws:iam::${account}:oidc-provider/${issuer.slice("https://".length)}`;
function jsonOf({ issuer, audience, roles }, account) {
  const arn = providerArn(issuer, account);
  const document = {
    oidcProvider: { arn, url: issuer, clientIds: [audience] },
    roles: roles.map((role) => ({
      job: role.job,
      name: role.name,
      arn: `arn:aws:iam::${account}:role/${role.name}`,
      description: role.description,
      trustPolicy: trustDocument(role, arn),
      policyName: POLICY_NAME,
      policy: permissionDocument(role, account)
    }))
  };
  return JSON.stringify(document, null, 2);
}

// control-plane/cli/ci/roles-create.ts
async function createRoles(connection, set, options) {
  const { Account: account } = await connection.call("GetCallerIdentity", {});
  const steps = [
    ...options.oidcProvider ? await providerSteps(connection, set, account, options) : [],
    ...(await Promise.all(set.roles.map((role) => roleSteps(connection, role, set.issuer, account)))).flat()
  ];
  if (steps.length === 0) console.log("Everything is as it should be.");
  for (const { title, run } of steps) {
    if (options.yes) await run();
    console.log(options.yes ? title : `would ${title}`);
  }
  if (steps.length > 0 && !options.yes) throw new CommandError("Nothing was done.", "Run it again with --yes.");
  for (const { job, name } of set.roles) console.log(`${job}	arn:aws:iam::${account}:role/${name}`);
}
async function providerSteps(connection, { issuer, audience }, account, { jwksFile, jwksUrl }) {
  const OpenIDConnectProviderArn = providerArn(issuer, account);
  const known = await unlessMissing(connection.call("GetOpenIDConnectProvider", { OpenIDConnectProviderArn }));
  const keys = defined({ Jwks: jwksFile && await readKeys(jwksFile), JwksUri: jwksUrl });
  const setKeys = {
    title: `set the public keys of ${OpenIDConnectProviderArn}`,
    run: () => connection.call("PutOpenIDConnectProviderKeys", { OpenIDConnectProviderArn, ...keys })
  };
  const create = {
    title: `create the OIDC provider ${OpenIDConnectProviderArn} for the audience ${audience}`,
    run: () => connection.call("CreateOpenIDConnectProvider", { Url: issuer, ClientIDList: [audience] })
  };
  const addAudience = {
    title: `add the audience ${audience} to ${OpenIDConnectProviderArn}`,
    run: () => connection.call("AddClientIDToOpenIDConnectProvider", { OpenIDConnectProviderArn, ClientID: audience })
  };
  return [
    ...known === void 0 ? [create] : known.ClientIDList?.includes(audience) ? [] : [addAudience],
    ...Object.keys(keys).length === 0 ? [] : [setKeys]
  ];
}
async function readKeys(file) {
  return readFile6(file, "utf8").catch((error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, "Name a JSON Web Key Set with --jwks-file.");
  });
}
async function roleSteps(connection, role, issuer, account) {
  const { name: RoleName, description: Description } = role;
  const trust = JSON.stringify(trustDocument(role, providerArn(issuer, account)));
  const permissions = JSON.stringify(permissionDocument(role, account));
  const known = (await unlessMissing(connection.call("GetRole", { RoleName })))?.Role;
  const policy = known && await unlessMissing(connection.call("GetRolePolicy", { RoleName, PolicyName: POLICY_NAME }));
  const create = {
    title: `create the role ${RoleName}`,
    run: () => connection.call("CreateRole", { RoleName, Description, AssumeRolePolicyDocument: trust })
  };
  const changeTrust = {
    title: `change the trust policy of ${RoleName}`,
    run: () => connection.call("UpdateAssumeRolePolicy", { RoleName, PolicyDocument: trust })
  };
  const putPolicy = {
    title: `${policy ? "change" : "add"} the policy ${POLICY_NAME} of ${RoleName}`,
    run: () => connection.call("PutRolePolicy", { RoleName, PolicyName: POLICY_NAME, PolicyDocument: permissions })
  };
  const trusts = known && samePolicy(known.AssumeRolePolicyDocument ?? "", trust);
  return [
    ...known ? trusts ? [] : [changeTrust] : [create],
    ...policy && samePolicy(policy.PolicyDocument ?? "", permissions) ? [] : [putPolicy]
  ];
}
async function unlessMissing(asked2) {
  return asked2.catch((error) => {
    if (error instanceof Refusal && error.code === "NoSuchEntityException") return void 0;
    throw error;
  });
}

// control-plane/cli/ci/roles-hcl.ts
var Expression = class {
  text;
  constructor(text) {
    this.text = text;
  }
};
function hclOf({ issuer, audience, roles }, options) {
  const { account, declaresProvider } = options;
  const looksUp = account === void 0;
  const accountText = account ?? `\${${"data.aws_caller_identity.current.account_id"}}`;
  const ofAccount = `arn:aws:iam::${accountText}:oidc-provider/${issuer.slice("https://".length)}`;
  const federated = declaresProvider ? new Expression("aws_iam_openid_connect_provider.ci.arn") : ofAccount;
  return [
    ...looksUp ? ['data "aws_caller_identity" "current" {}', ""] : [],
    ...declaresProvider ? [block("aws_iam_openid_connect_provider", "ci", { url: issuer, client_id_list: [audience] }), ""] : [],
    ...roles.flatMap((role) => [...blocksOf(role, accountText, federated), ""]),
    `output "role_arns" {
  value = ${valueText(outputs(roles), "  ")}
}`
  ].join("\n");
}
function blocksOf(role, account, federated) {
  const { job, name, description } = role;
  return [
    block("aws_iam_role", job, {
      name,
      description,
      assume_role_policy: new Expression(`jsonencode(${valueText(trustOf(role, federated), "  ")})`)
    }),
    "",
    block("aws_iam_role_policy", job, {
      name: POLICY_NAME,
      role: new Expression(`aws_iam_role.${job}.name`),
      policy: new Expression(`jsonencode(${valueText(permissionDocument(role, account), "  ")})`)
    })
  ];
}
function trustOf(role, federated) {
  const { Statement, ...document } = trustDocument(role, "");
  return { ...document, Statement: Statement.map((one) => ({ ...one, Principal: { Federated: federated } })) };
}
var outputs = (roles) => Object.fromEntries(roles.map(({ job }) => [job, new Expression(`aws_iam_role.${job}.arn`)]));
var block = (type, label, members) => `resource "${type}" "${label}" ${valueText(members, "")}`;
function valueText(value, indent) {
  if (value instanceof Expression) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(item, inner));
    const line = `[${items.join(", ")}]`;
    if (!line.includes("\n") && inner.length + line.length < 110) return line;
    return `[
${items.map((item) => `${inner}${item},
`).join("")}${indent}]`;
  }
  return `{
${membersText(Object.entries(value), inner)}${indent}}`;
}
function membersText(members, indent) {
  const lines = members.map(([name, value]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return { key, text: valueText(value, indent) };
  });
  const isLong = (at) => lines[at]?.text.includes("\n") ?? true;
  return lines.map(({ key, text }, at) => {
    let [from, to] = [at, at];
    while (!isLong(at) && !isLong(from - 1)) from -= 1;
    while (!isLong(at) && !isLong(to + 1)) to += 1;
    const width = Math.max(...lines.slice(from, to + 1).map((line) => line.key.length));
    return `${indent}${key.padEnd(width)} = ${text}
`;
  }).join("");
}

// control-plane/cli/ci/roles.ts
var formats = ["hcl", "json"];
var examples = `
Examples:
  keystead ci roles --repo team/app --provider github > roles.tf
  keystead ci roles --repo group/app --provider gitlab --issuer https://gitlab.example.com --environment production
  keystead ci roles --repo team/app --provider github --create --yes

Exit codes: 0 printed or created, 1 error.`;
function rolesCommand() {
  const command = withConnectionOptions(
    new Command("roles").description(
      "The roles for the plan, apply and drift jobs of one repository: who can take them, and what they may do."
    )
  ).requiredOption("--repo <name>", "OWNER/NAME, in the case in which the CI system writes it").addOption(new Option("--provider <name>", "CI system").choices(ciProviders).makeOptionMandatory()).option("--branch <name>", 'whose commits are applied and compared (default: "main")').option("--environment <name>", "environment of the apply job (default: every job of the branch can apply)").option("--issuer <url>", "issuer of the identity tokens (default: GitHub's or gitlab.com's)").option("--prefix <name>", "begins the roles' names (default: the name of the repository)").option("--audience <name>", 'audience that the jobs ask for in their tokens (default: "keystead")').option("--repo-id <number>", "number of the repository: one that is made anew under its name gets nothing").option("--owner-id <number>", "GitHub: number of the owner, with --repo-id").option("--workflow <ref>", "workflow or CI configuration, with its ref, that every job must come from").option("--networks <cidrs...>", "networks from which the jobs come (default: any)").addOption(
    new Option("--token-use <how>", 'how often an identity token opens a session (default: "session")').choices(
      tokenUses
    )
  ).addOption(
    new Option("--manages <kinds...>", "what the stacks declare").choices(managedKinds).default(["keys"], '"keys"')
  ).addOption(new Option("--format <name>", "what to print").choices(formats).default("hcl")).option("--account <id>", "account in the documents (default: for json, the one of the credentials)").option("--no-oidc-provider", "leave out the OIDC provider, because it exists").option("--out <file>", "write to a file").option("--create", "create them, or change those that exist").option("--yes", "with --create: without this, only say what would be done").option("--jwks-file <file>", "with --create: the CI system's public keys, if the control plane cannot fetch them").addOption(new Option("--jwks-url <url>", "with --create: where its public keys are").conflicts("jwksFile")).addHelpText("after", examples);
  return command.action(async () => {
    const options = command.opts();
    const set = unlessMistaken(() => pipelineRoles(asked(options)));
    if (options.create) return createRoles(await connect(options), set, options);
    const text = await printed(options);
    if (options.out === void 0) console.log(text);
    else writeOut(options.out, `${text}
`);
  });
}
var asked = ({ repo, repoId, ...options }) => ({
  ...options,
  repository: repo,
  repositoryId: repoId
});
async function printed(options) {
  const { account, format, oidcProvider: declaresProvider } = options;
  if (account !== void 0 && !isAccountId(account)) {
    throw new CommandError(`--account: "${account}" is not an account id.`, "Write 12 digits.");
  }
  const roles = pipelineRoles(asked(options));
  if (format === "hcl") return hclOf(roles, { account, declaresProvider });
  return jsonOf(roles, account ?? (await (await connect(options)).call("GetCallerIdentity", {})).Account);
}
function unlessMistaken(make) {
  try {
    return make();
  } catch (error) {
    throw error instanceof PipelineRolesError ? new CommandError(error.message, error.hint) : error;
  }
}
function writeOut(file, text) {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${error.message}.`, "Name another file with --out.");
  }
}

// control-plane/cli/ci/token.ts
import { rename, writeFile as writeFile5 } from "node:fs/promises";

// control-plane/cli/ci/forges/identity-token.ts
async function gitHubToken(env, audience, pauseMs) {
  const hint2 = 'The job needs "permissions: id-token: write". A pull request of a fork does not get one, and neither does one of Dependabot.';
  const url = new URL(requireVariable(env, "ACTIONS_ID_TOKEN_REQUEST_URL", hint2));
  const secret = requireVariable(env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", hint2);
  url.searchParams.set("audience", audience);
  const api = openApi({
    name: "GitHub",
    address: url.origin,
    headers: { authorization: `Bearer ${secret}` },
    permissionHint: () => hint2,
    ...pauseMs !== void 0 && { pauseMs }
  });
  const { value } = await api.call("GET", url.pathname + url.search);
  return requireToken(value, "GitHub did not answer with an identity token.", hint2);
}
function gitLabToken(env, variable) {
  const hint2 = `The job needs "id_tokens: ${variable}: aud: …".`;
  return requireToken(requireVariable(env, variable, hint2), `${variable} does not have an identity token.`, hint2);
}
function requireToken(value, problem, hint2) {
  if (typeof value === "string" && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return value;
  throw new CommandError(problem, hint2);
}

// control-plane/cli/ci/token.ts
function tokenCommand() {
  const command = new Command("token").description("Write the job's identity token into a file that only its owner can read.").addOption(providerOption()).requiredOption("--out <file>", "outside of the checked out code; name it in AWS_WEB_IDENTITY_TOKEN_FILE").option("--audience <name>", "GitHub: for whom the token is; the trust policy of the role asks for it", "keystead").option("--variable <name>", "GitLab: where the job declares the token, below id_tokens", "KEYSTEAD_ID_TOKEN").addHelpText(
    "after",
    `
Example:
  keystead ci token --provider github --out "$RUNNER_TEMP/identity-token"

Exit codes: 0 written, 1 error, also where a pull request of a fork asks.`
  );
  return command.action(async () => {
    const { provider, audience, variable, out } = command.opts();
    const token = provider === "github" ? await gitHubToken(process.env, audience) : gitLabToken(process.env, variable);
    await write(out, token).catch((error) => {
      throw new CommandError(`${out} cannot be written: ${error.message}.`, "Name another file with --out.");
    });
  });
}
async function write(file, token) {
  const next = `${file}.${process.pid}`;
  await writeFile5(next, token, { mode: 384, flag: "wx" });
  await rename(next, file);
}

// control-plane/cli/ci/ci.ts
var commands = [
  rolesCommand,
  planCommand,
  applyCommand,
  tokenCommand,
  fetchCommand,
  commentCommand,
  annotateCommand,
  issueCommand
];
function ciCommand() {
  const ci = new Command("ci").description("The steps of a pipeline, as its jobs call them.");
  for (const command of commands) ci.addCommand(command());
  return ci;
}
export {
  ciCommand
};
