terraform import aws_iam_group.example key-administrators
