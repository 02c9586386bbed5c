/** What a reviewer reads of a plan. */
import { planComment, planInFull, type ToDescribe } from '@keystead/control-plane/cli/ci/changes/describe-plan.ts';
import type { Change, ResourceChange } from '@keystead/control-plane/cli/ci/changes/plan-json.ts';

const change = (actions: readonly string[], before: unknown, after: unknown, more: Partial<Change> = {}): Change => ({
  actions,
  before,
  after,
  after_unknown: {},
  before_sensitive: {},
  after_sensitive: {},
  ...more,
});
const resource = (address: string, one: Change, more: Partial<ResourceChange> = {}): ResourceChange => ({
  address,
  mode: 'managed',
  type: address.split('.')[0] ?? '',
  change: one,
  ...more,
});
const about = (resources: readonly ResourceChange[], more: Partial<ToDescribe> = {}): ToDescribe => ({
  stack: 'stacks/orders',
  workspace: 'default',
  plan: { format_version: '1.2', resource_changes: resources },
  warnings: [],
  access: [],
  ...more,
});

const update = (name: string, before: unknown, after: unknown, more: Partial<Change> = {}) =>
  resource(`aws_kms_key.${name}`, change(['update'], before, after, more));

test('what cannot be undone comes first, and what stays is left out', () => {
  const text = planComment(
    about([
      resource('aws_kms_key.same', change(['no-op'], {}, {})),
      resource('aws_kms_key.new', change(['create'], null, { description: 'n' })),
      update('changed', { description: 'a' }, { description: 'b' }),
      resource('aws_kms_key.gone', change(['delete'], { description: 'g' }, null)),
      resource(
        'aws_kms_key.anew',
        change(['delete', 'create'], { key_usage: 'a' }, { key_usage: 'b' }, { replace_paths: [['key_usage']] }),
      ),
      resource('data.aws_kms_key.read', change(['read'], null, {}), { mode: 'data' }),
    ]),
  );
  expect(text).toContain('### Plan for `stacks/orders`: 1 to replace, 1 to destroy, 1 to change, 1 to add\n');
  expect(
    [...text.matchAll(/<summary>(\w+) <code>aws_kms_key\.(\w+)/g)].map(([, action, name]) => `${action} ${name}`),
  ).toEqual(['replace anew', 'delete gone', 'update changed', 'create new']);
  expect(text).toContain('- `key_usage`: `a` → `b` (forces replacement)');
  expect(text).not.toMatch(/same|read/);
});

test('moves, imports, outputs and changes outside of Terraform are named', () => {
  const text = planComment(
    about(
      [
        resource('aws_kms_key.b', change(['no-op'], {}, {}), { previous_address: 'aws_kms_key.a' }),
        resource('aws_kms_key.i', change(['no-op'], {}, {}, { importing: { id: '1234' } })),
      ],
      {
        plan: {
          format_version: '1.2',
          resource_changes: [
            resource('aws_kms_key.b', change(['no-op'], {}, {}), { previous_address: 'aws_kms_key.a' }),
            resource('aws_kms_key.i', change(['no-op'], {}, {}, { importing: { id: '1234' } })),
          ],
          resource_drift: [update('c', { description: 'x' }, { description: 'y' })],
          output_changes: { arn: change(['create'], null, 'x'), same: change(['no-op'], 'x', 'x') },
        },
      },
    ),
  );
  expect(text).toContain(': 1 to import, 1 to move\n');
  expect(text).toContain('<summary>move <code>aws_kms_key.b</code> (was <code>aws_kms_key.a</code>)</summary>');
  expect(text).toContain('Changed outside of Terraform since the last apply: `aws_kms_key.c`.');
  expect(text).toContain('- output `arn`: create\n');
  expect(text).not.toContain('same');
});

