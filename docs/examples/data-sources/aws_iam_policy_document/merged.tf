# Documents that build on each other

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Administration"
    actions   = ["kms:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "restricted" {
  statement {
    sid       = "Administration"
    actions   = ["kms:Describe*", "kms:List*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.restricted.json]

  statement {
    sid         = "NoDeletion"
    effect      = "Deny"
    not_actions = ["kms:Describe*", "kms:List*", "kms:CancelKeyDeletion"]
    resources   = ["*"]
  }
}
