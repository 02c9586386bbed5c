// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform and policies write references and variables this way.
/** What is written reads back as the same values, whatever is in them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JsonText, Reference, type WrittenResource } from '@keystead/control-plane/cli/terraform/value.ts';
import { hclArgument, hclOf, hclText } from '@keystead/control-plane/cli/terraform/write-hcl.ts';
import { typescriptArgument, typescriptOf } from '@keystead/control-plane/cli/terraform/write-typescript.ts';
import { needs } from '../../support/needs.ts';

needs('terraform');

const awkward = [
  'plain',
  '${aws:username} and $${x} and $$${y} and ${"a"}',
  '%{ if true }x%{ endif } %%{y}',
  'quotes " and \\ and \' and `',
  'lines\nand\r\ttabs\u0001\u007f\u0085\u2028\u2029',
  '<<EOT\nEOT\n',
  '# no comment // none /* none */ */',
  'ü 😀 $ % $$ %% {}',
  '',
];

const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'A',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:Sign'],
      Resource: '*',
      Condition: { StringLike: { 'aws:userid': '${aws:username}', 'kms:EncryptionContext:a "b"': ['%{x}'] } },
    },
  ],
};

const resource: WrittenResource = {
  type: 'aws_kms_grant',
  label: 'by_hand',
  importId: 'k:g@eu-west-1',
  provider: 'aws.eu',
  values: {
    key_id: new Reference('aws_kms_key.orders.key_id'),
    enabled: true,
    days: 90,
    operations: ['Decrypt', 'Encrypt'],
    tags: { 'a b': 'c', plain: '${d}' },
    policy: new JsonText(JSON.stringify(policy)),
    none: {},
  },
  blocks: { constraints: [{ encryption_context_equals: { a: 'b' } }] },
  comments: ['by somebody\nresource "x" "y" {}'],
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-hcl-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const terraform = async (...args: string[]) =>
  (
    await promisify(execFile)('terraform', [`-chdir=${directory}`, ...args], {
      env: { ...process.env, TF_CLI_ARGS: '' },
    })
  ).stdout;

test('any text is the same text for Terraform, and no template', async () => {
  const outputs = [...awkward.map(hclText), hclArgument('x', new JsonText(JSON.stringify(policy))).replace('x = ', '')];
  await writeFile(
    join(directory, 'main.tf'),
    outputs.map((text, index) => `output "o${index}" {\n  value = ${text}\n}\n`).join(''),
  );
  await terraform('apply', '-auto-approve');
  const read = JSON.parse(await terraform('output', '-json')) as Record<string, { value: string }>;
  const values = outputs.map((_, index) => read[`o${index}`]?.value ?? 'none');
  expect(values.slice(0, -1)).toEqual(awkward);
  expect(JSON.parse(values.at(-1) ?? '')).toEqual(policy);
});

test('a resource with its import block is as terraform fmt leaves it', async () => {
  const written = hclOf(resource);
  await writeFile(join(directory, 'main.tf'), written);
  await terraform('fmt', '-check');
  expect(written).toBe(`# by somebody resource "x" "y" {}
import {
  to       = aws_kms_grant.by_hand
  id       = "k:g@eu-west-1"
  provider = aws.eu
}

resource "aws_kms_grant" "by_hand" {
  provider   = aws.eu
  key_id     = aws_kms_key.orders.key_id
  enabled    = true
  days       = 90
  operations = ["Decrypt", "Encrypt"]
  tags = {
    "a b" = "c"
    plain = "$\${d}"
  }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "A"
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Action = [
          "kms:Decrypt",
          "kms:Encrypt",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:Sign",
        ]
        Resource = "*"
        Condition = {
          StringLike = {
            "aws:userid"                    = "$\${aws:username}"
            "kms:EncryptionContext:a \\"b\\"" = ["%%{x}"]
          }
        }
      },
    ]
  })
  none = {}

  constraints {
    encryption_context_equals = {
      a = "b"
    }
  }
}
`);
});

test('in TypeScript, arguments are props in camel case, and other names stay as they are', () => {
  const { provider: _, ...ofDefault } = resource;
  const written = typescriptOf([{ ...ofDefault, comments: ['x\u2028y'] }], 'Adopted */ at once.');
  expect(written).toContain("import { kmsGrant } from '@keystead/constructs/cdktf';");
  expect(written).toContain('/** Adopted * / at once. */');
  expect(written).toContain("  // x y\n  new kmsGrant.KmsGrant(scope, 'by_hand', {\n");
  expect(written).toContain('    keyId: "${aws_kms_key.orders.key_id}",\n');
  expect(written).toContain("    tags: {\n      'a b': 'c',\n      plain: '$${d}',\n    },\n");
  expect(written).toContain(
    "    constraints: [{\n      encryptionContextEquals: {\n        a: 'b',\n      },\n    }],\n",
  );
  expect(written).toContain("  }).importFrom('k:g@eu-west-1');\n");
});

test.each(awkward)('%j is the same text in TypeScript, escaped once for Terraform', (text) => {
  const literal = typescriptArgument('a_name', text).replace(/^aName: /, '');
  const value = new Function(`return ${literal}`)() as string;
  expect(value).toBe(text.replace(/[$%](?=\{)/g, '$&$&'));
});
