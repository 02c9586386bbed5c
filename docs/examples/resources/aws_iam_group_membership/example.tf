resource "aws_iam_group" "oncall" {
  name = "on-call"
}

resource "aws_iam_user" "oncall" {
  for_each = toset(["grace", "edsger"])
  name     = each.value
}

resource "aws_iam_group_membership" "example" {
  name  = "on-call"
  group = aws_iam_group.oncall.name
  users = [for user in aws_iam_user.oncall : user.name]
}
