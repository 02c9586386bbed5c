terraform import aws_iam_policy.example arn:aws:iam::111122223333:policy/use-keys
