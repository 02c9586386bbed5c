/**
 * A cache of compiled key policies by their text: a policy is parsed once and evaluated many times. The least recently
 * used goes first. The bound is on the length of the texts, because a compiled policy grows with its text.
 */
import { countCompiled, type Effort } from './effort.ts';
import { bindPolicy, type CompiledPolicy, parseKeyPolicy } from './policy.ts';
import type { PrincipalIds } from './policy-principals.ts';

const MAX_TEXT_CHARS = 4 * 1024 * 1024;

const compiled = new Map<string, CompiledPolicy>();
let textChars = 0;

/**
 * @param principals JSON object: ARN in the policy → unique id of the principal it stands for
 * @param effort counts a policy that was not compiled yet
 * @param isNew whether the number of its parts is bound
 * @throws KmsError MalformedPolicyDocumentException, LimitExceededException
 */
export function compiledKeyPolicy(text: string, principals = '{}', effort?: Effort, isNew = false): CompiledPolicy {
  // No policy begins with a line break: the two texts cannot run into each other.
  const key = principals === '{}' ? text : `${principals}\n${text}`;
  const known = compiled.get(key);
  if (!known && effort) countCompiled(effort, text);
  const policy = known ?? bindPolicy(parseKeyPolicy(text, isNew), JSON.parse(principals) as PrincipalIds);
  if (known) compiled.delete(key);
  else textChars += key.length;
  compiled.set(key, policy);
  for (const oldest of compiled.keys()) {
    if (textChars <= MAX_TEXT_CHARS) break;
    compiled.delete(oldest);
    textChars -= oldest.length;
  }
  return policy;
}
