data "aws_caller_identity" "current" {}

data "aws_iam_session_context" "example" {
  arn = data.aws_caller_identity.current.arn
}

output "issuer_arn" {
  value = data.aws_iam_session_context.example.issuer_arn
}
