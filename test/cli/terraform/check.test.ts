/** `keystead terraform check` over a set of directories, each written for its case. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Finding } from '@keystead/control-plane/cli/terraform/check.ts';
import type { Outcome } from '@keystead/control-plane/cli/terraform/describe.ts';
import { runKeystead } from '../../support/server.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'keystead-check-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

async function write(files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

/** What is not served: `place: kind name (address)`, with places relative to the directory. */
async function checked(files: Files): Promise<{ code: number; outcome: Outcome; found: readonly string[] }> {
  await write(files);
  const { code, stdout, stderr } = await runKeystead(['terraform', 'check', root, '--json']);
  if (stderr !== '') throw new Error(stderr);
  const outcome: Outcome = JSON.parse(stdout);
  const text = ({ place, kind, name, address }: Finding) =>
    `${place.replace(`${root}/`, '')}: ${kind} ${name}${address === undefined ? '' : ` (${address})`}`;
  return { code, outcome, found: outcome.findings.map(text) };
}

const ours = 'terraform {\n  required_providers {\n    aws = { source = "keystead/aws" }\n  }\n}\n';

const directories: readonly (readonly [what: string, files: Files, found: readonly string[]])[] = [
  ['an empty directory', {}, []],
  ['a file that is not a configuration', { 'README.md': 'resource "aws_x" "y" {}', '.#main.tf': '}' }, []],
  [
    'a configuration that is served whole',
    {
      'main.tf': `${ours}
provider "aws" {
  alias  = "west"
  region = "eu-west-1"
  assume_role {
    role_arn         = var.role
    duration_seconds = 900
  }
  endpoints { kms = "http://127.0.0.1:8600" }
}
resource "aws_kms_key" "a" {
  count  = 2
  policy = data.aws_iam_policy_document.a.json
  tags   = { Name = "a" }
  lifecycle { prevent_destroy = true }
  timeouts { create = "5m" }
}
data "aws_iam_policy_document" "a" {
  dynamic "statement" {
    for_each = var.statements
    content {
      actions = statement.value
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}
`,
    },
    [],
  ],
  [
    'types that are not served',
    {
      'main.tf':
        'resource "aws_s3_bucket" "b" {\n bucket = "x"\n}\n\ndata "aws_vpc" "v" {}\ncheck "c" {\n data "aws_ami" "a" {}\n}\n',
    },
    [
      'main.tf:1: resource type aws_s3_bucket (aws_s3_bucket.b)',
      'main.tf:5: data source aws_vpc (data.aws_vpc.v)',
      'main.tf:7: data source aws_ami (data.aws_ami.a)',
    ],
  ],
  [
    'ephemeral resources, actions and functions',
    {
      'main.tf': `ephemeral "aws_kms_secrets" "a" {
  secret {
    name    = "a"
    payload = provider::aws::arn_parse(var.arn).resource
  }
}
ephemeral "aws_ssm_parameter" "b" {}
action "aws_kms_rotate_key" "c" {
  config {
    key_id = provider::aws::user_agents("x")
    key    = "x"
  }
}
action "aws_lambda_invoke" "d" {
  config {}
}
locals { other = provider::time::rfc3339_parse("x") }
`,
    },
    [
      'main.tf:7: ephemeral resource aws_ssm_parameter (ephemeral.aws_ssm_parameter.b)',
      'main.tf:11: argument key (action.aws_kms_rotate_key.c)',
      'main.tf:14: action aws_lambda_invoke (action.aws_lambda_invoke.d)',
      'main.tf:10: function provider::aws::user_agents',
    ],
  ],
  [
    'arguments and blocks that are not served, at any depth',
    {
      'main.tf': `resource "aws_kms_key" "a" {
  descriptions = "x"
  replica { region = "x" }
}
data "aws_iam_policy_document" "a" {
  statement {
    condition {
      test = "x"
      value = "y"
    }
  }
  dynamic "statements" {
    for_each = []
    content {}
  }
}
provider "aws" { regions = ["x"] }
`,
    },
    [
      'main.tf:2: argument descriptions (aws_kms_key.a)',
      'main.tf:3: block replica (aws_kms_key.a)',
      'main.tf:9: argument value (data.aws_iam_policy_document.a.statement.condition)',
      'main.tf:12: block statements (data.aws_iam_policy_document.a)',
      'main.tf:17: argument regions (provider.aws)',
    ],
  ],
  [
    'the same in JSON',
    {
      'main.tf.json': JSON.stringify({
        resource: { aws_kms_key: { a: { descriptions: 'x', tags: { any: 'x' } } }, aws_sqs_queue: { q: [{}] } },
        provider: [{ aws: { regions: ['x'] } }],
      }),
    },
    [
      'main.tf.json: argument descriptions (aws_kms_key.a)',
      'main.tf.json: resource type aws_sqs_queue (aws_sqs_queue.q)',
      'main.tf.json: argument regions (provider.aws)',
    ],
  ],
  [
    'providers of others',
    {
      'main.tf': `terraform {
  required_providers {
    aws      = { source = "hashicorp/aws", version = "5.31.0" }
    keystead = { source = "registry.terraform.io/keystead/aws" }
  }
}
resource "random_id" "x" { byte_length = 8 }
resource "aws_s3_bucket" "b" {}
resource "aws_kms_key" "of_aws" { brand_new = true }
resource "aws_kms_key" "a" {
  provider = keystead
  nope = 1
}
resource "aws_sns_topic" "t" {
  provider = keystead.west
}
`,
    },
    ['main.tf:12: argument nope (aws_kms_key.a)', 'main.tf:14: resource type aws_sns_topic (aws_sns_topic.t)'],
  ],
  [
    'versions that the mirror does not have',
    {
      'own.tf':
        'terraform {\n  required_providers {\n    aws = {\n      source = "keystead/aws" # ours\n      version = "~> 5.0"\n    }\n  }\n}\n',
      'provider.tf': 'provider "aws" {\n  version = "5.1"\n}\n',
    },
    ['own.tf:3: provider version keystead/aws ~> 5.0', 'provider.tf:2: provider version keystead/aws 5.1'],
  ],
  [
    'versions that no stand-in has',
    {
      'versions.tf': 'terraform {\n  required_providers {\n    aws = "~> 2.7"\n  }\n}\n',
      'provider.tf': 'provider "aws" {\n  version = "= 5.1.0"\n}\n',
    },
    ['versions.tf:3: provider version hashicorp/aws ~> 2.7', 'provider.tf:2: provider version hashicorp/aws = 5.1.0'],
  ],
  [
    'versions that a stand-in has',
    {
      'versions.tf.json': JSON.stringify({
        terraform: [{ required_providers: { aws: { source: 'hashicorp/aws', version: '>= 6.28' } } }],
      }),
      'main.tofu': 'resource "aws_kms_key" "a" {}\n',
    },
    [],
  ],
  [
    'modules that are called, each once',
    {
      'main.tf':
        'module "a" {\n  source = "./modules/a"\n}\nmodule "again" {\n  source = "./modules/a"\n}\nmodule "kms" {\n  source = "terraform-aws-modules/kms/aws"\n}\n',
      'modules/a/main.tf': 'module "b" {\n  source = "../b"\n}\n',
      'modules/b/main.tf': 'resource "aws_vpc" "v" {}\n',
      'unused/main.tf': 'resource "aws_vpc" "v" {}\n',
      '.terraform/modules/modules.json': JSON.stringify({
        Modules: [
          { Key: '', Dir: '.' },
          { Key: 'kms', Dir: '.terraform/modules/kms' },
        ],
      }),
      '.terraform/modules/kms/main.tf': 'resource "aws_eip" "e" {}\n',
    },
    [
      '.terraform/modules/kms/main.tf:1: resource type aws_eip (aws_eip.e)',
      'modules/b/main.tf:1: resource type aws_vpc (aws_vpc.v)',
    ],
  ],
];

