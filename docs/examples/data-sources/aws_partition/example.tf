data "aws_partition" "example" {}

output "root" {
  value = "arn:${data.aws_partition.example.partition}:iam::111122223333:root"
}
