/**
 * Key policies that come as JSON: their statements are printed as they came. What AWS takes and hardly anybody means is
 * said as a warning at synth.
 */
import { parsePolicyJson } from '@keystead/policy/policy-json.ts';
import { Token } from '../cdk.ts';
import { actionsMatching } from './actions.ts';
import { conditionFindings } from './condition-check.ts';
import type { PlainConditions } from './plain-conditions.ts';
import { type GivenStatement, isGiven, type Statement } from './statement.ts';

export interface GivenDocument {
  readonly version: string | undefined;
  readonly id: string | undefined;
  readonly statements: readonly GivenStatement[];
}

/**
 * @param json text, or an object of the same form
 * @throws Error when it is not the JSON of a policy with statements
 */
export function parseGiven(json: string | Record<string, unknown>): GivenDocument {
  if (typeof json === 'string' && Token.isUnresolved(json)) {
    throw new Error(
      'The policy is a text that only Terraform knows, so its statements cannot be read here: read the file in the ' +
        'program, or set the argument `policy` of the key by addOverride.',
    );
  }
  const { Version: version, Id: id, Statement: listed } = typeof json === 'string' ? parsed(json) : json;
  const statements = [listed].flat();
  if (listed === undefined || statements.length === 0) throw new Error('The policy has no Statement.');
  return {
    version: version === undefined ? undefined : String(version),
    id: id === undefined ? undefined : String(id),
    statements: statements.map((statement, index) => ({ json: requireObject(statement, index) })),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return parsePolicyJson(text);
  } catch (error) {
    throw new Error(`The policy cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function requireObject(statement: unknown, index: number): Readonly<Record<string, unknown>> {
  if (typeof statement === 'object' && statement !== null && !Array.isArray(statement)) {
    return statement as Readonly<Record<string, unknown>>;
  }
  throw new Error(`Statement[${index}] of the policy is not an object.`);
}

/** What a statement says that can hardly be meant, although AWS takes it. */
export function warningsOf({ json }: GivenStatement): string[] {
  const { Sid: sid, Effect: effect, Condition: conditions } = json;
  const where = typeof sid === 'string' ? `The statement "${sid}"` : 'A statement without Sid';
  const unknown = [json.Action, json.NotAction]
    .flat()
    .filter((action) => typeof action === 'string' && !Token.isUnresolved(action) && /^kms:/i.test(action))
    .filter((action) => actionsMatching(action as string).length === 0)
    .map((action) => `${where} has the action "${action}", which AWS KMS does not have.`);
  const place = { policy: 'key policy', effect: effect === 'Deny' ? 'Deny' : 'Allow' } as const;
  const inConditions =
    typeof conditions === 'object' && conditions !== null
      ? conditionFindings(conditions as PlainConditions, place).map((finding) => `${where}: ${finding}`)
      : [];
  return [...unknown, ...inConditions];
}

/** Ids that two statements have: `refused` where both are written with this library, `warned` where AWS's JSON has one. */
export function repeatedSids(statements: readonly (Statement | GivenStatement)[]): {
  readonly refused: string[];
  readonly warned: string[];
} {
  const sidOf = (one: Statement | GivenStatement) => (isGiven(one) ? one.json.Sid : one.sid);
  const own = statements.filter((one) => !isGiven(one)).map(sidOf);
  const all = statements.map(sidOf).filter((sid): sid is string => typeof sid === 'string' && sid !== '');
  const repeated = [...new Set(all.filter((sid, index) => all.indexOf(sid) !== index))];
  const isOwn = (sid: string) => own.indexOf(sid) !== own.lastIndexOf(sid);
  return { refused: repeated.filter(isOwn), warned: repeated.filter((sid) => !isOwn(sid)) };
}
