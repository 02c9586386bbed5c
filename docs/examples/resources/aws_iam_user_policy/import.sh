terraform import aws_iam_user_policy.example auditor:read-keys
