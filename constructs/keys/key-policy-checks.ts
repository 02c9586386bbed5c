/** What is wrong with a key policy as a whole, found when everything is declared and before Terraform runs. */
import { Annotations, type TerraformElement, type TerraformResource, Token } from '../cdk.ts';
import { actionsMatching } from '../policies/actions.ts';
import type { KeyPolicyDocument } from '../policies/key-policy-document.ts';
import type { Json } from '../policies/known-policy.ts';
import { actionsNotDelegated, canPassLockoutCheck, grammarFinding, type PolicyFacts } from '../policies/lockout.ts';
import { knownSizeInBytes } from '../policies/policy-text.ts';
import { KeysteadProvider } from '../stacks/keystead-provider.ts';
import { resolvedIn } from '../stacks/resolved.ts';
import { policySizeFinding, policyWarningInBytes } from './key-rules.ts';

export interface CheckedPolicy {
  readonly document: KeyPolicyDocument;
  /** The resource that has the policy. */
  readonly resource: TerraformResource;
  readonly region: string | undefined;
  readonly bypassPolicyLockoutSafetyCheck: boolean | undefined;
  /** Actions that identity policies are expected to allow. */
  readonly delegated: readonly string[];
  /** What to do about a policy that locks out. */
  readonly lockoutRemedy: string;
}

/** What synth refuses; warnings are attached to the resource. */
export function policyFindings(checked: CheckedPolicy): string[] {
  const { document, resource } = checked;
  const { refused, warned } = document._findings;
  for (const warning of warned) Annotations.of(resource).addWarning(warning);
  return [...refused, ...decisionFindings(checked), ...textFindings(checked)];
}

function decisionFindings(checked: CheckedPolicy): string[] {
  const facts = factsOf(checked);
  const grammar = checked.document._hasGiven ? grammarFinding(facts) : undefined;
  if (grammar !== undefined) return [`The control plane would refuse the key policy: ${grammar}`];
  const isPassed = checked.bypassPolicyLockoutSafetyCheck === true || isPlain(facts) || canPassLockoutCheck(facts);
  return [
    ...(isPassed
      ? []
      : [
          `The key policy lets nobody change it again (kms:PutKeyPolicy), and AWS KMS refuses such a policy. ${checked.lockoutRemedy}`,
        ]),
    ...delegationFindings(checked, facts),
  ];
}

/** The account can do everything and nothing is denied: no caller of the account is locked out. */
const isPlain = ({ statements }: PolicyFacts): boolean =>
  statements[0]?.Sid === 'Enable IAM User Permissions' && statements.every(({ Effect }) => Effect === 'Allow');

function delegationFindings({ delegated }: CheckedPolicy, facts: PolicyFacts): string[] {
  const actions = [...new Set(delegated.flatMap((action) => actionsMatching(action)))];
  const missing = actions.length === 0 || isPlain(facts) ? [] : actionsNotDelegated(facts, actions);
  if (missing.length === 0) return [];
  return [
    `Access by IDENTITY_POLICY has no effect, because the key policy does not let the account's identity policies allow ` +
      `${missing.join(', ')}. Set trustAccountIdentities to true, or choose means: 'KEY_POLICY' or 'KMS_GRANT'.`,
  ];
}

function factsOf({ document, resource, region }: CheckedPolicy): PolicyFacts {
  const { provider } = resource;
  const { account, regionInput } = provider instanceof KeysteadProvider ? provider : {};
  const known = (text: string | undefined) => (Token.isUnresolved(text) ? undefined : text);
  return {
    statements: document.toObject().Statement as Json[],
    read: (text) => read(resource, text),
    accountId: known(account),
    region: known(region) ?? known(regionInput),
  };
}

/** Lazy texts are known; references are not. */
function read(resource: TerraformElement, text: string): string | undefined {
  if (!Token.isUnresolved(text)) return text;
  const resolved = resolvedIn(resource, text);
  return typeof resolved === 'string' && !resolved.includes('${') && !Token.isUnresolved(resolved)
    ? resolved
    : undefined;
}

function textFindings({ document, resource }: CheckedPolicy): string[] {
  const json = document.toJson();
  const { terraformResourceType: type, friendlyUniqueId: name } = resource;
  const own = String(resolvedIn(resource, json)).includes(`\${${type}.${name}.`) ? [ownReference] : [];
  const sizeInBytes = knownSizeInBytes(json);
  const tooLarge = policySizeFinding(sizeInBytes);
  if (tooLarge !== undefined) return [...own, tooLarge.join(' ')];
  if (sizeInBytes > policyWarningInBytes) {
    Annotations.of(resource).addWarning(`The key policy takes ${sizeInBytes} bytes already, close to the limit.`);
  }
  return own;
}

const ownReference =
  'The key policy refers to its own key, which Terraform cannot resolve. A key policy always applies to its own key: ' +
  'leave the reference out.';
