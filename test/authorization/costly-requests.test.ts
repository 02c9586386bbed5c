/** Requests whose decision costs too much, from the request to its audit record; and callers who send many of them. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { GRANTS_PER_DECISION, UNITS_PER_REQUEST, costs as unitCosts } from '@keystead/policy/effort.ts';
import { parseIdentityPolicy } from '@keystead/policy/policy.ts';
import { everything, withAuthority } from '../support/callers.ts';
import { openPermissionCases, outcome, type PermissionCases } from '../support/permission-cases.ts';
import { policyText, type Statement } from '../support/policies.ts';
import { accountId, rootOf, type TestControlPlane } from '../support/test-control-plane.ts';

const Plaintext = Buffer.from('secret');

let controlPlane: TestControlPlane;
let app: Caller;
let keyFor: PermissionCases['keyFor'];
beforeEach(async () => {
  ({ controlPlane, app, keyFor } = await openPermissionCases());
});
afterEach(() => controlPlane?.close());

/** Never holds: it costs a fifth of the limit to find out, with a context value that nearly fits. */
const costly = (count: number, pattern = '*a?a?a?a?a?a?a?b*'): readonly Statement[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ Sid: `costly${i}`, Effect: 'Deny', Action: '*', Resource: '*' },
    Condition: { StringLike: { 'kms:EncryptionContext:long': pattern } },
  }));
const EncryptionContext = { long: 'a'.repeat(7500) };
const costs = (caller: Caller, count: number): Caller =>
  withAuthority(caller, { identityPolicies: [parseIdentityPolicy(policyText(everything, ...costly(count)), 'own')] });

test('a decision that costs too much refuses the request, and its audit record says why', async () => {
  const { Arn: KeyId } = await keyFor();
  const request = { KeyId, Plaintext, EncryptionContext };
  const reported: object[] = [];
  Object.assign(controlPlane.engines, { decisionTooCostly: (seen: object) => void reported.push(seen) });
  expect(await outcome(controlPlane.perform('Encrypt', request, { as: costs(app, 1) }))).toBe('allowed');
  expect(await controlPlane.refusal('Encrypt', { ...request, KeyId: 'alias/none' }, { as: app })).toMatch(/NotFound/);
  expect(reported).toEqual([]);
  expect(await controlPlane.refusal('Encrypt', request, { as: costs(app, 60) })).toBe(
    `AccessDeniedException: User: ${app.principal.arn} is not authorized to perform: kms:Encrypt on resource: ` +
      `${KeyId} because its policies cost too much to evaluate`,
  );
  expect(reported).toEqual([
    { requestId: expect.any(String), accountId, principal: app.principal.arn, operation: 'Encrypt' },
  ]);
  const events = await controlPlane.events('Encrypt');
  const notes = events.flatMap(
    ({ additionalEventData }) => (additionalEventData?.keysteadAuthorization ?? []) as readonly DecisionNote[],
  );
  expect(notes.filter(({ decision }) => decision === 'Deny')).toEqual([
    expect.objectContaining({ reason: 'the policies cost too much to evaluate for this request' }),
  ]);
});

test('the two keys of a ReEncrypt are decided under one limit', async () => {
  const { Arn: KeyId } = await keyFor();
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext });
  const request = {
    ...{ CiphertextBlob, DestinationKeyId: KeyId },
    ...{ SourceEncryptionContext: EncryptionContext, DestinationEncryptionContext: EncryptionContext },
  };
  const reEncrypt = (count: number) => controlPlane.perform('ReEncrypt', request, { as: costs(app, count) });
  const decrypt = { KeyId, CiphertextBlob, EncryptionContext };
  expect(await outcome(controlPlane.perform('Decrypt', decrypt, { as: costs(app, 4) }))).toBe('allowed');
  expect(await outcome(reEncrypt(2))).toBe('allowed');
  expect(await outcome(reEncrypt(4))).toBe('AccessDeniedException');
});

test('SimulateAuthorization explains no more than that costs', async () => {
  const { Arn: KeyId } = await keyFor();
  const Sid = 'early';
  const IdentityPolicy = policyText({ ...everything, Sid, Effect: 'Deny' }, ...costly(60));
  const { Decision, Steps } = await controlPlane.perform('SimulateAuthorization', {
    ...{ PrincipalArn: app.principal.arn, Action: 'kms:Encrypt', KeyId, IdentityPolicy, EncryptionContext },
  });
  expect(Decision).toBe('Deny');
  const { Details: details = [] } = Steps[1] ?? {};
  expect(details).toHaveLength(61);
  expect(details[0]).toMatch(/applies$/);
  expect(details.at(-1)).toMatch(/is not explained, because that would cost too much/);
});

