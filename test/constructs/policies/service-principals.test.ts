import {
  Key,
  RolePrincipal,
  ServicePrincipal,
  ViaServicePrincipal,
  WebIdentityPrincipal,
} from '@keystead/constructs/cdktf';
import { account, alice, aStack, bob, synthesize, thePolicy } from '../stack.ts';

const trail = `arn:aws:cloudtrail:eu-west-1:${account}:trail/main`;
const provider = `arn:aws:iam::${account}:oidc-provider/token.example.com`;

function statementFor(principal: ConstructorParameters<typeof ViaServicePrincipal>[1]) {
  const stack = aStack();
  new Key(stack, 'key').grantDecrypt(principal);
  return thePolicy(synthesize(stack)).Statement[1];
}

describe('ServicePrincipal', () => {
  test('is named as a service, for the resource and the account that it acts for', () => {
    const service = new ServicePrincipal('cloudtrail.amazonaws.com', { sourceArn: trail, sourceAccount: account });
    expect(statementFor(service)).toEqual(
      expect.objectContaining({
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': trail }, StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  });

  test('needs neither', () => {
    expect(statementFor(new ServicePrincipal('logs.amazonaws.com'))).toEqual(
      expect.not.objectContaining({ Condition: expect.anything() }),
    );
  });

  test.each([
    ['a bare word', () => new ServicePrincipal('logs'), /"logs" is not the name of a service/],
    ['a name as account', () => new ServicePrincipal('logs.amazonaws.com', { sourceAccount: 'mine' }), /account id/],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('ViaServicePrincipal', () => {
  const viaS3 = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } };

  test('is a principal whose requests come through the service', () => {
    expect(statementFor(new ViaServicePrincipal('s3.eu-west-1.amazonaws.com', bob))).toEqual(
      expect.objectContaining({ Principal: { AWS: bob }, Condition: viaS3 }),
    );
  });

  test('keeps the conditions of the principal', () => {
    const role = new RolePrincipal(bob).withConditions({ Bool: { 'aws:SecureTransport': 'true' } });
    expect(statementFor(new ViaServicePrincipal('s3.eu-west-1.amazonaws.com', role))?.Condition).toEqual({
      Bool: { 'aws:SecureTransport': 'true' },
      ...viaS3,
    });
  });
});

describe('WebIdentityPrincipal', () => {
  const bearer = new WebIdentityPrincipal(provider, { StringEquals: { 'token.example.com:aud': 'keystead' } });

  test('opens sessions of roles by its token', () => {
    expect(bearer.assumeRoleAction).toBe('sts:AssumeRoleWithWebIdentity');
    expect(bearer.policyFragment).toEqual({
      kind: 'Federated',
      value: provider,
      conditions: { StringEquals: { 'token.example.com:aud': 'keystead' } },
    });
  });

  test('is not a principal of a key policy: its role is', () => {
    expect(() => statementFor(bearer)).toThrow(/^\[stack\/key\] .*name the role whose session they open/);
  });

  test('refuses what is not an OpenID Connect provider', () => {
    expect(() => new WebIdentityPrincipal(alice)).toThrow(/is not the ARN of an OpenID Connect provider/);
  });
});
