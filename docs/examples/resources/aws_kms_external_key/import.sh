terraform import aws_kms_external_key.example 1234abcd-12ab-34cd-56ef-1234567890ab
