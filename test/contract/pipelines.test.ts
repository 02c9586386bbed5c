/**
 * What the templates in `pipelines/` promise to those who copy them: no stored secret, the least permissions, nobody's
 * text in a script, no apply cancelled halfway. test/e2e/pipelines-*.test.ts run them.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const found = (pattern: string) => globSync(pattern, { cwd: root }).sort();

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Input {
  readonly required?: boolean;
  readonly default?: unknown;
  readonly description: string;
}
interface Workflow {
  readonly on: { readonly workflow_call?: { readonly inputs: Readonly<Record<string, Input>> } };
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, Input>>;
  readonly runs: { readonly steps: readonly (Step & { readonly shell?: string })[] };
}

const caller = 'pipelines/github/keystead.yml';
const reusable = found('pipelines/github/workflows/*.yml');
const actions = found('pipelines/github/actions/*/action.yml');
const workflow = (path: string) => parse(read(path)) as Workflow;
const action = (path: string) => parse(read(path)) as Action;
const jobs = [caller, ...reusable].flatMap((path) =>
  Object.entries(workflow(path).jobs).map(([name, job]) => ({ path, name, job })),
);
const steps = [
  ...jobs.flatMap(({ path, job }) => (job.steps ?? []).map((step) => ({ path, step }))),
  ...actions.flatMap((path) => action(path).runs.steps.map((step) => ({ path, step }))),
];

test('there are templates for GitHub and GitLab', () => {
  expect([reusable.length, actions.length, found('pipelines/gitlab/**/*.yml').length]).toEqual([3, 4, 2]);
});

