/**
 * The provider's documents, a page for each record, where the Terraform Registry looks for them:
 * https://developer.hashicorp.com/terraform/registry/providers/docs
 */
import * as actions from '../../actions/index.ts';
import * as dataSources from '../../data-sources/index.ts';
import * as ephemeralResources from '../../ephemeral-resources/index.ts';
import * as functions from '../../functions/index.ts';
import * as listResources from '../../list-resources/index.ts';
import * as resources from '../../resources/index.ts';
import type { FunctionRecord, TerraformRecord } from '../../terraform.ts';
import { exampleSection } from './examples.ts';
import { functionPage } from './function-page.ts';
import { importSection } from './importing.ts';
import { indexPage, type Listed } from './index-page.ts';
import { bullets, page, withCode } from './markdown.ts';
import { type Notes, notes, type PageName } from './notes.ts';
import { argumentReference, attributeReference } from './reference.ts';
import { notUpstream } from './rules.ts';

interface Kind {
  readonly folder: Listed['folder'];
  /** Before the type in the title. */
  readonly title: string;
  /** Of all pages of the kind. */
  readonly needs?: string;
  readonly records: Readonly<Record<string, TerraformRecord>>;
  readonly exampleExtension?: string;
}

const kinds: readonly Kind[] = [
  { folder: 'resources', title: 'Resource', records: resources },
  { folder: 'data-sources', title: 'Data Source', records: dataSources },
  {
    folder: 'ephemeral-resources',
    title: 'Ephemeral',
    needs: 'Needs Terraform 1.10, OpenTofu 1.11, or newer.',
    records: ephemeralResources,
  },
  {
    folder: 'list-resources',
    title: 'List Resource',
    needs: 'Needs Terraform 1.14 or newer: `terraform query` reads it from a file that ends in `.tfquery.hcl`.',
    records: listResources,
    exampleExtension: '.tfquery.hcl',
  },
  { folder: 'actions', title: 'Action', needs: 'Needs Terraform 1.14 or newer.', records: actions },
];

/** Pages by their paths below `docs`. */
export const documentPages: Readonly<Record<string, () => string>> = {
  'index.md': () => indexPage(listed()),
  ...Object.fromEntries(
    kinds.flatMap((kind) =>
      Object.values(kind.records).map((record) => [pagePath(kind.folder, record.type), () => recordPage(kind, record)]),
    ),
  ),
  ...Object.fromEntries(
    Object.values<FunctionRecord>(functions).map((record) => [
      pagePath('functions', record.name),
      () => functionPage(record, notesOf(`functions/${record.name}`)),
    ]),
  ),
};

/** The registry leaves the provider's name out of the names of files. */
function pagePath(folder: string, type: string): string {
  return `${folder}/${type.replace(/^aws_/, '')}.md`;
}

function notesOf(name: string): Notes {
  return notes[name as PageName] ?? {};
}

/** This type exists to say that it is gone. */
const withoutExample: ReadonlySet<string> = new Set(['data-sources/aws_kms_secret']);

function recordPage(kind: Kind, record: TerraformRecord): string {
  const name = `${kind.folder}/${record.type}`;
  const { about = [], differences = [], afterImport } = notesOf(name);
  const resource = record.kind === 'resource' ? record : undefined;
  return page(
    { name: record.type, subcategory: subcategoryOf(record.type), description: record.description },
    `# ${kind.title}: ${record.type}`,
    [withCode(record.description), ...(record.own ? [notUpstream] : [])].join(' '),
    kind.needs,
    ...about,
    withoutExample.has(name) ? undefined : exampleSection(name, kind.exampleExtension),
    argumentReference(record),
    attributeReference(record),
    resource && importSection(name, resource, afterImport),
    differencesSection(differences),
  );
}

function differencesSection(differences: readonly string[]): string | undefined {
  return differences.length === 0 ? undefined : `## Differences from the AWS Provider\n\n${bullets(differences)}`;
}

/** The AWS provider's names of its chapters. */
function subcategoryOf(type: string): string {
  if (/^(aws_)?kms_/.test(type)) return 'KMS (Key Management)';
  if (type.startsWith('aws_iam_')) return 'IAM (Identity & Access Management)';
  return type === 'aws_caller_identity' ? 'STS (Security Token)' : 'Meta Data Sources';
}

function listed(): readonly Listed[] {
  const ofRecords = kinds.map(({ folder, records }) => ({
    folder,
    pages: Object.values(records).map(({ type, description, own }) => ({
      name: type,
      path: pagePath(folder, type),
      description: withCode(description),
      isOwn: own === true,
    })),
  }));
  const ofFunctions = Object.values<FunctionRecord>(functions).map(({ name, description }) => ({
    name,
    path: pagePath('functions', name),
    description: withCode(description),
    isOwn: false,
  }));
  return [...ofRecords, { folder: 'functions', pages: ofFunctions }];
}
