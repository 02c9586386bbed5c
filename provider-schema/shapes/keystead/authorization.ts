/**
 * Shapes of SimulateAuthorization, ValidateKeyPolicy, CompareKeyPolicies and SimulateNewKeyPolicy, Keystead's own: IAM's
 * SimulatePrincipalPolicy does not evaluate key policies and grants.
 */
import type { Shape } from '../shape.ts';

export const authorizationShapes = {
  SimulateAuthorizationRequest: {
    type: 'structure',
    members: {
      PrincipalArn: 'SimulatedPrincipalType',
      Action: 'SimulatedActionType',
      KeyId: 'KeyIdType',
      EncryptionContext: 'EncryptionContextType',
      ConditionValues: 'ConditionValuesType',
      ViaService: 'SimulatedServiceType',
      KeyPolicy: 'PolicyType',
      IdentityPolicy: 'PolicyType',
    },
    required: ['PrincipalArn', 'Action'],
  },
  SimulateAuthorizationResponse: {
    type: 'structure',
    members: {
      Decision: 'SimulatedDecisionType',
      Reason: 'ReasoningType',
      Message: 'ReasoningType',
      Steps: 'ReasoningStepList',
      ConditionValues: 'ConditionValuesType',
    },
    required: ['Decision', 'Reason', 'Steps', 'ConditionValues'],
  },
  /** ARN of a user, a role, a session or an account's root; or a service's name. */
  SimulatedPrincipalType: { type: 'string', min: 1, max: 2048, pattern: '^[\\w+=,.@:/-]+$' },
  SimulatedActionType: { type: 'string', min: 1, max: 128, pattern: '^[A-Za-z0-9-]+:[A-Za-z0-9]+$' },
  SimulatedServiceType: { type: 'string', min: 3, max: 256, pattern: '^[a-z0-9.-]+$' },
  SimulatedDecisionType: { type: 'string', enum: ['Allow', 'Deny'] },
  ConditionValuesType: { type: 'map', key: 'ConditionKeyType', value: 'ConditionValueList' },
  ConditionKeyType: { type: 'string', min: 1, max: 1024 },
  ConditionValueList: { type: 'list', member: 'ConditionValueType' },
  ConditionValueType: { type: 'string', max: 8192 },
  ReasoningStepList: { type: 'list', member: 'ReasoningStep' },
  ReasoningStep: {
    type: 'structure',
    members: { Question: 'ReasoningType', Answer: 'ReasoningType', Details: 'ReasoningList' },
    required: ['Question', 'Answer', 'Details'],
  },
  ValidateKeyPolicyRequest: { type: 'structure', members: { Policy: 'PolicyType' }, required: ['Policy'] },
  ValidateKeyPolicyResponse: {
    type: 'structure',
    members: { Findings: 'PolicyFindingList' },
    required: ['Findings'],
  },
  PolicyFindingList: { type: 'list', member: 'PolicyFinding' },
  PolicyFinding: {
    type: 'structure',
    members: { Statement: 'ReasoningType', ConditionKey: 'ConditionKeyType', Message: 'ReasoningType' },
    required: ['Statement', 'ConditionKey', 'Message'],
  },
  CompareKeyPoliciesRequest: {
    type: 'structure',
    members: {
      KeyId: 'KeyIdType',
      /** The policy that the present one is compared with: the declared one. */
      Policy: 'PolicyType',
      Marker: 'MarkerType',
    },
    required: ['KeyId', 'Policy'],
  },
  CompareKeyPoliciesResponse: {
    type: 'structure',
    members: {
      Changes: 'AccessChangeList',
      /** Principals whose policies cost too much to evaluate. */
      Unknown: 'SimulatedPrincipalList',
      NextMarker: 'MarkerType',
    },
    required: ['Changes', 'Unknown'],
  },
  SimulateNewKeyPolicyRequest: {
    type: 'structure',
    members: { Policy: 'PolicyType', Marker: 'MarkerType' },
    required: ['Policy'],
  },
  SimulateNewKeyPolicyResponse: {
    type: 'structure',
    members: {
      /** Nothing is lost: without the key nobody could do anything with it. */
      Changes: 'AccessChangeList',
      /** Principals whose policies cost too much to evaluate. */
      Unknown: 'SimulatedPrincipalList',
      NextMarker: 'MarkerType',
    },
    required: ['Changes', 'Unknown'],
  },
  AccessChangeList: { type: 'list', member: 'AccessChange' },
  /** May…: under conditions that depend on the request. */
  AccessChange: {
    type: 'structure',
    members: {
      PrincipalArn: 'SimulatedPrincipalType',
      Gained: 'SimulatedActionList',
      Lost: 'SimulatedActionList',
      MayGain: 'SimulatedActionList',
      MayLose: 'SimulatedActionList',
    },
    required: ['PrincipalArn', 'Gained', 'Lost', 'MayGain', 'MayLose'],
  },
  SimulatedPrincipalList: { type: 'list', member: 'SimulatedPrincipalType' },
  SimulatedActionList: { type: 'list', member: 'SimulatedActionType' },
  ReasoningList: { type: 'list', member: 'ReasoningType' },
  ReasoningType: { type: 'string' },
} as const satisfies Record<string, Shape>;
