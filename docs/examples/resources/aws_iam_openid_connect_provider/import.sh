terraform import aws_iam_openid_connect_provider.example arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com