test.each(directories)('%s', async (_, files, expected) => {
  const { code, found } = await checked(files);
  expect([...found].sort()).toEqual([...expected].sort());
  expect(code).toBe(expected.length === 0 ? 0 : 2);
});

test('every finding says what to do, and the text shows it', async () => {
  await write({ 'main.tf': 'resource "aws_eip" "e" {}\nresource "aws_kms_key" "a" {\n description_ = 1\n}\n' });
  const { code, stdout } = await runKeystead(['terraform', 'check', root]);
  expect(code).toBe(2);
  expect(stdout.replaceAll(`${root}/`, '')).toBe(`Not served: 2 findings (2 blocks in 1 directory looked at).

main.tf:1: resource type aws_eip (aws_eip.e)
    Keep the AWS provider for it, beside this one under another local name (guide to Terraform, "Beside the AWS provider").

main.tf:3: argument description_ (aws_kms_key.a)
    Remove it: this provider does not know it; it knows description.
`);
});

test('a requirement of the AWS provider is named, and a module that is not installed', async () => {
  await write({
    'main.tf': `terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
resource "aws_kms_key" "a" {}
module "kms" {
  source = "terraform-aws-modules/kms/aws"
}
`,
  });
  const { code, stdout } = await runKeystead(['terraform', 'check', root]);
  expect(code).toBe(0);
  expect(stdout).toContain('Everything is served (1 block in 1 directory looked at).');
  expect(stdout).toContain(`set source = "keystead/aws" and remove the version in ${root}/main.tf:3`);
  expect(stdout).toContain('Not looked at: module kms (terraform-aws-modules/kms/aws). Run "terraform get"');
});

test('a file that cannot be read is an error with its line', async () => {
  await write({ 'main.tf': 'resource "aws_kms_key" "a" {\n' });
  const { code, stderr } = await runKeystead(['terraform', 'check', root]);
  expect(stderr).toContain('main.tf cannot be read: line 2: expected "}".');
  expect(code).toBe(1);
});
