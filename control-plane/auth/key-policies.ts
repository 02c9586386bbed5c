/**
 * Compiled forms of stored key policies, kept by their text: a policy is parsed once and evaluated many times. Oldest
 * use goes first, and the bound is on text, because a compiled policy grows with it.
 */
import { type CompiledPolicy, parseKeyPolicy } from './policy.ts';

const MAX_TEXT_CHARS = 4 * 1024 * 1024;

const compiled = new Map<string, CompiledPolicy>();
let textChars = 0;

/** @throws KmsError MalformedPolicyDocumentException, LimitExceededException */
export function compiledKeyPolicy(text: string): CompiledPolicy {
  const known = compiled.get(text);
  const policy = known ?? parseKeyPolicy(text);
  if (known) compiled.delete(text);
  else textChars += text.length;
  compiled.set(text, policy);
  for (const oldest of compiled.keys()) {
    if (textChars <= MAX_TEXT_CHARS) break;
    compiled.delete(oldest);
    textChars -= oldest.length;
  }
  return policy;
}
