/** What plans say of changes that would break something, as the control plane found it; with a REST door in its place. */
import type { Diagnostic } from '@keystead/provider/engine/resource.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { configured, Managed } from '../../../support/provider/managed.ts';
import { RestDoor } from '../../../support/provider/rest-door.ts';

const app = 'arn:aws:iam::111122223333:user/app';
const policy = '{"Statement":[]}';
const use = {
  Principal: app,
  AccountId: '111122223333',
  Actions: ['kms:Encrypt', 'kms:Decrypt'],
  LastUsedDate: 1_700_000_000,
};
const used = { Type: 'RecentlyUsed', Uses: [use], Total: 1 };

let door: RestDoor;
beforeAll(async () => {
  door = await RestDoor.open();
});
afterAll(() => door?.close());
beforeEach(() => {
  door.keys.clear();
  door.aliases.clear();
  door.forget();
  answer();
});

/** What the control plane says of every change. */
function answer(review: { Findings?: object[]; Unreviewed?: object[]; LastUse?: object } = {}): void {
  door.review = () => ({ Findings: [], Unreviewed: [], ...review });
}

const managed = async (type: string, block: ObjectValue = {}) => new Managed(await configured(door, block), type);
const refusing = { unsafe_changes: 'refuse' };
const asked = () => door.inputs('ReviewPlannedChanges').flatMap(({ Changes }) => Changes as readonly object[]);

async function aKey(config: ObjectValue = {}, block: ObjectValue = {}, type = 'aws_kms_key'): Promise<Managed> {
  const key = await managed(type, block);
  await key.applied(config);
  door.forget();
  return key;
}

const onlyOne = (diagnostics: readonly Diagnostic[] = []): Diagnostic => {
  const [one] = diagnostics;
  if (one === undefined || diagnostics.length !== 1) throw new Error(JSON.stringify(diagnostics));
  return one;
};

