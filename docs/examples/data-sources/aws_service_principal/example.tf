data "aws_service_principal" "example" {
  service_name = "logs"
}

output "principal" {
  value = data.aws_service_principal.example.name
}
