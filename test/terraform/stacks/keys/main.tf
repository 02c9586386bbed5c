# Every feature of a module for KMS keys, once.

terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
}

variable "material" {
  type      = string
  sensitive = true
}

variable "valid_to" {
  type = string
}

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { stack = "keys" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.current.account_id]
    }
  }
}

locals {
  roles = toset([
    "owner", "administrator", "user", "service-user", "encrypter", "mac-user", "public-key-encrypter", "signer",
    "grantee",
  ])
}

resource "aws_iam_role" "this" {
  for_each           = local.roles
  name               = each.key
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_service_linked_role" "autoscaling" {
  aws_service_name = "autoscaling.amazonaws.com"
}

locals {
  arn = { for name, role in aws_iam_role.this : name => role.arn }
}

module "complete" {
  source                  = "./key"
  description             = "A key with every kind of statement"
  rotation_period_in_days = 180
  deletion_window_in_days = 7
  multi_region            = false
  enabled                 = true
  bypass_lockout_check    = false

  principals = {
    owners               = [local.arn["owner"]]
    administrators       = [local.arn["administrator"]]
    users                = [local.arn["user"], local.arn["service-user"]]
    service_users        = [local.arn["service-user"]]
    autoscaling_roles    = [aws_iam_service_linked_role.autoscaling.arn]
    symmetric_encrypters = [local.arn["encrypter"]]
  }
  statements = [
    {
      sid        = "Logs"
      actions    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources  = ["*"]
      principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }]
      conditions = [
        {
          test     = "ArnLike"
          variable = "kms:EncryptionContext:aws:logs:arn"
          values   = ["arn:aws:logs:eu-west-1:${data.aws_caller_identity.current.account_id}:log-group:*"]
        },
      ]
    },
    {
      sid         = "OnlyOurs"
      effect      = "Deny"
      not_actions = ["kms:Describe*", "kms:Get*", "kms:List*"]
      resources   = ["*"]
      principals  = [{ type = "AWS", identifiers = ["*"] }]
      conditions = [
        {
          test     = "StringNotEquals"
          variable = "kms:CallerAccount"
          values   = [data.aws_caller_identity.current.account_id]
        },
        { test = "Bool", variable = "aws:PrincipalIsAWSService", values = ["false"] },
      ]
    },
  ]

  aliases              = ["one", "foo/bar"]
  computed_aliases     = { role = { name = aws_iam_role.this["owner"].unique_id } }
  aliases_are_prefixes = true

  grants = {
    lambda = {
      grantee     = local.arn["grantee"]
      operations  = ["Encrypt", "Decrypt", "GenerateDataKey"]
      constraints = [{ context_equals = { department = "finance" } }]
    }
    retiring = {
      name               = "retires-itself"
      grantee            = local.arn["grantee"]
      operations         = ["Decrypt", "RetireGrant"]
      retiring_principal = local.arn["grantee"]
      retire_on_delete   = false
      constraints        = [{ context_subset = { app = "orders" } }]
    }
    service = {
      grantee    = "dynamodb.eu-west-1.amazonaws.com"
      operations = ["Decrypt", "DescribeKey"]
    }
  }
  tags = { team = "shop" }
}

# Several keys of one kind of use each, from a map.
module "keys" {
  source = "./key"
  for_each = {
    mac     = { spec = "HMAC_256", usage = "GENERATE_VERIFY_MAC", principals = { mac_users = [local.arn["mac-user"]] } }
    public  = { spec = "RSA_2048", usage = "ENCRYPT_DECRYPT", principals = { public_key_encrypters = [local.arn["public-key-encrypter"]] } }
    signing = { spec = "ECC_NIST_P384", usage = "SIGN_VERIFY", principals = { signers = [local.arn["signer"]] } }
  }
  spec                = each.value.spec
  usage               = each.value.usage
  rotates             = false
  account_administers = true
  principals          = each.value.principals
  aliases             = [each.key]
}

module "dnssec" {
  source  = "./key"
  spec    = "ECC_NIST_P256"
  usage   = "SIGN_VERIFY"
  rotates = false
  aliases = ["route53/dnssec"]
  route53_dnssec = {
    enabled = true
    sources = [
      { accounts = [data.aws_caller_identity.current.account_id], zone = "arn:aws:route53:::hostedzone/Z1111111111111" },
      { accounts = ["444455556666"], zone = "arn:aws:route53:::hostedzone/Z2222222222222" },
    ]
  }
}

module "external" {
  source                  = "./key"
  kind                    = "external-key"
  description             = "Brings its own material"
  material                = var.material
  valid_to                = var.valid_to
  enabled                 = true
  multi_region            = true
  deletion_window_in_days = 7
  aliases                 = ["external"]
  principals              = { owners = [local.arn["owner"]] }
}

module "replica_external" {
  source                  = "./key"
  kind                    = "replica-external-key"
  region                  = "us-east-1"
  primary_key_arn         = module.external.arn
  material                = var.material
  valid_to                = var.valid_to
  enabled                 = true
  deletion_window_in_days = 7
  aliases                 = ["external"]
  principals              = { owners = [local.arn["owner"]] }
  grants                  = { there = { grantee = local.arn["grantee"], operations = ["Decrypt"] } }
}

module "primary" {
  source       = "./key"
  multi_region = true
  aliases      = ["primary"]
}

module "replica" {
  source          = "./key"
  kind            = "replica-key"
  region          = "us-east-1"
  primary_key_arn = module.primary.arn
  description     = "In another Region"
  aliases         = ["primary"]
  grants          = { there = { grantee = local.arn["grantee"], operations = ["Decrypt", "Encrypt"] } }
  tags            = { team = "shop" }
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Base"
    actions   = ["kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [local.arn["signer"]]
    }
  }
}

data "aws_iam_policy_document" "override" {
  statement {
    sid       = "Base"
    actions   = ["kms:DescribeKey", "kms:ListGrants"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [local.arn["signer"]]
    }
  }
}

module "merged" {
  source            = "./key"
  source_policies   = [data.aws_iam_policy_document.base.json]
  override_policies = [data.aws_iam_policy_document.override.json]
}

module "with_policy" {
  source = "./key"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = data.aws_caller_identity.current.account_id }, Action = "kms:*", Resource = "*" }]
  })
}

module "defaults" {
  source = "./key"
}

module "nothing" {
  source  = "./key"
  create  = false
  aliases = ["never"]
  grants  = { never = { grantee = local.arn["grantee"], operations = ["Decrypt"] } }
}

output "arns" {
  value = merge(
    {
      complete         = module.complete.arn
      dnssec           = module.dnssec.arn
      external         = module.external.arn
      replica_external = module.replica_external.arn
      primary          = module.primary.arn
      replica          = module.replica.arn
      merged           = module.merged.arn
      with_policy      = module.with_policy.arn
      defaults         = module.defaults.arn
      nothing          = module.nothing.arn
    },
    { for name, key in module.keys : name => key.arn },
  )
}

output "aliases" {
  value = module.complete.aliases
}