describe('grants by the thousand', () => {
  /** Written as rows: CreateGrant would take minutes. */
  async function addGrants(keyId: string, count: number, operations: readonly string[]): Promise<void> {
    const [row] = await rowsOf(keyId);
    if (!row) throw new Error('there is no grant to repeat');
    for (let from = 0; from < count; from += 1000) {
      const mutations = Array.from({ length: Math.min(1000, count - from) }, (_, i) => ({
        ...({ op: 'insert', table: 'grants' } as const),
        row: { ...row, grant_id: `${from + i}`.padStart(64, '0'), operations: JSON.stringify(operations) },
      }));
      await controlPlane.store.write({ mutations, changes: [], audit: [] });
    }
  }
  const rowsOf = async (keyId: string) =>
    (await controlPlane.store.listGrants(accountId, app.region, keyId, { limit: 1 })).rows;
  const grant = (KeyId: string, team: string) =>
    controlPlane.perform('CreateGrant', {
      ...{ KeyId, GranteePrincipal: app.principal.arn, Operations: ['Encrypt'] as const },
      Constraints: { EncryptionContextEquals: { team } },
    });
  const encrypt = (KeyId: string, team: string) =>
    outcome(controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext: { team } }, { as: app }));

  test('are read a page at a time, to the one that allows', async () => {
    const { Arn, KeyId } = await keyFor();
    await grant(Arn, 'blue');
    await addGrants(KeyId, 1300, ['Encrypt']);
    expect(await encrypt(Arn, 'blue')).toBe('allowed');
    expect(await encrypt(Arn, 'red')).toBe('AccessDeniedException');
    await grant(Arn, 'red');
    expect(await encrypt(Arn, 'red')).toBe('allowed');
  });

  test('for other operations cost nothing; more of this one than a decision can look at are a refusal', async () => {
    const { Arn, KeyId } = await keyFor();
    await grant(Arn, 'blue');
    await addGrants(KeyId, 2000, ['Decrypt']);
    expect(await encrypt(Arn, 'red')).toBe('AccessDeniedException');
    expect(await reason()).toBe(undefined);
    const { Arn: many, KeyId: id } = await keyFor();
    await grant(many, 'blue');
    await addGrants(id, GRANTS_PER_DECISION, ['Encrypt']);
    expect(await encrypt(many, 'red')).toBe('AccessDeniedException');
    expect(await reason()).toMatch(/cost too much/);
  }, 60_000);

  /** Why the newest Encrypt was refused, if its cost was why. */
  async function reason(): Promise<string | undefined> {
    const [event] = await controlPlane.events('Encrypt');
    const [note] = (event?.additionalEventData?.keysteadAuthorization ?? []) as readonly DecisionNote[];
    return /cost/.exec(note?.reason ?? '') ? note?.reason : undefined;
  }
});

describe('the cost of a request is charged to its account', () => {
  let charged: { readonly accountId: string; readonly units: number }[];
  beforeEach(() => {
    charged = [];
    const { fairShare } = controlPlane.engines;
    const own = fairShare.charge;
    fairShare.charge = (accountId, units) => {
      charged.push({ accountId, units });
      own(accountId, units);
    };
  });
  const unitsOf = async (work: Promise<unknown>): Promise<number> => {
    const before = charged.length;
    await outcome(work);
    const [one, ...more] = charged.slice(before);
    expect(more).toEqual([]);
    expect(one?.accountId).toBe(accountId);
    return one?.units ?? 0;
  };

  test('an honest one costs little, one that is refused for its cost costs the whole limit', async () => {
    const { Arn: KeyId } = await keyFor();
    const honest = { KeyId, Plaintext, EncryptionContext: { team: 'blue' } };
    expect(await unitsOf(controlPlane.perform('Encrypt', honest))).toBeLessThan(1000);
    const request = { KeyId, Plaintext, EncryptionContext };
    expect(await unitsOf(controlPlane.perform('Encrypt', request, { as: costs(app, 60) }))).toBeGreaterThanOrEqual(
      UNITS_PER_REQUEST,
    );
  });

  test('a document costs by its length, and nothing once it is compiled', async () => {
    const { Arn: KeyId } = await keyFor();
    const large = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' } as const;
    const policyOf = (prefix: string) => {
      const values = Array.from({ length: 2000 }, (_, n) => `${prefix}:${n}*`);
      const Condition = { ArnLike: { 'aws:PrincipalArn': values } };
      return policyText({ ...everything, Principal: { AWS: accountId } }, { ...large, Condition });
    };
    const put = (Policy: string) => unitsOf(controlPlane.perform('PutKeyPolicy', { KeyId, Policy }));
    await put(policyOf('a'));
    const first = await put(policyOf('b'));
    await put(policyOf('a'));
    const again = await put(policyOf('b'));
    expect(first - again).toBe(policyOf('b').length * unitCosts.compiledCharacter);
  });
});

test('beside another account, expensive requests wait behind each other and the other account behind none', async () => {
  const { Arn: KeyId } = await keyFor();
  const { KeyMetadata } = await controlPlane.perform('CreateKey', {}, { as: rootOf('444455556666') });
  const answered: string[] = [];
  const send = async (request: object, name: string, as: Caller) => {
    await outcome(controlPlane.perform('Encrypt', request as never, { as }));
    answered.push(name);
  };
  const hostile = () => send({ KeyId, Plaintext, EncryptionContext }, 'hostile', costs(app, 60));
  const honest = () => send({ KeyId: KeyMetadata?.KeyId, Plaintext }, 'honest', rootOf('444455556666'));
  await hostile();
  await honest();
  answered.length = 0;
  const all = Array.from({ length: 5 }, hostile);
  for (let i = 0; i < 10; i++) await honest();
  expect(answered.filter((name) => name === 'hostile').length).toBeLessThan(5);
  await Promise.all(all);
  expect(answered.slice(-1)).toEqual(['hostile']);
});
