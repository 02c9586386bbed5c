terraform import aws_iam_role_policy.example backup:encrypt-backups
