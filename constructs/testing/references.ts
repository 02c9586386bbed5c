/** References in expected values, as Terraform reads them. */
import type { IConstruct } from 'constructs';
import { DefaultTokenResolver, StringConcat, Token, Tokenization } from '../cdk.ts';
import { isObject } from './match.ts';

/** Matchers stay as they are. */
export function resolvedExpectation(scope: IConstruct, value: unknown): unknown {
  if (Array.isArray(value)) {
    return Token.isUnresolved(value) ? resolve(scope, value) : value.map((one) => resolvedExpectation(scope, one));
  }
  if (typeof value === 'string' || typeof value === 'number') {
    return Token.isUnresolved(value) ? resolve(scope, value) : value;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolvedExpectation(scope, one)]));
}

function resolve(scope: IConstruct, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}
