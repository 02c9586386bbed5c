# payments-module/1.4.0 (internal)
output "product" {
  value = provider::aws::user_agent("payments-module", "1.4.0", "internal")
}
