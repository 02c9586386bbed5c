/**
 * States of the KMS resources as the AWS provider writes them: one configuration with every type in every empty form,
 * and its state with ids as tokens, so that a recorded one fits the objects of another server.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.ts';

export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
}
export interface StateFile {
  readonly resources: readonly StateResource[];
}

/** Attributes by `type.name`, ids and other values of one run as `{{type.name}}`. */
export type Recorded = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const recordedFile = join(root, 'test/e2e/upstream-states/aws-5.100.0.json');

export const recordedText = (): string => readFileSync(recordedFile, 'utf8');
export { recordedFile };

export interface ProxySettings {
  readonly host: string;
  readonly accessKeyId: string;
  readonly secret: string;
}

export const resources = (proxy: ProxySettings, accountId: string): string => `
resource "aws_kms_key" "plain" {}
resource "aws_kms_key" "empty" {
  description = ""
  policy      = ""
  tags        = {}
}
resource "aws_kms_key" "full" {
  description             = "text"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  rotation_period_in_days = 180
  multi_region            = true
  tags                    = { a = "1", gone = null, empty = "" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "a", Effect = "Allow", Principal = { AWS = "${accountId}" }, Action = ["kms:*"], Resource = ["*"] },
    ]
  })
}
resource "aws_kms_key" "rsa" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  tags                     = { a = null }
}
resource "aws_kms_key" "hmac" {
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
}
resource "aws_kms_external_key" "plain" {}
resource "aws_kms_external_key" "empty" {
  description         = ""
  policy              = ""
  key_material_base64 = ""
  tags                = {}
}
resource "aws_kms_external_key" "full" {
  multi_region        = true
  enabled             = true
  key_material_base64 = "${Buffer.alloc(32, 7).toString('base64')}"
}
resource "aws_kms_replica_key" "west" {
  provider        = aws.west
  primary_key_arn = aws_kms_key.full.arn
  description     = ""
  policy          = ""
  tags            = {}
}
resource "aws_kms_replica_external_key" "west" {
  provider        = aws.west
  primary_key_arn = aws_kms_external_key.full.arn
  description     = ""
  policy          = ""
}
resource "aws_kms_alias" "arn" {
  name          = "alias/arn"
  target_key_id = aws_kms_key.plain.arn
}
resource "aws_kms_alias" "generated" {
  target_key_id = aws_kms_key.plain.key_id
}
resource "aws_kms_grant" "empty" {
  key_id                = aws_kms_key.plain.arn
  grantee_principal     = "arn:aws:iam::${accountId}:root"
  operations            = ["Decrypt"]
  retiring_principal    = ""
  grant_creation_tokens = []
}
resource "aws_kms_grant" "none" {
  key_id            = aws_kms_key.plain.key_id
  grantee_principal = "arn:aws:iam::${accountId}:root"
  operations        = ["Decrypt", "Encrypt"]
  name              = "none"
}
resource "aws_kms_key_policy" "arn" {
  key_id = aws_kms_key.hmac.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "${accountId}" }, Action = ["kms:*"], Resource = "*" }]
  })
}
resource "aws_kms_ciphertext" "empty" {
  key_id    = aws_kms_key.plain.arn
  plaintext = "text"
  context   = {}
}
resource "aws_kms_custom_key_store" "proxy" {
  custom_key_store_name  = "proxy"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://${proxy.host}"
  xks_proxy_uri_path     = "/kms/xks/v1"
  xks_proxy_authentication_credential {
    access_key_id         = "${proxy.accessKeyId}"
    raw_secret_access_key = "${proxy.secret}"
  }
}
`;

/** Values of one run, the longest first, with their tokens. An id within an ARN is found as well. */
function tokens(state: StateFile): readonly (readonly [string, string])[] {
  return state.resources
    .flatMap(({ type, name, instances: [instance] }) => {
      const { id, grant_id: grantId, grant_token: grantToken, ciphertext_blob: blob } = instance?.attributes ?? {};
      const own: readonly (readonly [unknown, string])[] =
        type === 'aws_kms_grant'
          ? [
              [grantId, 'id'],
              [grantToken, 'token'],
            ]
          : type === 'aws_kms_key_policy' || type.includes('replica')
            ? []
            : type === 'aws_kms_ciphertext'
              ? [
                  [id, 'id'],
                  [blob, 'blob'],
                ]
              : [[id, 'id']];
      return own.map(([value, what]) => [String(value), `{{${type}.${name}.${what}}}`] as const);
    })
    .filter(([value]) => value !== 'alias/arn')
    .sort(([a], [b]) => b.length - a.length);
}

export function recordedOf(state: StateFile): Recorded {
  const text = JSON.stringify(
    Object.fromEntries(
      state.resources.map(({ type, name, instances }) => [`${type}.${name}`, instances[0]?.attributes ?? {}]),
    ),
  );
  return JSON.parse(tokens(state).reduce((all, [value, token]) => all.replaceAll(value, token), text));
}

/** The recorded attributes with the ids of `state`, in place of its own attributes. */
export function withRecorded(state: StateFile, recorded: Recorded): StateFile {
  const text = tokens(state).reduce((all, [value, token]) => all.replaceAll(token, value), JSON.stringify(recorded));
  const attributes: Recorded = JSON.parse(text);
  return {
    ...state,
    resources: state.resources.map((resource) => ({
      ...resource,
      instances: [{ ...resource.instances[0], attributes: attributes[`${resource.type}.${resource.name}`] ?? {} }],
    })),
  };
}
