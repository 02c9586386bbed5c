terraform import aws_iam_policy_attachment.example sign/arn:aws:iam::111122223333:policy/sign
