/** Statements of the key policies in a stack, in one form: lists sorted, one text as a list of one. */
import type { Arguments, Candidate } from './candidates.ts';
import { isMatcher, isObject } from './match.ts';

const lists = new Set(['Action', 'NotAction', 'Resource', 'NotResource', 'AWS', 'Service', 'Federated']);

/** Each statement of a resource's policy, if that is JSON. */
export function statementsOf({ address, path, found }: Candidate): Candidate[] {
  const { policy } = found;
  if (typeof policy !== 'string') return [];
  const statements = parsed(policy);
  return statements.map((statement, index) => ({
    address: `statement ${index + 1} of ${address}`,
    path,
    found: normalizedStatement(statement),
  }));
}

/** Terraform's escapes are taken out: the text is the one that the control plane gets. */
function parsed(policy: string): Arguments[] {
  try {
    const { Statement: all } = JSON.parse(policy.replaceAll('$${', () => '${').replaceAll('%%{', '%{'));
    return Array.isArray(all) ? all : [all];
  } catch {
    return [];
  }
}

export function normalizedStatement(statement: Arguments): Arguments {
  return Object.fromEntries(
    Object.entries(statement).map(([name, value]) => {
      if (name === 'Principal' || name === 'NotPrincipal') {
        return [name, isObject(value) ? normalizedStatement(value) : value];
      }
      return [name, lists.has(name) ? normalizedList(value) : value];
    }),
  );
}

function normalizedList(value: unknown): unknown {
  if (isMatcher(value)) return value;
  return Array.isArray(value) ? [...value].sort() : [value];
}
