/**
 * Data source `aws_iam_policy_document`: source documents, then the statements, then the overriding documents. The text
 * is the AWS provider's byte for byte, because it is compared with what other configurations and states hold.
 */
import { crc32 } from 'node:zlib';
import { awsIamPolicyDocumentData as record } from '@keystead/provider-schema/data-sources/aws-iam-policy-document.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError, type PathStep } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { textsOf } from '../resources/shared/values.ts';
import { configuredDocument, defaultEffect, defaultVersion } from './policy-document/configured.ts';
import { type Document, documentJson, emptyDocument, merged, repeatedSid } from './policy-document/document.ts';
import { jsonText } from './policy-document/json-text.ts';
import { DocumentFault, parseDocument } from './policy-document/parse.ts';

export const awsIamPolicyDocumentData: DataSourceType<Client> = {
  record,

  async read(_client, config) {
    const document = documentJson(wholeDocument(config));
    const json = jsonText(document, '  ');
    return { ...withDefaults(config), id: String(crc32(json)), json, minified_json: jsonText(document, '') };
  },
};

/** The AWS provider stores its defaults in the state. */
function withDefaults(config: ObjectValue): ObjectValue {
  const statements = (config.statement ?? []) as readonly ObjectValue[];
  return {
    ...config,
    version: config.version ?? defaultVersion,
    statement: statements.map((statement) => ({ ...statement, effect: statement.effect ?? defaultEffect })),
  };
}

function wholeDocument(config: ObjectValue): Document {
  const sources = given(config, 'source_policy_documents');
  const repeated = repeatedSid(sources.flatMap(({ statements }) => statements));
  if (repeated !== undefined) {
    throw fault(['source_policy_documents'], `Two statements have the Sid ${repeated}. Give each its own, or none.`);
  }
  const own = at(['statement'], () => configuredDocument(config));
  const twice = repeatedSid(own.statements);
  if (twice !== undefined) {
    throw fault(['statement'], `Two statements have the sid ${twice}. Give each its own, or none.`);
  }
  return [...sources, own, ...given(config, 'override_policy_documents')].reduce(merged, emptyDocument);
}

/** An empty text is not a document, and skipped, so that a document can be left out by a condition. */
function given(config: ObjectValue, name: string): readonly Document[] {
  return textsOf(config, name).flatMap((text, i) => at([name, i], () => (text === '' ? [] : [parseDocument(text)])));
}

function at<Result>(path: readonly PathStep[], work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof DocumentFault ? fault(path, `${error.message}.`) : error;
  }
}

function fault(path: readonly PathStep[], detail: string): DiagnosticError {
  return new DiagnosticError([{ severity: 'error', summary: 'Invalid policy document', detail, path }]);
}
