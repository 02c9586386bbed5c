terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "keystead/aws" }
  }
  provider_meta "aws" {
    user_agent = ["a-key-module"]
  }
}

locals {
  policy = try(coalesce(var.policy, data.aws_iam_policy_document.this[0].json), null)
}

resource "aws_kms_key" "this" {
  count  = var.create && var.kind == "key" ? 1 : 0
  region = var.region

  description              = var.description
  customer_master_key_spec = var.spec
  key_usage                = var.usage
  is_enabled               = var.enabled
  multi_region             = var.multi_region
  enable_key_rotation      = var.rotates
  rotation_period_in_days  = var.rotation_period_in_days
  deletion_window_in_days  = var.deletion_window_in_days
  custom_key_store_id      = var.key_store_id
  policy                   = local.policy
  tags                     = var.tags

  bypass_policy_lockout_safety_check = var.bypass_lockout_check
}

resource "aws_kms_external_key" "this" {
  count  = var.create && var.kind == "external-key" ? 1 : 0
  region = var.region

  description             = var.description
  key_spec                = var.spec
  key_usage               = var.usage
  enabled                 = var.enabled
  multi_region            = var.multi_region
  key_material_base64     = var.material
  valid_to                = var.valid_to
  deletion_window_in_days = var.deletion_window_in_days
  policy                  = local.policy
  tags                    = var.tags

  bypass_policy_lockout_safety_check = var.bypass_lockout_check
}

resource "aws_kms_replica_key" "this" {
  count  = var.create && var.kind == "replica-key" ? 1 : 0
  region = var.region

  primary_key_arn         = var.primary_key_arn
  description             = var.description
  enabled                 = var.enabled
  deletion_window_in_days = var.deletion_window_in_days
  policy                  = local.policy
  tags                    = var.tags

  bypass_policy_lockout_safety_check = var.bypass_lockout_check
}

resource "aws_kms_replica_external_key" "this" {
  count  = var.create && var.kind == "replica-external-key" ? 1 : 0
  region = var.region

  primary_key_arn         = var.primary_key_arn
  description             = var.description
  enabled                 = var.enabled
  key_material_base64     = var.material
  valid_to                = var.valid_to
  deletion_window_in_days = var.deletion_window_in_days
  policy                  = local.policy
  tags                    = var.tags

  bypass_policy_lockout_safety_check = var.bypass_lockout_check
}

locals {
  key_id = try(
    aws_kms_key.this[0].key_id,
    aws_kms_external_key.this[0].id,
    aws_kms_replica_key.this[0].key_id,
    aws_kms_replica_external_key.this[0].key_id,
    null,
  )
  names = merge({ for name in toset(var.aliases) : name => { name = name } }, var.computed_aliases)
}

resource "aws_kms_alias" "this" {
  for_each = { for key, alias in local.names : key => alias if var.create }
  region   = var.region

  name          = var.aliases_are_prefixes ? null : "alias/${each.value.name}"
  name_prefix   = var.aliases_are_prefixes ? "alias/${each.value.name}-" : null
  target_key_id = local.key_id
}

resource "aws_kms_grant" "this" {
  for_each = { for key, grant in var.grants : key => grant if var.create }
  region   = var.region

  key_id                = local.key_id
  name                  = coalesce(each.value.name, each.key)
  grantee_principal     = each.value.grantee
  operations            = each.value.operations
  retiring_principal    = each.value.retiring_principal
  retire_on_delete      = each.value.retire_on_delete
  grant_creation_tokens = each.value.creation_tokens

  dynamic "constraints" {
    for_each = each.value.constraints
    content {
      encryption_context_equals = constraints.value.context_equals
      encryption_context_subset = constraints.value.context_subset
    }
  }
}

output "key_id" {
  value = local.key_id
}

output "arn" {
  value = try(
    aws_kms_key.this[0].arn,
    aws_kms_external_key.this[0].arn,
    aws_kms_replica_key.this[0].arn,
    aws_kms_replica_external_key.this[0].arn,
    null,
  )
}

output "policy" {
  value = try(
    aws_kms_key.this[0].policy,
    aws_kms_external_key.this[0].policy,
    aws_kms_replica_key.this[0].policy,
    aws_kms_replica_external_key.this[0].policy,
    null,
  )
}

output "expiration_model" {
  value = try(aws_kms_external_key.this[0].expiration_model, aws_kms_replica_external_key.this[0].expiration_model, null)
}

output "state" {
  value = try(aws_kms_external_key.this[0].key_state, aws_kms_replica_external_key.this[0].key_state, null)
}

output "aliases" {
  value = aws_kms_alias.this
}

output "grants" {
  value     = aws_kms_grant.this
  sensitive = true
}
