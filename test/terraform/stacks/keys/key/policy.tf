data "aws_partition" "current" {
  count = var.create ? 1 : 0
}

data "aws_caller_identity" "current" {
  count = var.create ? 1 : 0
}

locals {
  partition  = try(data.aws_partition.current[0].partition, "")
  dns_suffix = try(data.aws_partition.current[0].dns_suffix, "")
  account_id = try(data.aws_caller_identity.current[0].account_id, "")

  encrypts     = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
  for_services = [{ test = "Bool", variable = "kms:GrantIsForAWSResource", values = [true] }]

  # One entry for each statement that roles can have.
  by_role = [
    {
      sid        = "Owners"
      principals = var.principals.owners
      actions    = ["kms:*"]
      conditions = []
    },
    {
      sid        = "Administrators"
      principals = var.principals.administrators
      actions = [
        "kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*",
        "kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource",
        "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:ReplicateKey", "kms:ImportKeyMaterial",
      ]
      conditions = []
    },
    {
      sid        = "Users"
      principals = var.principals.users
      actions    = concat(local.encrypts, ["kms:DescribeKey"])
      conditions = []
    },
    {
      sid        = "GrantsForServices"
      principals = var.principals.service_users
      actions    = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      conditions = local.for_services
    },
    {
      sid        = "AutoScaling"
      principals = var.principals.autoscaling_roles
      actions    = concat(local.encrypts, ["kms:DescribeKey"])
      conditions = []
    },
    {
      sid        = "AutoScalingVolumes"
      principals = var.principals.autoscaling_roles
      actions    = ["kms:CreateGrant"]
      conditions = local.for_services
    },
    {
      sid        = "SymmetricEncryption"
      principals = var.principals.symmetric_encrypters
      actions    = local.encrypts
      conditions = []
    },
    {
      sid        = "Macs"
      principals = var.principals.mac_users
      actions    = ["kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac"]
      conditions = []
    },
    {
      sid        = "PublicKeyEncryption"
      principals = var.principals.public_key_encrypters
      actions    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:DescribeKey", "kms:GetPublicKey"]
      conditions = []
    },
    {
      sid        = "Signatures"
      principals = var.principals.signers
      actions    = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:Verify"]
      conditions = []
    },
  ]
}

data "aws_iam_policy_document" "this" {
  count                     = var.create ? 1 : 0
  source_policy_documents   = var.source_policies
  override_policy_documents = var.override_policies

  dynamic "statement" {
    for_each = var.account_administers ? [1] : []
    content {
      sid       = "Account"
      actions   = ["kms:*"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
      }
    }
  }

  dynamic "statement" {
    for_each = [for statement in local.by_role : statement if length(statement.principals) > 0]
    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = statement.value.principals
      }
      dynamic "condition" {
        for_each = statement.value.conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.route53_dnssec.enabled ? [1] : []
    content {
      sid       = "Route53Signs"
      actions   = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = ["dnssec-route53.${local.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.route53_dnssec.enabled ? [1] : []
    content {
      sid       = "Route53Grants"
      actions   = ["kms:CreateGrant"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = ["dnssec-route53.${local.dns_suffix}"]
      }
      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = [true]
      }
      dynamic "condition" {
        for_each = [for source in var.route53_dnssec.sources : source if length(source.accounts) > 0]
        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = condition.value.accounts
        }
      }
      dynamic "condition" {
        for_each = [for source in var.route53_dnssec.sources : source if source.zone != null]
        content {
          test     = "ArnLike"
          variable = "aws:SourceArn"
          values   = [condition.value.zone]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.statements
    content {
      sid           = statement.value.sid
      effect        = statement.value.effect
      actions       = statement.value.actions
      not_actions   = statement.value.not_actions
      resources     = statement.value.resources
      not_resources = statement.value.not_resources
      dynamic "principals" {
        for_each = statement.value.principals
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = statement.value.not_principals
        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = statement.value.conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
