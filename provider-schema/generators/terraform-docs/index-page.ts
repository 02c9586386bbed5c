/** The page of the provider itself: its block, where settings come from, and lists of all other pages. */
import { providerRecord } from '../../provider.ts';
import { exampleSection } from './examples.ts';
import { bullets, page } from './markdown.ts';
import { argumentReference, metaReference } from './reference.ts';

export interface Listed {
  readonly folder: 'resources' | 'data-sources' | 'ephemeral-resources' | 'list-resources' | 'actions' | 'functions';
  readonly pages: readonly ListedPage[];
}

interface ListedPage {
  readonly name: string;
  readonly path: string;
  /** Markdown. */
  readonly description: string;
  /** The AWS provider does not have it. */
  readonly isOwn: boolean;
}

const headings: Readonly<Record<Listed['folder'], string>> = {
  resources: 'Resources',
  'data-sources': 'Data Sources',
  'ephemeral-resources': 'Ephemeral Resources',
  'list-resources': 'List Resources',
  actions: 'Actions',
  functions: 'Functions',
};

const about = `The provider \`keystead/aws\` declares the keys of a Keystead control plane, and the principals that use them, with the
resource types of the AWS provider. It connects to that control plane only, never to AWS. Existing code applies after a
change of its source: [from the AWS provider to Keystead and back](guides/from-the-aws-provider.md).`;

const settings = `## Authentication and Configuration

The block can be empty. The provider takes each setting from the first of these places that has it:

| Setting | Places |
| --- | --- |
| Endpoint | \`endpoints { kms }\`, \`AWS_ENDPOINT_URL_KMS\`, \`AWS_ENDPOINT_URL\`, \`KEYSTEAD_ENDPOINT\`, the profile. Without one the provider stops. |
| Credentials | \`access_key\` and \`secret_key\`; \`profile\`; \`AWS_ACCESS_KEY_ID\` and \`AWS_SECRET_ACCESS_KEY\`; \`AWS_ROLE_ARN\` and \`AWS_WEB_IDENTITY_TOKEN_FILE\`; the profile in \`AWS_PROFILE\`, or \`default\`, of the shared files: keys, \`credential_process\`, or a role and its source |
| Region | \`region\`, \`AWS_REGION\`, \`AWS_DEFAULT_REGION\`, the profile |

An endpoint beyond this machine must be \`https://\`, because answers hold plaintexts and data keys. Where the network
itself is encrypted, \`allow_plaintext_endpoint = true\` accepts \`http://\`.

Every argument of the AWS provider, versions 3 to 6, is accepted. Those without a meaning here are ignored, and their
descriptions say so. [The guide](guide/terraform.md) shows how to install the provider, which plans it [warns of or
refuses](guide/terraform.md#safe-plans), and how secrets stay [outside plan and
state](guide/terraform.md#secrets-outside-plan-and-state).`;

export function indexPage(lists: readonly Listed[]): string {
  return page(
    {
      name: 'Keystead Provider',
      subcategory: '',
      description: 'Declares the keys of a Keystead control plane with the resource types of the AWS provider.',
    },
    '# Keystead Provider',
    about,
    exampleSection('provider'),
    settings,
    argumentReference(providerRecord),
    metaReference(providerRecord.meta ?? {}),
    ...lists.map(listSection),
  );
}

function listSection({ folder, pages }: Listed): string {
  const lines = [...pages]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ name, path, description, isOwn }) => {
      const mark = isOwn ? ' (not in the AWS provider)' : '';
      return `[\`${name}\`](${path})${mark} - ${description}`;
    });
  return `## ${headings[folder]}\n\n${bullets(lines)}`;
}
