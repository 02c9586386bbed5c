terraform import aws_iam_group_policy.example auditors:read-keys
