# Keys that sign, agree on secrets, or make MACs

resource "aws_kms_key" "releases" {
  description              = "Signs releases"
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "firmware" {
  description              = "Signs firmware against quantum computers too"
  customer_master_key_spec = "ML_DSA_65"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "sessions" {
  description              = "Agrees on session secrets"
  customer_master_key_spec = "ECC_NIST_P384"
  key_usage                = "KEY_AGREEMENT"
}

resource "aws_kms_key" "tokens" {
  description              = "Makes MACs of tokens"
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
}