describe('destroying a key', () => {
  test('says who used it and what depends on it, when it is gone and how it comes back', async () => {
    const key = await aKey({ deletion_window_in_days: 9 });
    answer({
      Findings: [
        { ...used, Total: 3 },
        { Type: 'HasAliases', Names: ['alias/a', 'alias/b'], Total: 7 },
        { Type: 'HasGrants', Names: [`${app} (nightly)`], Total: 1 },
        { Type: 'HasReplicas', Names: ['us-west-2'], Total: 1 },
      ],
      LastUse: use,
    });
    const { severity, summary, detail } = onlyOne((await key.planDestroy()).diagnostics);
    expect([severity, summary]).toEqual(['warning', `KMS Key (${key.id}) is in use and will be deleted`]);
    expect(detail.split('\n')).toEqual([
      `${key.text('arn')} stops working as soon as this plan is applied, and is gone after 9 days. Everything that is encrypted under it is lost with it.`,
      'Until then these commands bring it back:',
      `  aws kms cancel-key-deletion --region us-east-1 --key-id ${key.id}`,
      `  aws kms enable-key --region us-east-1 --key-id ${key.id}`,
      'Aliases that point to it (7): alias/a, alias/b and 5 more',
      `Live grants, by grantee (1): ${app} (nightly)`,
      'Replicas, which must be deleted first (1): us-west-2',
      'Used in the last 90 days by:',
      `  ${app}: Decrypt, Encrypt, last on 2023-11-14T22:13:20.000Z`,
      '  and 2 more',
    ]);
    expect(door.inputs('ReviewPlannedChanges')).toEqual([
      { Changes: [{ Operation: 'ScheduleKeyDeletion', KeyId: key.id }], RecentUseInDays: 90 },
    ]);
  });

  test('that nobody uses is never refused, and says when it was used last', async () => {
    const key = await aKey({}, { ...refusing, recent_use_days: 30 });
    expect(onlyOne((await key.planDestroy()).diagnostics)).toMatchObject({
      severity: 'warning',
      summary: 'A KMS key will be deleted',
      detail: expect.stringContaining('\nLast use: never.'),
    });
    answer({ LastUse: { Actions: ['kms:Sign'], LastUsedDate: 1_700_000_000 } });
    expect(onlyOne((await key.planDestroy()).diagnostics).detail).toContain(
      'Last use, more than 30 days ago: a principal that is not known any more: Sign, last on 2023-11-14T22:13:20.000Z',
    );
    expect(door.inputs('ReviewPlannedChanges')[0]).toMatchObject({ RecentUseInDays: 30 });
  });

  test('in use is refused where the provider block says so, and says how to do it all the same', async () => {
    const key = await aKey({}, refusing);
    for (const finding of [used, { Type: 'HasGrants', Names: [app], Total: 1 }]) {
      answer({ Findings: [finding] });
      expect(onlyOne((await key.planDestroy()).diagnostics)).toMatchObject({
        severity: 'error',
        summary: `KMS Key (${key.id}) is in use and will be deleted`,
        detail: expect.stringMatching(/unsafe_changes = "warn" for this run\.$/),
      });
    }
  });

  test('asks for no review and says nothing with unsafe_changes = "allow", or when the key is not there', async () => {
    answer({ Findings: [used] });
    const key = await aKey({}, { unsafe_changes: 'allow' });
    expect((await key.planDestroy()).diagnostics).toEqual([]);
    expect((await key.plan({ is_enabled: false, deletion_window_in_days: 7, policy })).diagnostics).toEqual([]);
    // Whether the key is protected from deletion is asked all the same.
    expect(door.calls()).toEqual(['GetKeyConfiguration']);
    const gone = await aKey();
    answer({ Unreviewed: [{ Reason: 'NotFound' }] });
    expect((await gone.planDestroy()).diagnostics).toEqual([]);
  });

  test('names a principal of another account by its id and account', async () => {
    const key = await aKey();
    const stranger = { ...use, Principal: 'AIDAEXAMPLE', AccountId: '444455556666' };
    answer({ Findings: [{ Type: 'RecentlyUsed', Uses: [stranger], Total: 1 }] });
    expect(onlyOne((await key.planDestroy()).diagnostics).detail).toContain('AIDAEXAMPLE of account 444455556666: ');
  });
});

