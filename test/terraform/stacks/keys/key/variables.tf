variable "create" {
  description = "Whether anything is created."
  type        = bool
  default     = true
}

variable "kind" {
  description = "What the module makes: key, external-key, replica-key or replica-external-key."
  type        = string
  default     = "key"
  validation {
    condition     = contains(["key", "external-key", "replica-key", "replica-external-key"], var.kind)
    error_message = "kind must be key, external-key, replica-key or replica-external-key."
  }
}

variable "region" {
  description = "Region of the key, if it is not the provider's."
  type        = string
  default     = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

# The key. What is null is left to the provider.

variable "description" {
  type    = string
  default = null
}

variable "spec" {
  type    = string
  default = null
}

variable "usage" {
  type    = string
  default = null
}

variable "enabled" {
  type    = bool
  default = null
}

variable "multi_region" {
  type    = bool
  default = false
}

variable "rotates" {
  type    = bool
  default = true
}

variable "rotation_period_in_days" {
  type    = number
  default = null
}

variable "deletion_window_in_days" {
  type    = number
  default = null
}

variable "key_store_id" {
  type    = string
  default = null
}

variable "bypass_lockout_check" {
  type    = bool
  default = null
}

variable "primary_key_arn" {
  description = "Primary key of a replica."
  type        = string
  default     = null
}

variable "material" {
  description = "Key material of an external key, in base64."
  type        = string
  default     = null
  sensitive   = true
}

variable "valid_to" {
  description = "When the key material expires."
  type        = string
  default     = null
}

# Names and grants.

variable "aliases" {
  description = "Names without alias/, all known before apply."
  type        = list(string)
  default     = []
}

variable "computed_aliases" {
  description = "Names that only apply knows, under keys that are known before."
  type        = map(object({ name = string }))
  default     = {}
}

variable "aliases_are_prefixes" {
  type    = bool
  default = false
}

variable "grants" {
  type = map(object({
    name               = optional(string)
    grantee            = string
    operations         = list(string)
    retiring_principal = optional(string)
    retire_on_delete   = optional(bool)
    creation_tokens    = optional(list(string))
    constraints = optional(list(object({
      context_equals = optional(map(string))
      context_subset = optional(map(string))
    })), [])
  }))
  default = {}
}

# The policy.

variable "policy" {
  description = "A whole policy, in place of the one that the module writes."
  type        = string
  default     = null
}

variable "source_policies" {
  type    = list(string)
  default = []
}

variable "override_policies" {
  type    = list(string)
  default = []
}

variable "account_administers" {
  description = "Whether identity policies of the account decide too."
  type        = bool
  default     = true
}

variable "principals" {
  description = "ARNs by what they do with the key."
  type = object({
    owners                = optional(list(string), [])
    administrators        = optional(list(string), [])
    users                 = optional(list(string), [])
    service_users         = optional(list(string), [])
    autoscaling_roles     = optional(list(string), [])
    symmetric_encrypters  = optional(list(string), [])
    mac_users             = optional(list(string), [])
    public_key_encrypters = optional(list(string), [])
    signers               = optional(list(string), [])
  })
  default = {}
}

variable "route53_dnssec" {
  description = "Whether Route 53 signs zones with the key, and for which accounts and zones."
  type = object({
    enabled = optional(bool, false)
    sources = optional(list(object({
      accounts = optional(list(string), [])
      zone     = optional(string)
    })), [])
  })
  default = {}
}

variable "statements" {
  description = "More statements, with the arguments of aws_iam_policy_document."
  type = list(object({
    sid           = optional(string)
    effect        = optional(string)
    actions       = optional(list(string))
    not_actions   = optional(list(string))
    resources     = optional(list(string))
    not_resources = optional(list(string))
    principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })), [])
    not_principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })), [])
    conditions = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })), [])
  }))
  default = []
}
