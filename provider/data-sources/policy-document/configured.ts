/** The document that the arguments of `aws_iam_policy_document` say. */
import type { ObjectValue, Value } from '../../engine/value.ts';
import { textOf, textsOf } from '../../resources/shared/values.ts';
import { type Condition, type Document, type Principal, type Statement, setJson, single } from './document.ts';
import { DocumentFault } from './parse.ts';
import { inSetOrder } from './set-order.ts';

export const defaultVersion = '2012-10-17';
export const defaultEffect = 'Allow';
const oldVersion = '2008-10-17';

/** @throws DocumentFault */
export function configuredDocument(config: ObjectValue): Document {
  const version = textOf(config, 'version') ?? defaultVersion;
  return {
    version,
    id: textOf(config, 'policy_id') ?? '',
    statements: blocks(config.statement).map((statement) => configuredStatement(statement, version)),
  };
}

function configuredStatement(statement: ObjectValue, version: string): Statement {
  const variables = (text: string, where: string) => withVariables(text, version, where);
  const texts = (name: string) => setJson(textsOf(statement, name));
  const resources = (name: string) => setJson(textsOf(statement, name).map((text) => variables(text, name)));
  return {
    sid: textOf(statement, 'sid') ?? '',
    effect: textOf(statement, 'effect') ?? defaultEffect,
    actions: texts('actions'),
    notActions: texts('not_actions'),
    resources: resources('resources'),
    notResources: resources('not_resources'),
    principals: configuredPrincipals(statement.principals, (text) => variables(text, 'principals')),
    notPrincipals: configuredPrincipals(statement.not_principals, (text) => variables(text, 'not_principals')),
    conditions: configuredConditions(statement.condition, (text) => variables(text, 'condition')),
  };
}

function configuredPrincipals(value: Value | undefined, write: (text: string) => string): readonly Principal[] {
  const principals = blocks(value).map((block) => ({
    type: textIn(block, 'type'),
    identifiers: textsOf(block, 'identifiers'),
  }));
  return inSetOrder(principals, ({ identifiers, type }) => ({ identifiers: { asSet: identifiers }, type })).map(
    ({ type, identifiers }) => ({ type, identifiers: setJson(identifiers.map(write)) ?? [] }),
  );
}

function configuredConditions(value: Value | undefined, write: (text: string) => string): readonly Condition[] {
  const conditions = blocks(value).map((block) => ({
    test: textIn(block, 'test'),
    variable: textIn(block, 'variable'),
    values: textsOf(block, 'values'),
  }));
  const inOrder = inSetOrder(conditions, ({ test, values, variable }) => ({
    test,
    values: { inOrder: values },
    variable,
  }));
  return inOrder.map(({ test, variable, values }) => ({ test, variable, values: single(values.map(write)) }));
}

/** `&{` stands for the `${` of policy variables, which Terraform would read as its own. */
function withVariables(text: string, version: string, where: string): string {
  if (!text.includes('&{')) return text;
  if (version === oldVersion) {
    throw new DocumentFault(`${where} has &{ in "${text}", but version ${oldVersion} does not have policy variables`);
  }
  return text.replaceAll('&{', '${');
}

const textIn = (block: ObjectValue, name: string): string => textOf(block, name) ?? '';

const blocks = (value: Value | undefined): readonly ObjectValue[] => (value ?? []) as readonly ObjectValue[];
