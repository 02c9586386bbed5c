/**
 * Many keys, each with two aliases and a grant, are applied, refreshed, changed and destroyed without an error: two
 * hundred in `make test-terraform`, in `make test` sixty, whose aliases are more than one page of the list.
 */
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(300_000);

const keys = process.env.KEYSTEAD_TERRAFORM === 'all' ? 200 : 60;

const configuration = (description: string) => `
provider "aws" {
  default_tags { tags = { Owner = "platform" } }
}
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "many" {
  count               = ${keys}
  description         = "${description} \${count.index}"
  enable_key_rotation = true
}
resource "aws_kms_alias" "many" {
  count         = ${2 * keys}
  name          = "alias/many/\${count.index}"
  target_key_id = aws_kms_key.many[count.index % ${keys}].id
}
resource "aws_kms_grant" "many" {
  count             = ${keys}
  key_id            = aws_kms_key.many[count.index].id
  grantee_principal = data.aws_caller_identity.me.arn
  operations        = ["Decrypt"]
}
`;

let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
});

afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

test(`${keys} keys with their aliases and grants are created, and a refresh finds no change`, async () => {
  await workspace.write(configuration('first'));
  expect(await workspace.apply('-parallelism=20')).toContain(`Resources: ${4 * keys} added`);
  expect(await workspace.plan('-parallelism=20')).toMatchObject({ code: 0 });
  expect((await workspace.state()).size).toBe(4 * keys + 1);
});

test(`${keys} keys are changed in place`, async () => {
  await workspace.write(configuration('second'));
  expect(await workspace.apply()).toContain(`Resources: 0 added, ${keys} changed, 0 destroyed`);
  expect(await workspace.plan()).toMatchObject({ code: 0 });
});

test(`${keys} keys are destroyed`, async () => {
  const { code, stdout } = await workspace.terraform('destroy', '-auto-approve', '-no-color');
  expect(stdout).toContain(`Destroy complete! Resources: ${4 * keys} destroyed`);
  expect(code).toBe(0);
});
