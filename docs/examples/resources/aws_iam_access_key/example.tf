variable "public_key" {
  description = "An OpenPGP key in base64: gpg --export NAME | base64"
  type        = string
}

resource "aws_iam_user" "app" {
  name = "app"
}

resource "aws_iam_access_key" "example" {
  user    = aws_iam_user.app.name
  pgp_key = var.public_key
}

output "encrypted_secret" {
  value = aws_iam_access_key.example.encrypted_secret
}