describe('other losses of a key', () => {
  test('replacing it says which argument forces that, and that imported material does not help', async () => {
    const key = await aKey();
    answer({ Findings: [used] });
    expect(onlyOne((await key.plan({ customer_master_key_spec: 'RSA_2048' })).diagnostics)).toMatchObject({
      severity: 'warning',
      summary: `KMS Key (${key.id}) is in use and will be replaced`,
      path: ['customer_master_key_spec'],
      detail: expect.stringContaining('The change of customer_master_key_spec makes a new key in its place.'),
    });
    const [one, two] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    const external = await aKey({ key_material_base64: one ?? '', enabled: true }, {}, 'aws_kms_external_key');
    const { diagnostics } = await external.plan({ key_material_base64: two ?? '', enabled: true });
    expect(onlyOne(diagnostics).detail).toContain(
      'cannot decrypt what this one encrypted, whatever material it imports',
    );
  });

  test('disabling it is said only if it is in use, at the argument', async () => {
    for (const [type, argument] of [
      ['aws_kms_key', 'is_enabled'],
      ['aws_kms_external_key', 'enabled'],
    ] as const) {
      answer();
      const material = { key_material_base64: Buffer.alloc(32, 1).toString('base64') };
      const config = { ...(type === 'aws_kms_key' ? {} : material), [argument]: true };
      const key = await aKey(config, {}, type);
      expect((await key.plan({ ...config, [argument]: false })).diagnostics).toEqual([]);
      answer({ Findings: [used] });
      const { diagnostics, planned } = await key.plan({ ...config, [argument]: false });
      expect(onlyOne(diagnostics)).toMatchObject({
        severity: 'warning',
        summary: `KMS Key (${key.id}) is in use and will be disabled`,
        path: [argument],
        detail: expect.stringContaining(`stops working as soon as this plan is applied, until ${argument} = true.`),
      });
      expect(planned).toMatchObject({ [argument]: false });
      expect(asked().at(-1)).toEqual({ Operation: 'DisableKey', KeyId: key.id });
    }
  });

  test('an earlier expiry of imported material is said, and refused only for a key in use', async () => {
    const config = { key_material_base64: Buffer.alloc(32, 1).toString('base64'), enabled: true };
    const key = await aKey(config, refusing, 'aws_kms_external_key');
    const valid_to = '2099-01-01T00:00:00Z';
    const first = onlyOne((await key.plan({ ...config, valid_to })).diagnostics);
    expect(first).toMatchObject({
      severity: 'warning',
      summary: `The key material of KMS Key (${key.id}) will expire earlier`,
      path: ['valid_to'],
    });
    expect(first.detail).toContain(`stops working at ${valid_to}; its material does not expire now.`);
    await key.applied({ ...config, valid_to });
    answer({ Findings: [used] });
    expect((await key.plan({ ...config, valid_to: '2099-06-01T00:00:00Z' })).diagnostics).toEqual([]);
    expect(onlyOne((await key.plan({ ...config, valid_to: '2098-01-01T00:00:00Z' })).diagnostics)).toMatchObject({
      severity: 'error',
      detail: expect.stringContaining(`now its material expires at ${valid_to}`),
    });
  });

  test('a shorter deletion window is said without a request, a longer one is not', async () => {
    const key = await aKey({ deletion_window_in_days: 20 });
    expect((await key.plan({ deletion_window_in_days: 21 })).diagnostics).toEqual([]);
    expect((await key.plan({})).diagnostics).toEqual([]);
    expect(onlyOne((await key.plan({ deletion_window_in_days: 7 })).diagnostics)).toMatchObject({
      severity: 'warning',
      path: ['deletion_window_in_days'],
      detail: expect.stringContaining('brought back for 7 days, no longer for 20'),
    });
    expect(door.calls()).toEqual([]);
    const strict = await aKey({}, refusing);
    expect(onlyOne((await strict.plan({ deletion_window_in_days: 7 })).diagnostics).severity).toBe('error');
  });
});