test('each attribute has its values; maps have their keys, and a policy what differs in meaning', () => {
  const policy = (Action: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 's', Effect: 'Allow', Principal: { AWS: '111122223333' }, Action, Resource: '*' }],
    });
  const text = planComment(
    about([
      update(
        'k',
        {
          description: 'a',
          tags: { Owner: 'x', Gone: 'y', Same: 'z' },
          policy: policy('kms:Encrypt'),
          is_enabled: true,
        },
        { description: 'b', tags: { Owner: 'w', Same: 'z' }, policy: policy('kms:Decrypt'), is_enabled: true },
        { after_unknown: { arn: true } },
      ),
    ]),
  );
  expect(text).toContain('- `arn`: `(known after apply)`\n');
  expect(text).toContain('- `description`: `a` → `b`\n');
  expect(text).toContain('- `tags["Gone"]`: `y` → none\n');
  expect(text).toContain('- `tags["Owner"]`: `x` → `w`\n');
  expect(text).toMatch(/- `policy` changes in meaning:\n {2}- `.*kms:Decrypt/);
  expect(text).not.toMatch(/Same|is_enabled/);
});

test('a sensitive value is hidden wherever it appears: unmarked copies, warnings, names, variables', () => {
  const secret = 'correct-horse';
  const plan = {
    format_version: '1.2',
    resource_changes: [
      update(
        'k',
        { tags: {}, tags_all: {} },
        { tags: { S: secret }, tags_all: { S: secret } },
        { after_sensitive: { tags: { S: true } } },
      ),
      resource(
        'aws_kms_external_key.e',
        change(['create'], null, { key_material_base64: 'AAAA' }, { after_sensitive: { key_material_base64: true } }),
      ),
      update('s', { description: 'of the variable: hunter22' }, { description: 'other' }),
    ],
    variables: { password: { value: 'hunter22' } },
    configuration: { root_module: { variables: { password: { sensitive: true } } } },
  };
  const warnings = [{ severity: 'warning' as const, summary: 'w', detail: `it is "${secret}"` }];
  for (const text of [planComment(about([], { plan, warnings })), planInFull(about([], { plan, warnings }))]) {
    expect(text).not.toMatch(/correct-horse|AAAA|hunter22/);
    expect(text).toContain('- `tags_all["S"]`: `(sensitive value)`');
    expect(text).toContain('- `key_material_base64`: `(sensitive value)`');
    expect(text).toContain('`of the variable: (sensitive value)` → `other`');
  }
});

test('a sensitive value that changes is named as changed', () => {
  const marks = { before_sensitive: { description: true }, after_sensitive: { description: true } };
  expect(planComment(about([update('k', { description: 'a' }, { description: 'b' }, marks)]))).toContain(
    '- `description`: `(sensitive value)` → `(sensitive value)`',
  );
});

test('no text of the plan gets out of the Markdown around it', () => {
  const hostile = '`</details> <!-- @everyone [x](https://evil.example) ![i](x) |\n\n# heading\n```\n';
  const text = planComment(
    about(
      [
        update(
          `k["${hostile}"]`,
          { description: 'a', tags: {} },
          { description: hostile, tags: { [hostile]: hostile } },
        ),
      ],
      {
        stack: hostile,
        workspace: hostile,
        warnings: [{ severity: 'warning', summary: hostile, detail: hostile, address: hostile }],
        access: [
          {
            address: hostile,
            by: 'its policy',
            notes: [`Not decided: ${hostile}`],
            changes: [{ principal: hostile, gained: [hostile], lost: [], mayGain: [], mayLose: [] }],
          },
        ],
      },
    ),
  );
  // Without what is code, nothing of the hostile text is left.
  const rest = text
    .replace(/<!-- keystead-plan [\w.%=~!*'() ]+ -->/, '')
    .replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '')
    .replace(/<code>[^<>\n]*<\/code>/g, '');
  expect(rest).not.toMatch(/everyone|evil|heading|!\[|<!--|`/);
  expect(rest.match(/<\/?details>/g)).toEqual(['<details>', '</details>']);
});

test('access is said per principal, with what depends on conditions and what is not known', () => {
  const text = planComment(
    about([], {
      access: [
        {
          address: 'aws_kms_key.k',
          by: 'its policy',
          notes: [],
          changes: [
            { principal: 'arn:a', gained: ['kms:Decrypt'], lost: ['kms:Sign'], mayGain: ['kms:Verify'], mayLose: [] },
          ],
        },
        { address: 'aws_iam_role.r', by: 'aws_iam_role', notes: ['Not computed.'], changes: [] },
      ],
    }),
  );
  expect(text).toContain('- `aws_kms_key.k`, its policy: `arn:a` **gains** `kms:Decrypt`\n');
  expect(text).toContain('- `aws_kms_key.k`, its policy: `arn:a` **may gain, by conditions,** `kms:Verify`\n');
  expect(text).toContain('- `aws_kms_key.k`, its policy: `arn:a` **loses** `kms:Sign`\n');
  expect(text).toContain('- `aws_iam_role.r`, aws_iam_role: Not computed.\n');
});

test('a long plan is cut to the room of a comment, with the number of what is left out and where it is', () => {
  const resources = Array.from({ length: 2000 }, (_, index) =>
    update(`k${index}`, { description: 'a' }, { description: 'ü'.repeat(1000) }),
  );
  const warnings = Array.from({ length: 500 }, () => ({
    severity: 'warning' as const,
    summary: 'w',
    detail: 'd'.repeat(900),
  }));
  const access = Array.from({ length: 500 }, () => ({
    address: 'aws_kms_key.k',
    by: 'its policy',
    notes: [],
    changes: [{ principal: 'arn:a', gained: ['kms:Decrypt'], lost: [], mayGain: [], mayLose: [] }],
  }));
  const whole = about(resources, { warnings, access, jobUrl: 'https://ci.example/1' });
  const text = planComment(whole);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(62_000);
  const [, left = ''] =
    /\*\*Left out here: (.*)\.\*\* `changes\.md` in the artifact of \[this run\]\(https:\/\/ci\.example\/1\)/.exec(
      text,
    ) ?? [];
  const counts = [...left.matchAll(/\d+/g)].map(Number);
  const shown = [
    (text.match(/^- \*\*`w`/gm) ?? []).length,
    (text.match(/\*\*gains\*\*/g) ?? []).length,
    (text.match(/<summary>/g) ?? []).length,
  ];
  expect(counts.map((count, index) => count + (shown[index] ?? 0))).toEqual([500, 500, 2000]);
  expect(planInFull(whole)).not.toContain('Left out here');
});
