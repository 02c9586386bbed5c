// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform writes references this way.
import {
  AccountPrincipal,
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  type IPrincipal,
  Key,
  RolePrincipal,
  SessionPrincipal,
  UserPrincipal,
} from '@keystead/constructs/cdktf';
import { TerraformVariable } from 'cdktf';
import { account, alice, aStack, bob, synthesize, thePolicy } from '../stack.ts';

const session = `arn:aws:sts::${account}:assumed-role/bob/build-7`;

/** The last statement of the policy of a key that these principals can decrypt with. */
function statementFor(...principals: (IPrincipal | string)[]) {
  const stack = aStack();
  new Key(stack, 'key').addToKeyPolicy({ principals, actions: ['kms:Decrypt'] });
  return thePolicy(synthesize(stack)).Statement.slice(1);
}

describe('A principal', () => {
  test.each<[string, IPrincipal, string, string | undefined]>([
    ['a user', new UserPrincipal(alice), alice, account],
    ['a role', new RolePrincipal(bob), bob, account],
    ['a session', new SessionPrincipal(session), session, account],
    [
      'a session of a role with a path',
      SessionPrincipal.ofRole(bob.replace('bob', 'ci/bob'), 'build-7'),
      session,
      account,
    ],
    ['an ARN', new ArnPrincipal(`arn:aws:iam::${account}:root`), `arn:aws:iam::${account}:root`, account],
    ['an account', new AccountPrincipal('444455556666'), 'arn:aws:iam::444455556666:root', '444455556666'],
  ])('%s is named by its ARN and knows its account', (_what, principal, arn, itsAccount) => {
    expect(statementFor(principal)).toEqual([expect.objectContaining({ Principal: { AWS: arn } })]);
    expect(principal.principalAccount).toBe(itsAccount);
  });

  test('can be a reference to another resource, whose account is not known here', () => {
    const stack = aStack();
    const reference = new TerraformVariable(stack, 'role', { type: 'string' }).stringValue;
    const role = new RolePrincipal(reference);
    new Key(stack, 'key').grantDecrypt(role);
    expect(thePolicy(synthesize(stack)).Statement[1]?.Principal).toEqual({ AWS: '${var.role}' });
    expect(role.principalAccount).toBeUndefined();
  });

  test('stands beside ARNs as text in one statement', () => {
    expect(statementFor(new UserPrincipal(alice), bob)).toEqual([
      expect.objectContaining({ Principal: { AWS: [alice, bob] } }),
    ]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a role as a user', () => new UserPrincipal(bob), /is not the ARN of a user/],
    ['a user as a role', () => new RolePrincipal(alice), /is not the ARN of a role/],
    ['a role as a session', () => new SessionPrincipal(bob), /is not the ARN of a session of a role/],
    ['a group', () => new ArnPrincipal(`arn:aws:iam::${account}:group/all`), /Groups are not principals/],
    ['everybody as an ARN', () => new ArnPrincipal('*'), /is not the ARN of a user, role, session/],
    ['a service as an ARN', () => new ArnPrincipal('logs.amazonaws.com'), /is not the ARN of a user, role, session/],
    ['eleven digits as an account', () => new AccountPrincipal('11112222333'), /is not an account id/],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('AccountRootPrincipal', () => {
  test('is the account of the stack’s provider, which can be declared later', () => {
    const stack = aStack();
    new Key(stack, 'key', { trustAccountIdentities: false, administrators: [new AccountRootPrincipal(stack)] });
    expect(thePolicy(synthesize(stack)).Statement[0]?.Principal).toEqual({ AWS: `arn:aws:iam::${account}:root` });
  });

  test('is looked up when the provider does not say it', () => {
    const stack = aStack({ account: undefined } as object);
    new Key(stack, 'key', { trustAccountIdentities: false, administrators: [new AccountRootPrincipal(stack)] });
    const [statement] = thePolicy(synthesize(stack)).Statement;
    expect(statement?.Principal).toEqual({
      AWS: expect.stringMatching(/^arn:aws:iam::\$\{data\.aws_caller_identity\.\w+\.account_id\}:root$/),
    });
  });
});

describe('A principal with conditions', () => {
  const inRegion = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };

  test('brings its conditions into the statement, beside those of the statement', () => {
    const stack = aStack();
    new Key(stack, 'key').addToKeyPolicy({
      principals: [new AnyPrincipal().withConditions({ StringEquals: { 'kms:CallerAccount': account } })],
      actions: ['kms:Decrypt'],
      conditions: inRegion,
    });
    expect(thePolicy(synthesize(stack)).Statement[1]).toEqual({
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringEquals: { 'kms:CallerAccount': account, 'aws:RequestedRegion': 'eu-west-1' } },
    });
  });

  test('gets a statement of its own when others of the list have other conditions', () => {
    expect(statementFor(new RolePrincipal(bob).withConditions(inRegion), alice)).toEqual([
      expect.objectContaining({ Principal: { AWS: bob }, Condition: inRegion }),
      expect.not.objectContaining({ Condition: expect.anything() }),
    ]);
  });

  test('gets its own statement id there', () => {
    const stack = aStack();
    new Key(stack, 'key', { users: [alice, new RolePrincipal(bob).withConditions(inRegion)] });
    expect(
      thePolicy(synthesize(stack))
        .Statement.map(({ Sid }) => Sid)
        .slice(1),
    ).toEqual(['Users', 'Users2']);
  });

  test('refuses two values for one condition, which no statement can say', () => {
    const role = new RolePrincipal(bob).withConditions(inRegion);
    const other = { StringEquals: { 'AWS:RequestedRegion': 'us-east-1' } };
    expect(() =>
      new Key(aStack(), 'key').addToKeyPolicy({ principals: [role], actions: ['kms:Sign'], conditions: other }),
    ).toThrow(/^\[stack\/key\] .*StringEquals on AWS:RequestedRegion, with different values/);
  });

  test('everybody needs conditions in an Allow', () => {
    expect(() => statementFor(new AnyPrincipal())).toThrow(/allows every principal of every account/);
  });
});