describe('a key policy', () => {
  test('that locks somebody out or takes access in use is said, each for itself', async () => {
    const key = await aKey();
    answer({
      Findings: [
        { Type: 'CallerLockedOut' },
        { Type: 'AdministratorsLockedOut', Names: [app], Total: 1 },
        { Type: 'AccessLost', Uses: [use], Total: 1 },
      ],
    });
    const { diagnostics, planned } = await key.plan({ policy });
    expect(planned).toMatchObject({ policy });
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      `The policy of KMS Key (${key.id}) locks out the principal that Terraform runs as`,
      `The policy of KMS Key (${key.id}) locks out administrators`,
      `The policy of KMS Key (${key.id}) takes access from principals that used it lately`,
    ]);
    expect(diagnostics.every(({ severity, path }) => severity === 'warning' && path?.[0] === 'policy')).toBe(true);
    expect(diagnostics[0]?.detail).toContain('The apply will be refused by the lockout check');
    expect(diagnostics[1]?.detail).toContain(app);
    expect(diagnostics[2]?.detail).toContain(`  ${app}: Decrypt, Encrypt, last on 2023-11-14T22:13:20.000Z`);
    expect(asked()).toEqual([{ Operation: 'PutKeyPolicy', KeyId: key.id, Policy: policy }]);
  });

  test('that locks everybody out, or is none, is said of a new key too', async () => {
    const key = await managed('aws_kms_key', refusing);
    answer({ Findings: [{ Type: 'EveryoneLockedOut' }, { Type: 'CallerLockedOut' }] });
    expect(onlyOne((await key.plan({ policy })).diagnostics)).toMatchObject({
      severity: 'error',
      summary: 'The policy of the new key lets nobody change it again',
      detail: expect.stringContaining('on the new key'),
    });
    answer({ Findings: [{ Type: 'PolicyRefused', Message: 'Statement[0]: Missing required field Effect' }] });
    expect(onlyOne((await key.plan({ policy })).diagnostics).detail).toContain('Missing required field Effect Correct');
    expect(asked()[0]).toEqual({ Operation: 'CreateKey', Policy: policy });
  });

  test('that is known only after apply, or does not change, is not asked about', async () => {
    const key = await aKey({ policy });
    answer({ Findings: [{ Type: 'EveryoneLockedOut' }] });
    expect((await key.plan({ policy: unknown })).diagnostics).toEqual([]);
    expect((await key.plan({ policy: '{ "Statement" : [ ] }' })).diagnostics).toEqual([]);
    expect((await key.plan({ policy, description: 'new', tags: { a: '1' } })).diagnostics).toEqual([]);
    expect(door.calls()).toEqual([]);
  });

  test('as a resource of its own is reviewed like the argument, and its removal as the default policy', async () => {
    const key = await aKey();
    const own = await managed('aws_kms_key_policy');
    const config = { key_id: key.id, policy };
    await own.applied(config);
    expect(asked()).toEqual([{ Operation: 'PutKeyPolicy', KeyId: key.id, Policy: policy }]);
    door.forget();
    answer({ Findings: [{ Type: 'AccessLost', Uses: [use], Total: 1 }] });
    expect(onlyOne((await own.planDestroy()).diagnostics).detail).toContain(
      'The default policy, which takes the place of this one, denies what they did',
    );
    expect((await own.plan({ ...config, key_id: 'another' })).diagnostics).toHaveLength(1);
    expect(asked()).toEqual(Array(2).fill({ Operation: 'PutKeyPolicy', KeyId: key.id }));
    expect((await own.plan({ key_id: unknown, policy })).diagnostics).toHaveLength(1);
    const bypassing = await managed('aws_kms_key_policy');
    await bypassing.applied({ ...config, bypass_policy_lockout_safety_check: true });
    expect((await bypassing.planDestroy()).diagnostics).toEqual([]);
  });
});

test('a grant says that its principals do not exist when it is planned, not when it is there', async () => {
  const key = await aKey();
  const grant = await managed('aws_kms_grant');
  const config = { key_id: key.id, grantee_principal: app, retiring_principal: `${app}2`, operations: ['Decrypt'] };
  answer({
    Findings: [
      { Type: 'GranteeMissing', Names: [app], Total: 1 },
      { Type: 'RetiringPrincipalMissing', Names: [`${app}2`], Total: 1 },
    ],
  });
  const { diagnostics } = await grant.plan(config);
  expect(diagnostics.map(({ summary, path }) => [summary, path])).toEqual([
    [`The grantee principal of a grant does not exist: ${app}`, ['grantee_principal']],
    [`The retiring principal of a grant does not exist: ${app}2`, ['retiring_principal']],
  ]);
  expect(diagnostics[0]?.detail).toContain(`There is no ${app} in this account.`);
  const principals = { GranteePrincipal: app, RetiringPrincipal: `${app}2` };
  expect(asked()).toEqual([{ Operation: 'CreateGrant', KeyId: key.id, ...principals }]);
  door.forget();
  const later: ObjectValue = { ...config, grantee_principal: unknown, retiring_principal: null };
  expect((await grant.plan(later)).diagnostics).toEqual([]);
  expect(door.calls()).toEqual([]);
  await grant.plan({ ...config, key_id: unknown });
  expect(asked()).toEqual([{ Operation: 'CreateGrant', ...principals }]);
  await grant.applied(config);
  door.forget();
  expect((await grant.plan(config)).diagnostics).toEqual([]);
  expect(door.calls()).toEqual([]);
});

