data "aws_default_tags" "example" {}

output "default_tags" {
  value = data.aws_default_tags.example.tags
}