describe('GitHub', () => {
  test('a workflow has no permission of its own, and each job names all that it has', () => {
    for (const path of [caller, ...reusable]) expect([path, workflow(path).permissions]).toEqual([path, {}]);
    const has = Object.fromEntries(
      jobs
        .filter(({ job }) => job.steps !== undefined)
        .map(({ path, name, job }) => [`${path.replace(/.*keystead-|\.yml/g, '')}/${name}`, job.permissions]),
    );
    expect(has).toEqual({
      'plan/not-planned': {},
      'plan/plan': { contents: 'read', 'id-token': 'write' },
      'plan/comment': { contents: 'read', 'pull-requests': 'write' },
      'apply/plan-again': { contents: 'read', 'id-token': 'write' },
      'apply/apply': { actions: 'read', contents: 'read', 'id-token': 'write', 'pull-requests': 'read' },
      'drift/compare': { contents: 'read', 'id-token': 'write' },
      'drift/report': { contents: 'read', issues: 'write', 'security-events': 'write' },
    });
  });

  test('the caller gives each workflow what its jobs need, and no more', () => {
    for (const { uses, permissions } of Object.values(workflow(caller).jobs)) {
      const called = workflow(`pipelines/github/workflows/${uses?.split('/').at(-1)}`);
      const needed = new Map<string, string>();
      for (const job of Object.values(called.jobs)) {
        for (const [scope, level] of Object.entries(job.permissions ?? {})) {
          if (needed.get(scope) !== 'write') needed.set(scope, level);
        }
      }
      expect([uses, permissions]).toEqual([uses, Object.fromEntries(needed)]);
    }
  });

  test('no job runs for a pull request with the rights of the branch', () => {
    for (const path of [caller, ...reusable]) {
      expect(Object.keys(workflow(path).on)).not.toContain('pull_request_target');
      expect(Object.keys(workflow(path).on)).not.toContain('workflow_run');
    }
  });

  test('no template reads a stored secret', () => {
    for (const path of [caller, ...reusable, ...actions]) expect(read(path)).not.toMatch(/\bsecrets(\.|:| *\[)/);
  });

  test('no script has an expression in it, so nobody can write a part of one', () => {
    const scripts = steps.flatMap(({ path, step }) => (step.run === undefined ? [] : [{ path, run: step.run }]));
    expect(scripts.length).toBeGreaterThan(8);
    expect(scripts.filter(({ run }) => run.includes('${{'))).toEqual([]);
  });

  test('every action of others is pinned by the digits of a commit, and no checkout keeps its token', () => {
    const others = steps.flatMap(({ path, step }) => (step.uses?.startsWith('./') === false ? [{ path, step }] : []));
    expect(others.length).toBeGreaterThan(8);
    for (const { step } of others) {
      expect(step.uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
      if (step.uses?.startsWith('actions/checkout')) expect(step.with).toEqual({ 'persist-credentials': false });
    }
  });

  test('every job ends by itself, and no apply is cancelled halfway or runs beside another of its stack', () => {
    for (const { job } of jobs.filter(({ job }) => job.steps)) expect(job['timeout-minutes']).toBeGreaterThan(0);
    for (const { job } of jobs) expect(job.concurrency?.['cancel-in-progress'] ?? false).toBe(false);
    const apply = workflow('pipelines/github/workflows/keystead-apply.yml').jobs.apply;
    expect(apply?.concurrency?.group).toMatch(/^keystead-apply-\$\{\{ inputs.stack }}$/);
    expect(apply?.environment).toMatch(/^\$\{\{ inputs.environment }}$/);
  });

  test('an action and a workflow get exactly the inputs that they declare', () => {
    const uses = [
      ...jobs.flatMap(({ job }) => (job.uses === undefined ? [] : [{ uses: job.uses, given: job.with ?? {} }])),
      ...steps.flatMap(({ step }) =>
        step.uses?.startsWith('./') ? [{ uses: step.uses, given: step.with ?? {} }] : [],
      ),
    ];
    for (const { uses: name, given } of uses) {
      const last = name.split('/').at(-1) ?? '';
      const inputs = name.endsWith('.yml')
        ? (workflow(`pipelines/github/workflows/${last}`).on.workflow_call?.inputs ?? {})
        : action(`pipelines/github/actions/${last}/action.yml`).inputs;
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const missing = Object.entries(inputs).filter(
        ([input, { required }]) => required && !Object.hasOwn(given, input),
      );
      expect([name, missing.map(([input]) => input)]).toEqual([name, []]);
    }
  });

  test('an action stops at the first error, and prints what Terraform says where it is not taken for orders', () => {
    for (const path of actions) {
      for (const { run = '' } of action(path).runs.steps) {
        expect(run).toMatch(/^set -euo pipefail\n/);
        const speaks = /^\s*(keystead (ci plan|ci apply|drift) |terraform )/m.exec(run)?.index;
        if (speaks === undefined) continue;
        expect(run.indexOf('::stop-commands::')).toBeGreaterThan(0);
        expect(run.indexOf('::stop-commands::')).toBeLessThan(speaks);
      }
    }
  });

  test('every script can be read by bash', () => {
    for (const { step } of steps) if (step.run) execFileSync('bash', ['-n'], { input: step.run });
  });
});

describe('GitLab', () => {
  const path = 'pipelines/gitlab/templates/stack.yml';
  const [specification, component] = parseAllDocuments(read(path)).map((one) => one.toJS());
  const inputs = specification.spec.inputs as Readonly<Record<string, Input>>;
  const entries = Object.entries(component as Readonly<Record<string, GitLabJob>>);
  const visible = entries.filter(([name]) => !name.startsWith('.'));
  const job = (name: string) => entries.find(([key]) => key.endsWith(`]]-${name}`))?.[1] as GitLabJob;

  interface GitLabJob {
    readonly rules?: readonly { readonly if: string; readonly when?: string }[];
    readonly script?: readonly string[];
    readonly before_script?: readonly string[];
    readonly resource_group?: string;
    readonly interruptible?: boolean;
    readonly environment?: object;
    readonly variables?: Readonly<Record<string, string>>;
    readonly artifacts?: { readonly access: string; readonly expire_in: string };
  }

  test('uses every input that it declares, and the example gives those without a default', () => {
    const used = new Set([...read(path).matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(inputs).sort());
    const [include] = (parse(read('pipelines/gitlab/gitlab-ci.yml')) as { include: { inputs: object }[] }).include;
    const needed = Object.keys(inputs).filter((name) => inputs[name]?.default === undefined);
    expect(Object.keys(include?.inputs ?? {})).toEqual(expect.arrayContaining(needed));
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(include?.inputs ?? {})));
  });

  test('has no input and no text of a commit in a script', () => {
    for (const [, { script = [], before_script: before = [] }] of entries) {
      expect([...before, ...script].join('\n')).not.toMatch(
        /\$\[\[|CI_COMMIT_(MESSAGE|TITLE|REF_NAME)|CI_MERGE_REQUEST/,
      );
    }
  });

  test('plans only merge requests of this project, applies only pushes to the protected branch', () => {
    expect(job('plan').rules).toEqual([
      { if: '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID' },
    ]);
    for (const [name, { rules = [] }] of visible.filter(([name]) => !name.endsWith(']]-plan'))) {
      for (const rule of rules)
        expect([name, rule.if]).toEqual([name, expect.stringContaining('$CI_COMMIT_REF_PROTECTED == "true"')]);
    }
    expect(job('apply').rules?.map((rule) => rule.if)).toEqual([
      expect.stringContaining('"push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'),
    ]);
  });

  test('never runs two applies of one stack, and asks its environment', () => {
    for (const name of ['apply', 'apply-again']) {
      expect(job(name)).toMatchObject({
        ...{ resource_group: 'keystead-$[[ inputs.stack ]]', interruptible: false },
        environment: { name: '$[[ inputs.environment ]]' },
      });
    }
  });

  test('gives each job a role of its own, and keeps artifacts from guests, for days', () => {
    const roles = Object.fromEntries(
      visible.map(([name, { variables }]) => [name.split(']]-')[1], variables?.AWS_ROLE_ARN]),
    );
    expect(roles).toEqual({
      plan: '$[[ inputs.plan-role ]]',
      apply: '$[[ inputs.apply-role ]]',
      drift: '$[[ inputs.drift-role ]]',
      'plan-again': '$[[ inputs.plan-role ]]',
      'apply-again': '$[[ inputs.apply-role ]]',
    });
    const kept = visible.flatMap(([, { artifacts }]) => artifacts ?? []);
    expect(kept).toHaveLength(3);
    for (const { access, expire_in: days } of kept)
      expect([access, days]).toEqual(['developer', expect.stringMatching(/^\d+ days$/)]);
  });

  test('every script can be read by a shell', () => {
    for (const [, { script = [], before_script: before = [] }] of entries) {
      execFileSync('sh', ['-n'], { input: [...before, ...script].join('\n') });
    }
  });
});