test('an alias that is in use says so when it is removed or renamed, not when it points to another key', async () => {
  const [key, other] = [await aKey(), await aKey()];
  const alias = await managed('aws_kms_alias');
  await alias.applied({ name: 'alias/orders', target_key_id: key.id });
  door.forget();
  expect((await alias.planDestroy()).diagnostics).toEqual([]);
  answer({ Findings: [{ Type: 'AliasUsed', Uses: [use], Total: 1 }] });
  for (const { diagnostics } of [
    await alias.planDestroy(),
    await alias.plan({ name: 'alias/sales', target_key_id: key.id }),
  ]) {
    expect(onlyOne(diagnostics)).toMatchObject({
      severity: 'warning',
      summary: 'alias/orders is in use and will be removed',
      detail: expect.stringContaining(`alias/orders named KMS Key (${key.id}) in the last requests of:\n  ${app}: `),
    });
  }
  expect(asked()).toEqual(Array(3).fill({ Operation: 'DeleteAlias', KeyId: key.id, AliasName: 'alias/orders' }));
  expect((await alias.plan({ name: 'alias/orders', target_key_id: other.id })).diagnostics).toEqual([]);
});

describe('what cannot be reviewed', () => {
  const denied = { Unreviewed: [{ Reason: 'AccessDenied', Action: 'kms:GetKeyLastUsage' }] };

  test('for want of permission is said once in a run, and the plan goes on', async () => {
    const key = await aKey();
    answer(denied);
    const first = await key.planDestroy();
    expect(first.diagnostics.map(({ severity, summary }) => [severity, summary])).toEqual([
      ['warning', 'The plan cannot tell who uses its keys'],
      ['warning', 'A KMS key will be deleted'],
    ]);
    expect(first.diagnostics[0]?.detail).toContain(`is not allowed kms:GetKeyLastUsage on KMS Key (${key.id})`);
    expect(first.diagnostics[1]?.detail).toContain('Last use: unknown');
    expect((await key.planDestroy()).diagnostics).toHaveLength(1);
    expect((await key.plan({ is_enabled: false })).diagnostics).toEqual([]);
    // Who cannot create keys is told so by the create.
    answer({ Unreviewed: [{ Reason: 'AccessDenied', Action: 'kms:CreateKey' }] });
    expect((await (await managed('aws_kms_key')).plan({ policy })).diagnostics).toEqual([]);
  });

  test('is refused where the provider block refuses unsafe changes', async () => {
    const key = await aKey({}, refusing);
    answer(denied);
    for (const { diagnostics } of [await key.plan({ is_enabled: false }), await key.plan({ is_enabled: false })]) {
      expect(onlyOne(diagnostics)).toMatchObject({
        severity: 'error',
        summary: 'The plan cannot tell who uses its keys',
        path: ['is_enabled'],
      });
    }
  });

  test.each([
    ['an older control plane', { status: 404, code: 'UnknownOperationException' }, /older than this provider/],
    ['a refusal', { status: 403, code: 'AccessDeniedException', detail: 'no' }, /AccessDeniedException: no/],
    ['a failure', { status: 500, code: 'KMSInternalException' }, /KMSInternalException/],
    ['no answer', 'cut' as const, /No answer from the control plane at http/],
  ])('because of %s is said once, and the plan goes on', async (_, refusal, text) => {
    const key = await aKey();
    door.refuse('ReviewPlannedChanges', refusal, refusal);
    const { diagnostics, planned } = await key.plan({ policy });
    expect(onlyOne(diagnostics)).toMatchObject({ severity: 'warning', detail: expect.stringMatching(text) });
    expect(planned).toMatchObject({ policy });
    expect((await key.plan({ policy })).diagnostics).toEqual([]);
  });

  test('is said when the decisions cost too much, beside what was found', async () => {
    const key = await aKey();
    answer({ Findings: [{ Type: 'CallerLockedOut' }], Unreviewed: [{ Reason: 'TooCostly' }] });
    const { diagnostics } = await key.plan({ policy });
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      'The policy cannot be reviewed in full',
      `The policy of KMS Key (${key.id}) locks out the principal that Terraform runs as`,
    ]);
  });
});
