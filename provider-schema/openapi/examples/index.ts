/** All examples of the OpenAPI document, in an order in which they work on a new installation. */
import type { OperationName } from '../../operations/index.ts';
import { type Example, example } from './example.ts';
import { iamExamples } from './iam.ts';
import { kmsExamples, policy } from './kms.ts';

/** `{"formatVersion":"1.0","findings":[]}` in Base64. */
const EMPTY_REPORT = 'eyJmb3JtYXRWZXJzaW9uIjoiMS4wIiwiZmluZGluZ3MiOltdfQ==';

export const examples: readonly Example[] = [
  ...kmsExamples,
  example('ListChanges', { After: 0 }),
  example('AcceptChanges', { Baseline: 'production', Sequence: 1, Note: 'the first key' }),
  example('AcceptOwnChanges', { Baseline: 'production', Sequence: 2, Note: 'applied by the pipeline' }),
  example('GetServerSettings'),
  example('ListIdentityConfigurations'),
  example('LookupEvents', { EventName: 'CreateKey', MaxResults: 10 }),
  example('SimulateAuthorization', { PrincipalArn: 'arn:aws:iam::111122223333:root', Action: 'kms:CreateKey' }),
  example('SimulateNewKeyPolicy', { Policy: policy }),
  example('PutDriftReport', {
    ...{ StackName: 'shop-production', Sequence: 1, Resources: 12, Document: EMPTY_REPORT },
    Findings: [{ Severity: 'protection lost', Count: 1 }],
  }),
  example('GetDriftReport', { StackName: 'shop-production' }),
  example('ListDriftReports', { StackName: 'shop-production' }),
  example('DeleteDriftReports', { StackName: 'shop-production' }),
  example('ReviewPlannedChanges', { Changes: [{ Operation: 'CreateKey', Policy: policy }] }),
  ...iamExamples,
];

/** Operations without an example, and why. */
export const withoutExample: Readonly<Partial<Record<OperationName, string>>> = {
  ImportKeyMaterial: 'The material has to be encrypted for the import first.',
  DeleteImportedKeyMaterial: 'Material has to be imported first.',
  CreateCustomKeyStore: 'Needs a cluster or an external key store proxy.',
  UpdateCustomKeyStore: 'Needs a custom key store.',
  DeleteCustomKeyStore: 'Needs a custom key store.',
  ConnectCustomKeyStore: 'Needs a custom key store.',
  DisconnectCustomKeyStore: 'Needs a custom key store.',
  AssumeRole: 'A root user, whom the examples are for, cannot assume roles.',
  AssumeRoleWithWebIdentity: 'Needs the token of an identity provider.',
  DecodeAuthorizationMessage: 'Needs the message of a refusal.',
};
