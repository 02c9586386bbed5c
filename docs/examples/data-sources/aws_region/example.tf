data "aws_region" "example" {}

data "aws_region" "frankfurt" {
  region = "eu-central-1"
}

output "regions" {
  value = [data.aws_region.example.region, data.aws_region.frankfurt.description]
}
