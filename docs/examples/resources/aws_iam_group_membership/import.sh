terraform import aws_iam_group_membership.example on-call/on-call
