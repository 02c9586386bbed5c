/** The plugin protocol and the engine under the real Terraform, with a provider that stores its resources in files. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { packageFake, pathWithNode, temporaryDirectory } from '../support/provider/packaged.ts';
import { processesOf, Workspace } from '../support/provider/terraform.ts';

needs('terraform');

const root = temporaryDirectory('acceptance');
let cliConfigPath: string;
let mirrorDirectory: string;

beforeAll(async () => {
  ({ cliConfigPath, mirrorDirectory } = await packageFake(join(root, 'dist')));
});

afterAll(() => rmSync(root, { recursive: true }));

function open(name: string): Workspace {
  const workspace = new Workspace(join(root, name), cliConfigPath);
  workspace.write(configuration(name, ''));
  workspace.must('init', '-input=false');
  return workspace;
}

const shelf = (name: string): string => join(root, name, 'shelf');

function configuration(name: string, body: string, provider = ''): string {
  return `terraform {
  required_providers {
    fake = { source = "keystead/fake" }
  }
}
provider "fake" {
  directory = "${shelf(name)}"
  ${provider}
}
${body}
`;
}

const whole = (size: number, kind = 'box'): string => `
resource "fake_thing" "a" {
  kind    = "${kind}"
  size    = ${size}
  note    = "a note"
  big     = 12345678901234567890.25
  key     = "1234abcd-12ab-34cd-56ef-1234567890ab"
  labels  = { "__proto__" = "x", constructor = "y", "ünï" = "ç" }
  colours = ["red", "blue", "red"]
  secret_wo = "never stored"
  rule {
    action = "allow"
  }
  rule {
    action = "deny"
    weight = 0.1
  }
  tag {
    key = "k"
  }
  timeouts {
    create = "2m"
  }
}
output "id" {
  value = fake_thing.a.id
}
`;

describe('a resource from beginning to end', () => {
  const name = 'whole';
  let workspace: Workspace;
  beforeAll(() => {
    workspace = open(name);
  });

  test('is created with every kind of value, and the next plan is empty', () => {
    workspace.write(configuration(name, whole(7)));
    workspace.must('apply', '-auto-approve');
    expect(workspace.planStatus()).toBe(0);
    const { attributes } = workspace.state()['fake_thing.a'] ?? { attributes: {} };
    expect(attributes).toMatchObject({
      size: 7,
      owner: 'nobody',
      version: 1,
      secret_wo: null,
      colours: ['blue', 'red'],
    });
    expect(attributes.rule).toEqual([
      { action: 'allow', serial: 's0', weight: 1 },
      { action: 'deny', serial: 's1', weight: 0.1 },
    ]);
    expect(readFileSync(join(workspace.directory, 'terraform.tfstate'), 'utf8')).toContain('12345678901234567890.25');
  });

  test('is updated in place, values that the service sets are unknown in the plan, and the next plan is empty', () => {
    workspace.write(configuration(name, whole(8)));
    const plan = workspace.must('plan', '-input=false');
    expect(plan).toMatch(/size += 7 -> 8/);
    expect(plan).toMatch(/version += 1 -> \(known after apply\)/);
    expect(plan).not.toMatch(/owner +=.*known after apply/);
    workspace.must('apply', '-auto-approve');
    expect(workspace.planStatus()).toBe(0);
  });

  test('is unchanged when the service returns a value in another form', () => {
    const [file = ''] = readdirSync(shelf(name));
    const path = join(shelf(name), file);
    const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    writeFileSync(path, readFileSync(path, 'utf8').replace('"key":"', `"key":"${arn.slice(0, -36)}`));
    expect(readFileSync(path, 'utf8')).toContain(arn);
    expect(workspace.planStatus()).toBe(0);
  });

  test('has drift when it is changed outside Terraform, and the next apply changes it back', () => {
    const [file = ''] = readdirSync(shelf(name));
    const path = join(shelf(name), file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"note":"a note"', '"note":"changed"'));
    expect(workspace.planStatus('-refresh-only')).toBe(2);
    expect(workspace.planStatus()).toBe(2);
    workspace.must('apply', '-auto-approve');
    expect(workspace.planStatus()).toBe(0);
  });

  test('is replaced when an attribute that forces it changes', () => {
    workspace.write(configuration(name, whole(8, 'bag')));
    const plan = workspace.must('plan', '-input=false');
    expect(plan).toContain('# forces replacement');
    expect(plan).toContain('1 to add, 0 to change, 1 to destroy');
    workspace.must('apply', '-auto-approve');
    expect(readdirSync(shelf(name))).toHaveLength(1);
    expect(workspace.planStatus()).toBe(0);
  });

  test('is created again when it is deleted outside Terraform', () => {
    rmSync(shelf(name), { recursive: true });
    expect(workspace.must('plan', '-input=false')).toContain('1 to add, 0 to change, 0 to destroy');
    workspace.must('apply', '-auto-approve');
    expect(workspace.planStatus()).toBe(0);
  });

  test('is imported by id into an empty state, and the next plan is empty', () => {
    const [file = ''] = readdirSync(shelf(name));
    workspace.must('state', 'rm', 'fake_thing.a');
    workspace.must('import', 'fake_thing.a', file.replace('.json', ''));
    expect(workspace.planStatus()).toBe(0);
  });

  test('is destroyed, and the plan to destroy it shows the warning of the provider', () => {
    workspace.write(configuration(name, whole(8, 'bag').replace('a note', 'keep me')));
    workspace.must('apply', '-auto-approve');
    const warnings = workspace.diagnostics('plan', '-destroy', '-input=false');
    expect(warnings).toMatchObject([{ severity: 'warning', summary: 'It asked to be kept' }]);
    workspace.must('destroy', '-auto-approve');
    expect(readdirSync(shelf(name))).toEqual([]);
  });
});

describe('diagnostics', () => {
  const name = 'diagnostics';
  let workspace: Workspace;
  beforeAll(() => {
    workspace = open(name);
  });

  const thing = (body: string): string => `
resource "fake_thing" "a" {
  kind = "box"
${body}
}`;

  test('of a validator point at the line of the attribute', () => {
    workspace.write(configuration(name, thing('  note = "far too long for a note here"')));
    expect(workspace.diagnostics('plan', '-input=false')).toMatchObject([
      { summary: 'Invalid value', code: 'note = "far too long for a note here"' },
    ]);
  });

  test('of a validator point to the line in a nested block', () => {
    workspace.write(configuration(name, thing('  rule {\n    action = "maybe"\n  }')));
    expect(workspace.diagnostics('plan', '-input=false')).toMatchObject([
      {
        summary: 'Invalid value',
        detail: 'rule.action must be one of allow, deny, got: "maybe".',
        code: 'action = "maybe"',
      },
    ]);
  });

  test('of the resource type itself point at its attribute', () => {
    workspace.write(configuration(name, thing('  note = "bad"')));
    expect(workspace.diagnostics('plan', '-input=false')).toMatchObject([
      { summary: 'A bad note', code: 'note = "bad"' },
    ]);
  });

  test('of the configuration point to the line in the provider block', () => {
    workspace.write(configuration(name, thing(''), 'label = "refused"'));
    expect(workspace.diagnostics('plan', '-input=false')).toMatchObject([
      { summary: 'No such label', code: 'label = "refused"' },
    ]);
  });

  test('of an import show the form of an id', () => {
    workspace.write(configuration(name, thing('')));
    expect(workspace.run('import', '-no-color', 'fake_thing.a', 'nonsense').output).toContain('the id of the thing');
  });
});

describe('failures', () => {
  const name = 'failures';
  let workspace: Workspace;
  beforeAll(() => {
    workspace = open(name);
  });

  const failing = (step: string, size = 1): void =>
    workspace.write(
      configuration(name, `resource "fake_thing" "a" {\n  kind = "box"\n  size = ${size}\n  fail = "${step}"\n}`),
    );

  test('a create that was refused leaves nothing in the state', () => {
    failing('create');
    expect(workspace.diagnostics('apply', '-auto-approve')).toMatchObject([
      { summary: 'No room', code: 'kind = "box"' },
    ]);
    expect(workspace.state()).toEqual({});
  });

  test('an unexpected exception is an error with a text, not a crash', () => {
    failing('crash');
    expect(workspace.diagnostics('apply', '-auto-approve')).toMatchObject([
      { summary: 'Unexpected failure while creating fake_thing', detail: expect.stringContaining('unforeseen') },
    ]);
  });

  test('a create that failed half-way is kept, tainted, and replaced by the next apply', () => {
    failing('after-create');
    expect(workspace.diagnostics('apply', '-auto-approve')).toMatchObject([{ summary: 'Only half done' }]);
    expect(workspace.state()['fake_thing.a']).toMatchObject({ status: 'tainted', attributes: { version: null } });
    expect(readdirSync(shelf(name))).toHaveLength(1);
    failing('never');
    workspace.must('apply', '-auto-approve');
    expect(readdirSync(shelf(name))).toHaveLength(1);
  });

  test('an exception outside any call does not interrupt a creation under way', () => {
    const shaken = open('panic');
    shaken.write(configuration('panic', 'resource "fake_thing" "a" {\n  kind = "box"\n  fail = "panic"\n}'));
    shaken.must('apply', '-auto-approve');
    expect(shaken.state()['fake_thing.a']?.attributes).toMatchObject({ fail: 'panic', version: 1 });
    expect(readdirSync(shelf('panic'))).toHaveLength(1);
  });

  test('an update that failed keeps the former values in the state', () => {
    failing('update', 2);
    expect(workspace.diagnostics('apply', '-auto-approve')).toMatchObject([{ summary: 'Stuck' }]);
    expect(workspace.state()['fake_thing.a']?.attributes.size).toBe(1);
  });

  test('a destroy that failed keeps the resource', () => {
    failing('remove', 1);
    workspace.must('apply', '-auto-approve');
    expect(workspace.diagnostics('destroy', '-auto-approve')).toMatchObject([{ summary: 'Glued' }]);
    expect(workspace.state()['fake_thing.a']?.attributes.fail).toBe('remove');
  });
});

describe('many and unknown', () => {
  test('fifty resources are created, refreshed without change and destroyed', () => {
    const name = 'many';
    const workspace = open(name);
    workspace.write(configuration(name, 'resource "fake_thing" "a" {\n  count = 50\n  kind = "box"\n}'));
    expect(workspace.must('apply', '-auto-approve')).toContain('50 added');
    expect(workspace.planStatus()).toBe(0);
    expect(workspace.must('destroy', '-auto-approve')).toContain('50 destroyed');
  });

  test('values known only after apply flow through attributes, blocks, provider blocks and data sources', () => {
    const name = 'unknown';
    const workspace = open(name);
    workspace.write(
      configuration(
        name,
        `
resource "fake_thing" "first" {
  kind = "box"
}
resource "fake_thing" "second" {
  kind    = fake_thing.first.id
  note    = substr(fake_thing.first.id, 0, 8)
  labels  = { id = fake_thing.first.id }
  colours = [fake_thing.first.id]
  dynamic "rule" {
    for_each = [fake_thing.first.version]
    content {
      action = rule.value == 1 ? "allow" : "deny"
    }
  }
  dynamic "tag" {
    for_each = toset([fake_thing.first.id])
    content {
      key = tag.value
    }
  }
}
data "fake_shelf" "found" {
  prefix = fake_thing.second.id
}
output "found" {
  value = data.fake_shelf.found.ids
}`,
        'label = "mine"',
      ),
    );
    workspace.must('apply', '-auto-approve');
    expect(workspace.planStatus()).toBe(0);
    const second = workspace.state()['fake_thing.second']?.attributes;
    expect(second?.rule).toEqual([{ action: 'allow', serial: 's0', weight: 1 }]);
    expect(second?.owner).toBe('mine');
    expect(workspace.must('output', '-json', 'found')).toContain(String(second?.id));
  });

  test('a provider_meta block is accepted where the provider declares one', () => {
    const name = 'meta';
    const workspace = open(name);
    workspace.write(
      configuration(
        name,
        'terraform {\n  provider_meta "fake" {\n    user_agent = ["module/1.0"]\n  }\n}\nresource "fake_thing" "a" {\n  kind = "box"\n}',
      ),
    );
    workspace.must('apply', '-auto-approve');
  });

  test('state of an older schema is read: former attributes are dropped, new ones are null', () => {
    const name = 'upgrade';
    const workspace = open(name);
    workspace.write(configuration(name, 'resource "fake_thing" "a" {\n  kind = "box"\n}'));
    workspace.must('apply', '-auto-approve');
    const path = join(workspace.directory, 'terraform.tfstate');
    const older = JSON.parse(readFileSync(path, 'utf8'));
    const [instance] = older.resources[0].instances;
    instance.schema_version = 0;
    instance.attributes.former = { deep: [1] };
    delete instance.attributes.labels;
    delete instance.attributes.rule;
    writeFileSync(path, JSON.stringify(older));
    expect(workspace.planStatus()).toBe(0);
    expect(workspace.planStatus('-refresh=false')).toBe(0);
  });
});

test('an interrupt of the whole process group ends a creation under way, and the state does not hold it', async () => {
  const name = 'interrupt';
  const workspace = open(name);
  workspace.write(configuration(name, 'resource "fake_thing" "a" {\n  kind = "box"\n  fail = "slow"\n}'));
  const applying = workspace.start('apply', '-auto-approve', '-no-color');
  let output = '';
  for await (const chunk of applying.stdout) {
    output += chunk;
    if (!output.includes('Creating...') || output.includes('Interrupt received')) continue;
    process.kill(-(applying.pid ?? 0), 'SIGINT');
  }
  expect(applying.exitCode ?? (await once(applying, 'exit'))[0]).toBe(1);
  expect(workspace.state()).toEqual({});
  expect(output).toContain('Interrupt received');
});

test('a provider under a debugger serves plan, apply and destroy without being started', async () => {
  const name = 'reattach';
  const [relative = ''] = readdirSync(mirrorDirectory, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('_v1.0.0'),
  );
  const debugged = spawn(join(mirrorDirectory, relative), ['--debug'], { env: { PATH: pathWithNode } });
  try {
    let value = '';
    for await (const line of createInterface(debugged.stdout)) {
      value = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(line)?.[1] ?? '';
      if (value !== '') break;
    }
    const workspace = new Workspace(join(root, name), '/dev/null', { TF_REATTACH_PROVIDERS: value });
    workspace.write(configuration(name, whole(3)));
    workspace.must('init', '-input=false');
    workspace.must('apply', '-auto-approve');
    expect(workspace.planStatus()).toBe(0);
    workspace.must('destroy', '-auto-approve');
    expect(readdirSync(shelf(name))).toEqual([]);
    expect(debugged.exitCode).toBeNull();
  } finally {
    debugged.kill('SIGTERM');
    await once(debugged, 'exit');
  }
});

test('no provider process is left behind', () => {
  const executables = readdirSync(mirrorDirectory, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('_v1.0.0'),
  );
  expect(executables.length).toBeGreaterThan(0);
  const started = executables.flatMap((path) => processesOf(join(mirrorDirectory, path)));
  const linked = readdirSync(root).flatMap((name) =>
    executables.flatMap((path) => processesOf(join(root, name, '.terraform/providers', path))),
  );
  expect([...started, ...linked]).toEqual([]);
});
